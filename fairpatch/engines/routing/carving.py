"""What does each territory of a plan take from which other, added up?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fairpatch.core.plans.plan import Plan
from fairpatch.engines.routing.bases import BaseRouter, BaseTables
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.families import FamilyColumns
from fairpatch.engines.routing.tables import NOBODY


@dataclass(frozen=True)
class CarveOut:
    """What a territory holds and another, the base, would have if it claimed nothing; None: nobody would."""

    layer: str
    territory: str
    base: str | None
    accounts: int
    named: int
    locked: int
    revenue: float


def sum_carve_outs(plan: Plan, columns: AccountColumns, on: dt.date) -> list[CarveOut]:
    """Every pair of a territory and a base, by layer and territory, the largest base first."""
    families = FamilyColumns(columns)
    found: list[CarveOut] = []
    for layer in plan.layers:
        router = BaseRouter(BaseTables(plan, layer.code, on), columns, families)
        found += sorted(_sum_layer(layer.code, router, columns), key=_order)
    return found


def _order(one: CarveOut) -> tuple[str, bool, int, str]:
    return one.territory, one.base is None, -one.accounts, one.base or ""


def _sum_layer(layer: str, router: BaseRouter, columns: AccountColumns) -> Iterator[CarveOut]:
    size = len(router.codes)
    each = np.arange(size, dtype=np.int32)  # every territory is missing for itself
    rows = np.arange(columns.size)
    held = router.route_without(rows, each, np.full(columns.size, -2, np.int32))
    rows = np.flatnonzero(held != NOBODY)
    bases = router.route_without(rows, each, held[rows])
    is_locked, is_named = router.find_ways(rows)
    revenue = _read_revenue(columns)[rows]
    pairs, at = np.unique(held[rows].astype(np.int64) * (size + 1) + bases + 1, return_inverse=True)
    sums = [np.bincount(at, weights, len(pairs)).tolist() for weights in (None, is_named, is_locked, revenue)]
    for pair, accounts, named, locked, money in zip(pairs.tolist(), *sums, strict=True):
        holder, base = divmod(pair, size + 1)
        spelled = None if base == 0 else router.codes[base - 1]
        yield CarveOut(layer, router.codes[holder], spelled, accounts, int(named), int(locked), money)


def _read_revenue(columns: AccountColumns) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Missing revenue counts as none."""
    folded = columns.fold("annual_revenue")
    return np.array([float(value or 0) for value in folded.values])[folded.codes]
