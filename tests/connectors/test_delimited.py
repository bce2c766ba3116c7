"""Is a text file read the same, whatever program wrote it?"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpatch.connectors.columnar import ColumnarTable
from fairpatch.connectors.delimited import DelimitedTable
from fairpatch.connectors.sources import count_rows, open_source, read_sample
from fairpatch.core.errors import FaultyInputError

TEXT = "id,name\n1,Müller\n2,Żabka\n"


def read(path: Path) -> list[tuple[str | None, ...]]:
    return [row for batch in open_source(path).read_batches() for row in zip(*batch.columns, strict=True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    path.write_bytes((mark + TEXT).encode(encoding))
    assert read(path) == [("1", "Müller"), ("2", "Żabka")]
    assert open_source(path).headers == ("id", "name")


def test_windows_and_latin_files_are_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n1,Müller – €\n".encode("cp1252"))
    table = DelimitedTable(path)
    assert (table.encoding, table.is_unusual, read(path)) == ("cp1252", True, [("1", "Müller – €")])
    path.write_bytes(b"id,name\n1,M\xfcller \x81\n")
    assert DelimitedTable(path).encoding == "latin-1"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_says_what_separates(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'"a{"," if separator != "," else ";"}b"{separator}c\n1{separator}"x{separator}y"\n')
    assert read(path) == [("1", f"x{separator}y")]


def test_lines_are_counted_where_rows_begin(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,name\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n3\r\n4,y,z\r\n5,w\r\n', newline="")
    batch = next(open_source(path).read_batches())
    assert batch.lines == [2, 5, 8]
    assert batch.columns[1] == ["two\r\nlines", "x", "w"]
    assert batch.faults == [(6, "row_ragged", "1", "2"), (7, "row_ragged", "3", "2")]


def test_an_unclosed_quote_is_a_fault_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,name\n1,x\n2,"' + "y" * (1 << 20) + "\n3,z\n")
    lines, faults = [], []
    for batch in open_source(path).read_batches():
        lines += batch.lines
        faults += batch.faults
    assert lines[0] == 2
    assert next((line, code) for line, code, _, _ in faults) == (3, "row_unreadable")


def test_nul_bytes_do_not_stop_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,a\0b\n")
    assert read(path) == [("1", "ab")]


@pytest.mark.parametrize(("text", "sentence"), [("", "empty"), ("a,a\n1,2\n", "more than once")])
def test_a_header_must_be_usable(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(FaultyInputError, match=sentence):
        open_source(path)


def test_unnamed_columns_get_a_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,\n1,2\n")
    assert open_source(path).headers == ("id", "column 2")


def test_parquet_comes_as_the_same_text(tmp_path: Path) -> None:
    import datetime as dt
    from decimal import Decimal

    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "id": pa.array([7, None], pa.int64()),
            "zip": pa.array([2139.0, float("nan")], pa.float64()),
            "sum": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
            "day": pa.array([dt.date(2027, 1, 31), None]),
            "tags": pa.array([["a", "b"], []], pa.list_(pa.string())),
            "is_open": pa.array([True, None]),
        }
    )
    pq.write_table(table, path)
    assert read(path) == [
        ("7", "2139", "1.50", "2027-01-31", "a|b", "true"),
        (None, None, None, None, "", None),
    ]
    assert ColumnarTable(path).row_count == 2
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(FaultyInputError, match="damaged"):
        ColumnarTable(path)


def test_rows_are_counted_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text, count in (("h\n1\n2\n", 2), ("h\n1\n2", 2), ("h\n", 0), ("h", 0)):
        path.write_text(text)
        assert count_rows(path) == count
    assert read_sample(path).rows == ()


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("x")
    with pytest.raises(FaultyInputError, match="cannot be read"):
        open_source(tmp_path / "a.xls")
    with pytest.raises(FaultyInputError, match="does not hold it"):
        open_source(tmp_path / "none.csv")
