"""Do `why`, `check` and `plan` answer in words, in JSON and by their exit status?"""

import json
from pathlib import Path

import pytest

from tests.cli.test_route import run

pytestmark = pytest.mark.slow

PLAN = """\
fairpatch: 1
name: test
territories:
  - {code: US, rule: 'country = "US"'}
  - {code: WEST, parent: US, rule: 'state = "CA" and employees > 10'}
  - {code: REST, parent: US, rule: all}
  - {code: BIG, rule: 'employees > 100'}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "accounts.csv").write_text(
        "id,country,state,employees\n1,US,CA,500\n2,US,OR,50\n", encoding="utf-8"
    )
    return tmp_path


def why(folder: Path, account: str, *more: str):
    return run(
        folder, "why", "--plan", "plan.yaml", "--accounts", "accounts.csv", "--account", account, *more
    )


def test_winner_losers_and_near_misses(folder: Path) -> None:
    (layer,) = json.loads(why(folder, "1", "--json").stdout)["layers"]
    assert (layer["territory"], layer["class"], layer["specificity"]) == ("WEST", "hybrid", 21)
    assert [(lost["territory"], lost["reason"]) for lost in layer["lost"]] == [
        ("REST", "a hybrid claim comes before a single one"),
        ("BIG", "a hybrid claim comes before a single one"),
    ]
    (layer,) = json.loads(why(folder, "2", "--json").stdout)["layers"]
    assert [(miss["territory"], miss["failing"]) for miss in layer["near_misses"]] == [
        ("WEST", "state is CA")
    ]


@pytest.mark.parametrize(
    ("territory", "says"),
    [
        ("WEST", "state is CA does not hold: state is OR"),
        ("REST", "It does lie in REST."),
        ("US", "not assignable"),
        ("BIG", "employees is more than 100 does not hold: employees is 50"),
    ],
)
def test_why_not(folder: Path, territory: str, says: str) -> None:
    assert says in why(folder, "2", "--territory", territory).stdout


def test_unknown_account_is_a_fault(folder: Path) -> None:
    done = why(folder, "9")
    assert (done.returncode, done.stderr.strip()) == (1, 'There is no account "9" in the file.')


def test_check_status_and_json(folder: Path) -> None:
    assert run(folder, "check", "--plan", "plan.yaml", "--accounts", "accounts.csv").returncode == 0
    (folder / "bad.yaml").write_text("fairpatch: 1\nlocks: [{account: A, territory: B}]\n", encoding="utf-8")
    done = run(folder, "check", "--plan", "bad.yaml", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["where"] == "locks[0].territory"


def test_check_lists_by_kind_and_tells_how_many_more(folder: Path) -> None:
    many = "".join(f"  - {{code: N{n:02}, parent: US, rule: 'state = \"NY\"'}}\n" for n in range(7))
    (folder / "plan.yaml").write_text(PLAN + many, encoding="utf-8")
    done = run(folder, "check", "--plan", "plan.yaml")
    assert done.returncode == 0
    assert "Rules that never win (6)" in done.stdout
    assert "N01 never wins an account: N00 always comes first." in done.stdout
    assert "Ties: nothing decides between two territories (21)" in done.stdout
    assert "… and 11 more; --json lists them." in done.stdout
    answer = json.loads(run(folder, "check", "--plan", "plan.yaml", "--json").stdout)
    ties = [found for found in answer["findings"] if found["kind"] == "tie"]
    assert len(ties) == answer["totals"]["tie"] == 21
    assert ties[0]["account"] == {"country": "US", "state": "NY"}
    assert answer["overlapping"]["sales"]["N05"] == ["N06", "REST"]


def test_check_compares_lists_with_the_accounts(folder: Path) -> None:
    (folder / "plan.yaml").write_text(PLAN.replace("rule: all", "accounts: ['2', '7']"), encoding="utf-8")
    done = run(folder, "check", "--plan", "plan.yaml", "--accounts", "accounts.csv")
    assert "Accounts that are not there (1)" in done.stdout
    assert 'REST lists the account "7", which is not there.' in done.stdout
    assert "BIG gets none of the accounts given." in done.stdout
    (folder / "plan.yaml").write_text(PLAN.replace("rule: all", "accounts: ['7']"), encoding="utf-8")
    done = run(folder, "check", "--plan", "plan.yaml", "--accounts", "accounts.csv")
    assert "Nobody claims 1 of the 2 accounts given in the layer sales, for instance 2." in done.stdout


def test_export_and_diff(folder: Path) -> None:
    assert run(folder, "plan", "export", "--plan", "plan.yaml", "--out", "again.yaml").returncode == 0
    text = (folder / "again.yaml").read_text(encoding="utf-8")
    assert run(folder, "plan", "export", "--plan", "again.yaml").stdout == text
    assert "mean the same" in run(folder, "plan", "diff", "plan.yaml", "again.yaml").stdout
    (folder / "again.yaml").write_text(text.replace("> 100", "> 200"), encoding="utf-8")
    changes = json.loads(run(folder, "plan", "diff", "plan.yaml", "again.yaml", "--json").stdout)
    assert [(change["key"], change["before"], change["after"]) for change in changes] == [
        ("BIG", "employees > 100", "employees > 200")
    ]


def test_why_not_says_the_least_change_of_the_account_and_of_the_plan(folder: Path) -> None:
    (layer,) = json.loads(why(folder, "2", "--territory", "BIG", "--json").stdout)["layers"]
    (answer,) = layer["to_flip"]
    assert answer["account"]["is_smallest"] is True
    # More than 100 people alone would not do: REST is a claim of the same class and greater specificity.
    assert [(change["field"], change["after"]) for change in answer["account"]["changes"]] == [
        ("employees", 101),
        ("country", "(other)"),
    ]
    assert {remedy["kind"] for remedy in answer["plan"]} == {"name", "rule", "lock"}
    text = why(folder, "2", "--territory", "WEST").stdout
    assert "The least change of the account: state of 2 becomes CA (now or)." in text
    assert "Widen the rule of WEST: state is CA → state is one of CA and OR." in text


def test_why_not_for_a_rep_needs_a_seat(folder: Path) -> None:
    seats = PLAN + "seats: [{territory: WEST, rep: R-1}]\n"
    (folder / "plan.yaml").write_text(seats, encoding="utf-8")
    (layer,) = json.loads(why(folder, "2", "--rep", "r-1", "--json").stdout)["layers"]
    assert [answer["territory"] for answer in layer["to_flip"]] == ["WEST"]
    done = why(folder, "2", "--rep", "R-9")
    assert done.returncode == 1
    assert '"R-9" has no primary seat' in done.stderr
