"""Do background jobs end the way their rows say, whatever happens to the worker?"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from fairpatch.actions.jobs import beat_job, cancel_job, claim_job, enqueue_job, finish_job, reap_jobs
from fairpatch.core.errors import FairpatchError
from fairpatch.jobs.handle import JobHandle
from fairpatch.jobs.kinds import Kind
from fairpatch.jobs.worker import Worker
from fairpatch.records.models.jobs import Job

pytestmark = pytest.mark.django_db(databases=["default", "jobs"], transaction=True)

Params = dict[str, Any]


def count_to(handle: JobHandle, params: Params) -> Params:
    for step in range(params["steps"]):
        handle.check_cancelled()
        handle.report(step + 1, params["steps"], f"step {step + 1}")
    return {"counted": params["steps"]}


def refuse(_handle: JobHandle, _params: Params) -> Params:
    raise FairpatchError("too_late", "The offer is over.")


def break_down(_handle: JobHandle, _params: Params) -> Params:
    raise ZeroDivisionError("secret detail")


def wait_for_end(handle: JobHandle, _params: Params) -> Params:
    """Runs until it is told to stop: 20 s at most, so that a failing test ends."""
    for _ in range(2000):
        handle.check_cancelled()
        time.sleep(0.01)
    raise AssertionError("nobody stopped this job")


KINDS = {
    "count": Kind(count_to),
    "refuse": Kind(refuse),
    "break": Kind(break_down),
    "wait": Kind(wait_for_end),
    "wait-again": Kind(wait_for_end, retries=1),
    "heavy": Kind(wait_for_end, is_heavy=True),
}


@pytest.fixture
def started() -> Iterator[Callable[..., Worker]]:
    """Starts workers in threads; all are stopped at the end."""
    running: list[tuple[Worker, threading.Thread]] = []

    def start(**options: Any) -> Worker:
        worker = Worker(KINDS, **options)

        def work() -> None:
            try:
                worker.run()
            finally:
                connections.close_all()

        thread = threading.Thread(target=work)
        thread.start()
        running.append((worker, thread))
        return worker

    yield start
    for worker, thread in running:
        worker.stop()
        thread.join(timeout=30)
        assert not thread.is_alive()


def wait_until(job: Job, *statuses: str, seconds: float = 20) -> Job:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.status in statuses:
            return job
        time.sleep(0.02)
    raise AssertionError(f"still {job.status} after {seconds} s")


def test_a_job_runs_and_leaves_its_result(started: Callable[..., Worker]) -> None:
    job = enqueue_job("count", {"steps": 5}, actor_id=7, subject="import:1")
    started()
    wait_until(job, "done")
    assert (job.result, job.done, job.total, job.message) == ({"counted": 5}, 5, 5, "step 5")
    assert (job.attempt, job.actor_id, job.subject) == (1, 7, "import:1")
    assert job.finished_at is not None


def test_a_refusal_keeps_its_code_and_sentence(started: Callable[..., Worker]) -> None:
    job = enqueue_job("refuse", {}, None)
    started()
    wait_until(job, "failed")
    assert job.error == {"code": "too_late", "sentence": "The offer is over."}


def test_our_own_bug_is_told_without_its_details(
    started: Callable[..., Worker], caplog: pytest.LogCaptureFixture
) -> None:
    job = enqueue_job("break", {}, None)
    following = enqueue_job("count", {"steps": 1}, None)
    started()
    wait_until(job, "failed")
    assert job.error["code"] == "internal"
    assert "secret detail" not in job.error["sentence"]
    assert "exc_info" in caplog.text  # the log, unlike the row, holds the traceback
    wait_until(following, "done")


def test_a_running_job_can_be_cancelled(started: Callable[..., Worker]) -> None:
    job = enqueue_job("wait", {}, None)
    started()
    wait_until(job, "running")
    cancel_job(job.id)
    wait_until(job, "cancelled")


def test_a_queued_job_is_cancelled_at_once() -> None:
    job = enqueue_job("count", {"steps": 1}, None)
    assert cancel_job(job.id).status == "cancelled"
    assert claim_job("w", KINDS) is None
    with pytest.raises(FairpatchError, match="nothing to stop"):
        cancel_job(job.id)


def test_a_worker_that_shuts_down_gives_its_job_back(started: Callable[..., Worker]) -> None:
    job = enqueue_job("wait", {}, None)
    worker = started()
    wait_until(job, "running")
    worker.stop()
    wait_until(job, "queued")
    assert job.attempt == 0


def test_every_job_is_claimed_by_one_worker_only() -> None:
    jobs = {enqueue_job("count", {"steps": 0}, None).pk for _ in range(40)}
    claimed: list[int] = []

    def claim_all(name: str) -> None:
        try:
            while job := claim_job(name, KINDS):
                claimed.append(job.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim_all, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(jobs)


def test_jobs_of_unknown_kinds_wait_for_a_worker_that_knows_them() -> None:
    enqueue_job("future", {}, None)
    assert claim_job("w", KINDS) is None


def test_a_beating_job_is_never_taken_for_dead_while_the_main_database_is_held(
    started: Callable[..., Worker],
) -> None:
    """A transaction on the main database, longer than the reaper's patience, with no report from the job."""

    def hold(_handle: JobHandle, _params: Params) -> Params:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
            time.sleep(2.5)
        return {}

    KINDS["hold"] = Kind(hold)
    try:
        job = enqueue_job("hold", {}, None)
        started(beat_seconds=0.1, silent_seconds=1.0)
        wait_until(job, "running")
        while True:
            job.refresh_from_db()
            if job.status != "running":
                break
            assert reap_jobs({}, timedelta(seconds=1.0)) == []
            time.sleep(0.1)
        assert (job.status, job.attempt) == ("done", 1)
    finally:
        del KINDS["hold"]


