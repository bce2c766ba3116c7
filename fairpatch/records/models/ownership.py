"""Who owns what, since when, and as known since when?"""

from django.db import models
from django.db.models import F, Q


class Assignment(models.Model):
    """The winner of one account in one layer under the live plan, with what decided it."""

    account = models.ForeignKey("Account", on_delete=models.PROTECT, related_name="assignments")
    layer = models.ForeignKey("Layer", on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey("Territory", on_delete=models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=10)  # lock | named | rule | family | unassigned
    tie = models.BooleanField(default=False)
    claim_class = models.CharField(max_length=8, blank=True)  # named | hybrid | single
    priority = models.BigIntegerField(null=True)
    specificity = models.IntegerField(null=True)
    other_claims = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "layer"], name="assignment_one_per_layer"),
            models.CheckConstraint(
                condition=Q(cause="unassigned", territory__isnull=True)
                | (~Q(cause="unassigned") & Q(territory__isnull=False)),
                name="assignment_has_territory",
            ),
        )
        indexes = (models.Index(fields=["layer", "territory", "account"], name="assignment_by_territory"),)


class Ownership(models.Model):
    """Append-only. For each account and layer the latest record wins; no end dates, so no overlaps.

    Two owners of one account and coverage role at one moment cannot be written down: the key is
    (account, layer, effective_at, recorded_at). UPDATE and DELETE are refused by triggers.
    """

    account = models.ForeignKey(
        "Account", on_delete=models.PROTECT, related_name="ownerships", db_index=False
    )
    layer = models.ForeignKey("Layer", on_delete=models.PROTECT, related_name="+", db_index=False)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # Empty only where a layer other than the primary one stopped covering the account.
    rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    territory = models.ForeignKey(
        "Territory", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_interim = models.BooleanField(default=False)
    # The deed that wrote it: an import or an executed realignment.
    realignment = models.ForeignKey("Realignment", on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.BigIntegerField()  # the ledger batch that proves it
    leaf_seq = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "layer", "effective_at", "recorded_at"], name="ownership_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(effective_at__lte=F("recorded_at")), name="ownership_not_in_future"
            ),
            models.CheckConstraint(
                condition=Q(rep__isnull=False) | Q(territory__isnull=True), name="ownership_territory_has_rep"
            ),
        )
