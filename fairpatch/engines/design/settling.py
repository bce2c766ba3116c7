"""Which shifts and swaps bring a territory that misses its band back into it at the least cost?

The territory that misses most comes first. Of all exchanges that touch it the one that gains most is made,
a missed share having a price that rises only when nothing gains at it any more.
"""

from __future__ import annotations

import numpy as np

from fairpatch.engines.design.compiled import compile_kernel
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.prices import Choices, Prices, value_choices
from fairpatch.engines.design.problem import Codes, Floats, Positions
from fairpatch.engines.design.repair import (
    anneal_standing,
    descend_standing,
    list_by_target,
    make_exchange,
    press_band,
    weigh_exchange,
)
from fairpatch.engines.design.standing import (
    DEPTH,
    MET,
    NEAR_PER_LIMIT,
    Standing,
    copy_standing,
    keeps_limits,
    list_near_pairs,
    weigh_choices,
)

MOST_RISES = 14  # each doubles the price of a missed share
ROUNDING = 1e-9
STEPS_PER_TERRITORY = 60
DEAR = 20.0
HOT, COLD = 0.2, 2e-3  # of the typical regret


@compile_kernel
def measure_miss(frame: Frame, load: Floats, t: int) -> float:
    """By how many fair shares a territory misses its worst band."""
    worst = 0.0
    for m in range(load.shape[1]):
        worst = max(worst, frame.low[t, m] - load[t, m], load[t, m] - frame.high[t, m])
    return worst


@compile_kernel
def _weigh_relief(frame: Frame, standing: Standing, penalty: float, t: int) -> float:
    """What it would save if every limit of a territory held."""
    relief = 0.0
    for m in range(frame.load.shape[1]):
        force = 100.0 * penalty if frame.is_hard[m] else penalty
        relief += press_band(standing.load[t, m], frame.low[t, m], frame.high[t, m], force)
    return relief


@compile_kernel
def _list_exchanges(
    choices: Codes, cost: Floats, standing: Standing, members: Codes, places: Codes, t: int
) -> tuple[Positions, Floats, Positions, Floats]:
    """Who of `members` could come to `t` (as positions), who could go, and what each costs at least."""
    comes, goes = np.empty(len(members), np.int64), np.empty(len(members), np.int64)
    dear_in, dear_out = np.empty(len(members)), np.empty(len(members))
    incoming, outgoing = 0, 0
    for at in range(len(members)):
        i = members[at]
        if standing.slot[i] < 0:
            continue
        now = cost[i, standing.slot[i]]
        if standing.territory[i] != t:
            comes[incoming], dear_in[incoming] = at, cost[i, places[at]] - now
            incoming += 1
            continue
        least = np.inf
        for q in range(choices.shape[1]):
            if choices[i, q] >= 0 and choices[i, q] != t:
                least = min(least, cost[i, q] - now)
        goes[outgoing], dear_out[outgoing] = at, least
        outgoing += 1
    return comes[:incoming], dear_in[:incoming], goes[:outgoing], dear_out[:outgoing]


@compile_kernel
def _improve_territory(
    frame: Frame,
    choices: Codes,
    cost: Floats,
    standing: Standing,
    members: Codes,
    places: Codes,
    t: int,
    penalty: float,
) -> int:
    """Make the best exchange that touches `t`, if any gains; the other territory it touches, or -1.

    `members` may take `t`, their choice `places`. No exchange saves more than all that its two territories
    miss: dearer ones are passed over unweighed.
    """
    best, bi, bq, bo, boq = -1e-12, -1, -1, -1, -1
    territory, (k, width) = standing.territory, (len(frame.low), choices.shape[1])
    relief = np.array([_weigh_relief(frame, standing, penalty, b) for b in range(k)])
    most = relief[t] + 1e3 * penalty * max(0.0, standing.moved[0] - frame.budget) + ROUNDING
    comes, dear_in, goes, dear_out = _list_exchanges(choices, cost, standing, members, places, t)
    for at in range(len(comes)):
        i, q = members[comes[at]], places[comes[at]]
        dear_in[at] -= relief[territory[i]] + most  # what a swap with it costs without its partner
        if dear_in[at] > best:
            continue
        delta = weigh_exchange(frame, choices, cost, standing, penalty, i, q, -1, -1)
        if delta < best:
            best, bi, bq, bo, boq = delta, i, q, -1, -1
    cheapest = dear_in.min() if len(comes) else np.inf
    where = np.empty(k, np.int64)
    for own in range(len(goes)):
        i = members[goes[own]]
        now = cost[i, standing.slot[i]]
        for q in range(min(width, DEPTH)):
            if choices[i, q] < 0 or choices[i, q] == t:
                continue
            delta = weigh_exchange(frame, choices, cost, standing, penalty, i, q, -1, -1)
            if delta < best:
                best, bi, bq, bo, boq = delta, i, q, -1, -1
        if dear_out[own] + cheapest > best:
            continue
        where[:] = -1
        for q in range(width):
            if choices[i, q] >= 0:
                where[choices[i, q]] = q
        for at in range(len(comes)):
            if dear_out[own] + dear_in[at] > best:
                continue
            o, oq = members[comes[at]], places[comes[at]]
            q = where[territory[o]]
            if q < 0 or cost[i, q] - now + dear_in[at] > best:
                continue
            delta = weigh_exchange(frame, choices, cost, standing, penalty, i, q, o, oq)
            if delta < best:
                best, bi, bq, bo, boq = delta, i, q, o, oq
    if bi < 0:
        return -1
    other = choices[bi, bq] if territory[bi] == t else territory[bi]
    make_exchange(frame, choices, standing, bi, bq, bo, boq)
    return int(other)