def silence(job: Job, seconds: float) -> None:
    Job.objects.filter(id=job.id).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize(("kind", "ends"), [("wait", "failed"), ("wait-again", "queued")])
def test_a_silent_job_is_tried_again_or_failed(kind: str, ends: str) -> None:
    retries = {name: kind.retries for name, kind in KINDS.items()}
    enqueue_job(kind, {}, None)
    job = claim_job("gone", KINDS)
    assert job is not None
    silence(job, 19)
    assert reap_jobs(retries, timedelta(seconds=20)) == []
    silence(job, 21)
    assert reap_jobs(retries, timedelta(seconds=20)) == [job.pk]
    job.refresh_from_db()
    assert job.status == ends


def test_retries_run_out() -> None:
    enqueue_job("wait-again", {}, None)
    for expected in ("queued", "failed"):
        job = claim_job("gone", KINDS)
        assert job is not None
        reap_jobs({"wait-again": 1}, timedelta(days=1), gone="gone")
        job.refresh_from_db()
        assert job.status == expected
    assert "Start it again" in job.error["sentence"]


def test_a_worker_known_to_be_dead_is_not_waited_for() -> None:
    enqueue_job("wait", {}, None)
    enqueue_job("wait", {}, None)
    dead, alive = claim_job("dead", KINDS), claim_job("alive", KINDS)
    assert dead is not None
    assert alive is not None
    assert reap_jobs({}, timedelta(seconds=20), gone="dead") == [dead.pk]
    alive.refresh_from_db()
    assert alive.status == "running"


def test_a_cancelled_job_whose_worker_died_stays_cancelled() -> None:
    enqueue_job("wait-again", {}, None)
    job = claim_job("dead", KINDS)
    assert job is not None
    cancel_job(job.id)
    reap_jobs({"wait-again": 5}, timedelta(seconds=20), gone="dead")
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_a_worker_that_wakes_up_late_changes_nothing() -> None:
    enqueue_job("wait-again", {}, None)
    first = claim_job("slow", KINDS)
    assert first is not None
    reap_jobs({"wait-again": 1}, timedelta(seconds=20), gone="slow")
    second = claim_job("quick", KINDS)
    assert second is not None
    assert not beat_job(first.id, first.attempt)
    assert not finish_job(first.id, first.attempt, {"by": "slow"})
    assert finish_job(second.id, second.attempt, {"by": "quick"})
    second.refresh_from_db()
    assert second.result == {"by": "quick"}


def test_idle_workers_take_no_write_lock(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1, using="jobs") as queries:
        claim_job("w", KINDS)
    assert queries.captured_queries[0]["sql"].startswith("SELECT")


def test_a_heavy_job_keeps_no_other_job_waiting_but_the_next_heavy_one(
    started: Callable[..., Worker],
) -> None:
    heavy, second = enqueue_job("heavy", {}, None), enqueue_job("heavy", {}, None)
    light = enqueue_job("count", {"steps": 1}, None)
    worker = started()
    wait_until(light, "done")
    assert wait_until(heavy, "running").status == "running"
    second.refresh_from_db()
    assert second.status == "queued"
    cancel_job(heavy.id)
    wait_until(heavy, "cancelled")
    wait_until(second, "running")
    worker.stop()
    wait_until(second, "queued")
