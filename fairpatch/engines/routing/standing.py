"""Who has which account in one layer of a plan, and who would have it after an edit?

Families follow their heads, so in a layer that keeps families together what an edit changes for single
accounts is found first and families are settled on top of it, for all accounts at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairpatch.core.plans.plan import Layer, Plan, fold_account_id
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing.changes import StandingPlan
from fairpatch.engines.routing.coded import CodedColumns
from fairpatch.engines.routing.columns import Codes, Rows
from fairpatch.engines.routing.tables import NOBODY


@dataclass(frozen=True)
class Outcome:
    """The territory of every account: a place in `codes`, -1 when unassigned."""

    codes: list[str]
    territory: Codes

    def place_of(self, codes: set[str]) -> npt.NDArray[np.bool_]:
        """Which places stand for these territories; the last one, for nobody, does not."""
        return np.array([*(code in codes for code in self.codes), False])

    def name_place(self, place: int) -> str | None:
        return None if place == NOBODY else self.codes[place]

    def read_as(self, codes: list[str]) -> Codes:
        """The same as places in a longer list of codes."""
        place_of = {code: place for place, code in enumerate(codes)}
        return np.array([*(place_of[code] for code in self.codes), NOBODY], np.int32)[self.territory]


class StandingLayer:
    """One layer of a plan over one table, ready to be compared with edits again and again."""

    def __init__(self, plan: Plan, layer: str, columns: CodedColumns, on: dt.date) -> None:
        self.plan, self.columns, self.on = plan, columns, on
        self.layer = next(item for item in plan.layers if item.code == layer)
        self._alone = StandingPlan(isolate_layer(plan, layer), columns, on)
        self._territories = {territory.code: territory for territory in plan.territories}

    def count_edits(self, plan: Plan) -> int:
        """In how many territories another plan differs."""
        codes = {territory.code for territory in plan.territories}
        differing = sum(self._territories.get(item.code) != item for item in plan.territories)
        return differing + len(self._territories.keys() - codes)

    def decide(self) -> Outcome:
        """Who has which account."""
        return self.decide_edited(self.plan)

    def decide_edited(self, plan: Plan) -> Outcome:
        """Who would have which account under another plan with this layer."""
        isolated = isolate_layer(plan, self.layer.code)
        (changes,) = self._alone.find_changes(isolated)
        codes = changes.codes
        place_of = {code: place for place, code in enumerate(codes)}
        known = [*(place_of[code] for code in self._alone.router.codes), NOBODY]
        territory = np.array(known, np.int32)[self._alone.decisions[0].territory]
        territory[changes.rows] = changes.after
        layer = next(item for item in plan.layers if item.code == self.layer.code)
        if layer.families == "together":
            territory = self._settle_families(territory, place_of, isolated, layer)
        return Outcome(codes, territory)

    def _settle_families(self, alone: Codes, place_of: dict[str, int], plan: Plan, layer: Layer) -> Codes:
        """Accounts neither locked nor named go where their ultimate parent went by itself."""
        hierarchy = Hierarchy(plan)
        heads = self.columns.families.heads
        is_asked = (heads != np.arange(len(heads))) & (alone[heads] != NOBODY)
        is_asked[self._find_held(plan, hierarchy)] = False
        rows = np.flatnonzero(is_asked)
        of_head = alone[heads[rows]]
        is_kept = np.ones(len(rows), bool)
        for code, territory in hierarchy.by_code.items():
            if territory.exclude:
                banned = self._find_listed(territory.exclude)
                is_kept &= ~((of_head == place_of[code]) & np.isin(rows, banned))
        settled = alone.copy()
        settled[rows[is_kept]] = of_head[is_kept]
        return settled

    def _find_held(self, plan: Plan, hierarchy: Hierarchy) -> Rows:
        """Accounts that a live lock holds or an assignable territory names."""
        held = [lock.account for lock in plan.locks if lock.is_live(self.on)]
        for code, territory in hierarchy.by_code.items():
            if territory.accounts and hierarchy.is_assignable(code):
                excluded = set(map(fold_account_id, territory.exclude))
                held += [name for name in territory.accounts if fold_account_id(name) not in excluded]
        return self._find_listed(tuple(held))

    def _find_listed(self, accounts: tuple[str, ...]) -> Rows:
        rows = self.columns.find_rows(list(map(fold_account_id, accounts))) if accounts else np.empty(0, int)
        return rows[rows >= 0]


def isolate_layer(plan: Plan, code: str) -> Plan:
    """The plan as if it had only this layer, in which every account stands alone."""
    hierarchy = Hierarchy(plan)
    layer = next(item for item in plan.layers if item.code == code)
    kept = {own for own in hierarchy.by_code if hierarchy.layer_of(own) == code}
    return replace(
        plan,
        layers=(replace(layer, families="apart"),),
        territories=tuple(item for item in plan.territories if item.code in kept),
        locks=tuple(
            replace(lock, layer=code)
            for lock in plan.locks
            if (lock.layer or hierarchy.layer_of(lock.territory)) == code and lock.territory in kept
        ),
        seats=(),
    )
