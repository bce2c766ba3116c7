"""Does `fairpatch plan carve-outs` say what a programme takes, in words, in JSON and by its exit status?"""

import json
from pathlib import Path

import pytest

from tests.cli.test_route import run

PLAN = """\
fairpatch: 1
name: test
territories:
  - {code: WEST, rule: 'state = "CA"'}
  - {code: EAST, rule: 'state = "NY"'}
  - {code: STRAT, accounts: ["1", "3", "4"]}
locks:
  - {account: "2", territory: STRAT, reason: contract}
"""
ACCOUNTS = "id,state,annual_revenue\n1,CA,100\n2,CA,20\n3,NY,3\n4,TX,\n5,CA,5000\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    return tmp_path


def ask(folder: Path, *more: str):
    return run(folder, "plan", "carve-outs", "--plan", "plan.yaml", "--accounts", "accounts.csv", *more)


def test_each_base_is_told_with_what_it_loses(folder: Path) -> None:
    assert ask(folder, "--territory", "STRAT").stdout.splitlines() == [
        "STRAT (layer sales) takes",
        "  2 accounts, revenue 120, 1 named, 1 locked, from WEST",
        "  1 account, revenue 3, 1 named, from EAST",
        "  1 account, revenue 0, 1 named, that nobody else claims",
    ]
    rows = json.loads(ask(folder, "--json").stdout)
    assert [(row["territory"], row["base"], row["accounts"]) for row in rows] == [
        ("STRAT", "WEST", 2),
        ("STRAT", "EAST", 1),
        ("STRAT", None, 1),
        ("WEST", None, 1),
    ]
    west = ask(folder, "--territory", "WEST").stdout
    assert "from WEST" in west
    assert "from EAST" not in west


def test_a_territory_that_is_not_there_is_refused(folder: Path) -> None:
    refused = ask(folder, "--territory", "NORTH")
    assert (refused.returncode, refused.stderr.strip()) == (1, 'The plan has no territory "NORTH".')
