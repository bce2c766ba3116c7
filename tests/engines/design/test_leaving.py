"""Is what must change hands never more than the truth, and as much as all that is asked needs together?"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpatch.engines.design.diagnosis import diagnose
from fairpatch.engines.design.leaving import price_leaving, state_leaving
from fairpatch.engines.design.problem import DesignProblem, Measure, state_problem
from fairpatch.engines.design.run import design
from fairpatch.engines.design.surplus import find_least_moves
from tests.engines.design.cases import draw_nearest_books
from tests.seeds import list_seeds


def draw_books(seed: int, n: int, k: int, tolerance: float) -> DesignProblem:
    """Books of two measures, some accounts without an owner, some locked elsewhere, some held."""
    rng = np.random.default_rng(seed)
    owner = rng.integers(-1, k, n).astype(np.int32)
    lock = np.where(rng.random(n) < 0.2, rng.integers(0, k, n), -1).astype(np.int32)
    return state_problem(
        latitude=rng.uniform(30, 45, n),
        longitude=rng.uniform(-120, -75, n),
        measures=[Measure("revenue", tolerance), Measure("visits", tolerance)],
        values=rng.integers(1, 6, (n, 2)).astype(np.float64),
        capacity=np.ones(k),
        owner=owner,
        lock=lock,
        relationship=rng.integers(1, 5, n).astype(np.float64),
    )


def find_true_least(problem: DesignProblem) -> float:
    """By trying every assignment; infinite where none keeps all bands."""
    low, high = problem.find_bands()
    n, k = len(problem.accounts), len(problem.codes)
    may_have = problem.masks[problem.access]
    least = np.inf
    for assigned in product(range(k), repeat=n):
        territory = np.array(assigned)
        if not may_have[np.arange(n), territory].all():
            continue
        load = np.column_stack([np.bincount(territory, values, k) for values in problem.values.T])
        if ((load < low - 1e-9) | (load > high + 1e-9)).any():
            continue
        moved = problem.owned & (territory != problem.owner)
        least = min(least, float(problem.move_value[moved].sum()))
    return least


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), tolerance=st.sampled_from((0.1, 0.3, 0.6)))
def test_no_assignment_needs_less_than_is_proven(seed: int, tolerance: float) -> None:
    problem = draw_books(seed, 7, 3, tolerance)
    assert find_least_moves(problem)[0] <= find_true_least(problem) + 1e-6


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_prices_prove_more_than_the_best_ones(seed: int) -> None:
    problem = draw_books(seed, 40, 4, 0.3)
    leaving = state_leaving(problem, *problem.find_bands())
    best = price_leaving(leaving)
    if best is None:
        return
    rng = np.random.default_rng(seed)
    for spread in (0.01, 0.1, 1.0):
        other = best + rng.normal(0, spread, best.shape) * np.abs(best).max()
        assert leaving.prove_least(other) <= leaving.prove_least(best) + 1e-6 * leaving.whole


def test_two_measures_together_need_what_neither_needs_alone() -> None:
    """One book is too large in revenue, another in visits, and nobody's surplus is anybody else's."""
    values = np.array([[4.0, 1.0]] * 6 + [[1.0, 4.0]] * 6 + [[1.0, 1.0]] * 6)
    owner = np.repeat([0, 1, 2], 6).astype(np.int32)
    problem = state_problem(
        latitude=np.linspace(30, 40, 18),
        longitude=np.linspace(-100, -80, 18),
        measures=[Measure("revenue", 0.1), Measure("visits", 0.1)],
        values=values,
        capacity=np.ones(3),
        owner=owner,
    )
    alone = max(
        find_least_moves(replace(problem, measures=(measure,), values=values[:, [at]]))[0]
        for at, measure in enumerate(problem.measures)
    )
    together, measure = find_least_moves(problem)
    assert measure is None
    assert together > 1.5 * alone
    share = together / float(problem.move_value.sum())
    told = diagnose(replace(problem, budget_share=0.9 * share))
    assert [found.constraint for found in told.binding] == ["move_budget"]
    assert "Bringing every measure into every band" in told.binding[0].sentence
    assert any(sentence.startswith("All that is asked together: at least") for sentence in told.sentences)


def test_what_is_locked_elsewhere_counts() -> None:
    problem = state_problem(
        latitude=np.linspace(30, 40, 8),
        longitude=np.linspace(-100, -80, 8),
        measures=[Measure("revenue", 0.1)],
        values=np.ones((8, 1)),
        capacity=np.ones(2),
        owner=np.repeat([0, 1], 4).astype(np.int32),
        lock=np.array([1, -1, -1, -1, -1, -1, -1, -1], np.int32),
    )
    assert find_least_moves(problem)[0] / float(problem.move_value.sum()) == pytest.approx(
        (1 + 0.6) / 8  # the locked one, and another back until the bands' edge of 4.4
    )


def test_books_without_any_choice_move_what_they_must() -> None:
    problem = draw_books(3, 12, 2, 0.9)
    first = int(np.flatnonzero((problem.masks == [True, False]).all(axis=1))[0])
    tied = replace(problem, access=np.full(12, first, np.int32))
    must = float(tied.move_value[tied.owner == 1].sum())
    leaving = state_leaving(tied, np.zeros((2, 2)), np.full((2, 2), 1e6))
    prices = price_leaving(leaving)
    assert prices is not None
    assert len(leaving.owner) == 0
    assert leaving.prove_least(prices) == pytest.approx(must)


@pytest.mark.parametrize("seed", list_seeds(3, quick=1))
def test_a_budget_below_the_proof_is_refused_and_one_above_it_can_be_met(seed: int) -> None:
    problem = draw_nearest_books(seed, 600, 6, (Measure("revenue", 0.1), Measure("visits", 0.1)))
    least = find_least_moves(problem)[0] / float(problem.move_value.sum())
    assert design(replace(problem, budget_share=0.98 * least), 0).status == "infeasible"
    met = design(replace(problem, budget_share=1.1 * least), 0)
    assert met.status == "ok"
    assert met.moved_share is not None
    assert least <= met.moved_share <= 1.1 * least * (1 + 1e-9)
