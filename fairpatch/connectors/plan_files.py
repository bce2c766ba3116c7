"""How does a plan file become a plan?"""

from __future__ import annotations

import os
from pathlib import Path

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.plan import Plan
from fairpatch.core.plans.text import read_plan


def load_plan(path: str | os.PathLike[str]) -> Plan:
    """Reads a plan from a YAML file. Raises FaultyInputError with every fault and its line."""
    return read_plan(read_plan_text(path), Path(path).name)


def read_plan_text(path: str | os.PathLike[str]) -> str:
    """The text of a plan's file. Raises FaultyInputError when there is none to be had."""
    place = Path(path)
    try:
        return place.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        finding = Finding("error", "", f"The file cannot be read: {fault.strerror}.", place.name)
        raise FaultyInputError([finding], "plan_faulty") from None
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise FaultyInputError([Finding("error", "", "This is not UTF-8 text.", place.name, line)]) from None
