"""Which files were brought in, how were their columns read, and what was found in them?"""

from django.db import models


class ImportMapping(models.Model):
    """How a kind of file names its columns; saved and reused."""

    name = models.CharField(max_length=120, unique=True)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()


class Import(models.Model):
    """One run of an import: uploaded, dry-run, then confirmed or dropped. Staged outside the main file."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKED = "checked"
        APPLIED = "applied"
        CANCELLED = "cancelled"
        FAILED = "failed"

    status = models.CharField(max_length=10, choices=Status, default=Status.UPLOADED)
    folder = models.CharField(max_length=255)  # below DATA/imports
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    finding_counts = models.JSONField(default=dict)
    is_leaving_out_faulty = models.BooleanField(default=False)
    created_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    batch = models.BigIntegerField(null=True)
