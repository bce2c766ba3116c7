"""Which accounts stand outside the territory they are held in, why, and where do they belong?

An account is misplaced when
- its data lies outside the territory that holds it: outside the rules of the territories above, and, when a
  rule
  put it there, outside the territory's own rule (an account that is named or locked may lie outside that
  one); or
- its owner holds no seat in the territory and is not the interim for an empty one.
It belongs to the deepest territories of the layer whose effective rule matches; for the second reason, to the
territory's own people. Accounts that follow their headquarters are only judged by their owner.

The answer for the whole company is kept until something changes.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.db.models.expressions import RawSQL

from fairpatch.core.realignment.moves import CAUSES
from fairpatch.core.rules.account import AccountReader, Seen
from fairpatch.core.rules.match import Predicate, bind_rule
from fairpatch.core.rules.tree import Rule, join_all
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.records.models import Account, Organisation, Plan, Seat, User
from fairpatch.records.queries.calendar import read_today
from fairpatch.records.queries.id_lists import select_ids
from fairpatch.records.queries.plan_cache import find_kept, keep_content, make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import find_digits, load_company
from fairpatch.records.queries.routing import OwnerBook, read_raw_accounts
from fairpatch.records.queries.snapshot import find_visible_rows, load_snapshot
from fairpatch.records.queries.standing import find_state_mark, load_owners
from fairpatch.records.queries.tree import Node, Tree, load_tree
from fairpatch.records.routing_engine import Mask, get_engine
from fairpatch.records.snapshot import Ids
from fairpatch.records.visibility import Scope, load_scope, visible_accounts

_BY_RULE, _BY_FAMILY = list(CAUSES).index("rule"), list(CAUSES).index("family")
_SHOWN = ("id", "external_id", "name", "city", "state", "country", "territory_id", "owner_id", "owner__name")


@dataclass(frozen=True, slots=True)
class Misplacement:
    """`reason` is "place" (its data lies elsewhere) or "owner" (the owner has no seat there)."""

    reason: str
    territory: str
    belongs_to: tuple[str, ...]


class Holding(NamedTuple):
    """How an account is held: its own territory and owner, and what decided it there (None: nothing did)."""

    territory_id: int | None
    owner_id: int
    cause: str | None


def find_misplaced(scope: Scope) -> Mapping[int, Misplacement]:
    """Every misplaced account of the company, by id. Narrow it to what the user may see."""
    plan = scope.plan
    if plan is None:
        return {}
    key = (make_plan_key(plan), scope.today, find_state_mark())
    return keep_content("misplaced", key, lambda: dict(_Judge(scope, plan).judge_accounts()))


def find_misplaced_among(scope: Scope, held: Mapping[int, Holding]) -> Mapping[int, Misplacement]:
    """The misplaced ones of a page of accounts, without reading the whole company for it."""
    plan = scope.plan
    if plan is None or not held:
        return {}
    known = find_kept("misplaced", (make_plan_key(plan), scope.today, find_state_mark()))
    if known is not None:
        return {account: known[account] for account in held if account in known}
    return dict(_PageJudge(scope, plan).judge_accounts(held))


def learn_plan(plan: Plan) -> None:
    """Reads what the first page of accounts under this plan will be judged by."""
    _keep_plain_books(plan)


def select_misplaced_ids(scope: Scope) -> RawSQL:
    """The ids as a subquery, for `id__in`."""
    return select_ids(list(find_misplaced(scope)))


def count_misplaced(user: User) -> int:
    """How many misplaced accounts the user may see."""
    return count_visible_misplaced(load_scope(user))


def count_visible_misplaced(scope: Scope) -> int:
    """How many misplaced accounts are in sight."""
    found = find_misplaced(scope)
    if scope.sees_all:
        return len(found)
    snapshot = load_snapshot()
    seen = find_visible_rows(scope, snapshot)
    assert seen is not None, "only some are in sight"
    rows = snapshot.find_rows(np.array(list(found), np.int64))
    return int(np.count_nonzero(seen[rows[rows >= 0]]))


def count_company_misplaced() -> int:
    """How many accounts of the whole company are misplaced today."""
    organisation = Organisation.objects.select_related("active_plan").first()
    if organisation is None:
        return 0
    return len(find_misplaced(Scope(User(), organisation, read_today(organisation), sees_all=True)))


def list_misplaced(
    user: User, after: int | None = None, limit: int = 100
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of misplaced accounts by id, each with the reason and where it belongs; the next page's mark."""
    scope = load_scope(user)
    if scope.plan is None:
        return [], None
    found = find_misplaced(scope)
    rows = visible_accounts(scope).filter(id__in=select_misplaced_ids(scope)).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    page = list(rows.values(*_SHOWN)[: limit + 1])
    tree = load_tree(scope.plan)
    shown = [_shape_row(row, found[row["id"]], tree) for row in page[:limit]]
    return shown, shown[-1]["id"] if len(page) > limit else None


