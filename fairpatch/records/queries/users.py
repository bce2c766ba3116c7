"""Who may log in?"""

from collections import defaultdict
from typing import Any

from fairpatch.records.models import Grant, LastLogin, User
from fairpatch.records.visibility import NotFoundError


def list_users() -> list[dict[str, Any]]:
    """Everybody, by name."""
    return _shape_users(list(User.objects.select_related("rep").order_by("name", "id")))


def describe_user(user_id: int) -> dict[str, Any]:
    """One user."""
    rows = list(User.objects.select_related("rep").filter(id=user_id))
    if not rows:
        raise NotFoundError("user of this number")
    return _shape_users(rows)[0]


def _shape_users(rows: list[User]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    logins = dict(LastLogin.objects.filter(user_id__in=ids).values_list("user_id", "at"))
    grants: dict[int, list[str]] = defaultdict(list)
    live = Grant.objects.filter(user_id__in=ids, ended_at__isnull=True).order_by("territory__code")
    for user_id, code in live.values_list("user_id", "territory__code"):
        grants[user_id].append(code)
    return [
        {
            "id": row.id,
            "email": row.email,
            "name": row.name,
            "role": row.role,
            "rep_id": row.rep_id,
            "rep_name": row.rep.name if row.rep else None,
            "is_active": row.is_active,
            "created_at": row.created_at,
            "last_login_at": logins.get(row.id),
            "grants": grants.get(row.id, []),
        }
        for row in rows
    ]
