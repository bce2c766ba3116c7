"""Which value sets and account lists does a plan hold, who uses them, and how have they changed?"""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q

from fairpatch.core.rules.tree import SetRef, walk_conditions
from fairpatch.records.models import LedgerHead, ListedAccount, Plan
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import NotFoundError, Scope

DEEDS = ("put_value_set", "remove_value_set")
MOST_SHOWN = 500
MOST_CHANGES = 50


def list_value_sets(scope: Scope, plan: Plan) -> list[dict[str, Any]]:
    """Every value set with its size, the territories whose rules use it, and what a draft changes of it."""
    core = load_core_plan(plan)
    names = {node.code: node.name for node in load_tree(plan).nodes}
    users: dict[str, list[dict[str, str]]] = defaultdict(list)
    for territory in core.territories:
        conditions = walk_conditions(territory.rule) if territory.rule is not None else ()
        used = {one.value.name for one in conditions if isinstance(one.value, SetRef)}
        for name in sorted(used):
            users[name].append({"code": territory.code, "name": names.get(territory.code, territory.code)})
    live = load_core_plan(scope.plan).value_sets if scope.plan is not None else {}
    shown = []
    for name in sorted({*core.value_sets, *live}):
        now, before = set(core.value_sets.get(name, ())), set(live.get(name, ()))
        shown.append(
            {
                "name": name,
                "size": len(core.value_sets.get(name, ())),
                "territories": users[name],
                "added": len(now - before),
                "removed": len(before - now),
                "is_removed": name not in core.value_sets,
            }
        )
    return shown


def list_account_lists(plan: Plan) -> list[dict[str, Any]]:
    """The territories that name or exclude accounts, and how many."""
    tree = load_tree(plan)
    rows = ListedAccount.objects.filter(layout_id=plan.layout_id).order_by().values_list("territory_id")
    counted = rows.annotate(
        named=Count("id", filter=Q(kind="named")), excluded=Count("id", filter=Q(kind="excluded"))
    )
    shown = [
        {"code": node.code, "name": node.name, "named": named, "excluded": excluded}
        for territory, named, excluded in counted
        if (node := tree.by_id.get(territory)) is not None
    ]
    return sorted(shown, key=lambda row: row["code"])


def describe_value_set(scope: Scope, plan: Plan, name: str) -> dict[str, Any]:
    """What a plan changes of a set against the live one, and who changed it when, the newest first."""
    core = load_core_plan(plan)
    live = load_core_plan(scope.plan).value_sets if scope.plan is not None else {}
    if name not in core.value_sets and name not in live:
        raise NotFoundError("value set of this name")
    now, before = set(core.value_sets.get(name, ())), set(live.get(name, ()))
    heads = LedgerHead.objects.filter(deed__in=DEEDS, detail__value_set=name).select_related("actor")
    history = [
        {
            "at": head.signed_at,
            "actor": head.actor.name if head.actor else head.actor_name,
            "is_removal": head.deed == "remove_value_set",
            "size": head.detail.get("size"),
            "batch": head.batch,
        }
        for head in heads.order_by("-batch")[:MOST_CHANGES]
    ]
    return {
        "name": name,
        "added": sorted(now - before)[:MOST_SHOWN],
        "removed": sorted(before - now)[:MOST_SHOWN],
        "history": history,
    }
