"""Which territory designs were asked for, and what came out? Assignments are files named by content."""

from django.db import models


class DesignRun(models.Model):
    """One question to the designer. How far it is says its newest job (subject `design:ID`)."""

    name = models.CharField(max_length=200)
    layer = models.ForeignKey("Layer", on_delete=models.PROTECT, related_name="+")
    # The live plan whose territories, locks and decisions the run began from.
    plan = models.ForeignKey("Plan", on_delete=models.PROTECT, related_name="+")
    settings = models.JSONField(default=dict)
    # Code, name, id and capacity of every territory that takes part; assignments are places in this list.
    places = models.JSONField(default=list)
    notes = models.JSONField(default=dict)
    account_count = models.BigIntegerField(default=0)
    # Files below DATA/designs: the accounts' ids (int64), and where each was before (int32, -1 nowhere).
    accounts_digest = models.CharField(max_length=64, blank=True)
    before_digest = models.CharField(max_length=64, blank=True)
    # Position in AccountChange when the accounts were read.
    change_position = models.BigIntegerField(default=0)
    created_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["created_by", "-id"], name="design_by_user"),)


class DesignScenario(models.Model):
    """One design of a run: its figures, its files, and the draft that was made of it."""

    class Status(models.TextChoices):
        OK = "ok"
        INFEASIBLE = "infeasible"
        UNMET = "unmet"

    run = models.ForeignKey(DesignRun, on_delete=models.PROTECT, related_name="scenarios")
    number = models.PositiveSmallIntegerField()
    tolerance = models.FloatField()
    disruption = models.FloatField()
    status = models.CharField(max_length=10, choices=Status)
    stopped = models.CharField(max_length=20, blank=True)
    is_pareto = models.BooleanField(default=False)
    max_deviation = models.FloatField(null=True)
    rms_km = models.FloatField(null=True)
    gap = models.FloatField(null=True)
    moved_share = models.FloatField(null=True)
    moved_accounts = models.BigIntegerField(null=True)
    # The file of assignments (int32, empty when a hard constraint cannot hold) and the whole report.
    assignments_digest = models.CharField(max_length=64, blank=True)
    report_digest = models.CharField(max_length=64)
    draft = models.ForeignKey("Plan", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "number"], name="design_scenario_once_per_run"),
        )
