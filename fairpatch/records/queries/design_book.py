"""Whose accounts does a design share out among which territories? Read within what the asking person sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, Q, QuerySet, Sum

from fairpatch.core.designs.book import NOBODY, DesignBook, DesignPlace
from fairpatch.core.designs.settings import COUNT, EMPLOYEES, PIPELINE, REVENUE, DesignSettings
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.people.capacity import suggest_capacity
from fairpatch.records.models import Account, Assignment, CustomField, Deal, Lock, Plan, Seat
from fairpatch.records.queries.accounts import AccountFilter, select_accounts
from fairpatch.records.queries.routed import find_digits
from fairpatch.records.queries.routing import find_change_position
from fairpatch.records.queries.tree import LayerRow, Node, Tree, load_tree
from fairpatch.records.visibility import NotFoundError, Scope

READ_AT_ONCE = 5_000
COLUMNS = (
    "id", "key", "latitude", "longitude", "annual_revenue_minor", "employees", "territory_id", "custom",
)  # fmt: skip
NO_PLAN = "There is no live plan to design on. Nothing was started. Import or activate a plan first."
NO_TERRITORIES = "No assignable territory takes part. Choose another part of the tree, or add new ones."
OUT_OF_SCOPE = "{} lies outside your scope. Nothing was started. Choose a part of the tree that is yours."
FEW_ACCOUNTS = "{} accounts with a position match, fewer than the {} territories. Choose more accounts."
MORE = "Adding territories at the top of the tree needs sight of the whole company. Choose a parent of yours."


@dataclass(frozen=True)
class Ground:
    """Where a design takes place: the live plan, one layer, and the territory above all that take part."""

    plan: Plan
    tree: Tree
    layer: LayerRow
    root: Node | None

    @property
    def parent(self) -> Node | None:
        """Below which new territories are put: a territory without children is no parent, its own is."""
        if self.root is None or not self.root.is_leaf:
            return self.root
        return self.tree.by_id[self.root.parent_id] if self.root.parent_id is not None else None


def find_ground(scope: Scope, asked: DesignSettings) -> Ground:
    """The ground of a design, if it lies in the scope."""
    if scope.plan is None:
        raise FairpatchError("no_live_plan", NO_PLAN)
    tree = load_tree(scope.plan)
    root = None
    if asked.within is not None:
        root = tree.by_code.get(asked.within)
        if root is None:
            raise NotFoundError("territory of this code in the live plan")
        if not scope.sees_all and root.id not in scope.territory_ids:
            raise FairpatchError("forbidden", OUT_OF_SCOPE.format(root.code))
    layer = tree.find_layer(root.layer_code if root else asked.layer)
    if layer is None:
        raise NotFoundError("layer of this code in the live plan")
    ground = Ground(scope.plan, tree, layer, root)
    above = ground.parent.id if ground.parent else None
    if asked.is_adding and not scope.sees_all and above not in scope.territory_ids:
        raise FairpatchError("forbidden", MORE)
    return ground


def list_places(scope: Scope, ground: Ground, asked: DesignSettings) -> tuple[DesignPlace, ...]:
    """The territories that take part, existing ones in the order of the tree, then new ones."""
    nodes = ground.tree.list_subtree(ground.root) if ground.root else ground.tree.nodes
    inside = [
        node
        for node in nodes
        if node.layer_id == ground.layer.id
        and node.is_assignable
        and (scope.sees_all or node.id in scope.territory_ids)
    ]
    unknown = [code for code in asked.leave_out if code not in {node.code for node in inside}]
    if unknown:
        raise FaultyInputError(
            [Finding("error", "leave_out", f"{code} takes no part here.") for code in unknown],
            "design_faulty",
        )
    kept = [] if asked.headcount is not None else [n for n in inside if n.code not in asked.leave_out]
    holders = _read_holders(ground.plan, [node.id for node in kept], scope)
    places = [_describe_place(node, holders, asked, scope) for node in kept]
    places += _name_new_places(ground, asked)
    if not places:
        raise FairpatchError("no_territories", NO_TERRITORIES)
    return tuple(places)


def _read_holders(plan: Plan, territory_ids: list[int], scope: Scope) -> dict[int, tuple[str, Any]]:
    """Name and hiring day of the primary seat's rep today, by territory."""
    live = Q(from_on__isnull=True) | Q(from_on__lte=scope.today)
    live &= Q(until_on__isnull=True) | Q(until_on__gte=scope.today)
    seats = Seat.objects.filter(live, plan=plan, kind=Seat.Kind.PRIMARY, territory_id__in=territory_ids)
    rows = seats.order_by("id").values_list("territory_id", "rep__name", "rep__hired_on")
    return {territory: (name, hired_on) for territory, name, hired_on in rows}


def _describe_place(
    node: Node, holders: dict[int, tuple[str, Any]], asked: DesignSettings, scope: Scope
) -> DesignPlace:
    name, hired_on = holders.get(node.id, (None, None))
    capacity = suggest_capacity(hired_on, scope.today)
    note = f"hired on {hired_on}, still ramping up" if capacity < 1 else ""
    if node.code in asked.capacities:
        capacity, note = asked.capacities[node.code], ""
    return DesignPlace(node.code, node.name, node.id, name, capacity, note)


def _name_new_places(ground: Ground, asked: DesignSettings) -> Iterator[DesignPlace]:
    wanted = asked.headcount if asked.headcount is not None else asked.new
    stem = ground.parent.code if ground.parent else ground.layer.code
    taken = set(ground.tree.by_code)
    number = 0
    for place in range(1, wanted + 1):
        number += 1
        while f"{stem}-N{number}" in taken:
            number += 1
        code = f"{stem}-N{number}"
        yield DesignPlace(code, f"New territory {place}", None, None, asked.capacities.get(code, 1.0))


