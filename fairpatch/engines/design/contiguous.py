"""How do whole geographic units form territories in one piece each?

Start from the priced assignment, which is nearly in one piece, grow it whole, then anneal with moves that
keep donor and receiver connected. Islands are components of their own: a territory may have a piece in each.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.centres import find_middles
from fairpatch.engines.design.frame import Frame
from fairpatch.engines.design.mending import mend_assignment
from fairpatch.engines.design.pieces import anneal_pieces
from fairpatch.engines.design.prices import Choices, Prices, list_choices
from fairpatch.engines.design.problem import Codes, DesignProblem, Floats
from fairpatch.engines.design.result import Binding
from fairpatch.engines.design.solve import Solution, recentre_solution, weigh_standing
from fairpatch.engines.design.standing import Standing, keeps_hard_limits, stand_assignment
from fairpatch.engines.design.stopping import Clock
from fairpatch.engines.geo.adjacency import Adjacency, count_fragments, label_pieces, link_neighbours

ROUNDS = 6
PROPOSALS_PER_UNIT = 600
LEAST_PROPOSALS, MOST_PER_UNIT = 400_000, 4_000
UNASSIGNED = -1


def solve_contiguous(
    problem: DesignProblem, frame: Frame, start: Solution, seed: int, clock: Clock
) -> Solution:
    """The best design found whose territories are in one piece per component of the adjacency."""
    assert problem.neighbours is not None
    graph = link_neighbours(problem.neighbours, len(frame.weight))
    component = label_pieces(graph, np.zeros(len(frame.weight), np.int32))
    table = _tabulate_choices(frame, start.centres, start.prices)
    territory = start.territory
    if problem.budget is not None:  # stay close to the books: moves are scarce
        stays = problem.owned & problem.masks[problem.access, problem.owner]
        territory = np.where(stays, problem.owner, territory).astype(np.int32)
    territory = _join_ties(problem, graph, territory)
    territory = _grow_whole(problem, graph, component, territory, table.cost)
    territory = _keep_limits(problem, frame, graph, component, table, [territory, start.territory], seed)
    best: Solution | None = None
    centres = start.centres
    penalty = 4 * max(1e-3, float(np.abs(start.prices.load).max()))
    typical = float(np.median(table.cost[np.arange(len(territory)), territory])) + 1e-9
    for turn in range(ROUNDS):
        if best is not None and clock.is_over("Pieces", 0.9 + 0.1 * turn / ROUNDS):
            break
        standing = _anneal_turn(frame, graph, component, table, territory, penalty, seed + turn, typical)
        found = weigh_standing(frame, centres, start.prices, table, standing)
        torn = int(count_fragments(graph, standing.territory, len(frame.low)).sum())
        found = replace(found, hard_excess=found.hard_excess + torn)
        territory = standing.territory.copy()
        if not problem.has_fixed_centres:
            centres = find_middles(frame, territory, centres)
            table = _tabulate_choices(frame, centres, start.prices)
            own = weigh_standing(frame, centres, start.prices, table, stand_full(frame, table, territory))
            found = replace(own, hard_excess=found.hard_excess)
        if found.beats(best):
            best = found
        if found.excess > 1e-12:
            penalty *= 4
        typical *= 0.4
    assert best is not None
    return recentre_solution(problem, frame, best)[0]


def _keep_limits(
    problem: DesignProblem,
    frame: Frame,
    graph: Adjacency,
    component: Codes,
    table: Choices,
    starts: list[Codes],
    seed: int,
) -> Codes:
    """The first start if it keeps every hard limit, else one mended from them, if that can be found."""
    standing = stand_full(frame, table, starts[0])
    torn = int(count_fragments(graph, standing.territory, len(frame.low)).sum())
    if torn == 0 and keeps_hard_limits(frame, standing):
        return starts[0]
    stays = problem.owned & problem.masks[problem.access, problem.owner]
    books = np.where(stays, problem.owner, starts[0]).astype(np.int32)
    mended = mend_assignment(problem, frame, graph, component, table.cost, [*starts, books], seed)
    return starts[0] if mended is None else mended


def _tabulate_choices(frame: Frame, centres: Floats, prices: Prices) -> Choices:
    """Every allowed pair, the slot being the territory itself."""
    n, k = len(frame.weight), len(centres)
    listed = list_choices(frame, centres, prices, k)
    territory, cost = np.full((n, k), UNASSIGNED, np.int32), np.full((n, k), 1e300)
    rows, slots = np.nonzero(listed.territory >= 0)
    to = listed.territory[rows, slots]
    territory[rows, to] = to
    cost[rows, to] = listed.cost[rows, slots]
    return Choices(territory, cost)


def stand_full(frame: Frame, table: Choices, territory: Codes) -> Standing:
    """A standing over a full table, where a territory is its own slot."""
    return stand_assignment(frame, table, territory)._replace(slot=territory.astype(np.int32))


def _anneal_turn(
    frame: Frame,
    graph: Adjacency,
    component: Codes,
    table: Choices,
    territory: Codes,
    penalty: float,
    seed: int,
    hot: float,
) -> Standing:
    k = len(frame.low)
    standing = stand_full(frame, table, territory.copy())
    held = np.zeros((int(component.max()) + 1, k), np.int64)
    np.add.at(held, (component, territory), 1)
    n = len(territory)
    proposals = max(min(LEAST_PROPOSALS, MOST_PER_UNIT * n), PROPOSALS_PER_UNIT * n)
    anneal_pieces(
        frame,
        graph,
        component,
        held,
        table.territory,
        table.cost,
        standing,
        penalty,
        seed,
        proposals,
        hot,
        hot * 1e-4,
    )
    return standing


def _list_ties(problem: DesignProblem) -> Codes:
    """The one territory each unit may go to, or -1 where it has a choice."""
    single = problem.masks.sum(axis=1) == 1
    return np.where(single, problem.masks.argmax(axis=1), UNASSIGNED).astype(np.int32)[problem.access]


def _join_ties(problem: DesignProblem, graph: Adjacency, territory: Codes) -> Codes:
    """Connect the units tied to one territory by shortest paths over units that may join it."""
    joined, ties = territory.copy(), _list_ties(problem)
    taken = ties.copy()
    for t in np.unique(ties[ties != UNASSIGNED]):
        open_to = problem.masks[problem.access, t] & ((taken == UNASSIGNED) | (taken == t))
        mine = np.flatnonzero(ties == t)
        reached = {int(mine[0])}
        for unit in mine[1:].tolist():
            for step in _find_path(graph, open_to, reached, unit):
                taken[step] = t
                joined[step] = t
                reached.add(step)
    return joined


def _find_path(graph: Adjacency, open_to: NDArray[np.bool_], goal: set[int], start: int) -> list[int]:
    before = {start: start}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        if here in goal:
            path = [here]
            while before[path[-1]] != path[-1]:
                path.append(before[path[-1]])
            return path
        for other in graph.targets[graph.starts[here] : graph.starts[here + 1]].tolist():
            if open_to[other] and other not in before:
                before[other] = here
                queue.append(other)
    return [start]


def _grow_whole(
    problem: DesignProblem, graph: Adjacency, component: Codes, territory: Codes, cost: Floats
) -> Codes:
    """Keep each territory's weightiest piece per component (tied units first) and let the kept pieces grow
    over the rest, cheapest step first."""
    piece = label_pieces(graph, territory)
    tied = np.bincount(piece, _list_ties(problem) == territory)
    weight = np.bincount(piece, problem.weight)
    heads = np.unique(piece, return_index=True)[1]
    best: dict[tuple[int, int], tuple[float, float, int]] = {}
    for number, head in enumerate(heads.tolist()):
        key = (int(component[head]), int(territory[head]))
        best[key] = max(best.get(key, (-1.0, -1.0, 0)), (float(tied[number]), float(weight[number]), -number))
    kept = np.zeros(len(heads), np.bool_)
    kept[[-entry[2] for entry in best.values()]] = True
    grown = np.where(kept[piece], territory, UNASSIGNED).astype(np.int32)
    queue: list[tuple[float, int, int]] = []

    def offer(unit: int) -> None:
        for other in graph.targets[graph.starts[unit] : graph.starts[unit + 1]].tolist():
            t = int(grown[unit])
            if grown[other] == UNASSIGNED and cost[other, t] < 1e299:
                heapq.heappush(queue, (float(cost[other, t]), other, t))

    for unit in np.flatnonzero(grown != UNASSIGNED).tolist():
        offer(unit)
    while queue:
        _, unit, t = heapq.heappop(queue)
        if grown[unit] == UNASSIGNED:
            grown[unit] = t
            offer(unit)
    return np.where(grown == UNASSIGNED, territory, grown).astype(np.int32)


def check_pieces(problem: DesignProblem) -> list[Binding]:
    """Units tied to one territory that no path of units open to it connects."""
    if problem.neighbours is None:
        return []
    graph = link_neighbours(problem.neighbours, len(problem.access))
    component = label_pieces(graph, np.zeros(len(problem.access), np.int32))
    ties = _list_ties(problem)
    found = []
    for t in np.unique(ties[ties != UNASSIGNED]):
        open_to = problem.masks[problem.access, t] & ((ties == UNASSIGNED) | (ties == t))
        reach = label_pieces(graph, open_to.astype(np.int32))
        mine = np.flatnonzero(ties == t)
        pieces = len(np.unique(reach[mine])) - len(np.unique(component[mine]))
        if pieces > 0:
            code = str(problem.codes[t])
            names = tuple(str(name) for name in problem.accounts[mine[:20]])
            sentence = (
                f"The accounts tied to {code} lie in {pieces + 1} places that no chain of open accounts "
                f"connects, so {code} cannot be in one piece."
            )
            found.append(Binding("contiguity", sentence, None, code, names, pieces + 1.0, 1.0, is_hard=True))
    return found
