"""How is a design solved in a process of its own, which may be stopped at any moment?

    python -m fairpatch.jobs.design_solver < problem > progress

Knows neither Django nor the database. Standard input holds a pickled `SolverOrder`, written by the job that
started this process, and then stays open: when it closes, that job is gone and this process ends too. Every
line of standard output is JSON: how far the work is, then one line when everything lies in the folder.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from fairpatch.engines.design.problem import DesignProblem
from fairpatch.engines.design.report import write_report
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.sweep import Scenario, find_tolerance, mark_pareto, sweep_designs


@dataclass(frozen=True)
class SolverOrder:
    """What to solve, for how long at most, and where the results go."""

    problem: DesignProblem
    scenarios: list[Scenario]
    seed: int
    seconds: float
    folder: str


def solve_order(order: SolverOrder, told: IO[str]) -> None:
    """Solves every scenario; `N.codes` (int32) and `N.json` in the order's folder hold the results."""
    started = time.monotonic()
    gaps: list[float] = []

    def stop(stage: str, share: float) -> str | None:
        gap = f"; best gap so far {min(gaps):.2%}" if gaps else ""
        _tell(told, {"stage": f"{stage}{gap}", "share": share})
        return "time" if time.monotonic() - started > order.seconds else None

    results: list[DesignResult] = []
    for result in sweep_designs(order.problem, order.scenarios, order.seed, stop):
        results.append(result)
        if result.gap is not None:
            gaps.append(result.gap)
    for number, (result, is_pareto) in enumerate(zip(results, mark_pareto(results), strict=True), start=1):
        path = Path(order.folder) / str(number)
        report = write_report(result, time.monotonic() - started)
        report["budget_point"] = _price_budget_point(result)
        scenario = {
            "tolerance": find_tolerance(result),
            "disruption": result.problem.disruption,
            "is_pareto": is_pareto,
            "report": report,
        }
        if result.territory is not None:
            path.with_suffix(".codes").write_bytes(result.territory.astype(np.int32).tobytes())
        path.with_suffix(".json").write_text(json.dumps(scenario, allow_nan=False), encoding="utf-8")
    _tell(told, {"stage": "Done", "share": 1.0, "scenarios": len(results)})


def _price_budget_point(result: DesignResult) -> float | None:
    """What part of the objective one more point of the move budget would save, by the reported price."""
    problem = result.problem
    if problem.budget_share is None or result.prices is None or not result.objective:
        return None
    return result.prices.move * 0.01 * float(problem.move_value.sum()) / result.objective


def _tell(told: IO[str], news: dict[str, Any]) -> None:
    told.write(json.dumps(news) + "\n")
    told.flush()


def _end_with_parent() -> None:
    """Standard input closes when the job that asked is stopped, or its process was killed."""
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Read the order, solve it, and be gone when nobody waits any more."""
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the job that started this process
    assert isinstance(order, SolverOrder), "the job sends an order"
    threading.Thread(target=_end_with_parent, daemon=True).start()
    solve_order(order, sys.stdout)
    os._exit(0)  # the thread above still waits inside a read, which an orderly end would stumble over


if __name__ == "__main__":
    # Pickle names the class by its module, which `python -m` would otherwise know under another name only.
    from fairpatch.jobs.design_solver import main as run

    run()
