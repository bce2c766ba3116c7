"""How is one design made from start to finish: put in order, diagnosed, solved, measured?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fairpatch.engines.design.exact import find_least_miss
from fairpatch.engines.design.floors import Diagnosis, diagnose_problem
from fairpatch.engines.design.frame import Frame, frame_problem, narrow_bands
from fairpatch.engines.design.prices import choose_prices, list_choices
from fairpatch.engines.design.pricing import LAST_HEATS, price_centres
from fairpatch.engines.design.problem import NOBODY, DesignProblem, Positions
from fairpatch.engines.design.result import Binding, DesignResult, PriceList, convert_prices, state_result
from fairpatch.engines.design.solve import Solution, solve_design
from fairpatch.engines.design.stopping import Clock, Stop

FAR = 1e-9  # of a fair share: further outside a band than arithmetic explains
PROVEN_MISS = 1e-5
MOST_PROOF_CELLS = 200_000


def design(
    problem: DesignProblem, seed: int = 0, stop: Stop | None = None, warm: Solution | None = None
) -> DesignResult:
    """Give every account one territory: balanced, compact, with few moves, and with a proven bound.

    `stop(stage, share)` hears how far the work is and may return a reason to end early with the best so far.
    The same problem and seed give the same result whatever the order of its rows; `warm` is the `warm` of a
    result for the same accounts and territories under other tolerances or prices.
    """
    clock = Clock(stop)
    territories = np.argsort(problem.codes, kind="stable")
    rows = order_accounts(problem)
    ordered = reorder_problem(problem, rows, territories)
    diagnosis = diagnose_problem(ordered)
    if ordered.neighbours is not None:
        from fairpatch.engines.design.contiguous import check_pieces, solve_contiguous  # slow to load

        diagnosis = replace(diagnosis, binding=(*check_pieces(ordered), *diagnosis.binding))
    if diagnosis.is_hopeless:
        return _report_hopeless(problem, seed, diagnosis)
    frame, units = frame_problem(ordered)
    whole = narrow_bands(frame, units, ordered)
    resumed = None
    if warm is not None:
        from fairpatch.engines.design.resuming import resume_design  # slow to load

        resumed = resume_design(ordered, whole, seed, clock, warm)
    solution = resumed
    if solution is None:
        is_possible = not diagnosis.binding
        solution = solve_design(ordered, whole, seed, clock, warm, is_possible=is_possible)
    if ordered.neighbours is not None:
        solution = solve_contiguous(ordered, whole, solution, seed, clock)
    if whole is not frame:
        if resumed is None:
            prices = price_centres(frame, solution.centres, solution.prices, LAST_HEATS).prices
        else:
            prices, _ = choose_prices(frame, solution.centres, solution.prices)
        solution = replace(solution, prices=prices)
    binding = diagnosis.binding
    if not binding and clock.reason is None and solution.excess > FAR:
        binding = _prove_conflict(ordered, frame, solution)
    stated = convert_prices(ordered, units, solution.prices)
    back = np.empty(len(territories), np.int64)
    back[territories] = np.arange(len(territories))
    assigned = np.empty(len(rows), np.int32)
    assigned[rows] = territories[solution.territory]
    result = state_result(
        problem,
        assigned,
        seed=seed,
        floors=diagnosis.floors,
        binding=binding,
        prices=PriceList(stated.load[back], stated.accounts[back], stated.move),
        stopped=clock.reason,
    )
    return replace(result, warm=solution)


def _prove_conflict(problem: DesignProblem, frame: Frame, solution: Solution) -> tuple[Binding, ...]:
    """Bands that no fractional assignment meets together, proven where the linear program is small."""
    n, k = len(frame.weight), len(frame.low)
    if n * k > MOST_PROOF_CELLS:
        return ()
    miss = find_least_miss(frame, list_choices(frame, solution.centres, solution.prices, k))
    if miss <= PROVEN_MISS:
        return ()
    constraint = "balance" if problem.budget is None else "move_budget"
    sentence = (
        f"Together the bands and limits cannot be met: even with accounts cut at will, {miss:.4f} of a fair "
        f"territory stays outside its band."
    )
    return (Binding(constraint, sentence, needs=miss, allows=0.0),)


def _report_hopeless(problem: DesignProblem, seed: int, diagnosis: Diagnosis) -> DesignResult:
    return DesignResult(problem, seed, "infeasible", diagnosis.binding, diagnosis.floors)


def order_accounts(problem: DesignProblem) -> Positions:
    """An order that depends on what the accounts are, and on their ids only to part identical ones."""
    owner = np.where(problem.owned, problem.codes[problem.owner], "")
    keys = [problem.accounts, owner, problem.weight]
    keys += [problem.values[:, column] for column in range(problem.values.shape[1])]
    return np.lexsort((*keys, problem.longitude, problem.latitude)).astype(np.int64)


def reorder_problem(problem: DesignProblem, rows: Positions, territories: Positions) -> DesignProblem:
    """The same problem with accounts and territories in another order."""
    place = np.empty(len(territories), np.int32)
    place[territories] = np.arange(len(territories), dtype=np.int32)
    owner = problem.owner[rows]
    masks = problem.masks[:, territories]
    classes, access = np.unique(masks, axis=0, return_inverse=True)
    neighbours = problem.neighbours
    if neighbours is not None:
        at = np.empty(len(rows), np.int64)
        at[rows] = np.arange(len(rows))
        neighbours = np.unique(np.sort(at[neighbours], axis=1), axis=0)
    return replace(
        problem,
        accounts=problem.accounts[rows],
        codes=problem.codes[territories],
        latitude=problem.latitude[rows],
        longitude=problem.longitude[rows],
        values=np.ascontiguousarray(problem.values[rows]),
        weight=problem.weight[rows],
        move_value=problem.move_value[rows],
        relationship=None if problem.relationship is None else problem.relationship[rows],
        owner=np.where(owner == NOBODY, NOBODY, place[owner]).astype(np.int32),
        locked=problem.locked[rows],
        held=problem.held[rows],
        access=access.ravel().astype(np.int32)[problem.access[rows]],
        masks=np.ascontiguousarray(classes),
        capacity=problem.capacity[territories],
        max_accounts=problem.max_accounts[territories],
        home=problem.home[territories],
        neighbours=neighbours,
    )
