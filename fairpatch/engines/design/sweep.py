"""What would other tolerances and disruption prices give, and which of those designs are worth a look?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairpatch.engines.design.problem import DesignProblem
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from fairpatch.engines.design.solve import Stop

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


@dataclass(frozen=True)
class Scenario:
    """One cell of the grid; None keeps what the problem says."""

    tolerance: float | None
    disruption: float | None


def list_scenarios(axes: Sequence[tuple[str, Sequence[float]]]) -> list[Scenario]:
    """The grid, the first axis slowest. An axis is ("tolerance", fractions) or ("disruption", prices)."""
    cells: list[dict[str, float]] = [{}]
    for name, steps in axes:
        cells = [{**cell, name: step} for cell in cells for step in steps]
    return [Scenario(cell.get("tolerance"), cell.get("disruption")) for cell in cells]


def set_scenario(problem: DesignProblem, scenario: Scenario) -> DesignProblem:
    """The problem under one cell of the grid."""
    measures = problem.measures
    if scenario.tolerance is not None:
        measures = tuple(
            replace(measure, tolerance=scenario.tolerance) if measure.kind == "balance" else measure
            for measure in measures
        )
    disruption = problem.disruption if scenario.disruption is None else scenario.disruption
    return replace(problem, measures=measures, disruption=disruption)


def sweep_designs(
    problem: DesignProblem, scenarios: Sequence[Scenario], seed: int, stop: Stop | None = None
) -> Iterator[DesignResult]:
    """A design per scenario, in order, each started warm from the one before it."""
    warm = None
    for number, scenario in enumerate(scenarios):
        result = design(set_scenario(problem, scenario), seed, _narrow(stop, number, len(scenarios)), warm)
        warm = result.warm if result.warm is not None else warm
        yield result


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
