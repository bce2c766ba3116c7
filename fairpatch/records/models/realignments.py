"""How does ownership pass from one plan state to the next?"""

from django.db import models


class Realignment(models.Model):
    """One governed passage: the exact list of moves, who approved it, when it was executed."""

    class Status(models.TextChoices):
        PREPARING = "preparing"
        PROPOSED = "proposed"
        APPROVED = "approved"
        EXECUTED = "executed"
        REJECTED = "rejected"
        CANCELLED = "cancelled"
        STALE = "stale"

    class Kind(models.TextChoices):
        PLAN = "plan"  # activate a draft plan
        ACCOUNTS = "accounts"  # a list of accounts to one territory
        HANDOVER = "handover"  # a territory to another rep
        UNDO = "undo"  # the way back of an executed one
        CHANGES = "changes"  # accounts whose own data made them belong elsewhere

    class DealPolicy(models.TextChoices):
        FOLLOW_TERRITORY = "follow_territory"
        STAY_WITH_REP = "stay_with_rep"

    title = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREPARING)
    deal_policy = models.CharField(max_length=20, choices=DealPolicy, default=DealPolicy.FOLLOW_TERRITORY)
    # What was asked for, enough to derive the moves again when the ground has shifted (rebase).
    intent = models.JSONField(default=dict)
    base_plan = models.ForeignKey("Plan", on_delete=models.PROTECT, null=True, related_name="+")
    target_plan = models.ForeignKey("Plan", on_delete=models.PROTECT, related_name="+")
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    rebased_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # None: the operator on the machine, for instance by an import from the terminal.
    proposed_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    # The day for which locks and seats were read; another day may decide otherwise.
    decided_on = models.DateField()
    # Position in AccountChange when the moves were decided; later changes are drift.
    change_position = models.BigIntegerField(default=0)
    move_count = models.BigIntegerField(default=0)
    deal_move_count = models.BigIntegerField(default=0)
    impact = models.JSONField(default=dict)
    drift = models.JSONField(default=list)
    executed_at = models.DateTimeField(null=True)
    executed_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes = (models.Index(fields=["status", "-id"], name="realignment_by_status"),)

    @property
    def proposer_name(self) -> str:
        return self.proposed_by.name if self.proposed_by else "the operator"


class Move(models.Model):
    """One change of assignment or ownership of an account in one layer; applied only on execution."""

    class Change(models.TextChoices):
        OWNER = "owner"  # another owner, perhaps another territory too
        TERRITORY = "territory"  # another territory, the same owner
        CAUSE = "cause"  # the same territory and owner, decided on other grounds

    realignment = models.ForeignKey(
        Realignment, on_delete=models.PROTECT, related_name="moves", db_index=False
    )
    position = models.BigIntegerField()  # in the list, ordered by account and layer; the leaf's seq
    change = models.CharField(max_length=9, choices=Change)
    account = models.ForeignKey("Account", on_delete=models.PROTECT, related_name="+")
    layer = models.ForeignKey("Layer", on_delete=models.PROTECT, related_name="+", db_index=False)
    from_rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    to_rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    from_territory = models.ForeignKey(
        "Territory", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_territory = models.ForeignKey(
        "Territory", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_interim = models.BooleanField(default=False)
    from_version = models.BigIntegerField()
    cause = models.CharField(max_length=10)
    tie = models.BooleanField(default=False)
    claim_class = models.CharField(max_length=8, blank=True)
    priority = models.BigIntegerField(null=True)
    specificity = models.IntegerField(null=True)
    other_claims = models.IntegerField(default=0)
    # How the assignment stood before, in the order of `Grounds`: what an undo restores. None: it did not.
    before = models.JSONField(null=True)
    reason = models.CharField(max_length=255, blank=True)
    # Written when staged, copied on execution, never rebuilt.
    leaf_body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    leaf_salt = models.BinaryField(max_length=16)
    leaf_opening = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["realignment", "account", "layer"], name="move_one_per_account_layer"
            ),
        )


class DealMove(models.Model):
    """An open deal that changes hands with its account."""

    realignment = models.ForeignKey(
        Realignment, on_delete=models.PROTECT, related_name="deal_moves", db_index=False
    )
    position = models.BigIntegerField()  # after the moves, ordered by deal
    deal = models.ForeignKey("Deal", on_delete=models.PROTECT, related_name="+")
    from_rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="+", db_index=False)
    to_rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="+", db_index=False)
    from_version = models.BigIntegerField()
    leaf_body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["realignment", "deal"], name="deal_move_once"),)


class WaitingMove(models.Model):
    """An account that by its data belongs elsewhere in one layer, and that nothing has moved there yet.

    Written whenever an account's data change, gone as soon as a realignment settles it.
    """

    account = models.ForeignKey("Account", on_delete=models.PROTECT, related_name="waiting_moves")
    layer = models.ForeignKey("Layer", on_delete=models.PROTECT, related_name="+", db_index=False)
    territory = models.ForeignKey("Territory", on_delete=models.PROTECT, null=True, related_name="+")
    policy = models.CharField(max_length=10)
    reason = models.CharField(max_length=255, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "layer"], name="waiting_move_once_per_layer"),
        )


class Approval(models.Model):
    """One person's yes or no. Append-only."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        REJECTED = "rejected"

    realignment = models.ForeignKey(Realignment, on_delete=models.PROTECT, related_name="approvals")
    user = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict)
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["realignment", "user"], name="approval_once_per_user"),
        )
