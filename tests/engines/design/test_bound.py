"""Is the bound true and tight: never above the fractional optimum, and within a thousandth of it?"""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from fairpatch.engines.design.problem import NO_LIMIT
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from tests.engines.design.cases import draw_problem, price_pairs, reckon_bands, reckon_distances
from tests.seeds import list_seeds


def solve_fractional(result: DesignResult) -> float:
    """The linear program over every allowed pair, for the reported centres."""
    problem = result.problem
    assert result.centres is not None
    pairs = price_pairs(problem, reckon_distances(problem, result.centres))
    account, territory = np.nonzero(np.isfinite(pairs))
    cells = np.arange(len(account))
    k = len(problem.capacity)
    low, high = reckon_bands(problem)
    rows, limits = [], []
    for m in range(len(problem.measures)):
        load = csr_array((problem.values[account, m], (territory, cells)), shape=(k, len(cells)))
        rows += [load, -load]
        limits += [high[:, m], -low[:, m]]
    limited = np.flatnonzero(problem.max_accounts != NO_LIMIT)
    if len(limited):
        ones = csr_array((np.ones(len(cells)), (territory, cells)), shape=(k, len(cells)))
        rows.append(ones[limited])
        limits.append(problem.max_accounts[limited].astype(float))
    if problem.budget is not None:
        moves = problem.move_value[account] * (territory != problem.owner[account])
        rows.append(csr_array(moves[None, :]))
        limits.append(np.array([problem.budget]))
    each = csr_array((np.ones(len(cells)), (account, cells)), shape=(len(problem.accounts), len(cells)))
    scale = float(np.median(pairs[account, territory]))
    solved = linprog(
        pairs[account, territory] / scale,
        A_ub=vstack(rows),
        b_ub=np.concatenate(limits),
        A_eq=each,
        b_eq=np.ones(len(problem.accounts)),
        method="highs",
    )
    assert solved.status == 0
    return float(solved.fun) * scale


@pytest.mark.parametrize("seed", list_seeds(12, quick=4))
def test_bound_against_the_linear_program(seed: int) -> None:
    result = design(draw_problem(seed + 500, most=150), 0)
    if result.status != "ok":
        pytest.skip("no feasible design to bound")
    assert result.lower_bound is not None
    optimum = solve_fractional(result)
    assert result.lower_bound <= optimum * (1 + 1e-7)
    assert result.lower_bound >= optimum * (1 - 1e-3)
