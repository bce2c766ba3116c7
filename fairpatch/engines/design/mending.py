"""Which assignment keeps every hard limit at once when whole pieces, locks, budgets and head-counts collide?

Torn pieces, overfull territories and overdrawn budgets are priced and annealed away together; moves may tear
on the way, which the annealing of whole pieces never dares. Restarts stop at the first that keeps everything.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fairpatch.engines.design.compiled import compile_kernel
from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame
from fairpatch.engines.design.problem import NO_LIMIT, NOBODY, Codes, DesignProblem, Flags, Floats, Positions
from fairpatch.engines.geo.adjacency import Adjacency, label_pieces

TRIES = 24
PROPOSALS_PER_UNIT = 3_000
LEAST_PROPOSALS, MOST_PROPOSALS = 60_000, 3_000_000
HOT, COLD = 0.8, 0.05  # in units of one torn piece
BROAD, FINE = 0.02, 0.3  # how much cost and bands weigh beside one torn piece: first try, later tries


class Limits(NamedTuple):
    """The hard limits for the kernel; a limit of `n` or an infinite budget limits nothing."""

    access: Codes
    masks: Flags
    owner: Codes
    move_load: Floats
    most: Positions
    budget: float


@compile_kernel
def count_groups(
    graph: Adjacency, territory: Codes, unit: int, wanted: int, mark: Positions, stack: Positions
) -> int:
    """Into how many pieces the neighbours in `wanted` fall when `unit` itself is left out."""
    mark[-1] += 2
    stamp = mark[-1]
    kin, groups = 0, 0
    for at in range(graph.starts[unit], graph.starts[unit + 1]):
        if territory[graph.targets[at]] == wanted:
            mark[graph.targets[at]] = stamp  # still to be reached
            kin += 1
    mark[unit] = stamp + 1
    for at in range(graph.starts[unit], graph.starts[unit + 1]):
        first = graph.targets[at]
        if territory[first] != wanted or mark[first] != stamp:
            continue
        groups += 1
        mark[first] = stamp + 1
        kin -= 1
        if kin == 0:
            break
        stack[0] = first
        top = 1
        while top > 0 and kin > 0:
            top -= 1
            here = stack[top]
            for step in range(graph.starts[here], graph.starts[here + 1]):
                other = graph.targets[step]
                if territory[other] == wanted and mark[other] != stamp + 1:
                    if mark[other] == stamp:
                        kin -= 1
                    mark[other] = stamp + 1
                    stack[top] = other
                    top += 1
        if kin == 0:
            break
    return groups


@compile_kernel
def _weigh_limits(limits: Limits, counts: Positions, moved: float, i: int, a: int, b: int) -> float:
    """Change of what is over the head-counts and the budget, each in accounts of typical worth."""
    delta = 0.0
    if counts[a] > limits.most[a]:
        delta -= 1.0
    if counts[b] >= limits.most[b]:
        delta += 1.0
    shift = 0.0
    if a == limits.owner[i]:
        shift = limits.move_load[i]
    elif b == limits.owner[i]:
        shift = -limits.move_load[i]
    return delta + max(0.0, moved + shift - limits.budget) - max(0.0, moved - limits.budget)


@compile_kernel
def _draw_wish(graph: Adjacency, limits: Limits, territory: Codes, i: int, k: int) -> int:
    """Mostly a neighbour's territory, sometimes the owner's, now and then any."""
    dice = np.random.random()
    if dice < 0.2 and limits.owner[i] >= 0:
        return int(limits.owner[i])
    degree = graph.starts[i + 1] - graph.starts[i]
    if dice > 0.93 or degree == 0:
        return int(np.random.randint(k))
    return int(territory[graph.targets[graph.starts[i] + np.random.randint(degree)]])


@compile_kernel
def _weigh_bands(frame: Frame, load: Floats, i: int, a: int, b: int) -> float:
    """How much further the loads of `a` and `b` are outside their bands when row `i` goes from `a` to `b`."""
    change = 0.0
    for m in range(frame.load.shape[1]):
        x = frame.load[i, m]
        change += max(0.0, load[b, m] + x - frame.high[b, m]) - max(0.0, load[b, m] - frame.high[b, m])
        change += max(0.0, frame.low[a, m] - load[a, m] + x) - max(0.0, frame.low[a, m] - load[a, m])
        change -= max(0.0, load[a, m] - frame.high[a, m]) - max(0.0, load[a, m] - x - frame.high[a, m])
        change -= max(0.0, frame.low[b, m] - load[b, m]) - max(0.0, frame.low[b, m] - load[b, m] - x)
    return change


@compile_kernel
def mend_pieces(
    frame: Frame,
    graph: Adjacency,
    component: Codes,
    pieces: Positions,
    limits: Limits,
    cost: Floats,
    territory: Codes,
    softness: float,
    seed: int,
    proposals: int,
) -> bool:
    """Anneal tears and broken limits away, in place; True as soon as nothing is torn or over a limit."""
    np.random.seed(seed)
    n, k = cost.shape
    mark, stack = np.zeros(n + 1, np.int64), np.empty(n, np.int64)
    counts, load = np.zeros(k, np.int64), np.zeros((k, frame.load.shape[1]))
    moved, torn = 0.0, 0
    for i in range(n):
        counts[territory[i]] += 1
        load[territory[i]] += frame.load[i]
        if limits.owner[i] >= 0 and territory[i] != limits.owner[i]:
            moved += limits.move_load[i]
    for c in range(pieces.shape[0]):
        for t in range(k):
            torn += max(0, pieces[c, t] - 1)
    fall = (COLD / HOT) ** (1.0 / proposals)
    heat = HOT
    for _ in range(proposals):
        heat *= fall
        if torn == 0 and moved <= limits.budget and (counts <= limits.most).all():
            return True
        i = np.random.randint(n)
        a, b = territory[i], _draw_wish(graph, limits, territory, i, k)
        if a == b or not limits.masks[limits.access[i], b]:
            continue
        delta = _weigh_limits(limits, counts, moved, i, a, b)
        delta += softness * (cost[i, b] - cost[i, a] + _weigh_bands(frame, load, i, a, b))
        c = component[i]
        left = pieces[c, a] + count_groups(graph, territory, i, a, mark, stack) - 1
        joined = pieces[c, b] + 1 - count_groups(graph, territory, i, b, mark, stack)
        tears = max(0, left - 1) + max(0, joined - 1) - max(0, pieces[c, a] - 1) - max(0, pieces[c, b] - 1)
        delta += tears
        if delta > 0.0 and np.random.random() >= np.exp(-delta / heat):
            continue
        torn += tears
        pieces[c, a], pieces[c, b] = left, joined
        counts[a] -= 1
        counts[b] += 1
        load[a] -= frame.load[i]
        load[b] += frame.load[i]
        if a == limits.owner[i]:
            moved += limits.move_load[i]
        elif b == limits.owner[i]:
            moved -= limits.move_load[i]
        territory[i] = b
    return False


def mend_assignment(
    problem: DesignProblem,
    frame: Frame,
    graph: Adjacency,
    component: Codes,
    cost: Floats,
    starts: list[Codes],
    seed: int,
) -> Codes | None:
    """An assignment near one of `starts` that keeps every hard limit; None when no try found one."""
    n, k = cost.shape
    limits = _list_limits(problem, frame, n)
    typical = max(float(np.median(cost[np.arange(n), starts[0]])), 1e-12)
    scaled = np.where(cost < 1e299, cost / typical, 0.0)  # forbidden pairs are never proposed
    proposals = min(max(LEAST_PROPOSALS, PROPOSALS_PER_UNIT * n), MOST_PROPOSALS)
    for attempt in range(TRIES):
        territory = starts[attempt % len(starts)].copy()
        pieces = _count_pieces(graph, component, territory, k)
        softness = (BROAD, 0.0, FINE * BROAD)[attempt % 3]
        if mend_pieces(
            frame, graph, component, pieces, limits, scaled, territory, softness, seed + attempt, proposals
        ):
            return territory
    return None


def _list_limits(problem: DesignProblem, frame: Frame, n: int) -> Limits:
    owned = problem.owned
    mean = float(problem.move_value[owned].mean()) if owned.any() else 1.0
    unit = mean if mean > 0 else 1.0
    budget = problem.budget
    return Limits(
        access=frame.access,
        masks=frame.masks,
        owner=np.where(owned, problem.owner, NOBODY).astype(np.int32),
        move_load=problem.move_value / unit,
        most=np.where(problem.max_accounts == NO_LIMIT, n, problem.max_accounts),
        budget=WITHOUT_BUDGET if budget is None else budget / unit * (1 + 1e-10),
    )


def _count_pieces(graph: Adjacency, component: Codes, territory: Codes, k: int) -> Positions:
    """Pieces of each territory in each component of the graph."""
    heads = np.unique(label_pieces(graph, territory), return_index=True)[1]
    pieces = np.zeros((int(component.max()) + 1, k), np.int64)
    np.add.at(pieces, (component[heads], territory[heads]), 1)
    return pieces
