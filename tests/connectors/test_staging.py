"""Is every row accounted for, and every kind of dirt named?"""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairpatch.connectors.stage_checks import check_stage, count_stage
from fairpatch.connectors.staging import create_stage, stage_files
from fairpatch.core.accounts.mapping import read_mapping
from fairpatch.core.accounts.notes import ERROR_CODES
from fairpatch.core.errors import FairpatchError, FaultyInputError
from fairpatch.engines.geo.places import open_places

PLACES = open_places()
COLUMNS = {
    "id": "id", "name": "name", "owner": "owner", "country": "country", "state": "state", "city": "city",
    "postal_code": "zip", "latitude": "lat", "longitude": "lon", "employees": "staff", "parent": "parent",
}  # fmt: skip
HEADER = "id,name,owner,country,state,city,zip,lat,lon,staff,parent"
SEATTLE = "R1,US,WA,Seattle,98101"
REPS = "id,name,manager\nR1,Ann,\nR2,Bob,R1\n"


def stage(folder: Path, accounts: str, known: tuple[tuple[str, str | None], ...] = (), **more: object):  # type: ignore[no-untyped-def]
    """(notes as (line, column, code), counts of accounts, staged rows by id)"""
    (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    (folder / "reps.csv").write_text(REPS, encoding="utf-8")
    files = [
        {"file": "reps.csv", "kind": "reps", "columns": {"id": "id", "name": "name", "manager": "manager"}},
        {"file": "accounts.csv", "kind": "accounts", "columns": COLUMNS, **more},
    ]
    spec = read_mapping({"files": files})
    with create_stage(folder / "stage.sqlite3") as staged:
        staged.add_known("account", ((key, parent, None) for key, parent in known))
        stage_files(staged, spec, folder, PLACES, "USD", 0, lambda *_: None)
        check_stage(staged, spec, lambda *_: None)
        staged.connection.row_factory = sqlite3.Row
        run = staged.connection.execute
        notes = {(row["line"], row["col"], row["code"]) for row in run("SELECT * FROM note WHERE entry = 1")}
        rows = {row["id"]: dict(row) for row in run("SELECT * FROM stage_accounts")}
        staged.connection.row_factory = None
        return notes, count_stage(staged, spec)["accounts"], rows


@pytest.mark.parametrize(
    ("row", "column", "code", "kept"),
    [
        (f"A,Acme ,{SEATTLE},47.6,-122.3,5,", "name", "spaces_trimmed", {"name": "Acme"}),
        ("A,Acme,R1,usa,WA,Seattle,98101,47.6,-122.3,5,", "country", "country_named", {"country": "US"}),
        ("A,Acme,R1,Germany,Bayern,,,48.1,11.5,5,", "state", "state_named", {"state": "BY", "country": "DE"}),
        ("A,Acme,R1,US,Washington,Seattle,98101,47.6,-122.3,5,", "state", "state_named", {"state": "WA"}),
        ("A,Acme,R1,US,,Seattle,98101,47.6,-122.3,5,", "state", "state_found", {"state": "WA"}),
        (f"A,Acme,{SEATTLE},47.6,-122.3,5,", "metro", "metro_found", {"metro": "42660"}),
        ("A,Acme,R1,US,OR,Seattle,98101,47.6,-122.3,5,", "state", "state_contradicts", {"state": "OR"}),
        ("A,Acme,R1,DE,QQ,,,48.1,11.5,5,", "state", "unknown_state", {"state": "QQ"}),
        (
            f"A,Acme,{SEATTLE}-1234,47.6,-122.3,5,",
            "postal_code",
            "postal_shortened",
            {"postal_code": "98101"},
        ),
        (
            "A,Acme,R1,US,MA,Boston,2139,42.3,-71.1,5,",
            "postal_code",
            "postal_padded",
            {"postal_code": "02139"},
        ),
        (f"A,Acme,{SEATTLE},,,5,", "latitude", "position_found_postal", {"position_origin": "postal_code"}),
        ("A,Acme,R1,FR,,Lyon,,,,5,", "latitude", "position_found_city", {"position_origin": "city"}),
        (f"A,Acme,{SEATTLE},-122.3,47.6,5,", "latitude", "position_swapped", {"latitude": 47.6}),
        (f"A,Acme,{SEATTLE},47.6,122.3,5,", "latitude", "position_mirrored", {"longitude": -122.3}),
        (f"A,Acme,{SEATTLE},0,0,5,", "latitude", "position_zero", {"position_origin": "postal_code"}),
        (f"A,Acme,{SEATTLE},25.8,-80.2,5,", "latitude", "position_far", {"latitude": 25.8}),
        (f'A,Acme,{SEATTLE},47.6,-122.3,"1,250.0",', "employees", "number_read", {"employees": 1250}),
        (f"A,Acme,{SEATTLE},47.6,-122.3,N/A,", "employees", "blank_word", {"employees": None}),
        (f"A,Acme,{SEATTLE},47.6,-122.3,5,A", "parent", "own_parent", {"parent_key": None}),
        (f"A,Acme,{SEATTLE},47.6,-122.3,5,Z9", "parent", "unknown_parent", {"parent_key": None}),
    ],
)
def test_dirt_is_repaired_and_named(
    tmp_path: Path, row: str, column: str, code: str, kept: dict[str, object]
) -> None:
    notes, counts, rows = stage(tmp_path, f"{HEADER}\n{row}\n")
    assert (2, column, code) in notes
    assert counts == {"rows": 1, "sound": 1, "faulty": 0, "skipped": 0}
    assert {key: rows["A"][key] for key in kept} == kept


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",Acme,R1,US,WA,,,,,,", "id", "missing_required"),
        ("A,,R1,US,WA,,,,,,", "name", "missing_required"),
        ("A,Acme,R9,US,WA,,,,,,", "owner", "unknown_rep"),
        ("A,Acme,R1,Atlantis,,,,,,,", "country", "unknown_country"),
        ("A,Acme,R1,US,WA,,,,,many,", "employees", "bad_number"),
        ("A,Acme,R1,US,WA", "", "row_ragged"),
        (f"{'A' * 121},Acme,R1,US,WA,,,,,,", "id", "id_too_long"),
    ],
)
def test_faulty_rows_are_named_and_counted(tmp_path: Path, row: str, column: str, code: str) -> None:
    notes, counts, _ = stage(tmp_path, f"{HEADER}\nB,Sound,R1,US,WA,,98101,,,,\n{row}\n")
    assert (3, column, code) in notes
    assert counts == {"rows": 2, "sound": 1, "faulty": 1, "skipped": 0}


