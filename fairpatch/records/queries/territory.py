"""What is known of one territory of a plan, and of one seat or lock?"""

from typing import Any

from django.db.models import Count, F

from fairpatch.core.rules.values import fold_code
from fairpatch.records.models import (
    Account,
    LayoutTerritory,
    ListedAccount,
    Lock,
    Move,
    Plan,
    Quota,
    Realignment,
    Seat,
)
from fairpatch.records.queries.rules import load_rule_ground, shape_effective_rule, shape_rule
from fairpatch.records.queries.territories import TerritoryRows
from fairpatch.records.queries.tree import Node, load_tree
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts, visible_realignments

HISTORY = 20


def describe_territory(scope: Scope, plan: Plan, code: str) -> dict[str, Any]:
    """A territory with its rule, lists, seats, locks and history; accounts out of sight are left out."""
    tree = load_tree(plan)
    node = tree.by_code.get(code)
    if node is None:
        raise NotFoundError("territory of this code in this plan")
    row = LayoutTerritory.objects.get(layout_id=plan.layout_id, territory_id=node.id)
    ground = load_rule_ground(plan)
    rule = ground.hierarchy.by_code[code].rule
    shown = TerritoryRows(scope, plan, tree).shape(node)
    lists = _list_accounts(scope, plan, node)
    shown.update(
        description=row.description,
        own_priority=node.own_priority,
        own_is_assignable=node.own_is_assignable,
        rule=None if rule is None else shape_rule(ground, rule),
        effective_rule=shape_effective_rule(ground, rule, code),
        inherit=node.is_inheriting,
        exclude=lists["excluded"],
        named=lists["named"],
        seats=_list_seats(plan, node),
        locks=_list_locks(scope, plan, node),
        children=[child.code for child in tree.nodes if child.parent_id == node.id],
        history=_list_history(scope, node),
        quotas=_list_quotas(scope, node),
    )
    return shown


def _find_named(scope: Scope, keys: list[str]) -> dict[str, tuple[int, str]]:
    """Id and name of the visible accounts among these keys."""
    rows = visible_accounts(scope).filter(key__in=keys).values_list("key", "id", "name")
    return {key: (account, name) for key, account, name in rows}


def _find_unknown(scope: Scope, keys: list[str]) -> set[str]:
    """Keys of accounts we have not met; only who sees everything is told of them."""
    return (
        set(keys) - set(Account.objects.filter(key__in=keys).values_list("key", flat=True))
        if scope.sees_all
        else set()
    )


def _list_accounts(scope: Scope, plan: Plan, node: Node) -> dict[str, list[dict[str, Any]]]:
    rows = ListedAccount.objects.filter(layout_id=plan.layout_id, territory_id=node.id).order_by(
        "account_key"
    )
    listed = list(rows.values_list("kind", "account_id_text", "account_key"))
    keys = [key for _, _, key in listed]
    known, unknown = _find_named(scope, keys), _find_unknown(scope, keys)
    lists: dict[str, list[dict[str, Any]]] = {"named": [], "excluded": []}
    for kind, text, key in listed:
        if key in known or key in unknown:
            account_id, name = known.get(key, (None, None))
            lists[kind].append({"id_text": text, "account_id": account_id, "name": name})
    return lists


def _list_seats(plan: Plan, node: Node) -> list[dict[str, Any]]:
    rows = Seat.objects.filter(plan=plan, territory_id=node.id).select_related("rep", "territory")
    order = {"primary": 0, "backup": 1, "overlay": 2}
    return [shape_seat(row) for row in sorted(rows, key=lambda row: (order[row.kind], row.id))]


def shape_seat(row: Seat) -> dict[str, Any]:
    """A seat as the API writes it."""
    return {
        "id": row.id,
        "territory": row.territory.code,
        "rep": {"id": row.rep_id, "name": row.rep.name},
        "kind": row.kind,
        "from_on": row.from_on,
        "until_on": row.until_on,
    }


def describe_seat(seat_id: int) -> dict[str, Any]:
    """One seat."""
    return shape_seat(Seat.objects.select_related("rep", "territory").get(id=seat_id))


def _list_locks(scope: Scope, plan: Plan, node: Node) -> list[dict[str, Any]]:
    rows = list(
        Lock.objects.filter(plan=plan, territory_id=node.id)
        .select_related("territory", "layer")
        .order_by("account_key", "id")
    )
    keys = [row.account_key for row in rows]
    known, unknown = _find_named(scope, keys), _find_unknown(scope, keys)
    return [
        describe_found_lock(row, *known.get(row.account_key, (None, None)))
        for row in rows
        if row.account_key in known or row.account_key in unknown
    ]


def describe_found_lock(row: Lock, account_id: int | None, name: str | None) -> dict[str, Any]:
    """A lock as the API writes it, its account already looked up."""
    return {
        "id": row.id,
        "id_text": row.account_id_text,
        "account_id": account_id,
        "name": name,
        "territory": row.territory.code,
        "layer": row.layer.code,
        "reason": row.reason,
        "approver": row.approver,
        "from_on": row.from_on,
        "until_on": row.until_on,
    }


def describe_lock(scope: Scope, lock_id: int) -> dict[str, Any]:
    """One lock."""
    row = Lock.objects.select_related("territory", "layer").get(id=lock_id)
    account_id, name = _find_named(scope, [fold_code(row.account_id_text) or ""]).get(
        row.account_key, (None, None)
    )
    return describe_found_lock(row, account_id, name)


def _list_history(scope: Scope, node: Node) -> list[dict[str, Any]]:
    """Executed realignments that moved accounts into or out of the territory, the newest first."""
    executed = visible_realignments(scope).filter(status=Realignment.Status.EXECUTED)
    recent = list(executed.order_by("-executed_at").values_list("id", "title", "executed_at")[:200])
    ids = [key for key, _, _ in recent]
    crossing = Move.objects.filter(realignment_id__in=ids).exclude(from_territory_id=F("to_territory_id"))
    came, went = (
        dict(
            crossing.filter(**{column: node.id})
            .order_by()
            .values_list("realignment_id")
            .annotate(count=Count("id"))
        )
        for column in ("to_territory_id", "from_territory_id")
    )
    shown = []
    for key, title, executed_at in recent:
        if key in came or key in went:
            sentence = f"{title}: {came.get(key, 0)} accounts came, {went.get(key, 0)} went."
            shown.append({"at": executed_at, "sentence": sentence, "realignment_id": key})
    return shown[:HISTORY]


def _list_quotas(scope: Scope, node: Node) -> list[dict[str, Any]]:
    if not (scope.sees_all or node.id in scope.territory_ids):
        return []
    rows = Quota.objects.filter(territory_id=node.id).order_by("-starts_on")
    return [dict(row) for row in rows.values("starts_on", "ends_on", "amount_minor")[:HISTORY]]
