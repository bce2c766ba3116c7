"""What does the house consist of? Tracked files, parsed modules, and the listed exceptions to the rules.

`exceptions.txt` holds one exception a line: rule | place | reason. An exception that is no longer needed
fails too.
"""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "fairpatch"
EXCEPTIONS = Path(__file__).with_name("exceptions.txt")


@dataclass(frozen=True)
class Module:
    """One Python file of the package: its path from the root, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 else ""


@cache
def list_tracked() -> tuple[str, ...]:
    """Every file that a clone would hold: tracked ones, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = sorted(path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file())
    assert paths, "no files: is this a checkout?"
    return tuple(paths)


@cache
def list_modules() -> tuple[Module, ...]:
    """The package's modules, migrations left out."""
    modules = []
    for path in list_tracked():
        if path.startswith("fairpatch/") and path.endswith(".py") and "/migrations/" not in path:
            text = (ROOT / path).read_text(encoding="utf-8")
            modules.append(Module(path, text, ast.parse(text)))
    assert len(modules) > 20
    return tuple(modules)


def list_exceptions(rule: str) -> dict[str, str]:
    """Place and reason of every exception to ``rule``."""
    found = {}
    for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, place, reason = (part.strip() for part in line.split("|"))
            assert len(reason) > 10, f"an exception needs a reason: {line}"
            if name == rule:
                found[place] = reason
    return found


def check_rule(rule: str, broken: dict[str, str]) -> None:
    """Fail for every broken place that is not excepted, and for every exception that nothing needs."""
    excepted = list_exceptions(rule)
    faults = [f"{place}: {why}" for place, why in sorted(broken.items()) if place not in excepted]
    unneeded = [
        f"{place}: listed in exceptions.txt, but keeps the rule" for place in excepted if place not in broken
    ]
    assert not faults + unneeded, "\n".join(["", *faults, *unneeded])
