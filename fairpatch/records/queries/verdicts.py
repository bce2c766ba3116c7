"""What does a plan decide for the whole company at once, and which accounts does that concern?

The same rulings as `PlanRouter` gives one account at a time, from the snapshot and the routing engine.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.core.realignment.moves import CAUSES, Grounds, Ruling
from fairpatch.core.routing.precedence import CLASS_ORDER
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import LayoutTerritory, Organisation, Plan
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import read_company
from fairpatch.records.queries.routing import CHUNK, OwnerBook, list_layers
from fairpatch.records.routing_engine import Mask, get_engine
from fairpatch.records.snapshot import LAYER_FIGURES, NOBODY, UNSAID, Figures, make_empty_layer

_CAUSES, _CLASSES = tuple(CAUSES), tuple(CLASS_ORDER)


class CompanyRouter:
    """A plan on one day with its decision for every account. Layers are told apart by their ids."""

    def __init__(self, plan: Plan, on: dt.date, organisation: Organisation, owners: OwnerBook) -> None:
        core = load_core_plan(plan)
        company = read_company(core, count_minor_digits(organisation.currency))
        self.snapshot = company.snapshot
        self._owners = owners
        self._decided = decide_columns(plan, core, company.columns, on)
        self._primary = next((pk for pk, _, role in list_layers(plan) if role == "primary"), 0)

    def find_affected(self, before: OwnerBook, layer_ids: Sequence[int]) -> Iterator[list[int]]:
        """The accounts for which something differs between how they stand and what is decided, by id.

        `before` says who owned by the live plan; a layer that the plan does not have is left by all.
        """
        is_affected = np.zeros(self.snapshot.size, bool)
        for layer_id in layer_ids:
            is_affected |= self._find_differing(before, layer_id)
        ids = self.snapshot.ids[is_affected].tolist()
        for start in range(0, len(ids), CHUNK):
            yield ids[start : start + CHUNK]

    def _find_differing(self, before: OwnerBook, layer_id: int) -> Mask:
        standing = self.snapshot.read_layer(layer_id)
        decided = self._decided.get(layer_id)
        if decided is None:
            decided = make_empty_layer(self.snapshot.size)
            decided["cause"] = np.full_like(decided["cause"], _CAUSES.index("unassigned"))
        is_differing = np.zeros(self.snapshot.size, bool)
        for name in LAYER_FIGURES:
            is_differing |= standing[name] != decided[name]
        is_primary = layer_id == self._primary
        owned, owns = (
            map_owners(figures["territory"], book, is_primary=is_primary)
            for figures, book in ((standing, before), (decided, self._owners))
        )
        is_differing |= owned != owns
        return is_differing

    def rule_accounts(self, ids: Sequence[int]) -> dict[tuple[int, int], Ruling]:
        """The ruling for every account that has not ended, by account and layer."""
        rows = self.snapshot.find_rows(np.array(ids, np.int64))
        rows = rows[rows >= 0]
        accounts = self.snapshot.ids[rows].tolist()
        found = {}
        for layer_id, figures in self._decided.items():
            columns = [figures[name][rows].tolist() for name in LAYER_FIGURES]
            for account, *values in zip(accounts, *columns, strict=True):
                found[account, layer_id] = self._rule(layer_id, *values)
        return found

    def _rule(
        self,
        layer_id: int,
        territory: int,
        cause: int,
        tie: int,
        claim_class: int,
        priority: int,
        specificity: int,
        other_claims: int,
    ) -> Ruling:
        territory_id = territory or None
        rep_id, is_interim = self._owners.find_owner(territory_id, is_primary=layer_id == self._primary)
        grounds = Grounds(
            _CAUSES[cause],
            bool(tie),
            "" if claim_class < 0 else _CLASSES[claim_class],
            None if priority == UNSAID else priority,
            None if specificity == UNSAID else specificity,
            other_claims,
            is_interim,
        )
        return Ruling(territory_id, rep_id, grounds)


def decide_columns(plan: Plan, core: CorePlan, columns: Any, on: dt.date) -> dict[int, dict[str, Figures]]:
    """By layer what a plan decides on one day for each account of these columns; territories by their ids."""
    territories = dict(
        LayoutTerritory.objects.filter(layout_id=plan.layout_id).values_list(
            "territory__code", "territory_id"
        )
    )
    decided = get_engine().decide_plan(core, columns, on)
    found = {}
    for layer_id, layer, _ in list_layers(plan):
        codes, figures = decided[layer]
        ids = np.array([*(territories[code] for code in codes), NOBODY], np.int64)
        found[layer_id] = {**figures, "territory": ids[figures["territory"]]}
    return found


def map_owners(territory: Figures, book: OwnerBook, *, is_primary: bool) -> Figures:
    """Who owns what each account's territory holds; 0 for nobody."""
    ids, places = np.unique(territory, return_inverse=True)
    owners = [book.find_owner(pk or None, is_primary=is_primary)[0] or 0 for pk in ids.tolist()]
    found: Figures = np.array(owners, np.int64)[places]
    return found
