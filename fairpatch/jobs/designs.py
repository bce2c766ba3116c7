"""Which job designs territories? It reads the books, watches the solver's process, keeps what it found."""

import json
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from fairpatch.actions.design_problem import list_design_scenarios, state_book_problem
from fairpatch.actions.designs import FoundScenario, keep_design
from fairpatch.core.designs.settings import read_design_settings
from fairpatch.core.errors import FairpatchError
from fairpatch.jobs.handle import JobHandle
from fairpatch.records.models import DesignRun, User
from fairpatch.records.queries.design_book import load_design_book
from fairpatch.records.visibility import load_scope

LOOK_SECONDS = 0.25
#: Progress is counted in thousandths.
STEPS = 1_000
#: Beyond the ceiling the solver finishes the step in hand; past this it hangs.
GRACE = 10
BROKEN = (
    "The design ended without a result. Nothing was changed. Run it again with another seed or fewer limits."
)
TOO_LONG = "The design did not end within {} s of its ceiling. Nothing was changed. Choose fewer accounts."


def run_design(handle: JobHandle, params: dict[str, Any]) -> dict[str, Any]:
    """Designs a run. Repeating it does no harm: the same question gives the same answer."""
    run = DesignRun.objects.get(id=params["run_id"])
    if run.solved_at is None:  # a worker may die after its commit and before it could say so
        _solve_run(handle, run)
    return {"run_id": run.pk}


def _solve_run(handle: JobHandle, run: DesignRun) -> None:
    assert handle.actor_id is not None, "somebody asked for the design"
    asked = read_design_settings(run.settings)
    handle.report(0, STEPS, "Reading the accounts")
    scope = load_scope(User.objects.get(pk=handle.actor_id))
    _, book = load_design_book(scope, asked)
    problem, scenarios = state_book_problem(book, asked), list_design_scenarios(asked)
    from fairpatch.jobs.design_solver import SolverOrder  # brings the engine along

    with tempfile.TemporaryDirectory(prefix="fairpatch-design-") as folder:
        order = SolverOrder(problem, scenarios, asked.seed, float(asked.seconds), folder)
        found = _read_results(Path(folder), watch_solver(handle, order, asked.seconds))
    keep_design(run.pk, book, asked, found)


def watch_solver(handle: JobHandle, order: object, seconds: int) -> int:
    """Runs the solver to its end; how many scenarios it left. Whatever raises here ends it at once."""
    command = [sys.executable, "-m", "fairpatch.jobs.design_solver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as solver:  # noqa: S603
        assert solver.stdin is not None
        assert solver.stdout is not None
        news: queue.Queue[dict[str, Any] | None] = queue.Queue()
        reader = threading.Thread(target=_read_news, args=(solver.stdout, news), daemon=True)
        reader.start()
        try:
            with suppress(BrokenPipeError):  # it has ended already, and its exit code says how
                pickle.dump(order, solver.stdin)
                solver.stdin.flush()
            return _await_end(handle, news, seconds)
        finally:
            solver.kill()
            reader.join()


def _await_end(handle: JobHandle, news: "queue.Queue[dict[str, Any] | None]", seconds: int) -> int:
    waited, count = 0.0, 0
    while True:
        handle.check_cancelled()
        try:
            item = news.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            waited += LOOK_SECONDS
            if waited > GRACE * (seconds + GRACE):
                raise FairpatchError("design_too_long", TOO_LONG.format(seconds)) from None
            continue
        if item is None:
            if not count:
                raise FairpatchError("design_broken", BROKEN)
            return count
        waited = 0.0
        count = item.get("scenarios", 0)
        handle.report(min(int(item["share"] * STEPS), STEPS - 1), STEPS, item["stage"])


def _read_news(told: IO[bytes], news: "queue.Queue[dict[str, Any] | None]") -> None:
    """Passes on every line, then None: the solver has ended."""
    for line in told:
        news.put(json.loads(line))
    news.put(None)


def _read_results(folder: Path, count: int) -> list[FoundScenario]:
    found = []
    for number in range(1, count + 1):
        scenario = json.loads((folder / f"{number}.json").read_text(encoding="utf-8"))
        codes = folder / f"{number}.codes"
        found.append(
            FoundScenario(**scenario, codes=np.fromfile(codes, np.int32) if codes.exists() else None)
        )
    return found
