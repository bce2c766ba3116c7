"""Which of several starts leads to the best centres, and what do the best of them make together?

How good a start looks before middles have settled says next to nothing about where it ends: so every start is
settled, on merged accounts. Then two at a time are joined along a line and settled again.
"""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

import numpy as np

from fairpatch.engines.design.centres import group_alike, match_cells, propose_centres
from fairpatch.engines.design.crossing import find_crosses, join_parents
from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame
from fairpatch.engines.design.merging import merge_neighbours
from fairpatch.engines.design.prices import Prices, start_prices
from fairpatch.engines.design.pricing import Settled, settle_centres
from fairpatch.engines.design.problem import DesignProblem, Floats
from fairpatch.engines.design.stopping import Clock

MERGED, MERGED_PER_TERRITORY, FINER = 300, 24, 3  # accounts starts are tried on; times as many for the best
STARTS = (  # up to so many accounts: starts, crosses at once, times
    (3_000, 8, 3, 4),
    (6_000, 12, 4, 5),
    (2**31, 6, 2, 6),
)
ROUNDS, CROSS_ROUNDS, FINER_ROUNDS = 7, 4, 4
PURSUED = 3
SAME = 2e-4  # of what they prove: closer than this, two designs are one


def find_centres(problem: DesignProblem, frame: Frame, seed: int, clock: Clock) -> tuple[Floats, Prices]:
    """The best of starts and their crosses, settled on merged accounts and one blended measure."""
    rng = np.random.default_rng(seed)
    if problem.has_fixed_centres:
        return next(propose_centres(problem, frame, rng, 1)), start_prices(frame)
    n, k = len(frame.weight), len(frame.low)
    starts, crosses, times = next(row[1:] for row in STARTS if n <= row[0])
    few = max(MERGED, MERGED_PER_TERRITORY * k)
    merged, finer = (_blend_measures(merge_neighbours(frame, most)) for most in (few, FINER * few))
    proposals = list(propose_centres(problem, merged, rng, starts))
    found: list[Settled] = []
    for number, centres in enumerate(proposals):
        is_over = clock.is_over("Centres", 0.15 * number / len(proposals))
        if found and is_over:
            break
        found.append(settle_centres(merged, centres, start_prices(merged), ROUNDS))
    for turn in range(times if len(found) > 1 else 0):
        if clock.is_over("Centres", 0.15 + 0.1 * turn / times):
            break
        found = _cross_best(problem, merged, found, crosses, rng)
    found.sort(key=itemgetter(0))
    if not clock.is_over("Centres", 0.25):
        found = [settle_centres(finer, *start[1:], FINER_ROUNDS) for start in found[:PURSUED]]
    _, centres, prices = min(found, key=itemgetter(0))
    measures = len(problem.measures)
    load = np.zeros_like(frame.low)
    load[:, :measures] = np.repeat(prices.load[:, :1] / measures, measures, axis=1)
    return centres, Prices(load, prices.move)


def find_free_centres(problem: DesignProblem, frame: Frame, seed: int, clock: Clock) -> Floats:
    """Centres as if moves cost nothing; equal territories take those where most of their books lies."""
    free = replace(problem, disruption=0.0, budget_share=None)
    loose = frame._replace(move_cost=np.zeros_like(frame.move_cost), budget=WITHOUT_BUDGET)
    centres, _ = find_centres(free, loose, seed, clock)
    return np.asarray(centres[match_cells(problem, frame, centres)])


def _cross_best(
    problem: DesignProblem, frame: Frame, found: list[Settled], most: int, rng: np.random.Generator
) -> list[Settled]:
    """The best of those found and of at most so many crosses between them: as many as before, none twice."""
    group = group_alike(problem)
    kept = list(found)
    for cross in find_crosses(frame, found, group, rng)[:most]:
        child = settle_centres(frame, *join_parents(problem, frame, found, group, cross), CROSS_ROUNDS)
        if all(abs(child[0] - other[0]) > SAME * abs(child[0]) for other in kept):
            kept.append(child)
    return sorted(kept, key=itemgetter(0))[: len(found)]


def _blend_measures(frame: Frame) -> Frame:
    """One column, the weight, in place of the measures: enough to find where territories lie."""
    soft = np.flatnonzero(~frame.is_hard)
    middle = (frame.low[:, soft] + frame.high[:, soft]).sum(axis=1)
    share = middle / middle.sum() * frame.weight.sum()
    loose = float(np.clip((frame.high[:, soft] - frame.low[:, soft]).mean() / 2, 0.005, 0.5))
    return frame._replace(
        load=np.ascontiguousarray(frame.weight[:, None]),
        low=np.ascontiguousarray((share * (1 - loose))[:, None]),
        high=np.ascontiguousarray((share * (1 + loose))[:, None]),
        is_hard=np.zeros(1, np.bool_),
    )