def test_the_second_of_two_ids_is_faulty_whatever_its_case(tmp_path: Path) -> None:
    notes, counts, _ = stage(tmp_path, f"{HEADER}\nA 1,x,R1,US,,,98101,,,,\na1,y,R1,US,,,98101,,,,\n")
    assert (3, "id", "duplicate_id") in notes
    assert not any(line == 2 and code == "duplicate_id" for line, _, code in notes)
    assert counts["faulty"] == 1


def test_circles_are_broken_also_through_what_the_database_holds(tmp_path: Path) -> None:
    pairs = ("AB", "BA", "CA", "DE")
    rows = "\n".join([HEADER, *(f"{child},x,R1,US,,,98101,,,,{parent}" for child, parent in pairs)]) + "\n"
    notes, counts, staged = stage(tmp_path, rows, known=(("e", "d"), ("d", None)))
    assert {line for line, _, code in notes if code == "parent_circle"} == {2, 3, 5}
    assert staged["C"]["parent_key"] == "a"
    assert [staged[key]["parent_key"] for key in "ABD"] == [None, None, None]
    assert counts["faulty"] == 0


def test_the_mapping_decides_what_a_comma_means(tmp_path: Path) -> None:
    row = f'{HEADER}\nA,a,R1,US,,,98101,,,"1.250",\nB,b,R1,US,,,98101,,,"12,4",\n'
    _, _, staged = stage(tmp_path, row)
    assert (staged["A"]["employees"], staged["B"]["employees"]) == (1250, 12)


def test_missing_files_and_columns_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    files = [
        {"file": "a.csv", "kind": "accounts", "columns": {"id": "id", "name": "Name"}},
        {"file": "b.csv", "kind": "reps", "columns": {"id": "id", "name": "name"}},
    ]
    spec = read_mapping({"files": files})
    with create_stage(tmp_path / "s") as staged, pytest.raises(FaultyInputError) as refused:
        stage_files(staged, spec, tmp_path, PLACES, "USD", 0, lambda *_: None)
    assert {finding.file for finding in refused.value.findings} == {"a.csv", "b.csv"}


def fill(path: Path) -> None:
    with create_stage(path) as staged:
        staged.connection.execute("PRAGMA max_page_count = 40")
        staged.add_known("account", ((f"key-{n:0100d}", None, None) for n in range(10_000)))


def test_a_full_disk_has_a_name(tmp_path: Path) -> None:
    with pytest.raises(FairpatchError) as refused:
        fill(tmp_path / "s")
    assert refused.value.code == "storage_full"


CELL = st.text(st.characters(exclude_characters='\r\n"\0', exclude_categories=["Cs"]), max_size=12)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B", "C", "a ", "", "D"]), CELL, st.sampled_from(["R1", "r2 ", "R9", ""]),
            st.sampled_from(["US", "Germany", "??", ""]), CELL, CELL, CELL, CELL, CELL, CELL,
            st.sampled_from(["A", "B", "C", "", "Q"]),
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_row_is_ever_lost(rows: list[tuple[str, ...]]) -> None:
    """Rows read = sound + faulty + skipped, every faulty one is named, and keys of sound rows are unique."""
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    with tempfile.TemporaryDirectory() as name:
        notes, counts, _ = stage(Path(name), "\n".join([HEADER, *lines]) + "\n")
        with closing(sqlite3.connect(Path(name) / "stage.sqlite3")) as staged:
            sound = staged.execute("SELECT id_key FROM stage_accounts WHERE NOT is_faulty").fetchall()
    blank = sum(1 for row in rows if not any(row))
    assert counts["rows"] == len(rows) - blank
    assert counts["rows"] == counts["sound"] + counts["faulty"] + counts["skipped"]
    named = {line for line, _, code in notes if code in ERROR_CODES}
    assert counts["faulty"] == len(named)
    assert counts["sound"] == len(sound)
    assert len(sound) == len(set(sound))
