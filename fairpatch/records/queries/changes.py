"""What does one plan change against another, as the API says it? Its name is no change."""

from typing import Any

from fairpatch.core.plans.diff import PlanChange, compare_plans
from fairpatch.records.models import Plan
from fairpatch.records.queries.plan_cache import keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan

# What of a territory is told apart.
PARTS = {"rule": "rule", "accounts": "list", "exclude": "list"}


OF_ITS_OWN = {("plan", "name"), ("plan", "effective")}
"""A fresh draft has another name than the plan it was copied from, and no day yet: neither is an edit."""


def list_plan_changes(old: Plan, new: Plan) -> list[dict[str, Any]]:
    """Every difference, with a sentence each."""
    key = (make_plan_key(old), make_plan_key(new))
    return keep_content("changes", key, lambda: _compare(old, new))


def _compare(old: Plan, new: Plan) -> list[dict[str, Any]]:
    changes = compare_plans(load_core_plan(old), load_core_plan(new))
    return [_shape_change(change) for change in changes if (change.noun, change.attribute) not in OF_ITS_OWN]


def _shape_change(change: PlanChange) -> dict[str, Any]:
    what = change.noun.replace(" ", "_")
    if change.noun == "territory" and change.kind == "changed":
        what = PARTS.get(change.attribute or "", what)
    return {
        "kind": change.kind,
        "what": what,
        "code": change.key,
        "before": _write_side(change.before),
        "after": _write_side(change.after),
        "sentence": f"{change.sentence[:1].upper()}{change.sentence[1:]}.",
    }


def _write_side(value: Any) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, tuple | list | frozenset) else str(value)
