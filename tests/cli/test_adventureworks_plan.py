"""Does the plan that ships for AdventureWorks route the sample alike by every engine? What is said of it?"""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairpatch.cli.main import app

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT.parent / "shared" / "data" / "adventureworks" / "accounts.csv"
PLAN = str(ROOT / "docs" / "use" / "adventureworks.yaml")
HEADERS = {
    "account_id": "id",
    "NumberEmployees": "employees",
    "AnnualRevenue": "annual_revenue",
    "BusinessType": "segment",
    "Specialty": "specialty",
    "SquareFeet": "square_feet",
    "lat": "latitude",
    "lon": "longitude",
}
needs_sample = pytest.mark.skipif(
    not SAMPLE.is_file(), reason="needs the AdventureWorks files in ../shared/data/adventureworks"
)


@pytest.fixture
def accounts(tmp_path: Path) -> str:
    """The sample under the names that routing knows."""
    target = tmp_path / "accounts.csv"
    with SAMPLE.open(encoding="utf-8", newline="") as read, target.open("w", newline="") as written:
        rows = csv.reader(read)
        header = [HEADERS.get(name, name) for name in next(rows)]
        csv.writer(written).writerows([header, *rows])
    return str(target)


def run(*words: str) -> tuple[str, str]:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_the_plan_reads_without_faults() -> None:
    said = json.loads(run("check", "--plan", PLAN, "--json")[0])
    assert said["errors"] == 0
    kinds = {finding["kind"] for finding in said["findings"]}
    assert not kinds & {"dead", "tie", "contradiction"}


@needs_sample
def test_every_engine_routes_the_sample_alike(accounts: str, tmp_path: Path) -> None:
    results, said = [], []
    for engine in ("numpy", "duckdb", "reference"):
        out = tmp_path / f"{engine}.csv"
        words = ("--plan", PLAN, "--accounts", accounts, "--out", str(out), "--engine", engine)
        said.append(run("route", *words, "--date", "2026-11-21")[1])
        results.append(out.read_bytes())
    assert results[0] == results[1] == results[2]
    assert said[0] == said[1] == said[2]
    rows = list(csv.DictReader(results[0].decode().splitlines()))
    won = Counter(row["territory"] for row in rows if row["layer"] == "sales")
    assert (len(rows), sum(won.values()), won[""], won["US-KEY"], won["PARIS"]) == (1402, 701, 0, 83, 31)
    assert sum(row["tie"] == "true" for row in rows) == 0


@needs_sample
def test_what_is_wrong_in_the_sample_is_told(accounts: str) -> None:
    said = json.loads(run("check", "--plan", PLAN, "--accounts", accounts, "--json")[0])
    told = Counter(finding["sentence"] for finding in said["findings"])
    assert told['"97015-6403" is a ZIP+4; an import would write "97015". Compared as it stands.'] == 1
    assert told['"MI" contradicts the postal code 98272, which lies in WA. Compared as it stands.'] == 1
    assert sum(count for sentence, count in told.items() if "Latitude 0 and longitude 0" in sentence) == 30
    assert any("Nobody claims 153 of the 701 accounts given" in sentence for sentence in told)


@needs_sample
def test_why_tells_numbers_as_the_rule_does(accounts: str) -> None:
    asked = ("--plan", PLAN, "--accounts", accounts, "--account", "294", "--territory", "US-KEY")
    said = run("why", *asked)[0]
    assert "294 in layer sales: LOS-ANGELES" in said
    assert "annual revenue is at least 300,000 does not hold: annual revenue is 80,000." in said
    assert "annual revenue of 294 becomes 300,000 (now 80,000)" in said
