"""How is a POST remembered, so that its repeat does nothing?"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import IdempotencyKey

KEPT = timedelta(hours=24)
OTHER_REQUEST = "This Idempotency-Key was used for another request. Nothing was changed. Use a new key."
UNDER_WAY = (
    "The first request with this Idempotency-Key has not answered yet, or its answer was lost. Nothing was "
    "done twice. Look whether it took effect before you repeat it with a new key."
)


def claim_key(user_id: int, key: str, fingerprint: str) -> IdempotencyKey | None:
    """Writes the key down for a first call (None), or gives back what the first call answered."""
    now = timezone.now()
    IdempotencyKey.objects.filter(user_id=user_id, created_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic(using="jobs"):
            IdempotencyKey.objects.create(user_id=user_id, key=key, fingerprint=fingerprint, created_at=now)
    except IntegrityError:
        kept = IdempotencyKey.objects.get(user_id=user_id, key=key)
        if kept.fingerprint != fingerprint:
            raise FairpatchError("key_reused", OTHER_REQUEST) from None
        if kept.status_code == 0:
            raise FairpatchError("key_under_way", UNDER_WAY) from None
        return kept
    return None


def keep_answer(user_id: int, key: str, status_code: int, body: bytes) -> None:
    """Remembers what the first call answered."""
    IdempotencyKey.objects.filter(user_id=user_id, key=key).update(status_code=status_code, body=body)


def free_key(user_id: int, key: str) -> None:
    """Forgets a call that did nothing."""
    IdempotencyKey.objects.filter(user_id=user_id, key=key).delete()
