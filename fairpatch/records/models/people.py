"""Who works here, who may log in, and how much of the company may they see?"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class Rep(models.Model):
    """Anyone on the roster, managers and partners included; a pool owns accounts without being a person."""

    class Kind(models.TextChoices):
        PERSON = "person"
        PARTNER = "partner"
        POOL = "pool"

    class Status(models.TextChoices):
        ACTIVE = "active"
        LEFT = "left"

    system = models.CharField(max_length=40, default="fairpatch")
    external_id = models.CharField(max_length=120)
    # The normalised external id; what seats, owners and files are matched by.
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON)
    title = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=40, blank=True)
    manager = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reports")
    home_latitude = models.FloatField(null=True)
    home_longitude = models.FloatField(null=True)
    hired_on = models.DateField(null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key"], name="rep_key_once"),
            models.CheckConstraint(condition=~Q(manager=models.F("id")), name="rep_not_own_manager"),
        )

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Someone (or some machine) that may log in. Rights come from the role, sight from the role and scope."""

    class Role(models.TextChoices):
        REP = "rep"
        MANAGER = "manager"
        DIRECTOR = "director"
        PLANNER = "planner"
        ADMIN = "admin"
        AUDITOR = "auditor"

    # Kept beside the job rows instead (LastLogin), so that logging in never waits for the main file.
    last_login = None
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=8, choices=Role)
    rep = models.OneToOneField(Rep, on_delete=models.PROTECT, null=True, related_name="user")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    def __str__(self) -> str:
        return self.email


class Grant(models.Model):
    """A subtree that a user may see beyond the own seats and those of the own reports."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    territory = models.ForeignKey("Territory", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "territory"], condition=Q(ended_at__isnull=True), name="grant_once"
            ),
        )


class ApiToken(models.Model):
    """A machine's key to the API. Only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32, unique=True)
    may_write = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
