"""May a unit change territory without tearing anything apart? The kernels of the contiguous mode."""

from __future__ import annotations

import numpy as np

from fairpatch.engines.design.compiled import compile_kernel
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.problem import Codes, Floats, Positions
from fairpatch.engines.design.repair import REFUSED, make_exchange, weigh_exchange
from fairpatch.engines.design.standing import Standing
from fairpatch.engines.geo.adjacency import Adjacency


@compile_kernel
def may_leave(graph: Adjacency, territory: Codes, unit: int, mark: Positions, stack: Positions) -> bool:
    """Whether its neighbours of one kind stay connected without it. `mark` is scratch that counts."""
    home = territory[unit]
    first, kin = -1, 0
    for at in range(graph.starts[unit], graph.starts[unit + 1]):
        if territory[graph.targets[at]] == home:
            kin += 1
            if first < 0:
                first = graph.targets[at]
    if kin <= 1:
        return True
    mark[-1] += 1
    stamp = mark[-1]
    for at in range(graph.starts[unit], graph.starts[unit + 1]):
        if territory[graph.targets[at]] == home:
            mark[graph.targets[at]] = -stamp  # still to be reached
    mark[unit] = stamp
    mark[first] = stamp
    stack[0] = first
    top, left = 1, kin - 1
    while top > 0:
        top -= 1
        here = stack[top]
        for at in range(graph.starts[here], graph.starts[here + 1]):
            other = graph.targets[at]
            if territory[other] == home and mark[other] != stamp:
                if mark[other] == -stamp:
                    left -= 1
                    if left == 0:
                        return True
                mark[other] = stamp
                stack[top] = other
                top += 1
    return False


@compile_kernel
def touches_territory(
    graph: Adjacency,
    component: Codes,
    held: Positions,
    territory: Codes,
    unit: int,
    wanted: int,
    without: int,
) -> bool:
    """Whether the unit would join `wanted`: a neighbour but `without` is there, or nobody near it."""
    count = held[component[unit], wanted]
    if without >= 0 and component[without] == component[unit]:
        count -= 1
    if count == 0:
        return True
    for at in range(graph.starts[unit], graph.starts[unit + 1]):
        other = graph.targets[at]
        if other != without and territory[other] == wanted:
            return True
    return False


@compile_kernel
def _draw_target(graph: Adjacency, territory: Codes, unit: int, k: int) -> int:
    """The territory of a random neighbour; now and then any territory, for islands."""
    degree = graph.starts[unit + 1] - graph.starts[unit]
    if degree == 0 or np.random.random() < 0.02:
        return int(np.random.randint(k))
    return int(territory[graph.targets[graph.starts[unit] + np.random.randint(degree)]])


@compile_kernel
def _find_partner(graph: Adjacency, territory: Codes, unit: int, wanted: int) -> int:
    """A random neighbour-of-a-neighbour that sits in `wanted`, or -1: somebody to swap with."""
    for _draw in range(4):
        here = unit
        for _step in range(3):
            degree = graph.starts[here + 1] - graph.starts[here]
            if degree == 0:
                return -1
            here = graph.targets[graph.starts[here] + np.random.randint(degree)]
        if here != unit and territory[here] == wanted:
            return int(here)
    return -1


@compile_kernel
def anneal_pieces(
    frame: Frame,
    graph: Adjacency,
    component: Codes,
    held: Positions,
    choices: Codes,
    cost: Floats,
    standing: Standing,
    penalty: float,
    seed: int,
    proposals: int,
    hot: float,
    cold: float,
) -> int:
    """Shifts and swaps at a falling temperature; each territory stays in one piece per component."""
    np.random.seed(seed)
    n, k = choices.shape
    territory = standing.territory
    mark, stack = np.zeros(n + 1, np.int64), np.empty(n, np.int64)
    fall = (cold / hot) ** (1.0 / max(1, proposals))
    heat, made = hot, 0
    for _ in range(proposals):
        heat *= fall
        i = np.random.randint(n)
        a, b = territory[i], _draw_target(graph, territory, i, k)
        if a == b or choices[i, b] < 0:
            continue
        o = _find_partner(graph, territory, i, b) if np.random.random() < 0.4 else -1
        if o >= 0 and choices[o, a] < 0:
            continue
        delta = weigh_exchange(frame, choices, cost, standing, penalty, i, b, o, a)
        if delta > 0.0 and (delta >= REFUSED or np.random.random() >= np.exp(-delta / heat)):
            continue
        if not touches_territory(graph, component, held, territory, i, b, o):
            continue
        if not may_leave(graph, territory, i, mark, stack):
            continue
        was = standing.slot[i]
        if o >= 0:
            territory[i] = b  # look at the partner with the first already gone
            fits = (
                touches_territory(graph, component, held, territory, o, a, -1) or held[component[o], a] == 1
            )
            fits = fits and may_leave(graph, territory, o, mark, stack)
            territory[i] = was
            if not fits:
                continue
        make_exchange(frame, choices, standing, i, b, o, a)
        held[component[i], a] -= 1
        held[component[i], b] += 1
        if o >= 0:
            held[component[o], b] -= 1
            held[component[o], a] += 1
        made += 1
    return made
