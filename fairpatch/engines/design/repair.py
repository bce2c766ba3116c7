"""How do whole accounts fit the bands when prices alone leave loads slightly off: by shifts and swaps.

Bands count through an exact penalty; max accounts and the move budget are never made worse, so once they hold
they hold for good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.compiled import compile_kernel
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.problem import Codes, Floats
from fairpatch.engines.design.standing import Standing

REFUSED = 1e290
STEEP = 20.0


@compile_kernel
def press_band(value: float, low: float, high: float, penalty: float) -> float:
    """What being outside a band costs; nothing inside."""
    over = max(low - value, value - high)
    if over <= 1e-12:
        return 0.0
    return penalty * (over + STEEP * over * over)


@compile_kernel
def weigh_exchange(
    frame: Frame,
    choices: Codes,
    cost: Floats,
    standing: Standing,
    penalty: float,
    i: int,
    q: int,
    o: int,
    oq: int,
) -> float:
    """Change of cost and penalty when i takes its choice q (and o, if any, its choice oq in exchange)."""
    a, b = standing.territory[i], choices[i, q]
    delta = cost[i, q] - cost[i, standing.slot[i]]
    shift = (0.0 if b == frame.owner[i] else frame.move_load[i]) - (
        0.0 if a == frame.owner[i] else frame.move_load[i]
    )
    if o >= 0:
        delta += cost[o, oq] - cost[o, standing.slot[o]]
        shift += (0.0 if a == frame.owner[o] else frame.move_load[o]) - (
            0.0 if b == frame.owner[o] else frame.move_load[o]
        )
    moved = standing.moved[0]
    if moved + shift > frame.budget and shift > 0.0:
        return REFUSED
    if moved > frame.budget:
        delta += 1e3 * penalty * (max(0.0, moved + shift - frame.budget) - (moved - frame.budget))
    for m in range(frame.load.shape[1]):
        x = frame.load[i, m]
        if o >= 0:
            x -= frame.load[o, m]
        if x == 0.0:
            continue
        la, lb = standing.load[a, m], standing.load[b, m]
        force = penalty
        if frame.is_hard[m]:
            force = 100.0 * penalty
            if (x > 0.0 and lb + x > frame.high[b, m]) or (x < 0.0 and la - x > frame.high[a, m]):
                return REFUSED
        delta += press_band(la - x, frame.low[a, m], frame.high[a, m], force)
        delta -= press_band(la, frame.low[a, m], frame.high[a, m], force)
        delta += press_band(lb + x, frame.low[b, m], frame.high[b, m], force)
        delta -= press_band(lb, frame.low[b, m], frame.high[b, m], force)
    return float(delta)


@compile_kernel
def make_exchange(frame: Frame, choices: Codes, standing: Standing, i: int, q: int, o: int, oq: int) -> None:
    """Carry out what `weigh_exchange` weighed."""
    for turn in range(2 if o >= 0 else 1):
        who, which = (i, q) if turn == 0 else (o, oq)
        a, b = standing.territory[who], choices[who, which]
        for m in range(frame.load.shape[1]):
            standing.load[a, m] -= frame.load[who, m]
            standing.load[b, m] += frame.load[who, m]
        if a == frame.owner[who]:
            standing.moved[0] += frame.move_load[who]
        if b == frame.owner[who]:
            standing.moved[0] -= frame.move_load[who]
        standing.territory[who] = b
        standing.slot[who] = which


@compile_kernel
def list_by_territory(choices: Codes, rows: NDArray[np.int64], k: int, depth: int) -> tuple[Codes, Codes]:
    """Which of `rows` have each territory among their first `depth` choices: starts and members."""
    starts = np.zeros(k + 1, np.int32)
    for i in rows:
        for q in range(depth):
            if choices[i, q] >= 0:
                starts[choices[i, q] + 1] += 1
    for t in range(k):
        starts[t + 1] += starts[t]
    fill = starts[:-1].copy()
    members = np.empty(starts[k], np.int32)
    for i in rows:
        for q in range(depth):
            t = choices[i, q]
            if t >= 0:
                members[fill[t]] = i
                fill[t] += 1
    return starts, members


@compile_kernel
def list_by_target(
    choices: Codes, rows: NDArray[np.int64], slots: NDArray[np.int64], k: int
) -> tuple[Codes, Codes, Codes]:
    """The pairs (row, slot) by the territory they lead to: starts, accounts and slots."""
    starts = np.zeros(k + 1, np.int32)
    for p in range(len(rows)):
        starts[choices[rows[p], slots[p]] + 1] += 1
    for t in range(k):
        starts[t + 1] += starts[t]
    fill = starts[:-1].copy()
    accounts, places = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
    for p in range(len(rows)):
        t = choices[rows[p], slots[p]]
        accounts[fill[t]], places[fill[t]] = rows[p], slots[p]
        fill[t] += 1
    return starts, accounts, places


@compile_kernel
def anneal_standing(
    frame: Frame,
    choices: Codes,
    cost: Floats,
    standing: Standing,
    rows: NDArray[np.int64],
    slots: NDArray[np.int64],
    penalty: float,
    seed: int,
    proposals: int,
    hot: float,
    cold: float,
) -> int:
    """Random shifts and swaps along the pairs (row, slot) at a falling temperature; how many were made."""
    np.random.seed(seed)
    starts, accounts, places = list_by_target(choices, rows, slots, frame.low.shape[0])
    fall = (cold / hot) ** (1.0 / max(1, proposals))
    heat, made = hot, 0
    for _ in range(proposals):
        heat *= fall
        p = np.random.randint(len(rows))
        i, q = accounts[p], places[p]
        a, b = standing.territory[i], choices[i, q]
        if b == a or standing.slot[i] < 0:
            continue
        o, oq = -1, -1
        if np.random.random() < 0.7 and starts[a + 1] > starts[a]:
            for _draw in range(12):
                at = starts[a] + np.random.randint(starts[a + 1] - starts[a])
                other = accounts[at]
                if standing.territory[other] == b and standing.slot[other] >= 0:
                    o, oq = other, places[at]
                    break
        delta = weigh_exchange(frame, choices, cost, standing, penalty, i, q, o, oq)
        if delta <= 0.0 or (delta < REFUSED and np.random.random() < np.exp(-delta / heat)):
            make_exchange(frame, choices, standing, i, q, o, oq)
            made += 1
    return made


@compile_kernel
def descend_standing(
    frame: Frame,
    choices: Codes,
    cost: Floats,
    standing: Standing,
    rows: NDArray[np.int64],
    penalty: float,
    seed: int,
    passes: int,
    draws: int,
) -> int:
    """Best improving shift, or swap with one of `draws` partners, of each row in turn until none improves."""
    np.random.seed(seed)
    width = choices.shape[1]
    starts, members = list_by_territory(choices, rows, frame.low.shape[0], width)
    made = 0
    for _pass in range(passes):
        before = made
        for i in rows:
            if standing.slot[i] < 0:
                continue
            a = standing.territory[i]
            best, bq, bo, boq = -1e-12, -1, -1, -1
            for q in range(width):
                b = choices[i, q]
                if b < 0 or b == a:
                    continue
                delta = weigh_exchange(frame, choices, cost, standing, penalty, i, q, -1, -1)
                if delta < best:
                    best, bq, bo, boq = delta, q, -1, -1
                for _draw in range(draws if starts[a + 1] > starts[a] else 0):
                    o = members[starts[a] + np.random.randint(starts[a + 1] - starts[a])]
                    if standing.territory[o] != b or standing.slot[o] < 0:
                        continue
                    for r in range(width):
                        if choices[o, r] == a:
                            delta = weigh_exchange(frame, choices, cost, standing, penalty, i, q, o, r)
                            if delta < best:
                                best, bq, bo, boq = delta, q, o, r
                            break
            if bq >= 0:
                make_exchange(frame, choices, standing, i, bq, bo, boq)
                made += 1
        if made == before:
            break
    return made
