"""Do all engines of `fairpatch route` take every file alike: same result, same faults, same findings?"""

import csv
import datetime as dt
import io
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import fairpatch
from fairpatch.cli.route import decide_fast, decide_plainly, stream_file
from fairpatch.connectors import account_arrays
from fairpatch.connectors.result_csv import write_result_csv
from fairpatch.connectors.tables import write_table
from fairpatch.core.errors import FairpatchError, FaultyInputError

pytestmark = pytest.mark.slow

DAY = dt.date(2027, 1, 31)
PLAN = """\
fairpatch: 1
name: test
fields: [{name: tier, type: number}, {name: since, type: date}, {name: is_key, type: boolean}]
layers: [{code: sales}, {code: "=cloud", role: overlay, families: together}]
territories:
  - {code: WEST, rule: 'state in ["CA"] or tier > 3 or is_key = true', priority: -5}
  - {code: "=EAST", rule: 'product_lines includes all ["a", "b"] or since < 2027-01-01'}
  - {code: 'Q"1,2', layer: "=cloud", rule: 'employees >= 10', accounts: [A1, A2]}
"""
CELLS = {
    "state": ["CA", "ca ", "California", "", " ", "NY"],
    "country": ["US", "USA", "", "DE"],
    "postal_code": ["94105", "10001-1234", "", "SW1A 1AA"],
    "tier": ["", "4.5", " 3 ", "+7", "5.", ".5", "1e3", "-2"],
    "employees": ["", "9", "10", "1e1", "10.0", "9007199254740993"],
    "latitude": ["", "95", "37.7", "-122"],
    "longitude": ["", "200", "-122.4", "37"],
    "since": ["", "2026-05-01", "2028-01-01 "],
    "is_key": ["", "yes", "TRUE", "0"],
    "product_lines": ["", "a|b", "A | B|", "b"],
    "parent": ["", "a1", "A 2"],
    "name": ['say "hi"', "comma, Inc", "", "plain", "=sum(1)"],
    "note": ["x", ""],
}
FAULTS = [b"\x00", b'"', b"\r", b"\xff", b",", b"\nA1,", b"\n\n", b"1,000", b"inf", b"nope"]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def draw_csv(r: random.Random) -> bytes:
    names = ["id", *r.sample(sorted(CELLS), r.randint(1, 9))]
    ids = ["A1", "=2", " A3", "-5", "a,6", 'q"7', "+x", "@y", "é 9", "2nd\nline"][: r.randint(1, 10)]
    if r.random() < 0.5:
        ids = [f"P{n}" for n in range(r.randint(0, 8))]
    text = io.StringIO()
    quoting = r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(text, quoting=quoting, lineterminator=r.choice(["\n", "\r\n"]))
    writer.writerow(names)
    for account in ids:
        writer.writerow([account, *(r.choice(CELLS[name]) for name in names[1:])])
    data = r.choice([b"", b"\xef\xbb\xbf"]) + text.getvalue().encode()
    if r.random() < 0.3:
        place = r.randint(0, len(data))
        data = data[:place] + r.choice(FAULTS) + data[place:]
    return data.rstrip(b"\r\n") if r.random() < 0.2 else data


def run_engine(decide, plan: Path, accounts: Path, out: Path, write, capsys):
    capsys.readouterr()
    try:
        result = decide(plan, accounts, DAY)
    except FaultyInputError as fault:
        return [str(finding) for finding in fault.findings], capsys.readouterr().err
    write(result, out)
    return out.read_bytes(), result.schema, capsys.readouterr().err


