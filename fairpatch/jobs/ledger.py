"""Which job checks the whole ledger?"""

from collections.abc import Iterable, Iterator
from typing import Any

from fairpatch.core.audit.verify import verify_export
from fairpatch.jobs.handle import JobHandle
from fairpatch.records.ledger import export_ledger

#: Lines between two looks at whether the check is still wanted.
LINES_A_LOOK = 1_000


def run_verification(handle: JobHandle, _params: dict[str, Any]) -> dict[str, Any]:
    report = verify_export(_count(handle, export_ledger()))
    first_bad = report.first_bad
    return {
        "ok": report.ok,
        "batches": report.batches,
        "leaves": report.leaves,
        "newest": report.newest,
        "first_bad": first_bad.sentence if first_bad else None,
        "sentence": report.sentence,
    }


def _count(handle: JobHandle, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if number % LINES_A_LOOK == 0:
            handle.check_cancelled()
            handle.report(number, 0, f"{number:,} entries read")
        yield line
