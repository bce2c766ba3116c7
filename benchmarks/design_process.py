"""How is one method run on one problem: alone in a process, its processor time counted from outside?

Every method, ours included, reads the same arrays from a file and writes its answer to another. A peer may
need older packages than the product, or export symbols that clash with them: no two methods share a process.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.design.problem import DesignProblem

ROOT = Path(__file__).parent.parent
PEERS = ROOT / "build" / "design-peers"
MOST_CPU_S = 600
MODULES = {
    "kmeans": "k_means_constrained",
    "metis": "pymetis",
    "flow": "ortools",
    "lpt": "b2b_territory_optimization",
    "skater": "spopt",
    "azp": "spopt",
    "maxp": "spopt",
    "median": "spopt",
}
OURS = ("design", "sweep", "mip", "lp")  # with the packages of the product


@dataclass(frozen=True)
class Answer:
    """What came back: the whole process's CPU seconds, those of the solve alone, and the memory it added."""

    territory: NDArray[np.int64]
    cpu_s: float
    solve_s: float
    added_mb: float
    found: Mapping[str, Any]


@cache
def list_missing_peers() -> dict[str, str]:
    """Method → why it cannot run here."""
    missing = {}
    for module in sorted(set(MODULES.values())):
        run = subprocess.run(
            [sys.executable, "-c", f"import {module}"],
            env=_name_environment(module),
            capture_output=True,
            text=True,
        )
        if run.returncode:
            last = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            missing |= {method: last for method, name in MODULES.items() if name == module}
    return missing


def _name_environment(method: str) -> dict[str, str]:
    """One thread for BLAS: its idle threads would count as work."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if method not in OURS:
        environment["PYTHONPATH"] = str(PEERS)
    return environment


def run_method(
    method: str, problem: DesignProblem, *, seed: int = 0, most_cpu_s: int = MOST_CPU_S, **extra: Any
) -> Answer | None:
    """The method's answer, or None where it failed or ran too long; stderr is told why."""
    if method in list_missing_peers():
        return None
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npz"
        np.savez(asked, **_list_arrays(problem), seed=seed, **extra)
        code = (
            "import sys; from benchmarks.design_process import answer_problem; answer_problem(*sys.argv[1:])"
        )
        child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, method, asked, answered],
            cwd=ROOT,
            env=_name_environment(method),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (most_cpu_s, most_cpu_s + 5)),
        )
        assert child.stderr is not None
        said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            gave_up = child.returncode == -signal.SIGXCPU
            why = f"gave up after {most_cpu_s} CPU seconds" if gave_up else said.strip()[-600:]
            print(f"{method}: {why}", file=sys.stderr)
            return None
        with np.load(answered) as stored:
            found = {name: stored[name] for name in stored.files}
        return Answer(
            territory=found.pop("territory").astype(np.int64),
            cpu_s=used.ru_utime + used.ru_stime,
            solve_s=float(found.pop("solve_s")),
            added_mb=float(found.pop("added_mb")),
            found=found,
        )


def _list_arrays(problem: DesignProblem) -> dict[str, Any]:
    none = np.zeros((0, 2), np.int64)
    return {
        "latitude": problem.latitude,
        "longitude": problem.longitude,
        "values": problem.values,
        "weight": problem.weight,
        "owner": problem.owner,
        "capacity": problem.capacity,
        "neighbours": none if problem.neighbours is None else problem.neighbours,
        "measures": json.dumps([(m.name, m.tolerance, m.kind) for m in problem.measures]),
        "tolerances": np.array([m.tolerance for m in problem.measures]),
        "k": len(problem.codes),
        "disruption": problem.disruption,
        "budget": np.nan if problem.budget_share is None else problem.budget_share,
    }


def answer_problem(method: str, asked: str, answered: str) -> None:
    """In the child: read, solve, write."""
    with np.load(asked) as stored:
        problem = SimpleNamespace(**{name: stored[name] for name in stored.files})
    problem.k, problem.seed = int(problem.k), int(problem.seed)
    methods = import_module(f"benchmarks.design_{'ours' if method in OURS[:2] else 'peers'}").METHODS
    before_kb, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    territory, found = methods[method](problem)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.process_time() - began + children.ru_utime + children.ru_stime
    added_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    np.savez(answered, territory=territory, solve_s=seconds, added_mb=added_kb / 1024, **found)
