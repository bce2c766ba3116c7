"""How are results written down: the assignments, the report and their one-step replacement of older files?"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fairpatch.engines.design.problem import DesignProblem
from fairpatch.engines.design.result import DesignResult


def write_report(result: DesignResult, seconds: float) -> dict[str, Any]:
    """The report as plain values: full doubles, null for what does not apply."""
    has_figures = result.territory is not None
    return {
        "status": result.status,
        "binding": [binding.to_record() for binding in result.binding],
        "version": version("fairpatch"),
        "seed": result.seed,
        "seconds": seconds,
        "stopped": result.stopped,
        "accounts": len(result.problem.accounts),
        "cost": result.cost if has_figures else None,
        "rms_km": result.rms_km if has_figures else None,
        "objective": result.objective if has_figures else None,
        "lower_bound": result.lower_bound if has_figures else None,
        "gap": result.gap if has_figures else None,
        "moved_share": result.moved_share if has_figures else None,
        "relationship_moved": result.relationship_moved if has_figures else None,
        "budget_price": result.prices.move if has_figures and result.prices else None,
        "fragments": int(result.fragments.sum()) if has_figures and result.fragments is not None else None,
        "constraint_prices": list_constraint_prices(result),
        "measures": [_write_measure(result, column) for column in range(len(result.problem.measures))],
        "territories": [_write_territory(result, t) for t in range(len(result.problem.codes))],
    }


def list_constraint_prices(result: DesignResult) -> list[dict[str, Any]]:
    """What loosening each limit a little would gain, in km² of the objective, as the prices tell it.

    A tolerance and the move budget by one percentage point, every max accounts by one. True for small
    steps at these centres; larger ones gain less per step.
    """
    prices, problem = result.prices, result.problem
    if prices is None or result.territory is None:
        return []
    found: list[tuple[str, str | None, str, float]] = []
    for column, measure in enumerate(problem.measures):
        gain = float(np.abs(prices.load[:, column]) @ problem.targets[:, column]) * 0.01
        found.append((measure.kind, measure.name, "tolerance + 1 point", gain))
    if prices.accounts.any():
        found.append(("max_accounts", None, "1 account more each", float(prices.accounts.sum())))
    if problem.budget is not None:
        gain = prices.move * 0.01 * float(problem.move_value[problem.owned].sum())
        found.append(("move_budget", None, "budget + 1 point", gain))
    names = ("constraint", "measure", "loosened", "gain_km2")
    return [dict(zip(names, entry, strict=True)) for entry in found]


def _write_measure(result: DesignResult, column: int) -> dict[str, Any]:
    measure = result.problem.measures[column]
    met: bool | None = None
    worst: float | None = None
    if result.territory is not None and result.deviations is not None and result.is_met is not None:
        met, worst = bool(result.is_met[column]), float(np.abs(result.deviations[:, column]).max())
    return {
        "name": measure.name,
        "kind": measure.kind,
        "tolerance": measure.tolerance,
        "total": float(result.problem.totals[column]),
        "max_deviation": worst,
        "floor": float(result.floors[column]),
        "met": met,
    }


def _write_territory(result: DesignResult, t: int) -> dict[str, Any]:
    problem = result.problem
    capacity = float(problem.capacity[t])
    record: dict[str, Any] = {
        "code": str(problem.codes[t]),
        "capacity": int(capacity) if capacity.is_integer() else capacity,
    }
    names = ("accounts", "latitude", "longitude", "weight", "cost", "accounts_price", "fragments")
    record |= dict.fromkeys(names)
    measures: dict[str, dict[str, float | None]] = {}
    for column, measure in enumerate(problem.measures):
        measures[measure.name] = {
            "load": None,
            "target": float(problem.targets[t, column]),
            "deviation": None,
            "price": None,
        }
    if result.territory is not None:
        record |= _measure_territory(result, t)
        assert result.loads is not None
        assert result.deviations is not None
        for column, measure in enumerate(problem.measures):
            measures[measure.name] |= {
                "load": float(result.loads[t, column]),
                "deviation": float(result.deviations[t, column]),
                "price": None if result.prices is None else float(result.prices.load[t, column]),
            }
    return record | {"measures": measures}


def _measure_territory(result: DesignResult, t: int) -> dict[str, Any]:
    assert result.territory is not None
    assert result.centres is not None
    assert result.account_cost is not None
    mine = result.territory == t
    latitude, longitude = result.centres[t]
    return {
        "accounts": int(mine.sum()),
        "latitude": None if np.isnan(latitude) else float(latitude),
        "longitude": None if np.isnan(longitude) else float(longitude),
        "weight": float(result.problem.weight[mine].sum()),
        "cost": float(result.account_cost[mine].sum()),
        "accounts_price": None if result.prices is None else float(result.prices.accounts[t]),
        "fragments": None if result.fragments is None else int(result.fragments[t]),
    }


def write_assignments(problem: DesignProblem, columns: Mapping[str, Sequence[str]]) -> bytes:
    """`account` and the given columns, one row per account in the order of the accounts file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["account", *columns])
    writer.writerows(zip(problem.accounts.tolist(), *columns.values(), strict=True))
    return text.getvalue().encode()


def print_json(report: Mapping[str, Any]) -> bytes:
    return (json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write every file beside its place first, then rename all: a failure while writing changes nothing."""
    ready: list[tuple[Path, Path]] = []
    try:
        for path, content in contents.items():
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            ready.append((Path(name), path))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
        for temporary, path in ready:
            temporary.replace(path)
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
