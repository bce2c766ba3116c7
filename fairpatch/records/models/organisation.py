"""Whose company is this, and in which money and time does it live?"""

from django.db import models
from django.db.models import Q


class Organisation(models.Model):
    """The single tenant. Dates begin at 00:00 in its time zone; amounts are in its currency."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    fiscal_year_start_month = models.PositiveSmallIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    # Who answers for accounts that no territory claims. Never empty, so nobody is responsible for nothing.
    queue_keeper = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="+")
    # The live plan. One pointer, flipped inside the transaction that moves the accounts.
    active_plan = models.ForeignKey("Plan", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="organisation_is_single"),
            models.CheckConstraint(
                condition=Q(fiscal_year_start_month__gte=1, fiscal_year_start_month__lte=12),
                name="organisation_fiscal_month",
            ),
        )


class CustomField(models.Model):
    """A typed field that the organisation added to its accounts; values live in `Account.custom`."""

    class Type(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        BOOLEAN = "boolean"
        CHOICE = "choice"
        CODE = "code"
        TAGS = "tags"

    name = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=120, blank=True)
    type = models.CharField(max_length=8, choices=Type)
    dimension = models.CharField(max_length=32, blank=True)
    choices = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
