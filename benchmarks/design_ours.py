"""How does Fairpatch answer when it is measured: one design, or a cold design and then a sweep?"""

import json
import resource
import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from fairpatch.engines.design.problem import DesignProblem, Measure, state_problem
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from fairpatch.engines.design.sweep import Scenario, sweep_designs


def read_problem(asked: SimpleNamespace) -> DesignProblem:
    return state_problem(
        latitude=asked.latitude,
        longitude=asked.longitude,
        measures=[Measure(*entry) for entry in json.loads(str(asked.measures))],
        values=asked.values,
        capacity=asked.capacity,
        owner=asked.owner,
        disruption=float(asked.disruption),
        budget_share=None if np.isnan(asked.budget) else float(asked.budget),
        neighbours=asked.neighbours if len(asked.neighbours) else None,
    )


def design_once(asked: SimpleNamespace) -> tuple[Any, dict[str, Any]]:
    """With `is_loaded`, the kernels are loaded before the seconds of the solve count."""
    problem = read_problem(asked)
    if getattr(asked, "is_loaded", False):
        design(problem, asked.seed)
    began = count_cpu_s()
    result = design(problem, asked.seed)
    seconds = count_cpu_s() - began
    if result.territory is None:
        raise ValueError(f"no assignment: {[binding.sentence for binding in result.binding]}")
    return result.territory, describe_result(result) | {"loaded_s": seconds}


def describe_result(result: DesignResult) -> dict[str, Any]:
    """What the report claims; the judge recomputes it."""
    blank = np.zeros((len(result.problem.codes), len(result.problem.measures)))
    prices = result.prices
    return {
        "status": result.status,
        "centres": result.centres,
        "objective": result.objective,
        "lower_bound": np.nan if result.lower_bound is None else result.lower_bound,
        "gap": np.nan if result.gap is None else result.gap,
        "floor": result.floors.max(),
        "load_prices": blank if prices is None else prices.load,
        "move_price": 0.0 if prices is None else prices.move,
    }


def count_cpu_s() -> float:
    """Of this process and of the workers it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def sweep_grid(asked: SimpleNamespace) -> tuple[Any, dict[str, Any]]:
    """A cold design, then every cell of tolerances × disruption prices in one sweep, alone and on every core.

    What a scenario costs next to a cold design is told by the sweep alone: busy cores slow each other down.
    """
    problem = read_problem(asked)
    design(problem, asked.seed)  # loads the kernels: neither side is to pay for that
    began = count_cpu_s()
    cold = design(problem, asked.seed)
    cold_s = count_cpu_s() - began
    grid = [Scenario(float(t), float(d)) for t in asked.grid_tolerances for d in asked.grid_disruptions]
    began = count_cpu_s()
    for _ in sweep_designs(problem, grid, asked.seed, processes=1):
        pass
    alone_s = count_cpu_s() - began
    began = count_cpu_s()
    results = list(sweep_designs(problem, grid, asked.seed))
    sweep_s = count_cpu_s() - began
    return cold.territory, {
        "cold_s": cold_s,
        "alone_s": alone_s,
        "sweep_s": sweep_s,
        "cold_gap": cold.gap,
        "gaps": np.array([np.nan if result.gap is None else result.gap for result in results]),
        "statuses": np.array([result.status for result in results]),
    }


METHODS = {"design": design_once, "sweep": sweep_grid}
