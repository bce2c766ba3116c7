"""How does a machine get a key to the API, and lose it?"""

import secrets
from datetime import date, timedelta
from typing import Any

from fairpatch.actions.deed import deed
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.models import ApiToken, Organisation, User
from fairpatch.records.queries.calendar import find_midnight
from fairpatch.records.queries.tokens import digest_token

PREFIX = "fp_"
SHOWN_CHARACTERS = 8
NO_NAME = "A token needs a name of at most 120 characters. No token was made."
PAST_END = "A token's last day cannot lie in the past. No token was made."
NO_TOKEN = "There is no token of yours with this number. Nothing was changed."  # noqa: S105


def create_token(owner: User, name: str, may_write: bool, expires_on: date | None) -> dict[str, Any]:
    """A new token of its owner, with the secret that is never shown again; the last day is included."""
    name = name.strip()
    if not 0 < len(name) <= 120:
        raise FairpatchError("wrong_value", NO_NAME)
    secret = PREFIX + secrets.token_urlsafe(32)
    with deed("create_token", actor=owner, right=Right.MANAGE_TOKENS) as act:
        expires_at = None
        if expires_on is not None:
            expires_at = find_midnight(Organisation.objects.first(), expires_on + timedelta(days=1))
            if expires_at <= act.now:
                raise FairpatchError("wrong_value", PAST_END)
        token = ApiToken.objects.create(
            user=owner,
            name=name,
            prefix=secret[:SHOWN_CHARACTERS],
            digest=digest_token(secret),
            may_write=may_write,
            created_at=act.now,
            expires_at=expires_at,
        )
        act.subject = f"token:{token.id}"
        act.detail["may_write"] = may_write
    names = ("id", "name", "prefix", "may_write", "created_at", "expires_at")
    return {**{key: getattr(token, key) for key in names}, "secret": secret}


def end_token(owner: User, token_id: int) -> None:
    """The token stops working at once."""
    with deed("end_token", actor=owner, right=Right.MANAGE_TOKENS, subject=f"token:{token_id}") as act:
        mine = ApiToken.objects.filter(id=token_id, user=owner, ended_at__isnull=True)
        if not mine.update(ended_at=act.now):
            raise FairpatchError("not_found", NO_TOKEN)
