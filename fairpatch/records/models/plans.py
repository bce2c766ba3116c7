"""How is the market divided? Plans, their layouts (layers, territories, rules, lists), seats and locks.

`Layer` and `Territory` are identities that live as long as the company; what they look like belongs to a
`Layout`. Plans that differ only in seats or locks share one layout, so staffing never copies boundaries.
"""

from django.db import models
from django.db.models import F, Q


class Layer(models.Model):
    """Identity of a coverage role."""

    code = models.CharField(max_length=64, unique=True)


class Territory(models.Model):
    """Identity of a territory through all plans; never deleted, so history keeps its names."""

    code = models.CharField(max_length=120, unique=True)


class Layout(models.Model):
    """Layers, territories, rules, value sets and lists; immutable once a plan that uses it left draft."""

    regions = models.JSONField(default=dict)
    areas = models.JSONField(default=dict)
    fields = models.JSONField(default=list)
    created_at = models.DateTimeField()


class Plan(models.Model):
    """One complete answer to "who covers what": a layout, its seats and its locks."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        STAGED = "staged"
        ACTIVE = "active"
        SUPERSEDED = "superseded"
        ARCHIVED = "archived"

    name = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, related_name="plans")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    effective_on = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    created_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    # Bumped by every edit of a draft, so that two planners never overwrite each other unseen.
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["status"], condition=Q(status="active"), name="plan_one_active"),
        )


class LayoutLayer(models.Model):
    """What a layer is in one layout."""

    class Role(models.TextChoices):
        PRIMARY = "primary"
        OVERLAY = "overlay"
        PARTNER = "partner"

    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, related_name="layers")
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=8, choices=Role)
    credit = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    engagement = models.TextField(blank=True)
    families = models.CharField(max_length=16, blank=True)
    placement = models.CharField(max_length=20, blank=True)
    on_change = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["layout", "layer"], name="layer_once_in_layout"),
            models.UniqueConstraint(fields=["layout"], condition=Q(role="primary"), name="layer_one_primary"),
        )


class LayoutTerritory(models.Model):
    """What a territory is in one layout: place in the tree, rule, priority."""

    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, related_name="territories")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, related_name="+")
    # Fixed-width steps from the root, compared byte by byte: a subtree is one range.
    path = models.CharField(max_length=255)
    depth = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    rule = models.TextField(blank=True)  # the rule as text; the tree is parsed from it
    priority = models.BigIntegerField(null=True)
    is_assignable = models.BooleanField(null=True)
    is_inheriting = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["layout", "territory"], name="territory_once_in_layout"),
            models.UniqueConstraint(fields=["layout", "path"], name="territory_path_once"),
            models.CheckConstraint(condition=~Q(parent=F("territory")), name="territory_not_own_parent"),
        )


class ValueSet(models.Model):
    """A named list shared by rules; any length."""

    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, related_name="value_sets")
    name = models.CharField(max_length=120)
    values = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["layout", "name"], name="value_set_once"),)


class ListedAccount(models.Model):
    """An account that a territory names, or may never claim. May name an account we have not met yet."""

    class Kind(models.TextChoices):
        NAMED = "named"
        EXCLUDED = "excluded"

    layout = models.ForeignKey(Layout, on_delete=models.PROTECT, related_name="listed_accounts")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    account_id_text = models.CharField(max_length=120)
    account_key = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["layout", "territory", "kind", "account_key"], name="listed_account_once"
            ),
        )
        indexes = (models.Index(fields=["layout", "account_key"], name="listed_by_account"),)


class Seat(models.Model):
    """A rep's dated place in a territory of one plan."""

    class Kind(models.TextChoices):
        PRIMARY = "primary"
        OVERLAY = "overlay"
        BACKUP = "backup"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="seats")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    rep = models.ForeignKey("Rep", on_delete=models.PROTECT, related_name="seats")
    kind = models.CharField(max_length=8, choices=Kind)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="seat_forward",
            ),
        )
        indexes = (
            models.Index(fields=["plan", "territory"], name="seat_by_territory"),
            models.Index(fields=["plan", "rep"], name="seat_by_rep"),
        )


class Lock(models.Model):
    """Pins one account to a territory in one layer for a time."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="locks")
    account_id_text = models.CharField(max_length=120)
    account_key = models.CharField(max_length=120)
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=255, blank=True)
    approver = models.CharField(max_length=120, blank=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["plan", "account_key"], name="lock_by_account"),)
