"""Which centres are worth pricing in full: the best of several starts, judged on a sample by one measure?"""

from __future__ import annotations

import numpy as np

from fairpatch.engines.design.centres import propose_centres
from fairpatch.engines.design.frame import Frame, take_rows, thin_frame
from fairpatch.engines.design.prices import Prices, start_prices
from fairpatch.engines.design.pricing import settle_centres
from fairpatch.engines.design.problem import DesignProblem, Floats
from fairpatch.engines.design.recutting import recut_neighbours
from fairpatch.engines.design.stopping import Clock

SAMPLE_ROWS = 6000
SAMPLE_PER_TERRITORY = 30
ROUNDS = 6
STARTS = ((3_000, 6, 2), (6_000, 9, 4), (2**31, 3, 1))  # up to so many accounts: starts, and those pursued
MOST_CUT = 100_000  # accounts: a sample of more is bisected just as well
SCREEN_ROUNDS = 2  # every start is screened, the best are pursued
SCREEN_ROWS, SCREEN_PER_TERRITORY = 1500, 40


def find_centres(problem: DesignProblem, frame: Frame, seed: int, clock: Clock) -> tuple[Floats, Prices]:
    """Multi-start on a sample, one blended measure: the centres of least priced cost, and their prices."""
    rng = np.random.default_rng(seed)
    n, k = len(frame.weight), len(frame.low)
    size = min(n, max(SAMPLE_ROWS, SAMPLE_PER_TERRITORY * k))
    rows = np.sort(rng.choice(n, size, replace=False)) if size < n else np.arange(n)
    starts, finalists = next(row[1:] for row in STARTS if n <= row[0])
    ground = thin_frame(frame, MOST_CUT, rng)
    proposals = list(propose_centres(problem, ground, rng, starts))
    if problem.has_fixed_centres:
        return proposals[0], start_prices(frame)
    blended = _blend_measures(take_rows(frame, rows) if size < n else frame)
    rough = blended
    if len(proposals) > 1 and (few := max(SCREEN_ROWS, SCREEN_PER_TERRITORY * k)) < size:
        rough = take_rows(blended, np.sort(rng.choice(size, few, replace=False)))
    tried: list[tuple[float, int, Floats, Prices]] = []
    for number, centres in enumerate(proposals):
        if tried and clock.is_over("Centres", 0.2 * number / len(proposals)):
            break
        value, settled, prices = settle_centres(rough, centres, start_prices(rough), SCREEN_ROUNDS)
        tried.append((value, number, settled, prices))
    best: tuple[float, Floats, Prices] | None = None
    for _, _, centres, prices in sorted(tried, key=lambda one: one[:2])[:finalists]:
        if best is not None and clock.is_over("Centres", 0.25):
            break
        value, settled, prices = settle_centres(blended, centres, prices, ROUNDS)
        if best is None or value < best[0]:
            best = (value, settled, prices)
    assert best is not None
    _, centres, prices = best
    if len(proposals) > 1 and not clock.is_over("Centres", 0.3):
        centres, prices = recut_neighbours(blended, centres, prices, rng)
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