def test_files_of_every_kind(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accounts, out, taken = tmp_path / "accounts.csv", tmp_path / "out.csv", 0
    for seed in range(200):
        accounts.write_bytes(draw_csv(random.Random(seed)))
        expected = run_engine(decide_plainly, plan, accounts, out, write_table, capsys)
        assert run_engine(decide_fast, plan, accounts, out, write_result_csv, capsys) == expected, seed
        taken += account_arrays.read_account_arrays(accounts, fairpatch.load_plan(plan).catalogue) is not None
    assert taken > 60, "the quick way is taken for files that are in order"


@pytest.mark.parametrize(
    "columns",
    [
        {"id": pa.array([7, 8]), "state": ["CA", None], "tier": [4.5, float("nan")]},
        {"id": pa.array(["a", "b"], pa.large_string()), "employees": pa.array([2**60, 3])},
        {"id": pa.array(["a", "b"]).dictionary_encode(), "product_lines": [["A", "b"], None]},
        {"id": ["a", "b"], "since": [dt.date(2026, 1, 1), None], "is_key": [True, None]},
        {
            "id": ["a", "b"],
            "since": pa.array([10**15, None], pa.timestamp("us")),
            "state": [94105.0, float("nan")],
        },
        {"id": ["a", "b"], "tier": ["4", " "], "latitude": ["95", ""], "longitude": [1, 200]},
        {"id": pa.array([], pa.string()), "state": pa.array([], pa.string())},
        {"id": ["a", "A "]},
        {"id": ["a", None]},
        {"id": ["a", "b"], "tier": [float("inf"), 1.0]},
        {"state": ["CA", "CA"]},
    ],
)
def test_parquet_of_every_type(
    plan: Path, tmp_path: Path, columns: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts, out = tmp_path / "accounts.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table(columns), accounts)
    expected = run_engine(decide_plainly, plan, accounts, out, write_table, capsys)
    assert run_engine(decide_fast, plan, accounts, out, write_table, capsys) == expected


def run_stream(plan: Path, accounts: Path, out: Path, capsys) -> tuple:
    capsys.readouterr()
    out.unlink(missing_ok=True)
    try:
        counts = stream_file(plan, accounts, DAY, out, "1GB")
    except FaultyInputError as fault:
        assert not out.exists(), "nothing is written"
        return [str(finding) for finding in fault.findings], capsys.readouterr().err, None
    assert not list(out.parent.glob(".fairpatch*")), "nothing is left behind"
    return out.read_bytes(), capsys.readouterr().err, counts


@pytest.mark.parametrize(("bytes_at_once", "seeds"), [(2**25, range(12)), (40, range(12, 32))])
def test_streamed_files_of_every_kind(
    bytes_at_once: int,
    seeds: range,
    plan: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account_arrays, "_BYTES_AT_ONCE", bytes_at_once)
    accounts, out, whole = tmp_path / "accounts.csv", tmp_path / "out.csv", tmp_path / "whole.csv"
    for seed in seeds:
        accounts.write_bytes(draw_csv(random.Random(seed)))
        expected = run_engine(decide_fast, plan, accounts, whole, write_result_csv, capsys)
        found = run_stream(plan, accounts, out, capsys)
        assert (found[0], found[1]) == (expected[0], expected[-1]), seed
        if found[2] is not None:
            assert found[2][0] == len(list(csv.reader(io.StringIO(out.read_text())))) - 1


def test_streamed_blocks_have_the_lines_of_the_file(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_arrays, "_BYTES_AT_ONCE", 60)
    monkeypatch.setattr(account_arrays, "_ROWS_AT_ONCE", 2)
    accounts = tmp_path / "accounts.csv"
    rows = [f"A{n},{'California' if n in (3, 9) else 'CA'},A{n - 1}" for n in range(12)]
    accounts.write_text("\n".join(["id,state,parent", *rows]))
    blocks = list(account_arrays.stream_account_arrays(accounts, fairpatch.load_plan(plan).catalogue))
    assert len(blocks) > 2
    _, told, counts = run_stream(plan, accounts, tmp_path / "out.csv", capsys)
    assert [line.split(":")[1] for line in told.splitlines()] == ["5", "11"]
    assert counts == (24, 12)
    accounts.write_text("\n".join(["id,state,parent", *rows, "a0,CA,"]))
    faults, _, _ = run_stream(plan, accounts, tmp_path / "out.csv", capsys)
    assert faults == ['accounts.csv:14: id: The id "a0" already stands in line 2.']


def test_streamed_parquet(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_arrays, "_ROWS_AT_ONCE", 3)
    accounts, out = tmp_path / "accounts.parquet", tmp_path / "out.parquet"
    columns = {
        "id": pa.array(range(10), pa.int64()),
        "state": ["CA", None] * 5,
        "tier": [4.5, 1.0, None, 2.0, 9.0] * 2,
        "parent": [None, "0", "1", "3", "2", None, "5", "6", "99", "9"],
        "annual_revenue": pa.array([2**60 + n % 3 for n in range(10)]),
    }
    pq.write_table(pa.table(columns), accounts)
    stream_file(plan, accounts, DAY, out, "1GB")
    assert pq.read_table(out).equals(decide_plainly(plan, accounts, DAY))


def test_too_little_memory_and_odd_amounts_are_told(plan: Path, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("id,state\nA1,CA\n")
    with pytest.raises(FairpatchError, match="not an amount of memory"):
        stream_file(plan, accounts, DAY, tmp_path / "out.csv", "plenty")
    with pytest.raises(FairpatchError, match="more memory"):
        stream_file(plan, accounts, DAY, tmp_path / "out.csv", "1MB")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "out"))] == []


def test_a_parquet_column_that_appears_twice_is_named(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts, out = tmp_path / "accounts.parquet", tmp_path / "out.parquet"
    columns = [pa.array(["A1"]), pa.array(["CA"]), pa.array(["NY"])]
    pq.write_table(pa.Table.from_arrays(columns, names=["id", "state", "state"]), accounts)
    for decide in (decide_fast, decide_plainly):
        found = run_engine(decide, plan, accounts, out, write_table, capsys)
        assert ['The column "state" appears twice.' in sentence for sentence in found[0]] == [True]


def test_library_takes_all_engines(plan: Path) -> None:
    loaded = fairpatch.load_plan(plan)
    accounts = [{"id": "A1", "tier": 5, "employees": 2**60}, {"id": "b", "state": "CA"}]
    plainly = fairpatch.route(loaded, accounts, date=DAY, engine="reference")
    assert fairpatch.route(loaded, accounts, date=DAY).equals(plainly)
    assert fairpatch.route(loaded, accounts, date=DAY, engine="duckdb").equals(plainly)
    none = accounts[:0]
    empty = pa.table({"id": pa.array(none, pa.string())})
    assert fairpatch.route(loaded, empty, date=DAY, engine="duckdb").num_rows == 0
    with pytest.raises(FairpatchError):
        fairpatch.route(loaded, accounts, date=DAY, engine="magic")
    for engine in ("numpy", "duckdb"):
        with pytest.raises(FaultyInputError):
            fairpatch.route(loaded, [{"id": "x"}, {"id": "X"}], date=DAY, engine=engine)
