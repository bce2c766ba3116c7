"""How do account tables come in, and how do results go out, as CSV and Parquet?

Nothing is repaired here: a missing or duplicate id and an unreadable value are faults, each with its
line; everything else is passed on as it stands.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fairpatch.connectors.results import write_whole
from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.plan import fold_account_id
from fairpatch.core.rules.fields import DERIVED_FIELDS, Catalogue, Field
from fairpatch.core.rules.values import read_boolean, read_date, read_number

_WANTED = {"number": "a number", "date": "a date such as 2027-01-31", "boolean": "true or false"}
_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": read_number,
    "date": read_date,
    "boolean": read_boolean,
}


@dataclass
class AccountTable:
    """Accounts as raw rows by field name, each with its line in the source, and what was noticed."""

    rows: list[dict[str, Any]]
    lines: list[int]
    file: str
    notices: list[Finding] = field(default_factory=list)
    id_type: pa.DataType = field(default_factory=pa.string)


def read_account_file(path: Path, catalogue: Catalogue) -> AccountTable:
    """Accounts from a CSV or Parquet file. Raises FaultyInputError with every fault and its line."""
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            table = read_parquet_table(path)
        except (OSError, pa.ArrowInvalid) as fault:
            raise _refuse(path.name, f"This is not readable as Parquet: {fault}") from None
        return read_arrow_accounts(table, catalogue, path.name)
    return _read_csv(path, catalogue)


def read_parquet_table(path: Path) -> pa.Table:
    """The whole file, in which a column may appear twice: as a data set it could not be read at all."""
    with pq.ParquetFile(path) as file:
        return file.read()


def read_arrow_accounts(source: object, catalogue: Catalogue, file: str = "accounts") -> AccountTable:
    """Accounts from any Arrow-compatible table. Ids come back in the type they had."""
    table = as_arrow_table(source)
    columns = list(table.column_names)
    kept, notices = choose_columns(columns, catalogue, file)
    values = {name: table.column(place).to_pylist() for place, name in kept.items()}
    count = table.num_rows
    rows: list[dict[str, Any]] = [
        dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)
    ] or [{} for _ in range(count)]
    id_place = next(place for place, name in kept.items() if name == "id")
    result = AccountTable(rows, list(range(2, count + 2)), file, notices, table.schema.field(id_place).type)
    return _check_rows(result, catalogue)


def as_arrow_table(source: object) -> pa.Table:
    """A pyarrow Table from a table of any library that speaks Arrow, or from a list of mappings."""
    if isinstance(source, pa.Table):
        return source
    if hasattr(source, "__arrow_c_stream__"):
        return pa.table(source)
    if isinstance(source, pa.RecordBatch):
        return pa.Table.from_batches([source])
    if isinstance(source, Mapping):
        return pa.table(dict(source))
    if isinstance(source, Sequence):
        return pa.Table.from_pylist(list(source))
    return pa.table(source)


def _read_csv(path: Path, catalogue: Catalogue) -> AccountTable:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise _refuse(path.name, f"The file cannot be read: {fault.strerror}.") from None
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        raise _refuse(path.name, "This is not UTF-8 text. Save the file as CSV UTF-8.", line) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, None)
    except csv.Error as fault:
        raise _refuse(path.name, f"This is not readable as CSV: {fault}.", reader.line_num) from None
    if not header:
        raise _refuse(path.name, "The file is empty.", 1)
    kept, notices = choose_columns([name.strip() for name in header], catalogue, path.name)
    table, faults = AccountTable([], [], path.name, notices), []
    try:
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(header):
                sentence = (
                    f"The row has {len(cells)} cells, the header {len(header)}. Quote cells that hold commas."
                )
                faults.append(Finding("error", "row", sentence, path.name, line))
            elif cells:
                row = {name: cells[place] for place, name in kept.items() if place < len(cells)}
                table.rows.append(row)
                table.lines.append(line)
            line = reader.line_num + 1
    except csv.Error as fault:
        faults.append(
            Finding("error", "row", f"This is not readable as CSV: {fault}.", path.name, reader.line_num)
        )
    return _check_rows(table, catalogue, faults)


def choose_columns(
    columns: Sequence[str], catalogue: Catalogue, file: str
) -> tuple[dict[int, str], list[Finding]]:
    """The columns that are fields, by place, and a notice of those that are not."""
    kept: dict[int, str] = {}
    faults: list[Finding] = []
    ignored: list[str] = []
    for place, name in enumerate(columns):
        if name not in catalogue or name in DERIVED_FIELDS:
            ignored.append(name)
        elif name in kept.values():
            faults.append(Finding("error", name, f'The column "{name}" appears twice.', file, 1))
        else:
            kept[place] = name
    if "id" not in kept.values():
        faults.append(Finding("error", "id", 'The column "id" is missing.', file, 1))
    if faults:
        raise FaultyInputError(faults, "accounts_faulty")
    notices = [
        Finding("info", name, "This column is not a field of the plan and is ignored.", file, 1)
        for name in ignored
    ]
    return kept, notices


def _check_rows(table: AccountTable, catalogue: Catalogue, faults: Iterable[Finding] = ()) -> AccountTable:
    """Reads typed values in place and refuses the table when anything in it is faulty."""
    findings = [*faults, *_check_ids(table)]
    names = table.rows[0].keys() if table.rows else ()
    for tested in [catalogue[name] for name in names if catalogue[name].type in _READERS]:
        findings.extend(_read_column(table, tested))
    for name in names:
        if catalogue[name].type in ("text", "code", "choice"):
            findings.extend(_check_text_column(table, name))
    if findings:
        raise FaultyInputError(sorted(findings, key=lambda fault: fault.line or 0), "accounts_faulty")
    return table


def _check_ids(table: AccountTable) -> Iterator[Finding]:
    first_line: dict[str, int] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        account_id = fold_account_id(row.get("id"))
        if not account_id:
            yield Finding("error", "id", "The id is missing.", table.file, line)
        elif account_id in first_line:
            sentence = f'The id "{row["id"]}" already stands in line {first_line[account_id]}.'
            yield Finding("error", "id", sentence, table.file, line)
        else:
            first_line[account_id] = line


def _read_column(table: AccountTable, tested: Field) -> Iterator[Finding]:
    name, read = tested.name, _READERS[tested.type]
    for row, line in zip(table.rows, table.lines, strict=True):
        value = row.get(name)
        if isinstance(value, str):
            row[name] = read(value) if value.strip() else None
            is_read = not value.strip() or row[name] is not None
        else:
            is_read = _is_typed(tested, value)
        if not is_read:
            yield Finding("error", name, f'"{value}" is not {_WANTED[tested.type]}.', table.file, line)


def _is_typed(tested: Field, value: object) -> bool:
    """Whether a value that is not text suits its field. NaN is how data frames write "missing"."""
    if value is None:
        return True
    if tested.type == "number":
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return is_number and not (isinstance(value, float) and math.isinf(value))
    return isinstance(value, dt.date if tested.type == "date" else bool)


def _check_text_column(table: AccountTable, name: str) -> Iterator[Finding]:
    for row, line in zip(table.rows, table.lines, strict=True):
        value = row.get(name)
        if isinstance(value, float) and math.isnan(value):
            row[name] = None
        elif isinstance(value, list | dict | bytes):
            yield Finding("error", name, "A single text or number is expected here.", table.file, line)


def write_table(table: pa.Table, path: Path) -> None:
    """Writes a result whole or not at all, in the form its name asks for (.csv or .parquet)."""
    if path.suffix.lower() in (".parquet", ".pq"):
        write_whole(path, lambda part: pq.write_table(table, part))
        return
    columns = [column.to_pylist() for column in table.columns]

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.column_names)
            writer.writerows([spell_cell(value) for value in row] for row in zip(*columns, strict=True))

    write_whole(path, write)


def spell_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula. Numbers, negative ones too, stay as they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return spell_cell("|".join(map(str, value)))
    text = str(value)
    if (
        isinstance(value, str)
        and text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")
        and read_number(text) is None
    ):
        return f"'{text}"
    return text


def _refuse(file: str, sentence: str, line: int | None = None) -> FaultyInputError:
    return FaultyInputError([Finding("error", "", sentence, file, line)], "accounts_faulty")
