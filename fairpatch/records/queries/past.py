"""Which plan was live on a past day, and who had an account then, as recorded?"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fairpatch.records.models import Account, Ownership, Plan, Realignment
from fairpatch.records.queries.calendar import find_midnight
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope


@dataclass(frozen=True)
class PlanThen:
    """The plan that was live at the end of a day. `is_past`: another one than is live now may have been."""

    plan: Plan
    is_past: bool


def find_plan_then(scope: Scope, on: date) -> PlanThen:
    """The plan live at the end of a day; for today and later, the live one."""
    live = scope.plan
    if live is None:
        raise NotFoundError("live plan yet")
    if on >= scope.today:
        return PlanThen(live, is_past=False)
    end = find_midnight(scope.organisation, on + timedelta(days=1))
    done = Realignment.objects.filter(executed_at__isnull=False).select_related("target_plan", "base_plan")
    before = done.filter(executed_at__lt=end).order_by("-executed_at", "-id").first()
    if before is not None:
        return PlanThen(before.target_plan, is_past=True)
    after = done.filter(executed_at__gte=end).order_by("executed_at", "id").first()
    first = after.base_plan if after is not None else live
    if first is None or first.created_at >= end:
        raise NotFoundError(f"plan that was live on {on.isoformat()}")
    return PlanThen(first, is_past=True)


def find_recorded_owner(scope: Scope, account: Account, layer_id: int, on: date) -> dict[str, Any] | None:
    """The record of ownership that held at the end of a day; None where there was none yet."""
    end = find_midnight(scope.organisation, on + timedelta(days=1))
    rows = Ownership.objects.filter(account_id=account.id, layer_id=layer_id, effective_at__lt=end)
    row = rows.select_related("rep", "territory").order_by("-effective_at", "-recorded_at").first()
    if row is None:
        return None
    code = row.territory.code if row.territory else None
    node = load_tree(scope.plan).by_code.get(code) if scope.plan and code else None
    return {
        "territory": code and {"code": code, "name": node.name if node else code},
        "rep": row.rep and {"id": row.rep_id, "name": row.rep.name},
        "since": row.effective_at,
        "realignment_id": row.realignment_id,
    }
