"""What runs in the background, and what must never wait for the main file? Kept in the `jobs` database."""

from django.db import models


class Job(models.Model):
    """The truth about one long task; the queue only carries its id."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.CharField(max_length=255, blank=True)
    result = models.JSONField(default=dict)
    error = models.JSONField(default=dict)
    is_cancel_asked = models.BooleanField(default=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)  # who runs it: host, server process, count
    actor_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=200, blank=True)  # e.g. "realignment:12"
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["status", "id"], name="job_by_status"),
            models.Index(fields=["subject", "-id"], name="job_by_subject"),
        )


class IdempotencyKey(models.Model):
    """What a POST with this key answered, so that a repeat answers the same and does nothing."""

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(default=0)  # 0 while the first call is under way
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user_id", "key"], name="idempotency_key_once"),)


class LoginAttempt(models.Model):
    """A failed log-in, for throttling."""

    email = models.CharField(max_length=254)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["email", "at"], name="login_attempt_by_email"),)


class LastLogin(models.Model):
    user_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
