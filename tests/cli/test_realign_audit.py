"""Does the whole passage work from the terminal, and does the exported ledger verify without a database?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairpatch.cli.audit import app as audit
from fairpatch.cli.plan import app as plan
from fairpatch.cli.realign import app as realign
from fairpatch.core.errors import FaultyInputError
from fairpatch.records.models import Account, Plan
from tests.worlds.staff import copy_to_draft, found_company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


def say(app: object, *words: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, list(words))  # type: ignore[arg-type]
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


def test_from_proposal_to_proof(tmp_path: Path) -> None:
    company = found_company()
    paul, ada = ("--as", "paul@example.com"), ("--as", "ada@example.com")
    wanted = ("--territory", "WEST", "--rep", "cat", "--reason", "leave")
    assert "3 moves" in say(realign, "propose", *paul, *wanted, "--preview")
    made = json.loads(say(realign, "propose", *paul, *wanted, "--json"))
    number = str(made["id"])
    assert (made["status"], made["moves"]) == ("proposed", 3)
    say(realign, "approve", number, *paul, status=1)
    say(realign, "approve", number, *ada)
    assert "executed" in say(realign, "execute", number, *ada)
    assert company.owner_of("a1") == "cat"
    assert "WEST to Cat" in say(realign, "list")
    assert "The territory has another owner." in say(realign, "show", number)
    assert "agree" in say(audit, "check")
    file = tmp_path / "ledger.jsonl"
    newest = say(audit, "export", "--out", str(file)).split()[-1]
    assert "intact" in say(audit, "verify", str(file), "--expect-head", newest)
    file.write_text(file.read_text().replace('\\"cause\\":\\"rule\\"', '\\"cause\\":\\"lock\\"', 1))
    assert "First bad entry: batch 1, entry 0" in say(audit, "verify", str(file), status=1)


def test_accounts_and_way_back() -> None:
    company = found_company()
    paul, ada = ("--as", "paul@example.com"), ("--as", "ada@example.com")
    wanted = ("--account", "A6", "--territory", "EAST", "--reason", "contract")
    made = json.loads(say(realign, "propose", *paul, *wanted, "--json"))
    say(realign, "approve", str(made["id"]), *ada)
    say(realign, "execute", str(made["id"]), *ada)
    assert company.owner_of("a6") == "bob"
    back = json.loads(say(realign, "undo", str(made["id"]), "mistake", *paul, "--json"))
    say(realign, "approve", str(back["id"]), *ada)
    Account.objects.filter(key="a6").update(name="Renamed")
    drifted = json.loads(say(realign, "execute", str(back["id"]), *ada, "--json", status=1))
    assert [item["external_id"] for item in drifted["drift"]] == ["a6"]
    fresh = json.loads(say(realign, "rebase", str(back["id"]), *paul, "--json"))
    say(realign, "approve", str(fresh["id"]), *ada)
    say(realign, "execute", str(fresh["id"]), *ada)
    assert company.owner_of("a6") == "queue"


def test_wrong_usage_is_said() -> None:
    found_company()
    say(realign, "propose", "--as", "paul@example.com", "--reason", "x", status=2)
    assert "no user" in str(
        CliRunner().invoke(realign, ["approve", "1", "--as", "nobody@example.com"]).exception
    )


def test_verify_does_not_load_django(tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text('{"t":"ledger","v":1,"heads":0}\n{"t":"end","heads":0}\n')
    script = (
        "import sys; from fairpatch.cli.main import app\n"
        "try: app(['audit', 'verify', sys.argv[1]])\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, str(file)], check=True, capture_output=True)


def test_a_draft_that_was_overtaken_is_brought_up_to_date_first() -> None:
    company = found_company()
    paul, ada = ("--as", "paul@example.com"), ("--as", "ada@example.com")
    draft = str(copy_to_draft(company, {"EAST": 'state in ["NY", "TX"]'}).pk)
    wanted = ("--territory", "WEST", "--rep", "cat", "--reason", "leave", "--json")
    made = json.loads(say(realign, "propose", *paul, *wanted))
    say(realign, "approve", str(made["id"]), *ada)
    say(realign, "execute", str(made["id"]), *ada)
    say(realign, "propose", *paul, "--plan", draft, "--reason", "growth", status=1)
    assert "Second is up to date" in say(realign, "update", *paul, "--plan", draft)
    assert "1 moves" in say(realign, "propose", *paul, "--plan", draft, "--reason", "growth", "--preview")


def test_a_plan_as_code_goes_out_and_comes_back(tmp_path: Path) -> None:
    company = found_company()
    paul, ada = ("--as", "paul@example.com"), ("--as", "ada@example.com")
    file, reason = tmp_path / "plan.yaml", ("--reason", "California goes east")
    say(plan, "export", "--out", str(file))
    assert "means the same" in say(plan, "apply", str(file), *paul, *reason)
    written = file.read_text()
    california, new_york = 'state = "CA"', 'state = "NY"'
    file.write_text(written.replace(california, 'state = "NV"').replace(new_york, 'state in ["CA", "NY"]'))
    assert file.read_text().count("NV") == 1
    before = Plan.objects.count()
    made = json.loads(say(plan, "apply", str(file), *paul, *reason, "--json"))
    assert made["moves"] == 3
    say(realign, "approve", str(made["id"]), *ada)
    say(realign, "execute", str(made["id"]), *ada)
    assert company.owner_of("a1") == "bob"
    assert "means the same" in say(plan, "apply", str(file), *paul, *reason)
    assert say(plan, "export") == file.read_text()
    file.write_text(written.replace(california, 'planet = "Mars"'))
    done = CliRunner().invoke(plan, ["apply", str(file), *paul, *reason])
    assert isinstance(done.exception, FaultyInputError)
    assert Plan.objects.count() == before + 1
