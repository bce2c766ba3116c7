"""Who runs the background jobs? A process that claims one job after the other until it is told to stop.

    python -m fairpatch.jobs [--name NAME] [--after NAME]

`--after` names a worker that is known to be dead, whose jobs need not wait for the reaper's patience.
"""

import argparse
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import FrameType

import structlog
from django.db import DatabaseError, connections

from fairpatch.actions import jobs
from fairpatch.actions.progress import JobCancelled
from fairpatch.core.errors import FairpatchError
from fairpatch.jobs.handle import BEAT_SECONDS, JobHandle, JobLost, WorkerStopping, name_job_for_log
from fairpatch.jobs.kinds import KINDS, Kind
from fairpatch.records.models.jobs import Job

log = structlog.get_logger("fairpatch.jobs")

IDLE_SECONDS = 0.2
REAP_SECONDS = 5.0
#: Ten missed beats: longer than any pause a loaded machine was seen to make.
SILENT_SECONDS = 20.0
#: Heavy jobs at a time: each keeps a core or two busy, and the web pages want one too.
MOST_HEAVY = 1

OUR_FAULT = (
    "Something went wrong on our side. Changes that were not completed were undone. The log has the details."
)


class Worker:
    """Claims and runs jobs of the given kinds, one at a time, in the thread that calls `run`.

    A heavy job, which only waits for a process of its own, is waited for in a thread beside.
    """

    def __init__(
        self,
        kinds: Mapping[str, Kind],
        name: str = "",
        beat_seconds: float = BEAT_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self.kinds = kinds
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        self.stopping = threading.Event()
        self._beat_seconds = beat_seconds
        self._silent = timedelta(seconds=silent_seconds)
        self._reap_seconds = min(REAP_SECONDS, silent_seconds / 2)
        self._heavy: list[threading.Thread] = []

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Finish or give back the job in hand, then return from `run`. Safe in a signal handler."""
        self.stopping.set()

    def reap(self, gone: str = "") -> None:
        """Take back jobs whose worker died."""
        retries = {name: kind.retries for name, kind in self.kinds.items()}
        for job_id in jobs.reap_jobs(retries, self._silent, gone):
            log.warning("job taken back from a silent worker", job=job_id)

    def run(self, gone: str = "") -> None:
        """Work until `stop`. A database that does not answer is waited for."""
        self._wait_through(lambda: self.reap(gone))
        reaped_at = time.monotonic()
        while not self.stopping.is_set():
            if time.monotonic() - reaped_at > self._reap_seconds:
                self._wait_through(self.reap)
                reaped_at = time.monotonic()
            if not self._wait_through(self.run_next):
                self.stopping.wait(IDLE_SECONDS)
        for thread in self._heavy:
            thread.join()

    def run_next(self) -> bool:
        """Claim a job, and run it or see it begin. False when there was none."""
        self._heavy = [thread for thread in self._heavy if thread.is_alive()]
        has_room = len(self._heavy) < MOST_HEAVY
        wanted = [name for name, kind in self.kinds.items() if has_room or not kind.is_heavy]
        job = jobs.claim_job(self.name, wanted)
        if job is None:
            return False
        if self.kinds[job.kind].is_heavy:
            self._heavy.append(threading.Thread(target=self._run_beside, args=(job,), name=f"job-{job.pk}"))
            self._heavy[-1].start()
        else:
            self._run_safely(job)
        return True

    def _run_beside(self, job: Job) -> None:
        try:
            self._run_safely(job)
        finally:
            connections.close_all()

    def _run_safely(self, job: Job) -> None:
        try:
            self.run_job(job)
        except DatabaseError:
            # Its end could not be written down; the reaper will find it silent.
            log.exception("job's end not written", **name_job_for_log(job))
            connections.close_all()

    def run_job(self, job: Job) -> None:
        """Run a claimed job and write down how it ended."""
        log.info("job started", **name_job_for_log(job))
        with JobHandle(job, self.stopping, self._beat_seconds) as handle:
            ended = self._run_and_end(job, handle)
        log.info("job ended", how=ended, **name_job_for_log(job))

    def _run_and_end(self, job: Job, handle: JobHandle) -> str:
        mark = (handle.job_id, handle.attempt)
        try:
            result = self.kinds[job.kind].run(handle, job.params)
        except JobCancelled:
            jobs.stop_job(*mark)
            return "cancelled"
        except WorkerStopping:
            jobs.release_job(*mark)
            return "given back"
        except JobLost:
            return "lost"
        except FairpatchError as refusal:
            jobs.fail_job(*mark, refusal.code, refusal.sentence)
            return refusal.code
        except Exception:
            log.exception("job failed", **name_job_for_log(job))
            jobs.fail_job(*mark, "internal", OUR_FAULT)
            return "internal"
        return "done" if jobs.finish_job(*mark, result) else "lost"

    def _wait_through(self, step: Callable[[], bool | None]) -> bool:
        try:
            return bool(step())
        except DatabaseError as error:
            log.warning("the database does not answer", error=str(error))
            connections.close_all()
            self.stopping.wait(1.0)
            return False


def main() -> None:
    """Run a worker in this process until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Runs Fairpatch's background jobs.")
    parser.add_argument("--name", default="", help="how job rows call this worker")
    parser.add_argument("--after", default="", help="a worker that is known to be dead")
    options = parser.parse_args()
    worker = Worker(KINDS, options.name)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run(options.after)
