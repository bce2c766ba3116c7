"""On problems so small that every assignment can be tried: how near is a design to the true optimum?"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpatch.engines.design.problem import DesignProblem, Measure, state_problem
from fairpatch.engines.design.run import design
from tests.engines.design.cases import price_pairs, reckon_bands, reckon_distances

TOLERANCES = (0.05, 0.15, 0.3, 0.6)
few = settings(max_examples=8, deadline=None, derandomize=True, database=None)


def draw_tiny(seed: int, tolerance: float) -> DesignProblem:
    """Seven accounts, three fixed centres, some owners, a lock and an account with few choices."""
    rng = np.random.default_rng(seed)
    masks = np.array([[True, True, True], [True, False, True]])
    return state_problem(
        latitude=rng.uniform(35, 40, 7),
        longitude=rng.uniform(-100, -90, 7),
        measures=[Measure("potential", tolerance)],
        values=rng.uniform(0.5, 2, (7, 1)),
        capacity=np.ones(3),
        home=np.column_stack((rng.uniform(35, 40, 3), rng.uniform(-100, -90, 3))),
        has_fixed_centres=True,
        owner=rng.integers(-1, 3, 7).astype(np.int32),
        lock=np.array([1] + [-1] * 6, np.int32),
        access=np.array([0, 1] + [0] * 5, np.int32),
        masks=masks,
        disruption=float(rng.choice([0.0, 3.0])),
    )


def try_all(problem: DesignProblem) -> float:
    """The least objective of any assignment that keeps the bands; infinite where none does."""
    pairs = price_pairs(problem, reckon_distances(problem, problem.home))
    every = np.array(list(itertools.product(range(3), repeat=7)))
    cost = pairs[np.arange(7), every].sum(axis=1)
    low, high = reckon_bands(problem)
    loads = np.stack([((every == t) * problem.values[:, 0]).sum(axis=1) for t in range(3)], axis=1)
    slack = 1e-9 * problem.targets[:, 0]
    is_met = ((loads >= low[:, 0] - slack) & (loads <= high[:, 0] + slack)).all(axis=1)
    return float(cost[is_met].min(initial=np.inf))


@few
@given(st.integers(0, 2**31 - 1))
def test_more_tolerance_never_costs_more_at_the_optimum(seed: int) -> None:
    before = np.inf
    for tolerance in TOLERANCES:
        problem = draw_tiny(seed, tolerance)
        optimum = try_all(problem)
        result = design(problem, 0)
        assert optimum <= before
        if np.isinf(optimum):
            assert result.status != "ok"
            continue
        assert result.status == "ok"
        assert result.objective is not None
        assert result.lower_bound is not None
        assert result.lower_bound <= optimum * (1 + 1e-9)
        assert result.objective >= optimum * (1 - 1e-9)
        before = optimum


def test_tiny_designs_are_mostly_optimal() -> None:
    ratios = []
    for seed in range(24):
        problem = draw_tiny(seed, 0.3)
        optimum = try_all(problem)
        if np.isfinite(optimum):
            result = design(problem, 0)
            assert result.objective is not None
            ratios.append(result.objective / optimum)
    assert len(ratios) > 12
    assert float(np.mean(np.array(ratios) < 1 + 1e-9)) > 0.8
    assert max(ratios) == pytest.approx(1, abs=0.25)