def _shape_row(row: dict[str, Any], misplacement: Misplacement, tree: Tree) -> dict[str, Any]:
    row = dict(row)
    owner = {"id": row.pop("owner_id"), "name": row.pop("owner__name")}
    del row["territory_id"]
    return {
        **row,
        "owner": owner,
        "territory": _name_territory(tree, misplacement.territory),
        "misplaced": describe_misplaced(misplacement, owner["name"], tree),
    }


def describe_misplaced(misplacement: Misplacement, owner_name: str, tree: Tree) -> dict[str, Any]:
    """The reason in words, and the territories where the account belongs."""
    held = _name_territory(tree, misplacement.territory)
    where = [_name_territory(tree, code) for code in misplacement.belongs_to]
    if misplacement.reason == "owner":
        reason = f"{owner_name} owns it without a seat in {held['name']}."
    elif where:
        names = " or ".join(territory["name"] for territory in where)
        reason = f"It is held in {held['name']}, but by its data it belongs to {names}."
    else:
        reason = f"It is held in {held['name']}, but by its data it belongs to no territory."
    return {"reason": reason, "belongs_to": where}


def _name_territory(tree: Tree, code: str) -> dict[str, str]:
    node = tree.by_code.get(code)
    return {"code": code, "name": node.name if node and node.name else code}


class _Rulebooks:
    """What the live plan's primary layer asks of accounts: in all of a territory, and above it."""

    def __init__(self, plan: Plan) -> None:
        core = load_core_plan(plan)
        tree = load_tree(plan)
        hierarchy = Hierarchy(core)
        layer = tree.primary_layer
        assert layer is not None, "a plan has a primary layer"
        self.layer = layer
        self.codes = [t.code for t in core.territories if hierarchy.layer_of(t.code) == layer.code]
        self.depth = {code: hierarchy.depth_of(code) for code in self.codes}
        own = {code: hierarchy.effective_rule_of(code) for code in self.codes}
        above = {code: _rule_above(hierarchy, code) for code in self.codes}
        self.own = get_engine().bind_rules(
            core, {code: rule for code, rule in own.items() if rule is not None}
        )
        self.above = get_engine().bind_rules(
            core, {code: rule for code, rule in above.items() if rule is not None}
        )


class _Holders:
    """Who may own what a territory holds: its seats of today, and whoever answers for it (or an interim)."""

    def __init__(self, scope: Scope, plan: Plan) -> None:
        self._today = scope.today
        self._scope, self._plan = scope, plan
        self._seats = keep_content("every seat", make_plan_key(plan), lambda: _read_seats(plan))

    @cached_property
    def _owners(self) -> OwnerBook:
        return load_owners(self._scope, self._plan)

    def find(self, territory_id: int) -> set[int]:
        """Their reps."""
        owner, _ = self._owners.find_owner(territory_id)
        seated = self._find_seated(territory_id)
        return seated if owner is None else seated | {owner}

    def may_hold(self, rep_id: int, territory_id: int) -> bool:
        """Is the rep one of them? Who answers for the territory is worked out only where no seat tells."""
        if rep_id in self._find_seated(territory_id):
            return True
        return rep_id == self._owners.find_owner(territory_id)[0]

    def _find_seated(self, territory_id: int) -> set[int]:
        return {
            rep
            for rep, start, end in self._seats.get(territory_id, ())
            if (start is None or start <= self._today) and (end is None or self._today <= end)
        }


def _read_seats(plan: Plan) -> dict[int, list[tuple[int, dt.date | None, dt.date | None]]]:
    seats: dict[int, list[tuple[int, dt.date | None, dt.date | None]]] = {}
    rows = Seat.objects.filter(plan=plan).values_list("territory_id", "rep_id", "from_on", "until_on")
    for territory, rep, start, end in rows:
        seats.setdefault(territory, []).append((rep, start, end))
    return seats


