"""Who keeps the server's processes alive, and who stops them?

The web server and the job worker are children of one process. A child that dies is started again; when the
parent is asked to stop, so are they, and what does not stop in time is killed. Work is safe either way: a
deed is one transaction, and a job whose worker died goes back to the queue or fails with a reason.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

#: How long children may take to stop: longer than a worker needs to give its job back.
GRACE_SECONDS = 15.0
#: A child that lived shorter than this did not get going at all.
QUICK_SECONDS = 3.0
MOST_QUICK_DEATHS = 5
LOOK_SECONDS = 0.1


@dataclass
class Child:
    """``build_command(count)`` is what to run at the count-th start, counted from 1."""

    name: str
    build_command: Callable[[int], list[str]]
    starts: int = 0
    quick_deaths: int = 0
    started_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self.starts += 1
        self.started_at = time.monotonic()
        tether = [sys.executable, "-m", "fairpatch.cli.tether", str(os.getpid())]
        # A session of its own: Ctrl-C reaches the parent alone, which then stops the children in order.
        command = [*tether, *self.build_command(self.starts)]
        self.process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own programs

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def describe_end(self) -> str:
        code = self.process.returncode if self.process else 0
        return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"

    def send(self, number: signal.Signals) -> None:
        """To the child and everything it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


class Supervisor:
    """Runs children until it is told to stop or one of them cannot be kept alive."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.is_stopping = False

    def ask_to_stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.is_stopping = True

    def start(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.ask_to_stop)
        # Under nohup the terminal's end is ignored, and stays so.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self.ask_to_stop)
        for child in self.children:
            child.start()

    def watch(self, is_enough: Callable[[], bool]) -> bool:
        """Restart what dies, until it is enough. False: a child dies again and again."""
        while not is_enough():
            for child in self.children:
                if not child.is_running() and not self.is_stopping and not self._restart(child):
                    return False
            time.sleep(LOOK_SECONDS)
        return True

    def stop(self) -> None:
        """Stop every child and whatever it started; returns when all are gone."""
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.is_running() for child in self.children) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        for child in self.children:
            child.send(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _restart(self, child: Child) -> bool:
        # What it started may have outlived it, and may still hold the port.
        child.send(signal.SIGKILL)
        lived = time.monotonic() - child.started_at
        child.quick_deaths = child.quick_deaths + 1 if lived < QUICK_SECONDS else 0
        if child.quick_deaths >= MOST_QUICK_DEATHS:
            self.say(
                f"The {child.name} {child.describe_end()} {MOST_QUICK_DEATHS} times in a row; giving up."
            )
            return False
        self.say(f"The {child.name} {child.describe_end()}; starting it again.")
        child.start()
        return True
