"""What do we know of an account, its deals, activities and quotas?"""

from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """A customer or prospect, or one office of it (then with a parent).

    `owner` and `territory` are the primary layer's decision now; they change only together with an
    `Ownership` row, by a realignment. `version` is bumped by a trigger on every change that a decision could
    rest on.
    """

    class PositionOrigin(models.TextChoices):
        GIVEN = "given"
        POSTAL_CODE = "postal_code"
        CITY = "city"
        NONE = "none"

    system = models.CharField(max_length=40, default="fairpatch")
    external_id = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=255)
    country = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=16, blank=True)
    metro = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=255, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    position_origin = models.CharField(max_length=12, choices=PositionOrigin, default=PositionOrigin.NONE)
    industry = models.CharField(max_length=16, blank=True)
    sic = models.CharField(max_length=16, blank=True)
    employees = models.BigIntegerField(null=True)
    annual_revenue_minor = models.BigIntegerField(null=True)
    product_lines = models.JSONField(default=list)
    segment = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=40, blank=True)
    custom = models.JSONField(default=dict)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="offices")
    owner = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="accounts")
    territory = models.ForeignKey("Territory", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key"], name="account_key_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="account_not_own_parent"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="account_position_whole",
            ),
        )
        indexes = (
            models.Index(fields=["name", "id"], name="account_by_name"),
            models.Index(fields=["owner", "id"], name="account_by_owner"),
            models.Index(fields=["territory", "id"], name="account_by_territory"),
            models.Index(fields=["country", "state", "id"], name="account_by_state"),
            models.Index(fields=["id"], condition=Q(ended_at__isnull=False), name="account_ended"),
        )

    def __str__(self) -> str:
        return self.name


class AccountAlias(models.Model):
    """A former or foreign id that still finds its account."""

    system = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="aliases")


class AccountChange(models.Model):
    """Trigger-kept sequence of changes to routing columns: what happened after position N?"""

    account_id = models.BigIntegerField()


class StandingChange(models.Model):
    """Trigger-kept sequence of changes to owners, assignments and open deals: what came after position N?"""

    account_id = models.BigIntegerField()


class Deal(models.Model):
    """An opportunity. Closed deals never change hands."""

    class Outcome(models.TextChoices):
        OPEN = "open"
        WON = "won"
        LOST = "lost"

    system = models.CharField(max_length=40, default="fairpatch")
    external_id = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deals")
    owner = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="deals")
    name = models.CharField(max_length=255)
    stage = models.CharField(max_length=60)
    outcome = models.CharField(max_length=4, choices=Outcome, default=Outcome.OPEN)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    opened_on = models.DateField(null=True)
    close_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key"], name="deal_key_once"),)
        indexes = (
            models.Index(fields=["account", "outcome"], name="deal_by_account"),
            models.Index(fields=["owner", "outcome"], name="deal_by_owner"),
        )


class Activity(models.Model):
    """A call, meeting, e-mail or task; pending while `done_on` is empty."""

    system = models.CharField(max_length=40, default="fairpatch")
    external_id = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="activities")
    rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=16)
    subject = models.CharField(max_length=255, blank=True)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["account", "due_on"], name="activity_by_account"),
            models.Index(fields=["rep", "due_on"], name="activity_by_rep"),
        )


class Quota(models.Model):
    """A target for one rep or one territory over one period. History survives every realignment."""

    rep = models.ForeignKey("Rep", on_delete=models.PROTECT, null=True, related_name="quotas")
    territory = models.ForeignKey("Territory", on_delete=models.PROTECT, null=True, related_name="quotas")
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(rep__isnull=True, territory__isnull=False)
                | Q(rep__isnull=False, territory__isnull=True),
                name="quota_for_rep_or_territory",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="quota_period_forward"),
            models.UniqueConstraint(fields=["rep", "starts_on", "ends_on"], name="quota_rep_period_once"),
            models.UniqueConstraint(
                fields=["territory", "starts_on", "ends_on"], name="quota_territory_period_once"
            ),
        )