class _Judge:
    """Judges accounts of the live plan's primary layer."""

    def __init__(self, scope: Scope, plan: Plan) -> None:
        self._scope = scope
        self._plan = plan
        self._books = keep_content("rulebooks", make_plan_key(plan), lambda: _Rulebooks(plan))
        self._tree = load_tree(plan)
        self._company = load_company(scope, load_core_plan(plan))
        self._own = self._books.own.read(self._company.columns)
        self._above = self._books.above.read(self._company.columns)
        self._holders = _Holders(scope, plan)

    def judge_accounts(self, ids: list[int] | None = None) -> Iterator[tuple[int, Misplacement]]:
        """The misplaced ones of these accounts (None: of all)."""
        snapshot = self._company.snapshot
        if ids is None:
            rows = np.arange(snapshot.size)
        else:
            rows = snapshot.find_rows(np.array(sorted(ids), np.int64))
            rows = rows[rows >= 0]
        held = snapshot.figures["territory"][rows]
        order = np.argsort(held, kind="stable")
        territories, first = np.unique(held[order], return_index=True)
        parts = np.split(rows[order], first[1:]) if len(territories) else []
        found: list[tuple[int, Misplacement]] = []
        for territory, part in zip(territories.tolist(), parts, strict=True):
            node = self._tree.by_id.get(territory)
            if node is not None and node.layer_id == self._books.layer.id:
                found.extend(self._judge_territory(node, part))
        yield from sorted(found, key=lambda item: item[0])

    def _judge_territory(self, node: Node, rows: Ids) -> Iterator[tuple[int, Misplacement]]:
        """The misplaced ones of all accounts that one territory holds."""
        ids = self._company.ids
        outside = rows[self._lies_outside(node, rows)]
        for row, names in zip(
            outside.tolist(), self._books.own.list_matches(self._own, outside), strict=True
        ):
            deepest = max((self._books.depth[name] for name in names), default=0)
            homes = tuple(sorted(name for name in names if self._books.depth[name] == deepest))
            yield int(ids[row]), Misplacement("place", node.code, homes)
        inside = rows[~np.isin(rows, outside)]
        holders = sorted(self._holders.find(node.id))
        strange = inside[~np.isin(self._company.snapshot.figures["owner"][inside], holders)]
        for account in ids[strange].tolist():
            yield account, Misplacement("owner", node.code, (node.code,))

    def _lies_outside(self, node: Node, rows: Ids) -> Mask:
        """Whose data lie outside what the territory asks of them; of followers nothing is asked."""
        decided = self._company.snapshot.read_layer(self._books.layer.id)
        is_current = decided["territory"][rows] == node.id
        cause = np.where(is_current, decided["cause"][rows], _BY_RULE)
        is_outside = np.zeros(len(rows), bool)
        by_rule = cause == _BY_RULE
        # Where only names put accounts, there is no own rule to lie outside of.
        own = by_rule if node.code in self._books.own.names else np.zeros(len(rows), bool)
        above = (by_rule & ~own) | ((cause != _BY_RULE) & (cause != _BY_FAMILY))
        if own.any():
            is_outside[own] = ~self._books.own.match(node.code, self._own, rows[own])
        if above.any() and node.code in self._books.above.names:
            is_outside[above] = ~self._books.above.match(node.code, self._above, rows[above])
        return is_outside


class _PlainBooks:
    """The same as _Rulebooks, for one account at a time."""

    def __init__(self, plan: Plan) -> None:
        core = load_core_plan(plan)
        tree = load_tree(plan)
        hierarchy = Hierarchy(core)
        layer = tree.primary_layer
        assert layer is not None, "a plan has a primary layer"
        self.layer = layer
        self.reader = AccountReader(core.catalogue, core.regions)
        self.depth: dict[str, int] = {}
        self.own: dict[str, Predicate] = {}
        self.above: dict[str, Predicate] = {}
        for territory in core.territories:
            code = territory.code
            if hierarchy.layer_of(code) != layer.code:
                continue
            self.depth[code] = hierarchy.depth_of(code)
            own, above = hierarchy.effective_rule_of(code), _rule_above(hierarchy, code)
            if own is not None:
                self.own[code] = bind_rule(own, core.scope)
            if above is not None:
                self.above[code] = bind_rule(above, core.scope)


def _keep_plain_books(plan: Plan) -> _PlainBooks:
    return keep_content("plain books", make_plan_key(plan), lambda: _PlainBooks(plan))


class _PageJudge:
    """Judges a few accounts one by one: after a change, a page need not wait for the whole company."""

    def __init__(self, scope: Scope, plan: Plan) -> None:
        self._books = _keep_plain_books(plan)
        self._tree = load_tree(plan)
        self._digits = find_digits(scope)
        self._holders = _Holders(scope, plan)

    def judge_accounts(self, held: Mapping[int, Holding]) -> Iterator[tuple[int, Misplacement]]:
        """The misplaced ones of these accounts."""
        for pk, _, raw in read_raw_accounts(Account.objects.filter(id__in=held), self._digits):
            territory, owner, cause = held[pk]
            node = self._tree.by_id.get(territory) if territory is not None else None
            if node is None or node.layer_id != self._books.layer.id:
                continue
            seen = self._books.reader.read(raw)
            if self._lies_outside(node.code, seen, cause or "rule"):
                yield pk, Misplacement("place", node.code, self._find_homes(seen))
            elif not self._holders.may_hold(owner, node.id):
                yield pk, Misplacement("owner", node.code, (node.code,))

    def _lies_outside(self, code: str, seen: Seen, cause: str) -> bool:
        # Where only names put accounts, there is no own rule to lie outside of.
        if cause == "rule" and code in self._books.own:
            return not self._books.own[code](seen)
        return cause != "family" and code in self._books.above and not self._books.above[code](seen)

    def _find_homes(self, seen: Seen) -> tuple[str, ...]:
        names = [code for code, matches in self._books.own.items() if matches(seen)]
        deepest = max((self._books.depth[code] for code in names), default=0)
        return tuple(sorted(code for code in names if self._books.depth[code] == deepest))


def _rule_above(hierarchy: Hierarchy, code: str) -> Rule | None:
    """The rules of all territories above, as far as the chain reaches."""
    rules = []
    line = hierarchy.lineage_of(code)
    for below, step in itertools.pairwise(line):
        if not below.inherit:
            break
        if step.rule is not None:
            rules.append(step.rule)
    return join_all(*rules) if rules else None
