"""Which scenarios does a grid of tolerances and disruption prices hold, and what problem is each of them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fairpatch.engines.design.problem import DesignProblem

MOST_IN_BRANCH = 12


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


def plan_parents(scenarios: Sequence[Scenario]) -> list[int]:
    """From which earlier scenario each one starts; -1 for the first, which starts from nothing.

    Neighbours follow each other in branches, so that no step is long. A branch starts from another's scenario
    of the same disruption price, or else from its first: branches can be solved side by side.
    """
    parents: list[int] = []
    head = -1
    latest: dict[float | None, int] = {}
    for number, scenario in enumerate(scenarios):
        before = scenarios[number - 1] if number else None
        if before is None:
            parent, head = -1, 0
        elif before.tolerance != scenario.tolerance and before.disruption != scenario.disruption:
            parent, head = latest.get(scenario.disruption, head), number
        elif number - head >= MOST_IN_BRANCH:
            parent, head = head, number
        else:
            parent = number - 1
        parents.append(parent)
        latest[scenario.disruption] = number
    return parents
