"""What does a territory take from others, and what do others take from it?

An account is *carved out* when another territory, its *base*, would have it if the one that holds it claimed
nothing. So a list of named accounts shows what it costs the territories below it, and these what they lost.
The accounts counted are those in sight.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from fairpatch.records.models import Plan
from fairpatch.records.queries.draft_totals import decides_alike, load_draft_totals
from fairpatch.records.queries.plan_cache import make_plan_key
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import keep_recent, load_bases, load_company, load_decisions
from fairpatch.records.queries.snapshot import find_visible_rows, load_snapshot
from fairpatch.records.queries.totals import sum_places
from fairpatch.records.queries.tree import Node, load_tree
from fairpatch.records.routing_engine import Codes, Mask
from fairpatch.records.snapshot import Ids
from fairpatch.records.visibility import NotFoundError, Scope

Kind = Literal["carved_out", "sole"]
"""Accounts that another territory would have, and those that nobody else claims."""
NOBODY = -1
STAYS, NOTHING = -1, -2
"""The group of territories that are never missing, and the group of none."""
KEPT = 6
"""Lists of ids that are kept: a list is asked for page by page, and counted."""
MEASURES = ("accounts", "revenue_minor", "open_deals", "pipeline_minor")

_carved: OrderedDict[Hashable, Ids] = OrderedDict()


@dataclass(frozen=True)
class CarveFilter:
    """Which carved-out accounts: of a holder, of a base, each with or without what is below it."""

    holder: str | None = None
    is_branch: bool = True
    base: str | None = None
    is_base_branch: bool = True
    kind: Kind = "carved_out"
    layer: str | None = None


class CarvedLayer:
    """One layer of a plan: who holds each account. Territories are places in the router's codes."""

    def __init__(self, scope: Scope, plan: Plan, layer: str) -> None:
        self.tree = load_tree(plan)
        self.company = load_company(scope, load_core_plan(plan))
        self.router = load_bases(scope, plan, layer, self.company)
        self.place_of = {code: place for place, code in enumerate(self.router.codes)}
        self.holders = self._read_holders(scope, plan, layer)

    def _read_holders(self, scope: Scope, plan: Plan, layer: str) -> Codes:
        """How accounts stand; in a plan that decides otherwise than the live one, what it decides."""
        if not decides_alike(scope, plan):
            decided = load_decisions(scope, plan, layer, self.company)
            return self._place_codes(decided.codes)[decided.territory]
        found = self.tree.find_layer(layer)
        assert found is not None, "a territory's layer is in its plan"
        stored = self.company.snapshot.read_layer(found.id)["territory"]
        # By a table of all ids up to the largest: sorting a million would take longer than all the rest.
        nodes = map(self.tree.by_id.get, range(int(stored.max(initial=0)) + 1))
        return self._place_codes([node.code if node else None for node in nodes])[stored]

    def _place_codes(self, codes: Sequence[str | None]) -> Codes:
        """The place of each, nobody's for one that the plan does not have; nobody's comes last again."""
        places = [NOBODY if code is None else self.place_of.get(code, NOBODY) for code in codes]
        return np.array([*places, NOBODY], np.int32)

    def mark_places(self, codes: frozenset[str]) -> Mask:
        """Which places stand for these territories; the last one, for nobody, does not."""
        return np.array([*(code in codes for code in self.router.codes), False])

    def list_codes(self, node: Node, *, is_branch: bool) -> frozenset[str]:
        """A territory, and all below it when its branch is meant."""
        return (
            frozenset(below.code for below in self.tree.list_subtree(node))
            if is_branch
            else frozenset({node.code})
        )

    def make_groups(self, codes: frozenset[str]) -> Codes:
        """These territories as the one group that may be missing."""
        return np.where(self.mark_places(codes)[:-1], 0, STAYS).astype(np.int32)

    def split_branches(self, node: Node) -> Codes:
        """The groups as a territory sees them: its own branch always stays, those above it are each alone,
        and of everything else the largest branches that do not hold it. Numbered by the place of the top.
        """
        groups = np.full(len(self.router.codes), STAYS, np.int32)
        above = {step.code for step in self.tree.list_lineage(node)[1:]}
        own = self.list_codes(node, is_branch=True)
        for other in self.tree.nodes:  # parents first
            if other.code in own:
                continue
            place, parent = self.place_of[other.code], other.parent_code
            is_top = parent is None or parent in above or other.code in above
            groups[place] = place if is_top else groups[self.place_of[str(parent)]]
        return groups

    def find_held(self, seen: Mask | None) -> Ids:
        """The accounts in sight that some territory holds."""
        is_held = self.holders != NOBODY
        return np.flatnonzero(is_held if seen is None else is_held & seen)

    def find_bases(self, rows: Ids, groups: Codes) -> tuple[Codes, Mask]:
        """Who would have each account without its holder's group; and whether it only waits to leave that
        group, which has no claim to it any more.
        """
        held = groups[self.holders[rows]]
        now = self.router.route_without(rows, groups, np.full(len(rows), NOTHING, np.int32))
        is_waiting: Mask = np.append(groups, NOTHING)[now] != held
        bases = now.copy()
        asked = ~is_waiting
        bases[asked] = self.router.route_without(rows[asked], groups, held[asked])
        return bases, is_waiting


