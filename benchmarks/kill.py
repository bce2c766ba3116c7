"""Does an executing realignment that is killed ever leave half of itself behind?

A child process executes a handover of 5,000 accounts and is sent SIGKILL after a random time; then everything
that an execution changes is read in one statement. It must be what it was, or wholly the new state.

    python -m benchmarks.kill [--kills 50] [--seed 1]
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

ACCOUNTS = 5_000


def run(kills: int, seed: int) -> int:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.company import found_company
    from fairpatch.actions.ownership import check_ownership
    from fairpatch.core.audit.verify import verify_export
    from fairpatch.records.ledger import export_ledger
    from tests.worlds.passage import read_passage

    planner, admin = found_company([ACCOUNTS])
    dice = random.Random(seed)
    counts = {"old": 0, "new": 0, "half": 0}
    proposal = stage(planner, admin)
    before = read_passage(proposal)
    longest = 2.0
    for _ in range(kills):
        leave_database()
        begun = time.perf_counter()
        child = os.fork()
        if child == 0:
            execute_and_leave(admin, proposal.pk)
        time.sleep(dice.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            longest = min(longest, time.perf_counter() - begun)
        after = read_passage(proposal)
        if after == before:
            counts["old"] += 1
            continue
        moves, deals, plan = proposal.move_count, proposal.deal_move_count, proposal.target_plan_id
        whole = ("executed", moves, moves, deals, moves, moves + deals + 1, before[6] + 1, plan, 1)
        counts["new" if after == whole else "half"] += 1
        proposal = stage(planner, admin)
        before = read_passage(proposal)
    assert check_ownership() == []
    report = verify_export(export_ledger())
    print(f"{connection.vendor:10} {kills} kills: {counts}. {report.sentence}", flush=True)
    return 0 if counts["half"] == 0 and report.ok else 1


def leave_database() -> None:
    """Closes every connection: a forked child must not speak through its parent's."""
    from django.db import connections

    connections.close_all()
    for connection in connections.all():
        if connection.vendor == "postgresql":
            connection.close_pool()


def execute_and_leave(admin: object, realignment_id: int) -> None:
    from fairpatch.actions.realignment import execute_realignment

    try:
        execute_realignment(admin, realignment_id)
    finally:
        os._exit(0)


def stage(planner: object, admin: object) -> object:
    """The next handover, approved."""
    from fairpatch.actions.realignment import HandoverIntent, approve_realignment, propose_realignment
    from fairpatch.records.models import Rep, Seat

    holder = Seat.objects.filter(territory__code=f"T{ACCOUNTS}").order_by("-id").first()
    other = Rep.objects.filter(kind="person").exclude(pk=holder.rep_id).first()
    proposal = propose_realignment(planner, HandoverIntent(f"T{ACCOUNTS}", other.pk), reason="kill")
    return approve_realignment(admin, proposal.pk)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help="run on DATABASE_URL in this process")
    options = parser.parse_args()
    if options.here:
        return run(options.kills, options.seed)
    from tests.with_postgres import run_postgres

    command = [sys.executable, "-m", "benchmarks.kill", *sys.argv[1:], "--here"]
    status = 0
    with tempfile.TemporaryDirectory(prefix="fairpatch-kill-") as folder, run_postgres() as url:
        for place, database in (("sqlite", ""), ("postgres", url)):
            environment = {
                **os.environ,
                "DATA": f"{folder}/{place}",
                "DATABASE_URL": database,
                "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings",
            }
            status |= subprocess.run(command, env=environment, check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
