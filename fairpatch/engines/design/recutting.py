"""Would some neighbouring territories lie better if the ground they share were cut anew?

Middles and prices only slide; they never turn two long territories side by side into two compact ones. So a
few neighbours at a time are bisected afresh and settled among themselves, and kept so where that costs less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.centres import bisect_accounts, find_middles
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import Prices, list_choices, start_prices
from fairpatch.engines.design.pricing import settle_centres
from fairpatch.engines.design.problem import NOBODY, Floats

Rows = NDArray[np.int64]

TRIALS = 30
LEAST_NEIGHBOURS, MOST_NEIGHBOURS = 3, 6
ROUNDS = 3
JITTER = 0.5
WORTH = 1e-3  # of the neighbours' cost: less is lost again when the whole map settles


def recut_neighbours(
    frame: Frame, centres: Floats, prices: Prices, rng: np.random.Generator
) -> tuple[Floats, Prices]:
    """Centres (k × 3) and prices after `TRIALS` draws of neighbours; `frame` has one column."""
    k = len(centres)
    territory = list_choices(frame, centres, prices, 1).territory[:, 0].copy()
    centres, load = centres.copy(), prices.load.copy()
    for _ in range(TRIALS if k >= LEAST_NEIGHBOURS else 0):
        size = min(k, int(rng.integers(LEAST_NEIGHBOURS, MOST_NEIGHBOURS + 1)))
        some = np.sort(np.argsort(-(centres @ centres[rng.integers(k)]), kind="stable")[:size])
        rows = np.flatnonzero(np.isin(territory, some))
        if len(rows) < size:
            continue
        part = _take_part(frame, rows, some)
        middle = load[some].mean()
        today = Prices(load[some] - middle)
        cost, *_ = settle_centres(part, centres[some], today, ROUNDS)
        start = _cut_anew(part, np.searchsorted(some, territory[rows]), centres[some], rng)
        found, settled, own = settle_centres(part, start, start_prices(part), ROUNDS)
        if found < cost * (1 - WORTH):
            centres[some], load[some] = settled, own.load - own.load.mean() + middle
            territory[rows] = some[list_choices(part, settled, own, 1).territory[:, 0]]
    return centres, Prices(load, prices.move)


def _take_part(frame: Frame, rows: Rows, some: Rows) -> Frame:
    """The accounts `rows` and the territories `some` alone, bands stretched to what those accounts carry."""
    load = frame.load[rows]
    stretch = 2 * load.sum(axis=0) / (frame.low[some] + frame.high[some]).sum(axis=0)
    return frame._replace(
        unit=frame.unit[rows],
        weight=frame.weight[rows],
        temper=frame.temper[rows],
        load=load,
        access=frame.access[rows],
        masks=frame.masks[:, some],
        owner=np.full(len(rows), NOBODY, np.int32),
        move_cost=np.zeros(len(rows)),
        move_load=np.zeros(len(rows)),
        low=frame.low[some] * stretch,
        high=frame.high[some] * stretch,
    )


def _cut_anew(part: Frame, today: Rows, centres: Floats, rng: np.random.Generator) -> Floats:
    """Middles of a fresh bisection, each given to the territory that shares most with it if all are alike."""
    k = len(centres)
    shares = (part.low + part.high).sum(axis=1)
    cell = bisect_accounts(part.unit, part.weight, shares, rng, JITTER)
    if np.ptp(shares) <= 1e-9 * shares.max():
        common = np.bincount(cell * k + today, part.weight, k * k).reshape(k, k)
        becomes = np.empty(k, np.int32)
        for _ in range(k):
            one, other = np.unravel_index(common.argmax(), common.shape)
            becomes[one] = other
            common[one], common[:, other] = -1.0, -1.0
        cell = becomes[cell]
    return find_middles(part, cell, centres)
