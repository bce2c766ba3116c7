"""Which accounts would move if a plan were changed?

The decisions of the plan as it stands are kept. When only some territories' rules, lists or priorities
changed, only these are compiled and compared with the standing winners; what they had won before is
decided again without them. Anything else (locks, sets, fields, families) is routed afresh and compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairpatch.core.plans.plan import Layer, Plan
from fairpatch.core.rules.tree import Rule
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing.columns import AccountColumns, Codes, Rows
from fairpatch.engines.routing.families import FamilyColumns
from fairpatch.engines.routing.tables import NOBODY, LayerDecisions, LayerRun, LayerTables, TableRouter


@dataclass(frozen=True)
class LayerChanges:
    """The accounts of one layer whose territory changes: rows, and places in `codes` (-1: unassigned)."""

    layer: str
    rows: Rows
    before: Codes
    after: Codes
    codes: list[str]

    def list_moves(self, columns: AccountColumns) -> list[tuple[object, str | None, str | None]]:
        """(account id, territory before, territory after) of every account that moves."""
        ids = columns.ids.take(self.rows).to_pylist()
        spelled = (self._spell(self.before), self._spell(self.after))
        return list(zip(ids, *spelled, strict=True))

    def _spell(self, places: Codes) -> list[str | None]:
        return [None if place == NOBODY else self.codes[place] for place in places.tolist()]


def route_changes(old_plan: Plan, new_plan: Plan, columns: AccountColumns, on: dt.date) -> list[LayerChanges]:
    """What moves from one plan to another, per layer of the new one. Both must be free of faults."""
    return StandingPlan(old_plan, columns, on).find_changes(new_plan)


class StandingPlan:
    """A plan with its decisions, ready to be compared with edits of it again and again."""

    def __init__(self, plan: Plan, columns: AccountColumns, on: dt.date) -> None:
        self.plan = plan
        self.columns = columns
        self.on = on
        self.router = TableRouter(plan, on)
        self._families = FamilyColumns(columns)
        self._runs = [LayerRun(tables, columns, self._families) for tables in self.router.layers]
        self.decisions: list[LayerDecisions] = [run.decide() for run in self._runs]
        self._hierarchy = Hierarchy(plan)

    def find_changes(self, new_plan: Plan) -> list[LayerChanges]:
        """What moves when this plan is replaced by another, per layer of the other one."""
        hierarchy = Hierarchy(new_plan)
        codes = self.router.codes
        if hierarchy.by_code.keys() != self._hierarchy.by_code.keys():
            codes = sorted(self._hierarchy.by_code.keys() | hierarchy.by_code.keys())
        is_alike = self._is_alike(new_plan, hierarchy)
        fresh: dict[str, tuple[list[str], LayerDecisions]] | None = None
        found: list[LayerChanges] = []
        for place, layer in enumerate(new_plan.layers):
            if is_alike and layer.families == "apart":
                found.append(self._compare_edited(place, new_plan, hierarchy, codes))
                continue
            fresh = fresh or _route_afresh(new_plan, self.columns, self.on)
            before = self._find_before(layer.code, codes)
            after = _translate(fresh[layer.code][1].territory, fresh[layer.code][0], codes)
            rows = np.flatnonzero(before != after)
            found.append(LayerChanges(layer.code, rows, before[rows], after[rows], codes))
        return found

    def _is_alike(self, new_plan: Plan, hierarchy: Hierarchy) -> bool:
        """Whether nothing but territories and seats differs, and locks hold in the same layers."""
        names = ("layers", "locks", "fields", "value_sets", "regions", "areas")
        if any(getattr(self.plan, name) != getattr(new_plan, name) for name in names):
            return False
        locked = {lock.territory for lock in new_plan.locks}
        return all(self._hierarchy.layer_of(code) == hierarchy.layer_of(code) for code in locked)

    def _find_before(self, layer: str, codes: list[str]) -> Codes:
        for known, decided in zip(self.plan.layers, self.decisions, strict=True):
            if known.code == layer:
                return _translate(decided.territory, self.router.codes, codes)
        return np.full(self.columns.size, NOBODY, np.int32)

    def _compare_edited(
        self, place: int, new_plan: Plan, hierarchy: Hierarchy, codes: list[str]
    ) -> LayerChanges:
        layer, standing, run = new_plan.layers[place], self.decisions[place], self._runs[place]
        edited = self._find_edited(place, new_plan, hierarchy, layer)
        free = replace(new_plan, locks=())
        tables = LayerTables(free, hierarchy, layer, self.on, sorted(hierarchy.by_code), edited)
        asked = LayerRun(tables, self.columns, self._families).find_ranks()
        known = run.tables.compiled.place_of
        gone = [known[code] for code in edited if code in known]
        is_gone = np.zeros(len(run.tables.compiled.ranks.claimant) + 1, bool)  # the last one is nobody's
        is_gone[_find_ranks(run, gone)] = True
        is_lost = is_gone[standing.rank]
        rows = np.flatnonzero((is_lost | (asked != NOBODY)) & (standing.cause != 0))
        rank = standing.rank[rows]
        is_lost = is_lost[rows]
        rank[is_lost] = run.rank_without(rows[is_lost], gone)
        old_keys, new_keys = _list_keys(run.tables, codes), _list_keys(tables, codes)
        order = np.lexsort(np.concatenate([old_keys, new_keys]).T[::-1])
        position = np.empty(len(order) + 1, np.int64)
        position[order] = np.arange(len(order))
        position[-1] = len(order)  # nobody comes last
        kept = np.where(rank == NOBODY, position[-1], position[rank])
        gained = np.where(asked[rows] == NOBODY, position[-1], position[len(old_keys) + asked[rows]])
        winners = np.append(np.concatenate([old_keys, new_keys])[order, 4], NOBODY).astype(np.int32)
        before = _translate(standing.territory[rows], self.router.codes, codes)
        after = winners[np.minimum(kept, gained)]
        has_moved = before != after
        return LayerChanges(layer.code, rows[has_moved], before[has_moved], after[has_moved], codes)

    def _find_edited(self, place: int, new_plan: Plan, hierarchy: Hierarchy, layer: Layer) -> frozenset[str]:
        """The territories whose claims may differ: those written differently, above or below them."""
        old, new = self._hierarchy.by_code, hierarchy.by_code
        asked = {code for code, one in new.items() if (was := old.get(code)) is not one and was != one}
        asked |= old.keys() - new.keys()
        asked |= {one.parent for by in (old, new) for code in asked if (one := by.get(code)) and one.parent}
        waiting = list(asked)
        while waiting:
            code = waiting.pop()
            below = {*self._hierarchy.children_of(code), *hierarchy.children_of(code)} - asked
            asked |= below
            waiting.extend(below)
        before = _describe_claims(self._hierarchy, self.plan.layers[place], asked)
        after = _describe_claims(hierarchy, layer, asked)
        return frozenset(code for code in asked if before.get(code) != after.get(code))


def _describe_claims(
    hierarchy: Hierarchy, layer: Layer, asked: Iterable[str]
) -> dict[str, tuple[object, ...]]:
    """What decides the claims of those territories that have any in a layer."""
    found: dict[str, tuple[object, ...]] = {}
    for code in asked:
        territory = hierarchy.by_code.get(code)
        if territory and hierarchy.layer_of(code) == layer.code and hierarchy.is_assignable(code):
            rule: Rule | None = hierarchy.effective_rule_of(code)
            place = hierarchy.priority_of(code), hierarchy.depth_of(code)
            found[code] = (rule, *place, frozenset(territory.accounts), frozenset(territory.exclude))
    return found


def _route_afresh(
    plan: Plan, columns: AccountColumns, on: dt.date
) -> dict[str, tuple[list[str], LayerDecisions]]:
    router = TableRouter(plan, on)
    decided = router.decide(columns)
    return {
        layer.code: (router.codes, decisions) for layer, decisions in zip(plan.layers, decided, strict=True)
    }


def _translate(places: Codes, known: list[str], codes: list[str]) -> Codes:
    """Places in one list of codes as places in another, longer one."""
    if known is codes:
        return places
    place_of = {code: place for place, code in enumerate(codes)}
    return np.array([*(place_of[code] for code in known), NOBODY], np.int32)[places]


def _find_ranks(run: LayerRun, claimants: list[int]) -> npt.NDArray[np.int64]:
    return np.flatnonzero(np.isin(run.tables.compiled.ranks.claimant, claimants))


def _list_keys(tables: LayerTables, codes: list[str]) -> npt.NDArray[np.int64]:
    """What orders each rank among those of another layer's tables; the territory is the last column."""
    ranks, claimants = tables.compiled.ranks, tables.compiled.claimants
    place_of = {code: place for place, code in enumerate(codes)}
    depth = np.array([claimant.depth for claimant in claimants], np.int64)
    territory = np.array([place_of[claimant.code] for claimant in claimants], np.int64)
    columns = [ranks.claim_class.astype(np.int64), -ranks.priority, -ranks.specificity]
    return np.stack([*columns, -depth[ranks.claimant], territory[ranks.claimant]], axis=1)
