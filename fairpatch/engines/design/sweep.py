"""What would other tolerances and disruption prices give, and which of those designs are worth a look?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fairpatch.engines.design.problem import DesignProblem
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from fairpatch.engines.design.scenario import Scenario as Scenario
from fairpatch.engines.design.scenario import list_scenarios as list_scenarios
from fairpatch.engines.design.scenario import plan_parents, set_scenario
from fairpatch.engines.design.solve import Solution
from fairpatch.engines.design.stopping import Stop
from fairpatch.engines.design.workers import Crew, Order, count_cores, hire_crew

PARETO_COLUMNS = (
    "scenario",
    "tolerance",
    "disruption",
    "status",
    "max_deviation",
    "rms_km",
    "cost",
    "objective",
    "lower_bound",
    "gap",
    "moved_share",
    "relationship_moved",
    "pareto",
)


CELLS_WORTH_A_WORKER = 10_000_000  # accounts × territories × scenarios
MOST_CELLS = 60_000_000  # accounts × territories that may stand in memory more than once
LOOK_SECONDS = 0.2


def sweep_designs(
    problem: DesignProblem,
    scenarios: Sequence[Scenario],
    seed: int,
    stop: Stop | None = None,
    processes: int | None = None,
) -> Iterator[DesignResult]:
    """A design per scenario, in order: the first from scratch, the others each from a solved neighbour.

    Large sweeps use a process per core, or as many as given; how many never changes a result.
    """
    asked = _Sweep(problem, scenarios, seed, stop)
    yield asked.solve_first()
    size = _choose_size(problem, len(scenarios)) if processes is None else processes
    size = min(size, len(scenarios) - 1)
    if size > 1:
        with hire_crew(problem, seed, size) as crew:
            yield from asked.share_out(crew)
    else:
        yield from asked.solve_rest()


def _choose_size(problem: DesignProblem, scenarios: int) -> int:
    cells = len(problem.accounts) * len(problem.codes)
    return count_cores() if cells <= MOST_CELLS and cells * scenarios >= CELLS_WORTH_A_WORKER else 1


class _Sweep:
    """The scenarios of one sweep, what is solved of them, and what the ones to come start from."""

    def __init__(
        self, problem: DesignProblem, scenarios: Sequence[Scenario], seed: int, stop: Stop | None
    ) -> None:
        self.problem, self.scenarios, self.seed, self.stop = problem, scenarios, seed, stop
        self.parents = plan_parents(scenarios)
        self.children: list[list[int]] = [[] for _ in scenarios]
        for number, parent in enumerate(self.parents[1:], start=1):
            self.children[parent].append(number)
        self.warm: dict[int, Solution | None] = {-1: None}

    def solve_first(self) -> DesignResult:
        return self._solve(0)

    def solve_rest(self) -> Iterator[DesignResult]:
        """One after the other, in this process."""
        for number in range(1, len(self.scenarios)):
            yield self._solve(number)

    def share_out(self, crew: Crew) -> Iterator[DesignResult]:
        """Every scenario as soon as a worker is idle and its neighbour is solved; yielded in order."""
        ready = [*self.children[0]]
        found: dict[int, DesignResult] = {}
        done, due, reason = 1, 1, None
        while due < len(self.scenarios):
            while ready and crew.has_idle:
                # Whatever more scenarios wait for comes first, else a worker would idle at the end.
                ready.sort(key=lambda number: (-len(self.children[number]), number))
                crew.give(self._order(ready.pop(0)))
            news = crew.wait(LOOK_SECONDS) if crew.has_workers else None
            if news is not None or not crew.has_workers:
                number = ready.pop(0) if news is None else news.order.number
                if news is None or news.figures is None:  # solved here, where a fault can be told
                    found[number] = self._solve(number)
                else:
                    asked = set_scenario(self.problem, self.scenarios[number])
                    found[number] = self._keep(number, DesignResult(problem=asked, **news.figures))
                ready += self.children[number]
                done += 1
            if self.stop is not None and reason is None and done < len(self.scenarios):
                whole = len(self.scenarios)
                reason = self.stop(f"Scenario {done + 1} of {whole}", done / whole)
                if reason is not None:
                    crew.end_early(reason)
            while due in found:
                yield found.pop(due)
                due += 1

    def _order(self, number: int) -> Order:
        return Order(number, self.scenarios[number], self.warm[self.parents[number]])

    def _solve(self, number: int) -> DesignResult:
        asked = set_scenario(self.problem, self.scenarios[number])
        stop = _narrow(self.stop, number, len(self.scenarios))
        return self._keep(number, design(asked, self.seed, stop, self.warm[self.parents[number]]))

    def _keep(self, number: int, result: DesignResult) -> DesignResult:
        """What later scenarios start from: this result's solution, or what it started from itself."""
        inherited = self.warm[self.parents[number]]
        self.warm[number] = inherited if result.warm is None else result.warm
        return replace(result, warm=None)


def _narrow(stop: Stop | None, number: int, total: int) -> Stop | None:
    if stop is None:
        return None
    return lambda stage, share: stop(f"Scenario {number + 1} of {total}: {stage}", (number + share) / total)


def mark_pareto(results: Sequence[DesignResult]) -> list[bool]:
    """True where ok and no other ok result is at least as good in all three aims and better in one."""
    aims = [_list_aims(result) if result.status == "ok" else None for result in results]
    marks = []
    for mine in aims:
        marks.append(
            mine is not None
            and not any(
                other is not None and (other <= mine).all() and (other < mine).any() for other in aims
            )
        )
    return marks


def _list_aims(result: DesignResult) -> Any:
    return np.array([find_worst_balance(result), result.rms_km, result.moved_share or 0.0], np.float64)


def find_worst_balance(result: DesignResult) -> float | None:
    """Largest deviation over the balance measures."""
    if result.territory is None or result.deviations is None:
        return None
    balance = [at for at, measure in enumerate(result.problem.measures) if measure.kind == "balance"]
    return float(np.abs(result.deviations[:, balance]).max(initial=0.0))


def find_tolerance(result: DesignResult) -> float:
    """The tolerance of the scenario: that of the first balance measure."""
    return next(measure.tolerance for measure in result.problem.measures if measure.kind == "balance")


def write_pareto(results: Sequence[DesignResult]) -> bytes:
    """The scenarios as CSV; empty where a figure does not apply."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(PARETO_COLUMNS)
    for number, (result, mark) in enumerate(zip(results, mark_pareto(results), strict=True), start=1):
        has_figures = result.territory is not None
        figures = [
            find_worst_balance(result),
            *(getattr(result, name) if has_figures else None for name in PARETO_COLUMNS[5:-1]),
        ]
        writer.writerow(
            [number, find_tolerance(result), result.problem.disruption, result.status]
            + ["" if figure is None else repr(float(figure)) for figure in figures]
            + ["true" if mark else "false"]
        )
    return text.getvalue().encode()
