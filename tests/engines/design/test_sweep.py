"""Do scenarios solved from their neighbours keep every promise, whoever solves them and in which process?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from fairpatch.engines.design import sweep
from fairpatch.engines.design.problem import MOVE_KM2, DesignProblem
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from fairpatch.engines.design.scenario import Scenario, list_scenarios, plan_parents, set_scenario
from fairpatch.engines.design.sweep import mark_pareto, sweep_designs
from fairpatch.engines.design.workers import Crew, hire_crew
from tests.engines.design.cases import draw_grid, draw_nearest_books, draw_problem, reckon_bound

pytestmark = pytest.mark.slow

GRID = list_scenarios([("tolerance", [0.02, 0.05, 0.1]), ("disruption", [0.0, 1.0, 4.0])])


def draw_book(seed: int = 3) -> DesignProblem:
    """A grid whose owners sit in unequal stripes."""
    column = np.arange(400) % 20
    owner = np.searchsorted(np.array([3, 8, 10]), column, side="right").astype(np.int32)
    return draw_grid(20, 4, seed, owner=owner, neighbours=None)


def tell(results: list[DesignResult]) -> list[Any]:
    return [
        (r.status, r.objective, r.lower_bound, None if r.territory is None else r.territory.tolist())
        for r in results
    ]


def test_scenarios_hold_their_bands_and_their_bounds_are_proven() -> None:
    results = list(sweep_designs(draw_book(), GRID, 1))
    for scenario, result in zip(GRID, results, strict=True):
        assert result.status == "ok"
        assert result.deviations is not None
        assert scenario.tolerance is not None
        assert np.abs(result.deviations).max() <= scenario.tolerance * (1 + 1e-9)
        assert result.lower_bound == pytest.approx(reckon_bound(result), rel=1e-7)
        assert result.gap is not None
        assert 0 <= result.gap + 1e-9 < 0.05
    assert any(mark_pareto(results))


def test_a_scenario_from_its_neighbour_is_as_good_as_one_from_scratch() -> None:
    problem = draw_book()
    warm = list(sweep_designs(problem, GRID, 1))
    cold = [design(set_scenario(problem, scenario), 1) for scenario in GRID]
    ratios = [w.objective / c.objective for w, c in zip(warm, cold, strict=True)]  # type: ignore[operator]
    assert float(np.median(ratios)) < 1.01


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_no_scenario_is_worse_than_what_its_neighbour_found(seed: int) -> None:
    """Wider bands allow what narrower ones did: the same assignment at this price of moves."""
    problem = draw_nearest_books(seed, 500, 25)
    grid = list_scenarios([("tolerance", [0.01, 0.02]), ("disruption", [1.0, 3.0, 6.0])])
    results = list(sweep_designs(problem, grid, 1))
    for number, parent in enumerate(plan_parents(grid)[1:], start=1):
        mine, other = results[number], results[parent]
        assert mine.objective is not None
        assert other.objective is not None
        assert other.territory is not None
        moved = problem.owned & (other.territory != problem.owner)
        dearer = mine.problem.disruption - other.problem.disruption
        at_my_price = other.objective + dearer * MOVE_KM2 * float(problem.move_value[moved].sum())
        assert mine.objective <= at_my_price * (1 + 1e-9)


def test_the_number_of_processes_changes_nothing() -> None:
    problem = draw_book()
    alone = tell(list(sweep_designs(problem, GRID, 1, processes=1)))
    assert tell(list(sweep_designs(problem, GRID, 1, processes=2))) == alone


def test_what_a_lost_worker_had_is_solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def hire_doomed(problem: DesignProblem, seed: int, size: int) -> Iterator[Crew]:
        with hire_crew(problem, seed, size) as crew:
            for worker in crew._workers.values():
                worker.kill()
            yield crew

    problem = draw_book()
    alone = tell(list(sweep_designs(problem, GRID[:4], 1, processes=1)))
    monkeypatch.setattr(sweep, "hire_crew", hire_doomed)
    assert tell(list(sweep_designs(problem, GRID[:4], 1, processes=2))) == alone


@pytest.mark.parametrize("processes", [1, 2])
def test_a_stop_ends_the_sweep_with_a_result_for_every_scenario(processes: int) -> None:
    told: list[float] = []

    def stop(stage: str, share: float) -> str | None:
        told.append(share)
        return "time" if stage.startswith("Scenario 2") or share > 1 / len(GRID) else None

    results = list(sweep_designs(draw_book(), GRID, 1, stop, processes))
    assert len(results) == len(GRID)
    assert told == sorted(told)
    assert results[0].stopped is None
    assert results[-1].stopped == "time"
    for result in results:
        assert result.territory is not None
        assert result.lower_bound == pytest.approx(reckon_bound(result), rel=1e-7)


def test_leaving_a_sweep_ends_its_workers() -> None:
    crews: list[Crew] = []
    with hire_crew(draw_book(), 1, 2) as crew:
        crews.append(crew)
        workers = list(crew._workers.values())
    assert all(worker.poll() is not None for worker in workers)


@pytest.mark.parametrize("seed", range(8))
def test_hard_limits_hold_in_every_scenario(seed: int) -> None:
    problem = draw_problem(seed + 900)
    grid = [Scenario(tolerance, price) for tolerance in (0.5, 0.2, 0.05) for price in (0.0, 5.0)]
    for result in sweep_designs(problem, grid, 1):
        if result.territory is not None:
            assert problem.masks[problem.access, result.territory].all()
            moved = problem.owned & (result.territory != problem.owner)
            budget = np.inf if problem.budget is None else problem.budget
            assert problem.move_value[moved].sum() <= budget * (1 + 1e-9)


def test_scenarios_start_from_near_ones() -> None:
    assert plan_parents(GRID) == [-1, 0, 1, 0, 3, 4, 3, 6, 7]
    row = [Scenario(None, float(price)) for price in range(26)]
    parents = plan_parents(row)
    assert parents[:13] == [-1, *range(11), 0]
    assert (parents[13], parents[24]) == (12, 12)
