"""Which realignments touch what one may see, and what does each move?"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fairpatch.core.realignment.lifecycle import Proposal, Step, list_steps, require_step
from fairpatch.records.models import (
    Account,
    DealMove,
    LayoutTerritory,
    Move,
    Realignment,
    Rep,
    Territory,
    User,
)
from fairpatch.records.queries.realignments import (
    describe_person,
    describe_proposal,
    read_managers,
    select_moves,
)
from fairpatch.records.queries.tree import load_tree
from fairpatch.records.visibility import (
    NotFoundError,
    Scope,
    visible_accounts,
    visible_moves,
    visible_realignments,
)

STREAMED = 2_000
IMPACT_TOTALS = [
    "accounts",
    "revenue_minor",
    "open_deals",
    "pipeline_minor",
    "activities_due",
    "relationships",
]
MOVE_COLUMNS = [
    "account_id",
    "external_id",
    "name",
    "layer",
    "from_rep",
    "to_rep",
    "from_territory",
    "to_territory",
    "cause",
    "is_interim",
    "reason",
]


def find_realignment(scope: Scope, realignment_id: int) -> Realignment:
    """The realignment, when it may be seen."""
    found = visible_realignments(scope).filter(id=realignment_id).first() if realignment_id < 2**63 else None
    if found is None:
        raise NotFoundError("realignment of this number")
    return found


def check_before_execution(user: User, realignment: Realignment) -> None:
    """Refuses at once what the background job would refuse anyway."""
    require_step(Step.EXECUTE, describe_person(user), describe_proposal(realignment), read_managers())


def list_realignments(
    scope: Scope, status: str | None, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Realignments, the newest first, and the last id when more follow."""
    rows = visible_realignments(scope).select_related("proposed_by").order_by("-id")
    if status is not None:
        rows = rows.filter(status=status)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.defer("impact", "drift")[: limit + 1])
    shown = _shape_realignments(scope, found[:limit])
    return shown, shown[-1]["id"] if len(found) > limit else None


