"""Does a design's solver end at once when its job is cancelled, or when nobody waits any more?"""

import pickle
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from fairpatch.actions.jobs import cancel_job, claim_job, enqueue_job
from fairpatch.actions.progress import JobCancelled
from fairpatch.engines.design.problem import Measure, state_problem
from fairpatch.engines.design.sweep import Scenario
from fairpatch.jobs.design_solver import SolverOrder
from fairpatch.jobs.designs import watch_solver
from fairpatch.jobs.handle import JobHandle


def write_order(folder: Path, scenarios: int, seconds: float = 60) -> SolverOrder:
    """A design of 3,000 accounts that takes seconds for each of its scenarios."""
    rng = np.random.default_rng(1)
    problem = state_problem(
        latitude=rng.uniform(30, 45, 3_000),
        longitude=rng.uniform(-120, -75, 3_000),
        measures=[Measure("value", 0.01), Measure("count", 0.01)],
        values=np.column_stack((rng.lognormal(0, 1, 3_000), np.ones(3_000))),
        capacity=np.ones(20),
    )
    return SolverOrder(problem, [Scenario(0.01, None)] * scenarios, 0, seconds, str(folder))


@pytest.mark.django_db(databases=["default", "jobs"])
def test_a_cancelled_design_leaves_nothing_behind(tmp_path: Path) -> None:
    job = enqueue_job("design.run", {}, None)
    claimed = claim_job("test", ["design.run"])
    assert claimed is not None
    cancel_job(job.pk)
    with (
        JobHandle(claimed, threading.Event(), beat_seconds=1_000) as handle,
        pytest.raises(JobCancelled),
    ):
        watch_solver(handle, write_order(tmp_path, 40), 60)
    assert list(tmp_path.iterdir()) == []


def test_the_solver_ends_when_its_job_is_gone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fairpatch.jobs.design_solver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as solver:
        assert solver.stdin is not None
        assert solver.stdout is not None
        pickle.dump(write_order(tmp_path, 40), solver.stdin)
        solver.stdin.flush()
        assert b"Centres" in solver.stdout.readline()
        solver.stdin.close()
        assert solver.wait(timeout=20) == 1


def test_the_best_so_far_is_kept_when_the_time_is_up(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fairpatch.jobs.design_solver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as solver:
        assert solver.stdin is not None
        assert solver.stdout is not None
        pickle.dump(write_order(tmp_path, 1, seconds=0.01), solver.stdin)
        solver.stdin.flush()
        assert b'"scenarios": 1' in solver.stdout.read()
    assert '"stopped": "time"' in (tmp_path / "1.json").read_text()
    assert len(np.fromfile(tmp_path / "1.codes", np.int32)) == 3_000
