"""What is the proof? Leaves, signed heads and public keys of the audit ledger (RFC 6962 hashing)."""

from django.db import models


class LedgerKey(models.Model):
    """A public key that signed heads. The private key is never in the database."""

    key_id = models.CharField(max_length=64, unique=True)
    public_key = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()


class LedgerHead(models.Model):
    """A batch's signed tree head; heads, in order, are the leaves of the log. Append-only."""

    batch = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without gaps
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    log_root = models.BinaryField(max_length=32)  # root over all heads before this one
    # The log's frontier before this head: complete subtrees, largest first. The next root needs nothing else.
    log_frontier = models.BinaryField()
    hash = models.BinaryField(max_length=32)  # this head as a leaf of the log
    body = models.BinaryField()  # the canonical bytes that are signed
    signature = models.BinaryField(max_length=64)
    key = models.ForeignKey(LedgerKey, on_delete=models.PROTECT, related_name="+")
    deed = models.CharField(max_length=60)
    actor = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=60, blank=True)  # who acted when it was nobody with a log-in
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    signed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["deed", "-batch"], name="head_by_deed"),)


class LedgerLeaf(models.Model):
    """One fact: an ownership that began, a deal that changed hands, a deed that was done. Append-only."""

    batch = models.BigIntegerField()  # written before its head, which only then can be signed
    seq = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    body = models.BinaryField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "seq"], name="leaf_position_once"),)
        indexes = (models.Index(fields=["account_id", "batch"], name="leaf_by_account"),)


class LedgerSalt(models.Model):
    """What a leaf's hash of personal data hides, and the salt; erasable without breaking any proof."""

    batch = models.BigIntegerField()
    seq = models.BigIntegerField()
    salt = models.BinaryField(max_length=16)
    opening = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "seq"], name="salt_position_once"),)


class LedgerTiles(models.Model):
    """The roots of a batch's complete runs of 256 leaves, so that a proof need not read the whole batch."""

    batch = models.BigIntegerField(primary_key=True)
    hashes = models.BinaryField()
