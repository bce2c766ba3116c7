"""Which background jobs are there, and what does each one call?

A kind's function takes the handle and the job's parameters, calls ONE action, and returns a small JSON
result. To add one: write the function in `jobs/<noun>.py`, and give it a line in KINDS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairpatch.jobs import designs, imports, ledger, realignments
from fairpatch.jobs.handle import JobHandle

Run = Callable[[JobHandle, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """``retries``: how often a job whose worker died starts again. Only for deeds that bear repeating.

    ``is_heavy``: it computes for long in a process of its own; the worker does other jobs meanwhile.
    """

    run: Run
    retries: int = 0
    is_heavy: bool = False


KINDS: dict[str, Kind] = {
    "imports.check": Kind(imports.run_check, retries=1),
    "imports.foretell": Kind(imports.run_foretelling, retries=1),
    "imports.apply": Kind(imports.run_application),
    "realignment.execute": Kind(realignments.run_execution, retries=2),
    "audit.verify": Kind(ledger.run_verification, retries=2),
    "design.run": Kind(designs.run_design, retries=2, is_heavy=True),
}