def _shape_realignments(scope: Scope, rows: list[Realignment]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    undone: dict[int | None, int] = {}
    executed = Realignment.objects.filter(undoes_id__in=ids, status=Realignment.Status.EXECUTED)
    for undoes, key in executed.values_list("undoes_id", "id"):
        undone[undoes] = key
    sides = _read_sides(ids)
    managers = read_managers()
    person = describe_person(scope.user)
    shown = []
    for row in rows:
        steps = list_steps(person, Proposal(row.status, row.proposed_by_id, sides[row.id]), managers)
        shown.append(
            {
                "id": row.id,
                "title": row.title,
                "kind": row.kind,
                "status": row.status,
                "reason": row.reason,
                "proposed_by": row.proposer_name,
                "proposed_at": row.proposed_at,
                "move_count": row.move_count,
                "deal_move_count": row.deal_move_count,
                "executed_at": row.executed_at,
                "undoes_id": row.undoes_id,
                "undone_by_id": undone.get(row.id),
                "may": [step.value for step in steps if not (step is Step.UNDO and row.id in undone)],
            }
        )
    return shown


def _read_sides(ids: list[int]) -> dict[int, frozenset[int]]:
    """The people whose accounts come or go, pools left out, for several realignments at once."""
    pools = set(Rep.objects.filter(kind=Rep.Kind.POOL).values_list("id", flat=True))
    sides: dict[int, set[int]] = defaultdict(set)
    pairs = Move.objects.filter(realignment_id__in=ids, change=Move.Change.OWNER).order_by()
    for key, *reps in pairs.values_list("realignment_id", "from_rep_id", "to_rep_id").distinct():
        sides[key].update(rep for rep in reps if rep is not None and rep not in pools)
    return {key: frozenset(sides[key]) for key in ids}


def describe_realignment(scope: Scope, realignment_id: int) -> dict[str, Any]:
    """One realignment with impact, approvals and drift; drift of accounts out of sight is left out."""
    row = visible_realignments(scope).select_related("proposed_by").filter(id=realignment_id).first()
    if row is None:
        raise NotFoundError("realignment of this number")
    shown = _shape_realignments(scope, [row])[0]
    approvals = row.approvals.select_related("user").order_by("given_at", "id")
    shown.update(
        deal_policy=row.deal_policy,
        intent=row.intent,
        impact=shape_impact(scope, row.impact),
        approvals=[
            {
                "user": approval.user.name,
                "verdict": approval.verdict,
                "comment": approval.comment,
                "given_at": approval.given_at,
            }
            for approval in approvals
        ],
        drift=_narrow_drift(scope, row.drift),
        plan={"base_id": row.base_plan_id, "target_id": row.target_plan_id},
        batch=row.batch,
    )
    return shown


def shape_impact(scope: Scope, impact: dict[str, Any]) -> dict[str, Any]:
    """A stored impact with names; rows of people and territories out of sight are left out."""
    rep_names = dict(
        Rep.objects.filter(id__in=[row["rep_id"] for row in impact["reps"]]).values_list("id", "name")
    )
    tree = load_tree(scope.plan) if scope.plan else None
    codes = dict(
        Territory.objects.filter(id__in=[row["territory_id"] for row in impact["territories"]]).values_list(
            "id", "code"
        )
    )
    reps, territories = [], []
    for row in impact["reps"]:
        if scope.sees_all or row["rep_id"] in scope.rep_ids:
            reps.append({"rep": {"id": row["rep_id"], "name": rep_names[row["rep_id"]]}, **_pick_sides(row)})
    for row in impact["territories"]:
        if scope.sees_all or row["territory_id"] in scope.territory_ids:
            code = codes[row["territory_id"]]
            node = tree.by_id.get(row["territory_id"]) if tree else None
            name = {"code": code, "name": node.name if node else code}
            territories.append({"territory": name, **_pick_sides(row)})
    return {**{key: impact[key] for key in IMPACT_TOTALS}, "reps": reps, "territories": territories}


def _pick_sides(row: dict[str, Any]) -> dict[str, Any]:
    return {side: row[side] for side in ("in", "out", "before", "after")}


def shape_preview(
    scope: Scope, impact: dict[str, Any], count: int, sample: list[dict[str, Any]]
) -> dict[str, Any]:
    """What a proposal would do, as the API writes it."""
    places = {
        key: (latitude, longitude)
        for key, latitude, longitude in Account.objects.filter(
            id__in=[row["account_id"] for row in sample]
        ).values_list("id", "latitude", "longitude")
    }
    reps = {row[side] for row in sample for side in ("from_rep_id", "to_rep_id")}
    rep_names = dict(Rep.objects.filter(id__in=reps - {None}).values_list("id", "name"))
    tree = load_tree(scope.plan) if scope.plan else None
    moves = []
    for row in sample:
        latitude, longitude = places.get(row["account_id"], (None, None))
        account = {"id": row["account_id"], "external_id": row["external_id"], "name": row["name"]}
        sides = {
            side: {"id": row[f"{side}_id"], "name": rep_names[row[f"{side}_id"]]}
            if row[f"{side}_id"]
            else None
            for side in ("from_rep", "to_rep")
        }
        territories = {}
        for side in ("from_territory", "to_territory"):
            node = tree.by_code.get(row[side]) if tree and row[side] else None
            territories[side] = (
                {"code": row[side], "name": node.name if node else row[side]} if row[side] else None
            )
        moves.append(
            {
                "account": {**account, "latitude": latitude, "longitude": longitude},
                "layer": row["layer"],
                **sides,
                **territories,
                "cause": row["cause"],
                "is_interim": row["is_interim"],
                "reason": row["reason"],
            }
        )
    return {"impact": shape_impact(scope, impact), "moves_sample": moves, "move_count": count}


def _narrow_drift(scope: Scope, drift: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if scope.sees_all:
        return drift
    ids = [item["account_id"] for item in drift if item["account_id"] is not None]
    seen = set(visible_accounts(scope).filter(id__in=ids).values_list("id", flat=True))
    return [item for item in drift if item["account_id"] is None or item["account_id"] in seen]


def _select_visible_moves(scope: Scope, realignment_id: int, layer: str | None, rep: int | None) -> Any:
    moves = select_moves(realignment_id, layer, rep)
    return moves if scope.sees_all else moves.filter(id__in=visible_moves(scope).values("id"))


def _read_names(realignment_id: int) -> dict[int, str]:
    """Names of the territories in both plans; the new one's name counts."""
    row = Realignment.objects.select_related("base_plan", "target_plan").get(id=realignment_id)
    names: dict[int, str] = {}
    for plan in (row.base_plan, row.target_plan):
        if plan is not None:
            layout = LayoutTerritory.objects.filter(layout_id=plan.layout_id)
            names.update((key, name or code) for key, name, code in layout.values_list(
                "territory_id", "name", "territory__code"))  # fmt: skip
    return names


def list_moves(
    scope: Scope, realignment_id: int, layer: str | None, rep: int | None, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Visible moves in their order, and the last position when more follow."""
    moves = _select_visible_moves(scope, realignment_id, layer, rep).order_by("position", "id")
    if after is not None:
        moves = moves.filter(position__gt=after)
    found = list(moves[: limit + 1])
    names = _read_names(realignment_id)
    shown = [_shape_move(move, names) for move in found[:limit]]
    return shown, found[limit - 1].position if len(found) > limit else None


def _shape_move(move: Move, names: dict[int, str]) -> dict[str, Any]:
    account = move.account
    return {
        "account": {
            "id": account.id,
            "external_id": account.external_id,
            "name": account.name,
            "latitude": account.latitude,
            "longitude": account.longitude,
        },
        "layer": move.layer.code,
        "from_rep": {"id": move.from_rep.id, "name": move.from_rep.name} if move.from_rep else None,
        "to_rep": {"id": move.to_rep.id, "name": move.to_rep.name} if move.to_rep else None,
        "from_territory": _name_territory(move.from_territory, names),
        "to_territory": _name_territory(move.to_territory, names),
        "cause": move.cause,
        "is_interim": move.is_interim,
        "reason": move.reason,
    }


def _name_territory(territory: Any, names: dict[int, str]) -> dict[str, str] | None:
    if territory is None:
        return None
    return {"code": territory.code, "name": names.get(territory.id, territory.code)}


def stream_moves(scope: Scope, realignment_id: int) -> Iterator[list[Any]]:
    """Every visible move for an export (columns as in MOVE_COLUMNS)."""
    after: int | None = None
    while True:
        rows, after = list_moves(scope, realignment_id, None, None, after, STREAMED)
        for row in rows:
            account = row["account"]
            sides = [row[side]["name"] if row[side] else "" for side in ("from_rep", "to_rep")]
            places = [row[side]["code"] if row[side] else "" for side in ("from_territory", "to_territory")]
            named = [account["id"], account["external_id"], account["name"], row["layer"]]
            interim = "yes" if row["is_interim"] else "no"
            yield [*named, *sides, *places, row["cause"], interim, row["reason"]]
        if after is None:
            return


def list_deal_moves(
    scope: Scope, realignment_id: int, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Deals that change hands, of accounts whose move one may see."""
    rows = DealMove.objects.filter(realignment_id=realignment_id).order_by("deal_id")
    if not scope.sees_all:
        seen = visible_moves(scope).filter(realignment_id=realignment_id).values("account_id")
        rows = rows.filter(deal__account_id__in=seen)
    if after is not None:
        rows = rows.filter(deal_id__gt=after)
    found = list(rows.select_related("deal__account", "from_rep", "to_rep")[: limit + 1])
    shown = [_shape_deal_move(row) for row in found[:limit]]
    return shown, found[limit - 1].deal_id if len(found) > limit else None


def _shape_deal_move(row: DealMove) -> dict[str, Any]:
    deal = row.deal
    return {
        "deal": {
            "id": deal.id,
            "external_id": deal.external_id,
            "name": deal.name,
            "amount_minor": deal.amount_minor,
            "account_id": deal.account_id,
            "account_name": deal.account.name,
        },
        "from_rep": {"id": row.from_rep_id, "name": row.from_rep.name},
        "to_rep": {"id": row.to_rep_id, "name": row.to_rep.name},
    }
