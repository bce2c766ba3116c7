"""Do the documents tell the truth: paths that exist, links that lead somewhere, commands that work?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, list_tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`]+)`")
DOCUMENTS = [path for path in list_tracked() if path.endswith(".md")]
REQUIRED = [
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"),
    *("docs/glossary.md", "docs/use/getting-started.md"),
]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", REQUIRED)
def test_the_documents_a_reader_expects_are_there(path: str) -> None:
    assert len(read(path)) > 400


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_lead_somewhere(path: str) -> None:
    dead = []
    for target in LINK.findall(read(path)):
        if not re.match(r"[a-z]+:|#", target):
            place, _, anchor = target.partition("#")
            found = (ROOT / path).parent / place
            if not found.exists() or (anchor and found.suffix == ".md" and anchor not in list_anchors(found)):
                dead.append(target)
    assert dead == []


def list_anchors(path: Path) -> set[str]:
    """The addresses of a document's headings, as code hosts build them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def list_where_rows() -> list[tuple[str, str]]:
    """(question, path or path:name) of every row of the table under “Where is …?”."""
    section = read("ARCHITECTURE.md").split("## Where is")[1].split("\n## ")[0]
    rows = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 2 and "---" not in line:
            rows += [(cells[0], place) for place in QUOTED.findall(cells[1])]
    assert len(rows) > 20
    return rows


def test_every_answer_to_where_exists() -> None:
    missing = []
    for question, place in list_where_rows():
        path, _, name = place.partition(":")
        found = next((root / path for root in (ROOT, PACKAGE) if (root / path).exists()), None)
        if found is None:
            missing.append(f"{question}: no {path}")
        elif name and not re.search(
            rf"^\s*(async )?(def|class) {name}\b|^{name}\b", found.read_text(), re.MULTILINE
        ):
            missing.append(f"{question}: no {name} in {path}")
    assert missing == []


def test_every_room_is_in_the_architecture() -> None:
    text = read("ARCHITECTURE.md")
    rooms = {path.split("/")[1] for path in list_tracked() if re.match(r"fairpatch/\w+/__init__\.py$", path)}
    assert {room for room in rooms if f"`{room}/`" not in text} == set()


def list_make_targets(text: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z][a-z0-9-]*)", " ".join(BLOCK.findall(text) + QUOTED.findall(text))))


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", "docs/use/getting-started.md"])
def test_make_targets_exist(path: str) -> None:
    defined = set(re.findall(r"^([a-z][a-z0-9-]*):", read("Makefile"), re.MULTILINE))
    assert list_make_targets(read(path)) - defined == set()


def list_commands(text: str) -> list[str]:
    """The lines of shell blocks, continued lines joined, comments dropped."""
    lines = []
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            stripped = re.sub(r"\s+#.*$", "", line).strip()
            if stripped and not stripped.startswith("#"):
                lines.append(stripped)
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("path", ["README.md", "docs/use/getting-started.md"])
def test_commands_shown_to_readers_work(path: str, tmp_path: Path) -> None:
    """Every `fairpatch …` line is run, in order, on a DATA directory of its own. `make` and `serve` have
    their tests.
    """
    environment = {
        **os.environ,
        "DATA": str(tmp_path / "data"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        environment.pop(name, None)
    (tmp_path / "docs").symlink_to(ROOT / "docs")  # what the commands write must not land in the checkout
    commands = [line for line in list_commands(read(path)) if line.startswith("fairpatch ")]
    for command in commands:
        if command.startswith(("fairpatch serve", "fairpatch worker")):
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
