"""What holds for every design, whatever is asked?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpatch.engines.design.problem import NO_LIMIT, Measure
from fairpatch.engines.design.run import design, reorder_problem
from tests.engines.design.cases import draw_grid, draw_problem, reckon_bands, reckon_bound, reckon_distances

pytestmark = pytest.mark.slow

seeds = st.integers(0, 2**31 - 1)
few = settings(max_examples=25, deadline=None, derandomize=True, database=None)


@few
@given(seeds)
def test_hard_limits_always_hold(seed: int) -> None:
    problem = draw_problem(seed)
    result = design(problem, 1)
    if result.territory is None:
        assert result.status != "ok"
        assert result.binding, "a small problem's missing assignment is explained"
        return
    assert problem.masks[problem.access, result.territory].all()
    counts = np.bincount(result.territory, minlength=len(problem.codes))
    assert ((problem.max_accounts == NO_LIMIT) | (counts <= problem.max_accounts)).all()
    if problem.budget is not None:
        moved = problem.owned & (result.territory != problem.owner)
        assert problem.move_value[moved].sum() <= problem.budget * (1 + 1e-9)


@few
@given(seeds)
def test_figures_follow_their_definitions(seed: int) -> None:
    problem = draw_problem(seed)
    result = design(problem, 1)
    if result.territory is None:
        return
    assert result.centres is not None
    assert result.loads is not None
    chosen = np.arange(len(problem.accounts)), result.territory
    cost = float((problem.weight * reckon_distances(problem, result.centres)[chosen] ** 2).sum())
    moved = problem.owned & (result.territory != problem.owner)
    assert result.cost == pytest.approx(cost, rel=1e-9)
    assert result.objective == pytest.approx(
        cost + problem.disruption * 1e4 * problem.move_value[moved].sum(), rel=1e-9
    )
    assert result.loads.sum(axis=0) == pytest.approx(problem.values.sum(axis=0))
    low, high = reckon_bands(problem)
    slack = 1e-9 * problem.targets
    is_met = ((result.loads >= low - slack) & (result.loads <= high + slack)).all()
    assert (result.status == "ok") == bool(is_met and not result.binding)
    assert (result.floors <= np.abs(result.deviations).max(axis=0) + 1e-9).all()  # type: ignore[arg-type]


@few
@given(seeds)
def test_bound_is_what_the_prices_prove(seed: int) -> None:
    result = design(draw_problem(seed), 1)
    if result.lower_bound is None:
        return
    assert result.lower_bound == pytest.approx(reckon_bound(result), rel=1e-7, abs=1e-3)
    if result.status == "ok":
        assert result.objective is not None
        assert result.lower_bound <= result.objective * (1 + 1e-9)


@few
@given(seeds)
def test_order_of_rows_decides_nothing(seed: int) -> None:
    problem = draw_problem(seed)
    rng = np.random.default_rng(seed)
    rows, territories = rng.permutation(len(problem.accounts)), rng.permutation(len(problem.codes))
    first = design(problem, 3)
    second = design(reorder_problem(problem, rows, territories), 3)
    assert first.status == second.status
    if first.territory is None:
        assert second.territory is None
        return
    assert second.territory is not None
    assert (problem.codes[first.territory][rows] == second.problem.codes[second.territory]).all()


@few
@given(seeds)
def test_names_of_accounts_decide_nothing(seed: int) -> None:
    problem = draw_problem(seed)
    names = np.random.default_rng(seed).permutation(problem.accounts)
    first, second = design(problem, 3), design(replace(problem, accounts=names), 3)
    assert (first.territory is None) == (second.territory is None)
    if first.territory is not None and second.territory is not None:
        assert (first.territory == second.territory).all()


def test_same_seed_same_design_and_other_seeds_are_heard() -> None:
    problem = draw_problem(5, most=400, max_accounts=None)
    first, second = design(problem, 7), design(problem, 7)
    assert first.territory is not None
    assert second.territory is not None
    assert (first.territory == second.territory).all()
    assert first.objective == second.objective
    assert first.lower_bound == second.lower_bound


def test_nothing_is_cut_when_the_caller_stops_at_once() -> None:
    problem = draw_grid(12, 6, 1, neighbours=None)
    result = design(problem, 0, lambda stage, share: "time")
    assert result.stopped == "time"
    assert result.territory is not None
    assert len(result.territory) == 144


@pytest.mark.parametrize("tolerance", [0.02, 0.05, 0.2])
def test_more_tolerance_never_raises_the_fractional_optimum(tolerance: float) -> None:
    home = np.column_stack((np.linspace(35.1, 36.0, 4), np.linspace(-99.8, -98.8, 4)))
    tight = draw_grid(12, 4, 2, neighbours=None, home=home, has_fixed_centres=True)
    loose = replace(tight, measures=(Measure("potential", tolerance * 2),))
    tight = replace(tight, measures=(Measure("potential", tolerance),))
    first, second = design(tight, 0).lower_bound, design(loose, 0).lower_bound
    assert first is not None
    assert second is not None
    assert second <= first * (1 + 1e-4)
