"""How does a whole assignment stand: its loads, its moves, what it misses, and who could change cheaply?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import Choices
from fairpatch.engines.design.problem import Codes, Floats, Positions

DEPTH = 5  # how many of an account's choices make it a candidate for an exchange
MET = 1e-12  # fair shares
NEAR_PER_LIMIT = 30  # candidates per territory and column, to come and to go


class Standing(NamedTuple):
    """An assignment under repair; the kernels change it in place."""

    territory: Codes
    slot: Codes  # where in its row of choices each account's territory stands, or -1
    load: Floats
    moved: Floats  # one number


def stand_assignment(frame: Frame, choices: Choices, territory: Codes) -> Standing:
    """Loads and slots of an assignment, ready for repair."""
    k = len(frame.low)
    hit = choices.territory == territory[:, None]
    slot = np.where(hit.any(axis=1), hit.argmax(axis=1), -1).astype(np.int32)
    load = np.column_stack([np.bincount(territory, column, k) for column in frame.load.T])
    moved = frame.move_load[territory != frame.owner].sum()
    return Standing(territory.astype(np.int32), slot, np.ascontiguousarray(load), np.array([float(moved)]))


def measure_excess(frame: Frame, load: Floats, *, hard: bool) -> float:
    """By how much, in fair shares, the worst band (or hard limit) is missed."""
    chosen = frame.is_hard if hard else ~frame.is_hard
    over = np.maximum(frame.low - load, load - frame.high)[:, chosen]
    return float(max(over.max(initial=0.0), 0.0))


def keeps_limits(frame: Frame, standing: Standing) -> bool:
    """Whether every band, every hard limit and the budget hold."""
    return measure_excess(frame, standing.load, hard=False) <= MET and keeps_hard_limits(frame, standing)


def keeps_hard_limits(frame: Frame, standing: Standing) -> bool:
    """Whether every hard limit and the budget hold."""
    is_within = measure_excess(frame, standing.load, hard=True) <= MET
    return is_within and float(standing.moved[0]) <= frame.budget


def weigh_choices(choices: Choices, standing: Standing) -> float:
    """What the accounts cost where they stand, moves included and prices not."""
    slot = np.maximum(standing.slot, 0)
    return float(choices.cost[np.arange(len(slot)), slot].sum())


def copy_standing(standing: Standing) -> Standing:
    """The same standing, to be kept while this one changes."""
    return Standing(
        standing.territory.copy(), standing.slot.copy(), standing.load.copy(), standing.moved.copy()
    )


def list_near_pairs(choices: Choices, values: Floats, most: int) -> tuple[Positions, Positions]:
    """Which second choices (row, slot) cost little: of each territory the `most` nearest to come and to go.

    Those rows' best choices follow, so that every exchange along the pairs can be taken back.
    """
    best = values.argmin(axis=1)
    least = values.min(axis=1)
    home = choices.territory[np.arange(len(best)), best]
    found = []
    for slot in range(min(values.shape[1], DEPTH)):  # one at a time: all at once would fill the memory
        regret = np.where(best == slot, np.inf, values[:, slot] - least)
        rows = np.flatnonzero(np.isfinite(regret))
        kept = _choose_nearest(regret[rows], choices.territory[rows, slot], home[rows], most)
        found.append((rows[kept], np.full(len(kept), slot), regret[rows[kept]]))
    rows, slots, regret = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((slots, rows))
    rows, slots, regret = rows[order], slots[order], regret[order]
    kept = _choose_nearest(regret, choices.territory[rows, slots], home[rows], most)
    rows, slots = rows[kept], slots[kept]
    own = np.unique(rows)
    return np.concatenate((own, rows)), np.concatenate((best[own], slots))


def _choose_nearest(regret: Floats, comes: Codes, goes: Codes, most: int) -> Positions:
    """Positions of the `most` least regrets of each territory to come and to go, ascending."""
    order = np.argsort(regret, kind="stable")
    return np.flatnonzero((rank_within(order, comes) < most) | (rank_within(order, goes) < most))


def rank_within(order: Positions, territory: Codes) -> Positions:
    """How many of the same territory come before each position in `order`."""
    grouped = order[np.argsort(territory[order], kind="stable")]
    counts = np.bincount(territory)
    rank = np.empty(len(order), np.int64)
    rank[grouped] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rank
