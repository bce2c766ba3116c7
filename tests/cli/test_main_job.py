"""Does the main job go through on the command line: a real company's files, a proof, and the way back?"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "adventureworks"
FAIRPATCH = str(Path(sys.executable).with_name("fairpatch"))
PLANNER, ADMIN = ("--as", "paul@example.com"), ("--as", "ada@example.com")

pytestmark = pytest.mark.slow
needs_adventureworks = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="needs the AdventureWorks files in ../shared/data/adventureworks"
)
Say = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """say("audit", "check") runs that command on a database of its own; its standard output."""
    environment = {
        **os.environ,
        "DATA": str(tmp_path / "data"),
        "FAIRPATCH_PASSWORD": "correct horse battery",
    }
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        environment.pop(name, None)

    def run(*words: str | Path, status: int = 0) -> str:
        done = subprocess.run(
            [FAIRPATCH, *map(str, words)], env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    return run


def propose(say: Say, *wanted: str) -> dict[str, object]:
    made: dict[str, object] = json.loads(say("realign", "propose", *PLANNER, *wanted, "--json"))
    return made


def carry_out(say: Say, number: object) -> None:
    say("realign", "approve", str(number), *PLANNER, status=1)
    say("realign", "approve", str(number), *ADMIN)
    assert "executed" in say("realign", "execute", str(number), *ADMIN)


@needs_adventureworks
def test_from_the_files_to_the_proof_and_back(say: Say, tmp_path: Path) -> None:
    mapping = ROOT / "docs" / "use" / "adventureworks.toml"
    arrived = say("import", FOLDER, "--mapping", mapping)
    assert "701 accounts got their first owner on record; 0 are unassigned" in arrived
    assert "84 accounts are misplaced; nobody’s account was moved." in arrived
    say("user", "add", "paul@example.com", "--name", "Paul", "--role", "planner")
    say("user", "add", "ada@example.com", "--name", "Ada", "--role", "admin")
    say("user", "add", "ADA@example.com", "--name", "Again", "--role", "admin", status=1)
    assert "everything was here already" in say("import", FOLDER, "--mapping", mapping)

    handover = ("--territory", "4-276", "--rep", "275", "--reason", "Linda leaves")
    assert "39 moves" in say("realign", "propose", *PLANNER, *handover, "--preview")
    made = propose(say, *handover)
    assert (made["status"], made["moves"]) == ("proposed", 39)
    carry_out(say, made["id"])
    assert "agree" in say("audit", "check")

    ledger = tmp_path / "ledger.jsonl"
    head = say("audit", "export", "--out", ledger).split()[-1]
    assert "intact" in say("audit", "verify", ledger, "--expect-head", head)
    text = ledger.read_text()
    ledger.write_text(re.sub(r"275(?=[^0-9])", "276", text, count=1))
    assert "First bad entry" in say("audit", "verify", ledger, status=1)
    ledger.write_text(text)

    back = json.loads(say("realign", "undo", str(made["id"]), "Linda stays", *PLANNER, "--json"))
    assert back["moves"] == 39
    carry_out(say, back["id"])
    assert "39 moves" in say("realign", "propose", *PLANNER, *handover, "--preview")
    assert "agree" in say("audit", "check")
    # What was signed before is the beginning of what is signed now.
    assert "intact" in say("audit", "verify", ledger, "--expect-head", head)


def test_route_and_why_need_no_database(say: Say, tmp_path: Path) -> None:
    example = ROOT / "docs" / "use" / "example"
    files = ("--plan", example / "plan.yaml", "--accounts", example / "accounts.csv")
    say("route", *files, "--out", tmp_path / "routed.csv")
    assert "A-1,WEST" in (tmp_path / "routed.csv").read_text().replace(",sales", "")
    assert "A-1 in layer sales: WEST" in say("why", *files, "--account", "A-1")
    assert not (tmp_path / "data").exists()
