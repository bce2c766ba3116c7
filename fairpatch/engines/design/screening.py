"""Which of several starts leads to the best centres?

How good a start looks before middles have settled says next to nothing about where it ends: so every start is
settled, on a sample, and the best ones once more on all accounts where those are few.
"""

from __future__ import annotations

from operator import itemgetter

import numpy as np

from fairpatch.engines.design.centres import propose_centres
from fairpatch.engines.design.frame import Frame, thin_frame
from fairpatch.engines.design.prices import Prices, start_prices
from fairpatch.engines.design.pricing import settle_centres
from fairpatch.engines.design.problem import DesignProblem, Floats
from fairpatch.engines.design.stopping import Clock

SAMPLE_ROWS, SAMPLE_PER_TERRITORY = 1500, 60
STARTS = (
    (3_000, 8, 4),
    (6_000, 9, 5),
    (2**31, 4, 1),
)  # up to so many accounts: starts; again on all
ROUNDS, MORE_ROUNDS = 7, 4

Settled = tuple[float, Floats, Prices]  # what the centres prove, the centres, their prices


def find_centres(problem: DesignProblem, frame: Frame, seed: int, clock: Clock) -> tuple[Floats, Prices]:
    """Multi-start on a sample, one blended measure: the centres of least priced cost, and their prices."""
    rng = np.random.default_rng(seed)
    n, k = len(frame.weight), len(frame.low)
    starts, pursued = next(row[1:] for row in STARTS if n <= row[0])
    proposals = list(propose_centres(problem, frame, rng, starts))
    if problem.has_fixed_centres:
        return proposals[0], start_prices(frame)
    share = max(1, starts // len(proposals))  # a single start gets the time of all
    sample = _blend_measures(thin_frame(frame, share * max(SAMPLE_ROWS, SAMPLE_PER_TERRITORY * k), rng))
    tried: list[Settled] = []
    for number, centres in enumerate(proposals):
        if tried and clock.is_over("Centres", 0.2 * number / len(proposals)):
            break
        tried.append(settle_centres(sample, centres, start_prices(sample), ROUNDS))
    tried.sort(key=itemgetter(0))
    if len(tried[:pursued]) > 1 and not clock.is_over("Centres", 0.25):
        whole = _blend_measures(frame)
        tried = [settle_centres(whole, *start[1:], MORE_ROUNDS) for start in tried[:pursued]]
    _, centres, prices = min(tried, key=itemgetter(0))
    measures = len(problem.measures)
    load = np.zeros_like(frame.low)
    load[:, :measures] = np.repeat(prices.load[:, :1] / measures, measures, axis=1)
    return centres, Prices(load, prices.move)


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
