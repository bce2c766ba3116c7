"""What is asked of a design: which accounts, which territories, what must balance and what may not move?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]

Kind = Literal["balance", "spread"]
COUNT = "count"
LEAST_WEIGHT = 0.01
NOBODY = -1
NO_LIMIT = -1
MOVE_KM2 = 10_000.0  # what one unit of move value costs at a disruption price of 1
SLACK = 1e-9  # relative slack with which a band counts as met


@dataclass(frozen=True)
class Measure:
    """One thing to share out: `balance` in proportion to capacity, `spread` in whole counts."""

    name: str
    tolerance: float
    kind: Kind = "balance"


@dataclass(frozen=True, eq=False)
class DesignProblem:
    """n accounts to be given to k territories; every array is indexed by account or by territory.

    `access[i]` names the row of `masks` (classes × k) that says where account i may go.
    """

    accounts: NDArray[np.str_]
    codes: NDArray[np.str_]
    latitude: Floats
    longitude: Floats
    measures: tuple[Measure, ...]
    values: Floats  # n × measures
    weight: Floats  # wᵢ, as the definitions say, never below 0.01
    move_value: Floats  # vᵢ
    relationship: Floats | None
    owner: Codes  # NOBODY for an orphan
    locked: Flags
    held: Flags
    access: Codes
    masks: Flags
    capacity: Floats
    max_accounts: NDArray[np.int64]  # NO_LIMIT where there is none
    home: Floats  # k × 2 degrees, NaN where unknown
    has_fixed_centres: bool = False
    budget_share: float | None = None
    disruption: float = 0.0
    neighbours: NDArray[np.int64] | None = None  # pairs of account positions, e × 2
    totals: Floats = field(init=False)
    targets: Floats = field(init=False)  # k × measures

    def __post_init__(self) -> None:
        object.__setattr__(self, "totals", np.array([add_exactly(column) for column in self.values.T]))
        share = self.capacity / add_exactly(self.capacity)
        object.__setattr__(self, "targets", np.outer(share, self.totals))

    @property
    def owned(self) -> Flags:
        return np.asarray(self.owner != NOBODY)

    @property
    def budget(self) -> float | None:
        """The most move value that may change hands, or None where nothing limits it."""
        if self.budget_share is None:
            return None
        return self.budget_share * add_exactly(self.move_value[self.owned])

    def find_bands(self) -> tuple[Floats, Floats]:
        """Lowest and highest allowed load, each k × measures; a spread's ends are whole, rounded outward."""
        tolerance = np.array([measure.tolerance for measure in self.measures])
        low, high = self.targets * (1 - tolerance), self.targets * (1 + tolerance)
        for column, measure in enumerate(self.measures):
            if measure.kind == "spread":
                low[:, column] = np.floor(low[:, column] * (1 + SLACK))
                high[:, column] = np.ceil(high[:, column] * (1 - SLACK))
        return low, high


def add_exactly(values: Floats) -> float:
    """A sum that does not depend on the order of its terms: the order of input rows may decide nothing."""
    return math.fsum(values.tolist())


def weigh_accounts(values: Floats, measures: Sequence[Measure], weight: Floats | None) -> Floats:
    """What each account weighs: its weight column over the mean, else its average share of the measures."""
    columns = (
        [weight]
        if weight is not None
        else [values[:, c] for c, measure in enumerate(measures) if measure.kind == "balance"]
    )
    ratios = [_divide_by_mean(column) for column in columns]
    return np.asarray(np.maximum(np.mean(ratios, axis=0), LEAST_WEIGHT))


def _divide_by_mean(column: Floats) -> Floats:
    mean = add_exactly(column) / len(column)
    return column / mean if mean > 0 else np.zeros_like(column)


def state_problem(
    *,
    latitude: Floats,
    longitude: Floats,
    measures: Sequence[Measure],
    values: Floats,
    capacity: Floats,
    accounts: Sequence[str] | NDArray[np.str_] | None = None,
    codes: Sequence[str] | NDArray[np.str_] | None = None,
    weight: Floats | None = None,
    relationship: Floats | None = None,
    owner: Codes | None = None,
    lock: Codes | None = None,
    access: Codes | None = None,
    masks: Flags | None = None,
    max_accounts: NDArray[np.int64] | None = None,
    home: Floats | None = None,
    has_fixed_centres: bool = False,
    hold_owned: bool = False,
    budget_share: float | None = None,
    disruption: float = 0.0,
    neighbours: NDArray[np.int64] | None = None,
) -> DesignProblem:
    """Complete what the caller leaves out; fold locks and held accounts into `access` and `masks`.

    Positions in degrees, tolerances and the budget as fractions."""
    n, k = len(latitude), len(capacity)
    own = np.full(n, NOBODY, np.int32) if owner is None else owner.astype(np.int32)
    locks = np.full(n, NOBODY, np.int32) if lock is None else lock.astype(np.int32)
    held = (own != NOBODY) & (locks == NOBODY) & hold_owned
    only = np.where(locks != NOBODY, locks, np.where(held, own, NOBODY)).astype(np.int32)
    classes = np.zeros(n, np.int32) if access is None else access.astype(np.int32)
    merged, rows = _fold_locks(classes, np.ones((1, k), np.bool_) if masks is None else masks, only)
    table = np.asarray(values, np.float64).reshape(n, len(measures))
    weights = weigh_accounts(table, measures, weight)
    worth = weights if relationship is None else _divide_by_mean(relationship)
    return DesignProblem(
        accounts=_name_rows(accounts, n, ""),
        codes=_name_rows(codes, k, "T"),
        latitude=np.asarray(latitude, np.float64),
        longitude=np.asarray(longitude, np.float64),
        measures=tuple(measures),
        values=table,
        weight=weights,
        move_value=np.where(own != NOBODY, worth, 0.0),
        relationship=relationship,
        owner=own,
        locked=locks != NOBODY,
        held=held,
        access=merged,
        masks=rows,
        capacity=np.asarray(capacity, np.float64),
        max_accounts=np.full(k, NO_LIMIT, np.int64) if max_accounts is None else max_accounts,
        home=np.full((k, 2), np.nan) if home is None else home,
        has_fixed_centres=has_fixed_centres,
        budget_share=budget_share,
        disruption=disruption,
        neighbours=neighbours,
    )


def _name_rows(names: Any, rows: int, letter: str) -> NDArray[np.str_]:
    if names is None:
        return np.array([f"{letter}{row + 1}" for row in range(rows)])
    return np.asarray(names, dtype=np.str_)


def _fold_locks(access: Codes, masks: Flags, only: Codes) -> tuple[Codes, Flags]:
    """Give every account tied to one territory a class that allows just that one; drop unused classes."""
    k = masks.shape[1]
    table = np.vstack((masks, np.eye(k, dtype=np.bool_)))
    wanted = np.where(only != NOBODY, len(masks) + only, access)
    used, merged = np.unique(wanted, return_inverse=True)
    return merged.astype(np.int32), np.ascontiguousarray(table[used])