def load_design_book(scope: Scope, asked: DesignSettings) -> tuple[Ground, DesignBook]:
    """Everything a design reads of the company, as it stands now."""
    ground = find_ground(scope, asked)
    places = list_places(scope, ground, asked)
    rows = _select_rows(scope, ground, asked)
    unplaced = list(rows.filter(latitude__isnull=True).order_by("key").values_list("id", flat=True))
    locks = find_live_locks(ground, scope)
    code_of = {place.territory_id: at for at, place in enumerate(places) if place.territory_id is not None}
    left_out = [_say_unplaced(len(unplaced))] if unplaced else []
    kept, elsewhere = [], 0
    for row in rows.filter(latitude__isnull=False).order_by("key").iterator(READ_AT_ONCE):
        target = locks.get(row[1])
        if target is not None and target not in code_of:
            elsewhere += 1
            continue
        kept.append((row, NOBODY if target is None else code_of[target]))
    if elsewhere:
        left_out.append(f"{_count(elsewhere)} locked to territories that take no part, and left there.")
    if len(kept) < len(places):
        raise FairpatchError("few_accounts", FEW_ACCOUNTS.format(len(kept), len(places)))
    doubts: list[str] = []
    table = [row for row, _ in kept]
    book = DesignBook(
        ids=np.array([row[0] for row in table], np.int64),
        keys=np.array([row[1] for row in table], np.str_),
        latitude=np.array([row[2] for row in table], np.float64),
        longitude=np.array([row[3] for row in table], np.float64),
        values=_measure_accounts(scope, [m.name for m in asked.measures], table, doubts),
        relationship=_measure_accounts(scope, [asked.relationship], table, doubts)[:, 0]
        if asked.relationship
        else None,
        owner=_find_owners(ground, table, code_of),
        lock=np.array([lock for _, lock in kept], np.int32),
        places=places,
        left_out=tuple(left_out),
        doubts=tuple(dict.fromkeys(doubts)),
        unplaced_ids=tuple(unplaced),
        change_position=find_change_position(),
    )
    return ground, book


def _select_rows(scope: Scope, ground: Ground, asked: DesignSettings) -> QuerySet[Account, Any]:
    narrowed: Any = asked.filters  # the names are checked at the door
    place = ground.root.code if ground.root else None
    wanted = AccountFilter(territory=place, layer=ground.layer.code, **narrowed)
    return select_accounts(scope, wanted).values_list(*COLUMNS)


def find_live_locks(ground: Ground, scope: Scope) -> dict[str, int]:
    """The territory each account is locked to today in this layer, by the account's key."""
    live = Q(from_on__isnull=True) | Q(from_on__lte=scope.today)
    live &= Q(until_on__isnull=True) | Q(until_on__gte=scope.today)
    rows = Lock.objects.filter(live, plan=ground.plan, layer_id=ground.layer.id)
    return dict(rows.values_list("account_key", "territory_id"))


def _find_owners(ground: Ground, table: Sequence[Any], code_of: dict[int, int]) -> Any:
    """Today's territory of each account among those that take part."""
    if ground.layer.role == "primary":
        return np.array([code_of.get(row[6], NOBODY) for row in table], np.int32)
    decided = Assignment.objects.filter(layer_id=ground.layer.id, territory_id__in=list(code_of))
    now = dict(decided.values_list("account_id", "territory_id"))
    return np.array([code_of.get(now.get(row[0], 0), NOBODY) for row in table], np.int32)


def _measure_accounts(
    scope: Scope, names: Sequence[str | None], table: Sequence[Any], doubts: list[str]
) -> Any:
    """One column per measure; what is missing or negative counts as 0, and is told."""
    scale = 10.0 ** -find_digits(scope)
    pipeline = _read_pipeline() if PIPELINE in names else {}
    types = dict(CustomField.objects.filter(ended_at__isnull=True).values_list("name", "type"))
    columns = []
    for name in names:
        if name == COUNT:
            columns.append(np.ones(len(table)))
            continue
        if name == REVENUE:
            found = [None if row[4] is None else row[4] * scale for row in table]
        elif name == PIPELINE:
            found = [pipeline.get(row[0], 0) * scale for row in table]
        elif name == EMPLOYEES:
            found = [row[5] for row in table]
        elif types.get(str(name)) in (CustomField.Type.NUMBER, CustomField.Type.BOOLEAN):
            found = [_read_number(row[7].get(name)) for row in table]
        else:
            sentence = f"“{name}” is no number of an account. Choose one of the measures offered."
            raise FaultyInputError([Finding("error", "measures", sentence)], "design_faulty")
        columns.append(_fill_gaps(str(name), found, doubts))
    return np.column_stack(columns)


def _read_pipeline() -> dict[int, int]:
    rows = Deal.objects.filter(outcome=Deal.Outcome.OPEN).order_by().values_list("account_id")
    return dict(rows.annotate(amount=Sum(F("amount_minor"))))


def _read_number(value: Any) -> float | None:
    return float(value) if isinstance(value, bool | int | float) else None


def _fill_gaps(name: str, found: list[Any], doubts: list[str]) -> Any:
    missing = sum(value is None for value in found)
    column = np.array([0.0 if value is None else float(value) for value in found])
    below = int((column < 0).sum())
    if missing:
        doubts.append(f"{_count(missing)} without {name.replace('_', ' ')} and counted as 0.")
    if below:
        doubts.append(f"{_count(below)} with a negative {name.replace('_', ' ')} and counted as 0.")
    return np.maximum(column, 0.0)


def _say_unplaced(count: int) -> str:
    return f"{_count(count)} without a position on the map and left with today's territory."


def _count(number: int) -> str:
    return "1 account is" if number == 1 else f"{number:,} accounts are"
