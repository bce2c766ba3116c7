"""Whose token is this, and which tokens does somebody have?"""

import hashlib
from typing import Any

from django.db.models import Q
from django.utils import timezone

from fairpatch.records.models import ApiToken


def digest_token(secret: str) -> bytes:
    """What is kept of a token. It is random and long, so one hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def find_token(secret: str) -> ApiToken | None:
    """The live token of an active user with this secret."""
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    rows = ApiToken.objects.filter(
        alive, digest=digest_token(secret), ended_at__isnull=True, user__is_active=True
    )
    return rows.select_related("user").first()


def list_tokens(user_id: int) -> list[dict[str, Any]]:
    """The live tokens of a user, the newest first."""
    rows = ApiToken.objects.filter(user_id=user_id, ended_at__isnull=True).order_by("-id")
    return [dict(row) for row in rows.values("id", "name", "prefix", "may_write", "created_at", "expires_at")]
