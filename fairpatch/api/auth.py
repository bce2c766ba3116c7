"""Who is asking, and may they?

A browser shows its session cookie (and the CSRF header on every change), a machine a bearer token.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user as read_session_user
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right, has_right
from fairpatch.records.models import User
from fairpatch.records.queries.tokens import find_token
from fairpatch.records.visibility import Scope, load_scope

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NO_RIGHT = (
    "Your role ({}) may not do this. Nothing was changed. Ask an administrator if you should be able to."
)
READ_ONLY_TOKEN = "This token may only read. Nothing was changed. Make a token that may write."  # noqa: S105


class BrowserSession(APIKeyCookie):
    """The session cookie; ninja checks the CSRF token with it."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = read_session_user(request)
        return user if isinstance(user, User) and user.is_active else None


class BearerToken(HttpBearer):
    """A machine's token. One that may not write is held to reading, unless the question changes nothing."""

    def __init__(self, is_reading: bool = False) -> None:
        super().__init__()
        self.is_reading = is_reading

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        found = find_token(token)
        if found is None:
            return None
        if not (found.may_write or self.is_reading or request.method in SAFE_METHODS):
            raise FairpatchError("forbidden", READ_ONLY_TOKEN)
        return found.user


AUTH: list[Any] = [BearerToken(), BrowserSession()]
#: For POST requests that only ask a question.
READING_AUTH: list[Any] = [BearerToken(is_reading=True), BrowserSession()]


def get_user(request: HttpRequest) -> User:
    """The authenticated person or machine."""
    user = request.auth  # type: ignore[attr-defined]
    assert isinstance(user, User), "the route must require authentication"
    return user


def get_scope(request: HttpRequest) -> Scope:
    """What the asking person may see; worked out once per request."""
    scope: Scope | None = getattr(request, "fairpatch_scope", None)
    if scope is None:
        scope = load_scope(get_user(request))
        request.fairpatch_scope = scope  # type: ignore[attr-defined]
    return scope


def admit_user(request: HttpRequest, right: Right) -> User:
    """The asking person, who holds the right; else a refusal."""
    user = get_user(request)
    if not has_right(user.role, right):
        raise FairpatchError("forbidden", NO_RIGHT.format(user.role))
    return user