@compile_kernel
def settle_standing(
    frame: Frame,
    choices: Codes,
    cost: Floats,
    standing: Standing,
    rows: Positions,
    slots: Positions,
    penalty: float,
    steps: int,
) -> bool:
    """Exchange along the pairs (row, slot) until every band holds, at most `steps` times; whether all do."""
    k = frame.low.shape[0]
    starts, members, places = list_by_target(choices, rows, slots, k)
    is_stuck, is_all_stuck = np.zeros(k, np.bool_), True
    rises, made = 0, 0
    while made < steps:
        worst, t = MET, -1
        for other in range(k):
            miss = measure_miss(frame, standing.load, other)
            if miss > worst and not is_stuck[other]:
                worst, t = miss, other
        if t >= 0:
            mine = slice(starts[t], starts[t + 1])
            touched = _improve_territory(
                frame, choices, cost, standing, members[mine], places[mine], t, penalty
            )
            if touched >= 0:
                made += 1
                is_stuck[touched] = is_all_stuck = False
            else:
                is_stuck[t] = True
            continue
        if not is_stuck.any():
            return True
        if is_all_stuck:
            rises += 1
            if rises > MOST_RISES:
                break
            penalty *= 2.0
        is_stuck[:], is_all_stuck = False, True  # unless one of them gains after all
    return False


def repair_standing(
    frame: Frame,
    choices: Choices,
    prices: Prices,
    standing: Standing,
    seed: int,
    proposals: int,
    force: float,
    enough: float,
) -> Standing:
    """Settle every band and, while that costs more than `enough`, anneal for cost with the bands dear.

    `force` prices a missed band. What was settled stands if annealing ends dearer or cannot be settled again.
    """
    k = len(frame.low)
    values = value_choices(frame, choices, prices)
    near = list_near_pairs(choices, values, NEAR_PER_LIMIT * frame.low.shape[1])
    rows = np.unique(near[0])
    if len(rows) == 0:
        return standing
    penalty = force * max(1e-3, float(np.abs(prices.load).max()))
    ordered = np.partition(values[rows], 1, axis=1)
    typical = max(1e-12, float(np.median(ordered[:, 1] - ordered[:, 0])))
    pairs = (choices.territory, choices.cost)
    settle_standing(frame, *pairs, standing, *near, penalty, STEPS_PER_TERRITORY * k)
    settled = copy_standing(standing) if keeps_limits(frame, standing) else None
    if settled is not None and weigh_choices(choices, settled) <= enough:
        return settled
    anneal_standing(
        frame, *pairs, standing, *near, 2 * penalty, seed, proposals, typical * HOT, typical * COLD
    )
    settle_standing(frame, *pairs, standing, *near, penalty, STEPS_PER_TERRITORY * k)
    descend_standing(frame, *pairs, standing, rows, penalty * DEAR, seed, 3, 4)
    if settled is not None:
        is_better = weigh_choices(choices, standing) < weigh_choices(choices, settled)
        return standing if is_better and keeps_limits(frame, standing) else settled
    for attempt in range(4):
        if keeps_limits(frame, standing):
            break
        some = rows
        if attempt >= 2:  # the border alone did not do it
            some = np.flatnonzero(np.isfinite(np.partition(values, 1, axis=1)[:, 1]))
        if attempt == 2:
            some = _choose_touching(frame, choices, standing, some)
        descend_standing(frame, *pairs, standing, some, penalty * 20 ** min(attempt + 1, 3), seed, 12, 30)
    return standing


def _choose_touching(frame: Frame, choices: Choices, standing: Standing, rows: Positions) -> Positions:
    """Those of `rows` that are in a territory off its band or could go to one."""
    miss = np.maximum(frame.low - standing.load, standing.load - frame.high).max(axis=1)
    is_off = np.append(miss > MET, False)  # the last answers for what is no choice
    return rows[is_off[standing.territory[rows]] | is_off[choices.territory[rows]].any(axis=1)]
