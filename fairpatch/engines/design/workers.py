"""How are scenarios that do not wait for each other solved side by side, in processes of their own?

    python -m fairpatch.engines.design.workers < orders > news

A worker reads pickles from standard input: the problem and the seed, then one order after the other. When its
input closes, whoever asked is gone and it ends at once, also in the middle of an order. What a scenario's
result is depends only on the order, never on which worker had it or how many there are.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import IO, Any

from fairpatch.engines.design.problem import DesignProblem
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from fairpatch.engines.design.scenario import Scenario, set_scenario
from fairpatch.engines.design.solve import Solution

MODULE = "fairpatch.engines.design.workers"


@dataclass(frozen=True)
class Order:
    """One scenario to solve, and the neighbour's solution it starts from."""

    number: int
    scenario: Scenario
    warm: Solution | None


@dataclass(frozen=True)
class News:
    """What came back for an order; no figures where the worker was lost."""

    order: Order
    figures: dict[str, Any] | None


def count_cores() -> int:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def strip_result(result: DesignResult) -> dict[str, Any]:
    """A result without its problem, which both sides have."""
    return {part.name: getattr(result, part.name) for part in fields(result) if part.name != "problem"}


class Crew:
    """Workers, each busy with one order or idle. `wait` tells what the next one found."""

    def __init__(self, problem: DesignProblem, seed: int, size: int) -> None:
        self._news: queue.Queue[tuple[int, dict[str, Any] | None]] = queue.Queue()
        self._busy: dict[int, Order] = {}
        self._workers: dict[int, subprocess.Popen[bytes]] = {}
        self._readers: list[threading.Thread] = []
        paths = os.pathsep.join(path for path in sys.path if path)
        for name in range(size):
            worker = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": paths},
            )
            self._workers[name] = worker
            self._tell(name, (problem, seed))
            reader = threading.Thread(target=self._read, args=(name, worker.stdout), daemon=True)
            reader.start()
            self._readers.append(reader)

    @property
    def has_workers(self) -> bool:
        return bool(self._workers)

    @property
    def has_idle(self) -> bool:
        return len(self._busy) < len(self._workers)

    def give(self, order: Order) -> None:
        """Hand an order to an idle worker."""
        name = next(name for name in self._workers if name not in self._busy)
        self._busy[name] = order
        self._tell(name, order)

    def end_early(self, reason: str) -> None:
        """Every worker is to end its order with the best so far, and the ones after it at once."""
        for name in self._workers:
            self._tell(name, reason)

    def wait(self, seconds: float) -> News | None:
        """What the next worker found or that it was lost; None when nothing came in time."""
        try:
            name, figures = self._news.get(timeout=seconds)
        except queue.Empty:
            return None
        order = self._busy.pop(name, None)
        if figures is None:
            _dismiss(self._workers.pop(name))
        return None if order is None else News(order, figures)

    def close(self) -> None:
        """End every worker, whatever it is doing."""
        for worker in self._workers.values():
            _dismiss(worker)
        for reader in self._readers:
            reader.join()

    def _tell(self, name: int, what: object) -> None:
        pipe = self._workers[name].stdin
        assert pipe is not None
        with suppress(BrokenPipeError):  # its reader says that it is lost
            pickle.dump(what, pipe)
            pipe.flush()

    def _read(self, name: int, told: IO[bytes]) -> None:
        try:
            while True:
                self._news.put((name, pickle.load(told)))  # noqa: S301 - written by our own worker
        except (EOFError, pickle.UnpicklingError):
            self._news.put((name, None))
        told.close()


def _dismiss(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
    assert worker.stdin is not None
    with suppress(BrokenPipeError):  # what it was still to be told
        worker.stdin.close()


@contextmanager
def hire_crew(problem: DesignProblem, seed: int, size: int) -> Iterator[Crew]:
    crew = Crew(problem, seed, size)
    try:
        yield crew
    finally:
        crew.close()


def main() -> None:
    """Solve order after order, until nobody asks any more."""
    orders: queue.Queue[Order] = queue.Queue()
    source, told = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not garble the pickles
    problem, seed = pickle.load(source)  # noqa: S301 - written by the process that started this one
    reasons: list[str] = []

    def listen() -> None:
        while True:
            try:
                order = pickle.load(source)  # noqa: S301
            except EOFError:
                os._exit(0)
            if isinstance(order, Order):
                orders.put(order)
            else:
                reasons.append(order)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        order = orders.get()
        asked = set_scenario(problem, order.scenario)
        result = design(asked, seed, lambda stage, share: reasons[0] if reasons else None, order.warm)
        pickle.dump(strip_result(result), told)
        told.flush()


if __name__ == "__main__":
    # Pickle names the classes by their module, which `python -m` would know under another name only.
    from fairpatch.engines.design.workers import main as run

    run()
