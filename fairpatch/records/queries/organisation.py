"""Whose server is this, and what may the person at it do?"""

from typing import Any

from django.conf import settings

import fairpatch
from fairpatch.core.accounts.positions import ATTRIBUTION
from fairpatch.core.people.roles import list_rights
from fairpatch.records.models import Organisation, User
from fairpatch.records.queries.calendar import read_today

#: The demo company is made up, its log-ins are on the log-in page, and so is its one password.
DEMO_PASSWORD = "fairpatch-demo"  # noqa: S105


def describe_session(user_id: int | None) -> dict[str, Any]:
    """Everything the front end asks first."""
    organisation = Organisation.objects.first()
    user = User.objects.filter(id=user_id, is_active=True).first() if user_id else None
    return {
        "user": _shape_user(user),
        "organisation": _shape_organisation(organisation),
        "needs_setup": not User.objects.filter(is_active=True).exists(),
        "demo_logins": list_demo_logins(organisation),
        "may": sorted(list_rights(user.role)) if user else [],
        "today": read_today(organisation),
        "version": fairpatch.__version__,
        "attribution": list(ATTRIBUTION),
    }


def _shape_user(user: User | None) -> dict[str, Any] | None:
    if user is None:
        return None
    return {"id": user.id, "email": user.email, "name": user.name, "role": user.role, "rep_id": user.rep_id}


def _shape_organisation(organisation: Organisation | None) -> dict[str, Any] | None:
    if organisation is None:
        return None
    names = ("name", "currency", "time_zone", "fiscal_year_start_month", "is_demo")
    return {name: getattr(organisation, name) for name in names}


def list_demo_logins(organisation: Organisation | None) -> list[dict[str, Any]]:
    """One log-in per role, only in demo mode and only of the demo company."""
    if not settings.DEMO or organisation is None or not organisation.is_demo:
        return []
    rows = User.objects.filter(is_demo=True, is_active=True).order_by("id").values("email", "name", "role")
    return [{**row, "password": DEMO_PASSWORD} for row in rows]