def describe_carve_outs(scope: Scope, plan: Plan, code: str) -> dict[str, Any]:
    """What a territory with all below it takes from each base, and loses to each other branch."""
    node = load_tree(plan).by_code.get(code)
    if node is None:
        raise NotFoundError("territory of this code in this plan")
    layer = CarvedLayer(scope, plan, node.layer_code)
    seen = find_visible_rows(scope, layer.company.snapshot)
    own = layer.list_codes(node, is_branch=True)
    is_own = layer.mark_places(own)[layer.holders]
    rows = np.flatnonzero(is_own if seen is None else is_own & seen)
    bases, is_waiting = layer.find_bases(rows, layer.make_groups(own))
    taken = _group_rows(rows[~is_waiting], bases[~is_waiting])
    return {
        "territory": node.code,
        "layer": node.layer_code,
        "is_live": plan == scope.plan,
        "held": _weigh_rows(layer, rows),
        "waiting": _weigh_rows(layer, rows[is_waiting]),
        "taken": _list_taken(scope, plan, layer, seen, taken),
        "lost": _list_lost(layer, node, _find_lost(layer, node, seen)),
    }


def _find_lost(layer: CarvedLayer, node: Node, seen: Mask | None) -> Iterator[tuple[int, Ids]]:
    """What others hold and the territory's branch would have without them, by the holder's group."""
    own = layer.list_codes(node, is_branch=True)
    groups = layer.split_branches(node)
    is_own = layer.mark_places(own)
    is_asked = layer.router.find_claimed(own) & (layer.holders != NOBODY) & ~is_own[layer.holders]
    rows = np.flatnonzero(is_asked if seen is None else is_asked & seen)
    bases, is_waiting = layer.find_bases(rows, groups)
    rows = rows[is_own[bases] & ~is_waiting]
    return _group_rows(rows, groups[layer.holders[rows]])


def _group_rows(rows: Ids, keys: Codes) -> Iterator[tuple[int, Ids]]:
    order = np.argsort(keys, kind="stable")
    distinct, first = np.unique(keys[order], return_index=True)
    parts = np.split(rows[order], first[1:])
    return zip(distinct.tolist(), parts, strict=False)


def _weigh_rows(layer: CarvedLayer, rows: Ids) -> dict[str, int]:
    return dict(zip(MEASURES, layer.company.weigh_rows(rows), strict=True))


def _describe_share(layer: CarvedLayer, node: Node | None, rows: Ids, *, is_branch: bool) -> dict[str, Any]:
    is_locked, is_named = layer.router.find_ways(rows)
    return {
        "territory": node.code if node else None,
        "name": node.name if node else "Nobody",
        "is_branch": is_branch,
        **_weigh_rows(layer, rows),
        "named": int(np.count_nonzero(is_named)),
        "locked": int(np.count_nonzero(is_locked)),
    }


