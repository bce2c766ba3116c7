"""Does `fairpatch design` keep its contract from the outside: files, faults with lines, exit codes, bytes?"""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
import typer
from typer.testing import CliRunner, Result

from fairpatch.cli.design import design_territories

app = typer.Typer()
app.command()(design_territories)
RUNNER = CliRunner()


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    path = tmp_path / "accounts.csv"
    with path.open("w") as stream:
        stream.write("id,latitude,longitude,potential,large,owner\n")
        for number in range(120):
            place = f"{rng.uniform(35, 40):.6f},{rng.uniform(-100, -90):.6f}"
            stream.write(f"A{number},{place},{rng.lognormal():.4f},{number % 5 == 0},T{number % 4 + 1}\n")
    return path


def run(accounts: Path, *options: str, territories: str = "4") -> Result:
    out, report = accounts.parent / "out.csv", accounts.parent / "report.json"
    words = ["--accounts", str(accounts), "--territories", territories, "--out", str(out)]
    return RUNNER.invoke(app, [*words, "--report", str(report), *options])


def read_report(accounts: Path) -> dict[str, object]:
    report: dict[str, object] = json.loads((accounts.parent / "report.json").read_text())
    return report


def test_design_is_written_in_the_order_of_the_accounts(accounts: Path) -> None:
    outcome = run(accounts, "--balance", "potential=5%", "--spread", "large=20%")
    assert outcome.exit_code == 0, outcome.output
    with (accounts.parent / "out.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["account"] for row in rows] == [f"A{number}" for number in range(120)]
    report = read_report(accounts)
    assert report["status"] == "ok"
    assert report["fragments"] is None
    loosened = [(price["constraint"], price["measure"]) for price in report["constraint_prices"]]  # type: ignore[attr-defined]
    assert loosened == [("balance", "potential"), ("spread", "large")]
    assert all(price["gain_km2"] >= 0 for price in report["constraint_prices"])  # type: ignore[attr-defined]
    assert sorted(accounts.parent.iterdir()) == sorted(
        accounts.parent / name for name in ("accounts.csv", "out.csv", "report.json")
    )


def test_same_bytes_again_whatever_the_order_of_rows_and_the_format(accounts: Path) -> None:
    run(accounts, "--balance", "potential=5%")
    first, report = (accounts.parent / "out.csv").read_bytes(), read_report(accounts)
    run(accounts, "--balance", "potential=5%")
    assert (accounts.parent / "out.csv").read_bytes() == first
    assert {**read_report(accounts), "seconds": 0} == {**report, "seconds": 0}
    table = pyarrow.csv.read_csv(accounts)
    mixed = accounts.with_suffix(".parquet")
    pyarrow.parquet.write_table(table.take(np.random.default_rng(2).permutation(120)), mixed)
    run(mixed, "--balance", "potential=5%")
    assert sorted((accounts.parent / "out.csv").read_bytes().splitlines()) == sorted(first.splitlines())


def test_every_fault_is_told_with_its_line_and_nothing_is_written(tmp_path: Path) -> None:
    accounts, territories = tmp_path / "a.csv", tmp_path / "t.csv"
    accounts.write_text(
        "id,latitude,longitude,potential,lock,eligible\n"
        "A,40,-100,1,,\n\n"
        "A,95,-100,1,,\n"
        "C,40,,x,,\n"
        "D,40,-100,-2,Z,X|Y\n"
        "E,40,-100\n"
    )
    territories.write_text("code,capacity\nX,1\nX,0\n")
    outcome = run(
        accounts, "--balance", "potential=5%", "--balance", "nothing=1%", territories=str(territories)
    )
    assert outcome.exit_code == 1
    told = outcome.stderr.replace("\n", " ")
    for part in (
        f"{territories}:3: code: Duplicate territory",
        f"{territories}:3: capacity: The capacity is 0",
        f"{accounts}:4: id: Duplicate account id “A”, first on line 2",
        f"{accounts}:4: latitude: Impossible latitude 95",
        f"{accounts}:5: longitude: The longitude is missing",
        f"{accounts}:5: potential: The potential is missing or no number: “x”",
        f"{accounts}:6: potential: The potential is negative: -2",
        f"{accounts}:6: lock: Unknown territory “Z”",
        f"{accounts}:6: eligible: Unknown territory “Y”",
        f"{accounts}:7: The row has 3 cells",
        "nothing: Unknown column",
    ):
        assert part in told, part
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "t.csv"]


def test_more_territories_than_accounts(accounts: Path) -> None:
    outcome = run(accounts, "--balance", "count=5%", territories="121")
    assert outcome.exit_code == 1
    assert "more territories (121) than accounts (120)" in outcome.stderr


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--balance", "potential"],
        ["--balance", "potential=-1%"],
        ["--balance", "potential=x%"],
        ["--balance", "potential=1%", "--centres", "middle"],
        ["--balance", "potential=1%", "--centres", "fixed"],
        ["--balance", "potential=1%", "--sweep", "seed=1"],
        ["--balance", "potential=1%", "--pareto", "p.csv"],
        ["--balance", "potential=1%", "--balance", "potential=2%"],
    ],
)
def test_wrong_usage(accounts: Path, options: list[str]) -> None:
    assert run(accounts, *options).exit_code == 2
    assert not (accounts.parent / "report.json").exists()


def test_impossible_request_leaves_a_report_and_no_assignments(accounts: Path) -> None:
    assert run(accounts, "--balance", "potential=5%", "--max-accounts", "20").exit_code == 1
    report = read_report(accounts)
    assert report["status"] == "infeasible"
    assert report["cost"] is None
    assert report["binding"][0]["constraint"] == "max_accounts"  # type: ignore[index]
    assert not (accounts.parent / "out.csv").exists()


def test_sweep_writes_a_column_per_scenario_and_marks_the_best(accounts: Path) -> None:
    pareto = accounts.parent / "pareto.csv"
    outcome = run(
        accounts,
        *("--balance", "potential=5%", "--pareto", str(pareto)),
        *("--sweep", "tolerance=5,20", "--sweep", "disruption=0,3"),
    )
    assert outcome.exit_code == 0, outcome.output
    with (accounts.parent / "out.csv").open() as stream:
        assert next(csv.reader(stream)) == ["account", "1", "2", "3", "4"]
    scenarios = read_report(accounts)["scenarios"]
    cells = [(cell["tolerance"], cell["disruption"]) for cell in scenarios]  # type: ignore[attr-defined]
    assert cells == [(0.05, 0), (0.05, 3), (0.2, 0), (0.2, 3)]
    with pareto.open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["pareto"] for row in rows} <= {"true", "false"}
    assert any(row["pareto"] == "true" for row in rows)


def test_time_cuts_in(accounts: Path) -> None:
    run(accounts, "--balance", "potential=50%", "--time", "0")
    assert read_report(accounts)["stopped"] == "time"


def test_map_is_one_file_without_a_network(accounts: Path) -> None:
    page = accounts.parent / "map.html"
    assert run(accounts, "--balance", "potential=20%", "--map", str(page)).exit_code == 0
    text = page.read_text()
    assert "http" not in text
    assert text.count("<canvas") == 2
