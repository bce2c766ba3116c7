"""Is it always wholly the old or wholly the new state: faults, kills, full disks, readers, races?"""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from fairpatch.actions.ownership import check_ownership
from fairpatch.actions.realignment import (
    HandoverIntent,
    approve_realignment,
    execute_realignment,
    propose_realignment,
)
from fairpatch.core.audit.verify import verify_export
from fairpatch.core.errors import FairpatchError
from fairpatch.records import models
from fairpatch.records.ledger import export_ledger
from tests.worlds.passage import read_passage
from tests.worlds.staff import Company, add_deal, found_company, later


def stage_handover(accounts: int) -> tuple[Company, models.Realignment]:
    """An approved handover of about half of the accounts, each with an open deal."""
    company = found_company(accounts)
    for key, account in company.accounts.items():
        if account.state == "CA":
            add_deal(company, key, f"deal {key}", "ann")
    intent = HandoverIntent("WEST", company.reps["cat"].pk)
    proposal = propose_realignment(company.users["mona"], intent, reason="leave", now=later(1))
    approve_realignment(company.users["ada"], proposal.pk, now=later(2))
    return company, proposal


def assert_sound() -> None:
    assert check_ownership() == []
    report = verify_export(export_ledger())
    assert report.ok, report.sentence


class Fault(Exception):  # noqa: N818 - stands for whatever may go wrong
    pass


WRITES = ("INSERT", "UPDATE", "DELETE", "COPY")


class Breaker:
    """Fails at the n-th write; counts them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0

    def __call__(self, execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if statement.lstrip().upper().startswith(WRITES):
            self.count += 1
            if self.count == self.at:
                raise Fault
        return execute(statement, *rest)


@pytest.mark.django_db(databases=["default", "jobs"])
def test_a_fault_at_any_write_changes_nothing() -> None:
    company, proposal = stage_handover(6)
    before = read_passage(proposal)
    tried = 0
    for place in range(1, 100):
        breaker = Breaker(place)
        try:
            with connection.execute_wrapper(breaker):
                execute_realignment(company.users["ada"], proposal.pk, now=later(3))
        except Fault:
            tried += 1
            assert read_passage(proposal) == before, f"write {place} left something behind"
            continue
        break
    assert tried >= 12, "accounts, deals, assignments, ownership, leaves, salts, plans, pointer, head …"
    assert read_passage(proposal)[0] == "executed"
    assert_sound()


EXECUTE = """
import datetime, os, sys
import django
django.setup()
from fairpatch.actions.realignment import execute_realignment
from fairpatch.records.models import User
print("ready", flush=True)
sys.stdin.readline()
execute_realignment(User.objects.get(email="ada@example.com"), int(sys.argv[1]))
print("done", flush=True)
"""


def start_execution(url: str, proposal: models.Realignment) -> "subprocess.Popen[str]":
    """A process that is ready to execute and waits for a line."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATA": str(settings.DATA),
        "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", EXECUTE, str(proposal.pk)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def release(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def finish(process: "subprocess.Popen[str]") -> None:
    process.communicate()


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_state(own_database: str) -> None:
    _, proposal = stage_handover(600)
    before = read_passage(proposal)
    connections.close_all()
    dice = random.Random(7)
    for _ in range(5):
        process = start_execution(own_database, proposal)
        release(process)
        time.sleep(dice.uniform(0.0, 0.12))
        process.send_signal(signal.SIGKILL)
        finish(process)
        state = read_passage(proposal)
        if state[0] == "executed":
            assert_new(before, state, proposal)
            break
        assert state == before
        connections.close_all()
    else:
        process = start_execution(own_database, proposal)
        release(process)
        finish(process)
        assert_new(before, read_passage(proposal), proposal)
    assert_sound()


def assert_new(before: tuple[Any, ...], state: tuple[Any, ...], proposal: models.Realignment) -> None:
    proposal.refresh_from_db()
    count = proposal.move_count
    leaves = count + proposal.deal_move_count + 1
    plan = proposal.target_plan_id
    assert state == (
        "executed",
        count,
        count,
        proposal.deal_move_count,
        count,
        leaves,
        before[6] + 1,
        plan,
        1,
    )


@pytest.fixture
def little_space(own_database: str) -> Iterator[None]:
    if not settings.IS_SQLITE:
        pytest.skip("only SQLite can be given a disk that is full")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")


def test_a_full_disk_keeps_the_old_state_and_says_so(little_space: None) -> None:
    company, proposal = stage_handover(600)
    before = read_passage(proposal)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(FairpatchError) as refused:
        execute_realignment(company.users["ada"], proposal.pk)
    assert refused.value.code == "storage_full"
    assert "Nothing was changed" in refused.value.sentence
    assert read_passage(proposal) == before
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    execute_realignment(company.users["ada"], proposal.pk)
    assert_sound()


@pytest.mark.slow
def test_readers_see_all_old_or_all_new(own_database: str) -> None:
    _, proposal = stage_handover(600)
    before = read_passage(proposal)
    process = start_execution(own_database, proposal)
    seen: list[tuple[Any, ...]] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.append(read_passage(proposal))
        connections.close_all()

    readers = [threading.Thread(target=watch) for _ in range(2)]
    for reader in readers:
        reader.start()
    release(process)
    finish(process)
    time.sleep(0.1)
    stop.set()
    for reader in readers:
        reader.join()
    after = read_passage(proposal)
    assert_new(before, after, proposal)
    assert set(seen) == {before, after}


@pytest.mark.slow
def test_of_two_racing_executions_one_wins(own_database: str) -> None:
    company, proposal = stage_handover(60)
    results: list[str] = []
    gate = threading.Barrier(2)

    def race() -> None:
        gate.wait()
        try:
            execute_realignment(company.users["ada"], proposal.pk)
            results.append("executed")
        except FairpatchError as error:
            results.append(error.code)
        finally:
            connections.close_all()

    runners = [threading.Thread(target=race) for _ in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(results) == ["executed", "wrong_status"]
    assert_sound()


@pytest.mark.slow
def test_an_edit_that_races_is_seen_or_waits(own_database: str) -> None:
    """Whoever comes first wins: an edit before makes the proposal drift, one after finds the new owner."""
    company, proposal = stage_handover(60)
    outcome: list[str] = []

    def edit() -> None:
        models.Account.objects.filter(key="a1").update(state="NV")
        connections.close_all()

    runner = threading.Thread(target=edit)
    runner.start()
    try:
        execute_realignment(company.users["ada"], proposal.pk)
        outcome.append("executed")
    except FairpatchError as error:
        outcome.append(error.code)
    runner.join()
    account = models.Account.objects.get(key="a1")
    assert account.state == "NV"
    assert (outcome, account.owner.key) in ((["executed"], "cat"), (["drifted"], "ann"))


def test_time_set_back_does_not_set_the_ledger_back(own_database: str) -> None:
    company, proposal = stage_handover(6)
    execute_realignment(company.users["ada"], proposal.pk, now=later(2) - dt.timedelta(days=1))
    moments = list(models.LedgerHead.objects.order_by("batch").values_list("signed_at", flat=True))
    assert moments == sorted(set(moments))
    assert_sound()