def _list_taken(
    scope: Scope, plan: Plan, layer: CarvedLayer, seen: Mask | None, groups: Iterator[tuple[int, Ids]]
) -> list[dict[str, Any]]:
    totals = load_draft_totals(scope, plan)
    nodes = {place: layer.tree.by_code[code] for code, place in layer.place_of.items()}
    found = {nodes.get(place): rows for place, rows in groups}
    held = _weigh_held(layer, seen, frozenset(node.code for node in found if node))
    shares = []
    for node, rows in found.items():
        share = _describe_share(layer, node, rows, is_branch=node is None or node.is_leaf)
        share["base"] = {**held[node.code], "quota_minor": totals[node.id]["quota_minor"]} if node else None
        shares.append(share)
    return _sort_shares(shares)


def _weigh_held(layer: CarvedLayer, seen: Mask | None, codes: frozenset[str]) -> dict[str, dict[str, int]]:
    """What each of these territories holds for itself."""
    is_asked = layer.mark_places(codes)[layer.holders]
    rows = np.flatnonzero(is_asked if seen is None else is_asked & seen)
    sums = sum_places(layer.company.snapshot, layer.holders, rows, len(layer.router.codes))
    return {code: dict(zip(MEASURES, sums[layer.place_of[code]], strict=True)) for code in codes}


def _list_lost(layer: CarvedLayer, node: Node, groups: Iterator[tuple[int, Ids]]) -> list[dict[str, Any]]:
    above = {step.code for step in layer.tree.list_lineage(node)}
    shares = []
    for place, rows in groups:
        other = layer.tree.by_code[layer.router.codes[place]]
        shares.append(_describe_share(layer, other, rows, is_branch=other.code not in above))
    return _sort_shares(shares)


def _sort_shares(shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest first, nobody's last."""
    return sorted(
        shares, key=lambda share: (share["territory"] is None, -share["accounts"], share["territory"] or "")
    )


def find_carved_ids(scope: Scope, wanted: CarveFilter) -> Ids:
    """Accounts of the live plan, by id, whose holder and base are the ones asked for.

    Without a holder every territory is taken for itself. Not narrowed to what one may see.
    """
    if scope.plan is None:
        raise NotFoundError("live plan yet")
    tree = load_tree(scope.plan)
    holder, base = (_find_node(tree.by_code, code) for code in (wanted.holder, wanted.base))
    about = holder or base
    found = tree.find_layer(about.layer_code if about else wanted.layer)
    if found is None:
        raise NotFoundError("layer of this code in the live plan")
    plan, code = scope.plan, found.code
    key = (make_plan_key(plan), scope.today, load_snapshot().serial, replace(wanted, layer=code))
    return keep_recent(
        _carved, key, KEPT, lambda: _find_ids(CarvedLayer(scope, plan, code), wanted, holder, base)
    )


def _find_ids(layer: CarvedLayer, wanted: CarveFilter, holder: Node | None, base: Node | None) -> Ids:
    if holder is None:
        groups = np.arange(len(layer.router.codes), dtype=np.int32)
        is_asked = layer.holders != NOBODY
    else:
        codes = layer.list_codes(holder, is_branch=wanted.is_branch)
        groups = layer.make_groups(codes)
        is_asked = layer.mark_places(codes)[layer.holders]
    is_base = np.append(np.full(len(layer.router.codes), wanted.kind == "carved_out"), wanted.kind == "sole")
    if base is not None:
        asked = layer.list_codes(base, is_branch=wanted.is_base_branch)
        is_base &= layer.mark_places(asked)
        is_asked &= layer.router.find_claimed(asked)
    rows = np.flatnonzero(is_asked)
    bases, is_waiting = layer.find_bases(rows, groups)
    return layer.company.ids[rows[is_base[bases] & ~is_waiting]]


def _find_node(by_code: dict[str, Node], code: str | None) -> Node | None:
    if code is None:
        return None
    if code not in by_code:
        raise NotFoundError("territory of this code in the live plan")
    return by_code[code]
