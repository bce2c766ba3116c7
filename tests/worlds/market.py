"""Where are the accounts of the small company, so that territories can be designed over them?

Twelve accounts in the west (WEST has eight of them, EAST four), twelve in the east (all EAST's), in two
lines along one latitude. One more has no position.
"""

import threading
from typing import Any

from fairpatch.actions.deed import deed
from fairpatch.actions.jobs import claim_job
from fairpatch.actions.ownership import record_initial_ownership
from fairpatch.jobs.designs import run_design
from fairpatch.jobs.handle import JobHandle
from fairpatch.records.models import Job
from tests.worlds.staff import START, Company, add_accounts, found_company

POSITIONED = 24


def found_market() -> Company:
    """The small company with 25 accounts, 24 of them on the map."""
    company = found_company(0)
    add_accounts(company, POSITIONED + 1)
    for number in range(1, POSITIONED + 2):
        account = company.accounts[f"a{number}"]
        account.state = "CA" if number <= 8 else "NY"
        if number <= POSITIONED:
            account.latitude = 40.0
            account.longitude = -120.0 + number * 0.3 if number <= 12 else -80.0 + number * 0.3
        account.save()
    with deed("found_market", actor=None, now=START) as act:
        record_initial_ownership(act)
    return company


def solve_next_design() -> dict[str, Any]:
    """Runs the design that waits, in this thread and this transaction; the solver is a real process."""
    job = claim_job("test", ["design.run"])
    assert job is not None, "a design waits"
    with JobHandle(job, threading.Event(), beat_seconds=1_000) as handle:
        result = run_design(handle, job.params)
    Job.objects.filter(id=job.pk).update(status=Job.Status.DONE)
    return result
