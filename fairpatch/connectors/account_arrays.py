"""How does a large account table come in as columns, without a Python object per cell?

Only what is plainly in order is taken here. Whatever looks odd (a fault, a stray quote, a number too
large to be exact, a type seldom met) is left to `tables`, which looks at every cell and says what is
wrong and where. So both ways give the same accounts, the same faults and the same notices.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from fairpatch.connectors.tables import AccountTable, as_arrow_table, choose_columns, read_parquet_table
from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.core.rules.values import read_boolean, read_date, simplify_number

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_LARGEST_EXACT = 2.0**53
_ROWS_AT_ONCE, _BYTES_AT_ONCE = 2**18, 2**24
_COMMA, _QUOTE, _LF, _CR = b',"\n\r'


@dataclass
class AccountArrays:
    """Checked columns by field name. Without `lines`, row n stands in line n + 2."""

    columns: Mapping[str, Any]
    file: str
    size: int
    notices: list[Finding] = field(default_factory=list)
    lines: Sequence[int] | None = None
    parsed: frozenset[str] = frozenset()
    """Number columns that came as text."""
    start: int = 0
    """How many rows of the file stand before these."""

    def find_line(self, row: int) -> int:
        return self.start + row + 2 if self.lines is None else self.lines[row]

    def take_rows(self, rows: Sequence[int], names: Sequence[str]) -> list[dict[str, Any]]:
        """Some accounts as mappings of plain values."""
        taken: dict[str, list[Any]] = {}
        for name in names:
            column = self.columns.get(name)
            if isinstance(column, pa.Array):
                taken[name] = column.take(pa.array(rows, pa.int64())).to_pylist()
            elif column is not None:
                taken[name] = [column[row] for row in rows]
            if name in self.parsed:
                taken[name] = [None if value is None else simplify_number(value) for value in taken[name]]
        return [dict(zip(taken, cells, strict=True)) for cells in zip(*taken.values(), strict=True)]


def read_account_arrays(path: Path, catalogue: Catalogue) -> AccountArrays | None:
    """Accounts from a CSV or Parquet file, or None when the file needs a closer look."""
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return take_arrow_arrays(read_parquet_table(path), catalogue, path.name)
        return _read_csv_arrays(path, catalogue)
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException, FaultyInputError):
        return None


def stream_account_arrays(path: Path, catalogue: Catalogue) -> Iterator[AccountArrays]:
    """Accounts block by block, whatever the size of the file. Raises OddTableError for a closer look."""
    is_parquet = path.suffix.lower() in (".parquet", ".pq")
    blocks = _stream_parquet(path, catalogue) if is_parquet else _stream_csv(path, catalogue)
    start = 0
    try:
        for arrays in blocks:
            if arrays is None:
                raise OddTableError
            arrays.start = start
            start += arrays.size
            yield arrays
    except (OSError, UnicodeDecodeError, csv.Error, pa.ArrowException, FaultyInputError):
        raise OddTableError from None


class OddTableError(Exception):
    """Something in a file is not plainly in order: `tables` says what."""


def take_arrow_arrays(source: object, catalogue: Catalogue, file: str = "accounts") -> AccountArrays | None:
    """Accounts from any Arrow-compatible table, or None when it needs a closer look."""
    table = as_arrow_table(source)
    try:
        kept, notices = choose_columns(table.column_names, catalogue, file)
    except FaultyInputError:
        return None
    columns = {name: table.column(place).combine_chunks() for place, name in kept.items()}
    if pa.types.is_dictionary(columns["id"].type):
        return None
    return _check_arrays(columns, catalogue, AccountArrays({}, file, table.num_rows, notices))


def spread_rows(table: AccountTable) -> AccountArrays:
    """Accounts already read cell by cell, as columns."""
    names = list(dict.fromkeys(name for row in table.rows for name in row))
    columns: dict[str, Any] = {name: [row.get(name) for row in table.rows] for name in names}
    columns["id"] = pa.array(columns.get("id", []), table.id_type)
    return AccountArrays(columns, table.file, len(table.rows), table.notices, table.lines)


def _stream_parquet(path: Path, catalogue: Catalogue) -> Iterator[AccountArrays | None]:
    with pq.ParquetFile(path) as file:
        count = 0
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            count += 1
            yield take_arrow_arrays(batch, catalogue, path.name)
        if not count:
            yield take_arrow_arrays(file.schema_arrow.empty_table(), catalogue, path.name)


def _stream_csv(path: Path, catalogue: Catalogue) -> Iterator[AccountArrays | None]:
    with path.open("rb") as file:
        head = file.readline().removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n")
        is_first, left = True, b""
        while data := file.read(_BYTES_AT_ONCE):
            whole, newline, rest = (left + data).rpartition(b"\n")
            left = rest
            if newline:
                yield _read_csv_block(head, whole + newline, catalogue, path.name)
                is_first = False
        if left or is_first:
            yield _read_csv_block(head, left, catalogue, path.name)


def _read_csv_arrays(path: Path, catalogue: Catalogue) -> AccountArrays | None:
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    head, _, body = data.partition(b"\n")
    del data
    return _read_csv_block(head, body, catalogue, path.name)


def _read_csv_block(head: bytes, body: bytes, catalogue: Catalogue, file: str) -> AccountArrays | None:
    """Some lines after the header line, all of them whole."""
    if not head.strip() or not _is_plain_csv(head + b"\n") or not _is_plain_csv(body):
        return None
    header = [name.strip() for name in next(csv.reader([head.decode().rstrip("\r")], strict=True))]
    kept, notices = choose_columns(header, catalogue, file)
    places = [str(place) for place in range(len(header))]
    if not body:
        empty = {name: pa.array([], pa.string()) for name in kept.values()}
        return _check_arrays(empty, catalogue, AccountArrays({}, file, 0, notices))
    table = pa_csv.read_csv(
        pa.py_buffer(body),
        pa_csv.ReadOptions(column_names=places, block_size=2**23),
        pa_csv.ParseOptions(newlines_in_values=False),
        pa_csv.ConvertOptions(
            include_columns=[str(place) for place in kept],
            column_types=dict.fromkeys(places, pa.string()),
            strings_can_be_null=False,
        ),
    )
    line_count = body.count(b"\n") + (not body.endswith(b"\n"))
    if line_count != table.num_rows:
        return None
    columns = {name: table.column(str(place)).combine_chunks() for place, name in kept.items()}
    return _check_arrays(columns, catalogue, AccountArrays({}, file, table.num_rows, notices))


def _is_plain_csv(data: bytes) -> bool:
    """Whether every reader of CSV would see the same cells in whole lines: quotes only around whole cells."""
    if b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return False
    if b'"' not in data:
        return True
    text = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(text == _QUOTE)
    if len(quotes) % 2:
        return False
    edges = np.zeros(256, bool)
    edges[[_COMMA, _QUOTE, _LF, _CR]] = True
    before = np.where(quotes[0::2] == 0, _LF, text[quotes[0::2] - 1])
    after = text[np.minimum(quotes[1::2] + 1, len(text) - 1)]
    if not edges[before].all() or not edges[after].all():
        return False
    # An opening quote after a quote must be the second half of a doubled one.
    opening, closing = quotes[2::2], quotes[1:-1:2]
    is_after_quote = text[opening - 1] == _QUOTE
    return bool((opening[is_after_quote] == closing[is_after_quote] + 1).all())


def _check_arrays(
    columns: Mapping[str, pa.Array], catalogue: Catalogue, arrays: AccountArrays
) -> AccountArrays | None:
    columns = {name: _as_plain(column) for name, column in columns.items()}
    checked = {name: _check_array(column, catalogue[name]) for name, column in columns.items()}
    if any(column is None for column in checked.values()):
        return None
    arrays.columns = checked
    arrays.parsed = frozenset(
        name
        for name, column in columns.items()
        if checked[name] is not column and catalogue[name].type == "number"
    )
    return arrays


def _as_plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _check_array(column: pa.Array, tested: Field) -> pa.Array | None:
    """The column when all of it is readable as the field's type."""
    kind = column.type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    is_number = pa.types.is_integer(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind)
    if tested.type == "number":
        if is_text:
            return _parse_numbers(column)
        return column if is_number and not _has_infinity(column) else None
    if tested.type in ("date", "boolean"):
        suits = pa.types.is_date32(kind) if tested.type == "date" else pa.types.is_boolean(kind)
        return column if suits or (is_text and _are_words(column, tested)) else None
    if tested.type == "tags":
        is_list = pa.types.is_list(kind) and pa.types.is_string(kind.value_type)
        return column if is_text or is_list else None
    return column if is_text or is_number or pa.types.is_boolean(kind) else None


def _parse_numbers(column: pa.Array) -> pa.Array | None:
    trimmed = pc.ascii_trim_whitespace(column)
    filled = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    if not pc.all(pc.match_substring_regex(filled, _NUMBER), min_count=0).as_py():
        return None
    unsigned = pc.replace_substring_regex(filled, r"^\+", "")
    numbers = pc.cast(unsigned, pa.float64())
    largest = pc.max(pc.abs(numbers)).as_py()
    return numbers if largest is None or largest < _LARGEST_EXACT else None


def _has_infinity(column: pa.Array) -> bool:
    if not pa.types.is_floating(column.type):
        return False
    return bool(pc.any(pc.is_inf(column), min_count=0).as_py())


def _are_words(column: pa.Array, tested: Field) -> bool:
    read = read_date if tested.type == "date" else read_boolean
    words = pc.unique(column).to_pylist()
    return all(word is None or not word.strip() or read(word) is not None for word in words)
