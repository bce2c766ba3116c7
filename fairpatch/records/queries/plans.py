"""Which plans are there, and which one does a request mean?"""

from typing import Any

from fairpatch.core.people.roles import Right
from fairpatch.records.models import Plan
from fairpatch.records.queries.changes import list_plan_changes
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.visibility import NotFoundError, Scope, visible_plans

__all__ = ["describe_plan", "find_plan", "list_plans", "load_core_plan"]

NO_SUCH_PLAN = "plan of this number"
#: Sharing a layout is how most drafts begin; a longer list shows no counts of older ones.
COUNTED = 5


def find_plan(scope: Scope, plan: int | str, is_whole: bool = False) -> Plan:
    """The plan a request means: `active` or an id. `is_whole`: with its lists and locks of every account."""
    if plan == "active":
        found = scope.plan
    else:
        text = str(plan)
        is_number = text.isdecimal() and len(text) < 19
        found = visible_plans(scope).filter(id=int(text)).first() if is_number else None
    if found is None:
        raise NotFoundError(NO_SUCH_PLAN)
    if is_whole and not may_see_whole(scope, found):
        raise NotFoundError(NO_SUCH_PLAN)
    return found


def may_see_whole(scope: Scope, plan: Plan) -> bool:
    """Lists and locks name accounts of the whole company."""
    return scope.sees_all or scope.may(Right.EDIT_TERRITORIES) or plan.created_by_id == scope.user.id


def list_plans(scope: Scope) -> list[dict[str, Any]]:
    """The plans one may see, the newest first, archived ones left out."""
    rows = (
        visible_plans(scope).exclude(status=Plan.Status.ARCHIVED).select_related("created_by").order_by("-id")
    )
    shown = []
    for place, row in enumerate(rows[:200]):
        shown.append(shape_plan(scope, row, is_counted=place < COUNTED))
    return shown


def describe_plan(scope: Scope, plan_id: int) -> dict[str, Any]:
    """One plan with the number of its changes against the live one."""
    found = visible_plans(scope).filter(id=plan_id).select_related("created_by").first()
    if found is None:
        raise NotFoundError(NO_SUCH_PLAN)
    return shape_plan(scope, found, is_counted=True)


def shape_plan(scope: Scope, plan: Plan, is_counted: bool) -> dict[str, Any]:
    """A plan as the API writes it. Changes are counted for drafts and staged plans."""
    open_states = (Plan.Status.DRAFT, Plan.Status.STAGED)
    count = _count_changes(scope, plan) if is_counted and plan.status in open_states else None
    return {
        "id": plan.id,
        "name": plan.name,
        "status": plan.status,
        "base_id": plan.base_id,
        "effective_on": plan.effective_on,
        "created_at": plan.created_at,
        "created_by": plan.created_by.name if plan.created_by else None,
        "version": plan.version,
        "change_count": count,
        "is_outdated": plan.status in open_states and is_plan_outdated(plan, scope.plan),
    }


def is_plan_outdated(plan: Plan, live: Plan | None) -> bool:
    """Whether a draft was made from another plan than the one that is live now."""
    return plan.base_id != (live.id if live else None)


def _count_changes(scope: Scope, plan: Plan) -> int | None:
    return len(list_plan_changes(scope.plan, plan)) if scope.plan else None
