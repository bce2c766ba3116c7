"""Does `fairpatch route` do all or nothing, and tell every fault? And the library the same?"""

import csv
import datetime as dt
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fairpatch

PLAN = """\
fairpatch: 1
name: test
fields: [{name: tier, type: number}]
territories:
  - {code: WEST, rule: 'state in ["CA"] or tier > 3', priority: -5}
  - {code: "=EAST", rule: 'product_lines includes all ["a", "b"]'}
locks: [{account: L, territory: WEST, from: 2027-01-01, until: 2027-01-31}]
"""
ACCOUNTS = (
    "\ufeffid,state,product_lines,tier,note\n=1,ca,,,x\n 2 ,,a|b,,\n3,,,,\nL,,,,\n-5,California,,4.5,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from fairpatch.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True
    )


def route(folder: Path, out: str = "out.csv", accounts: str = "accounts.csv", *more: str):
    inputs = ("--plan", "plan.yaml", "--accounts", accounts, "--out", out, "--date", "2027-01-31")
    return run(folder, "route", *inputs, *more)


def test_result_as_csv_is_safe_for_spreadsheets(folder: Path) -> None:
    done = route(folder)
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader((folder / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [
        ["account", "layer", "territory", "cause", "tie", "class", "priority", "specificity", "other_claims"],
        ["'=1", "sales", "WEST", "rule", "false", "hybrid", "-5", "20", "0"],
        [" 2 ", "sales", "'=EAST", "rule", "false", "single", "0", "1", "0"],
        ["3", "sales", "", "unassigned", "false", "", "", "", "0"],
        ["L", "sales", "WEST", "lock", "false", "", "", "", "0"],
        ["-5", "sales", "WEST", "rule", "false", "hybrid", "-5", "1", "0"],
    ]
    assert "accounts.csv:1: note: " in done.stderr
    assert 'accounts.csv:6: state: "California"' in done.stderr


def test_parquet_in_and_out_keeps_ids(folder: Path) -> None:
    table = pa.table({"id": [7, 8], "product_lines": [["A", "B"], None], "state": [None, "CA"]})
    pq.write_table(table, folder / "accounts.parquet")
    done = route(folder, "out.parquet", "accounts.parquet")
    assert done.returncode == 0, done.stderr
    result = pq.read_table(folder / "out.parquet")
    assert result.column("account").to_pylist() == [7, 8]
    assert result.column("territory").to_pylist() == ["=EAST", "WEST"]


def test_faults_of_both_files_are_listed_and_nothing_is_written(folder: Path) -> None:
    (folder / "plan.yaml").write_text(PLAN + "foo: 1\n", encoding="utf-8")
    text = 'id,employees\n1,"1,000"\n1,2\n ,inf\n2,5,6\n'
    (folder / "accounts.csv").write_text(text, encoding="utf-8")
    done = route(folder)
    assert done.returncode == 1
    assert [line.rsplit(": ", 1)[0].split(": ")[:2] for line in done.stderr.splitlines()] == [
        ["plan.yaml:8", "foo"],
        ["accounts.csv:2", "employees"],
        ["accounts.csv:3", "id"],
        ["accounts.csv:4", "id"],
        ["accounts.csv:4", "employees"],
        ["accounts.csv:5", "row"],
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["accounts.csv", "plan.yaml"]


@pytest.mark.parametrize(
    "more",
    [("--engine", "spark"), ("--engine", "magic"), ("--date", "soon"), ("--out", "x.xlsx"), ("--nope",)],
)
def test_wrong_usage(folder: Path, more: tuple[str, ...]) -> None:
    assert route(folder, "out.csv", "accounts.csv", *more).returncode == 2
    assert not (folder / "out.csv").exists()


def test_findings_an_import_would_repair(folder: Path) -> None:
    header = "id,country,state,postal_code,latitude,longitude\n"
    text = f"{header}1,US,CA,10001-1234,-122.4,37.7\n2,USA,CA,94105,37,-122\n"
    text += "3,US,ME,4401,0,0\n4,US,MA,4401,42,-71\n5,DE,,4401,48,11\n"
    (folder / "accounts.csv").write_text(text, encoding="utf-8")
    done = route(folder)
    assert done.returncode == 0
    told = [":".join(line.split(":")[1:3]) for line in done.stderr.splitlines()]
    assert told[:4] == ["2: postal_code", "2: state", "2: latitude", "3: country"]
    # A ZIP without its zero is read as it must have been, also when it is held against the state.
    assert told[4:] == ["4: postal_code", "4: latitude", "5: postal_code", "5: state"]


def test_lines_are_those_of_the_file(folder: Path) -> None:
    text = 'id,name,employees\n1,"two\nlines",3\n2,line\u2028separator,x\n'
    (folder / "accounts.csv").write_text(text, encoding="utf-8")
    done = route(folder)
    assert (done.returncode, done.stderr) == (1, 'accounts.csv:4: employees: "x" is not a number.\n')


def test_library(folder: Path) -> None:
    plan = fairpatch.load_plan(folder / "plan.yaml")
    result = fairpatch.route(plan, pa.table({"id": ["x"], "state": ["CA"]}), date=dt.date(2027, 1, 1))
    assert result.to_pylist()[0]["territory"] == "WEST"
    found = fairpatch.check(plan)
    assert [(finding.severity, finding.kind) for finding in found] == [("info", "gap"), ("info", "overlap")]
    (found,) = fairpatch.why(plan, [{"id": "x", "state": "CA"}], "X ", date=dt.date(2027, 1, 1))
    assert found.decision.territory == "WEST"
    with pytest.raises(AttributeError):
        fairpatch.nonsense  # noqa: B018


def test_importing_the_library_is_light() -> None:
    heavy = ("django", "duckdb", "highspy", "ortools", "numba")
    code = f"import sys, fairpatch; fairpatch.load_plan; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
