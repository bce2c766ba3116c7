"""How does a large result become a file without a Python object per cell, also batch by batch?

As CSV, cell for cell what `tables.write_table` writes: safe against formulas, quoted only where needed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairpatch.connectors.results import write_whole
from fairpatch.connectors.tables import spell_cell

_ROWS_AT_ONCE = 2**17
_SPECIAL = r'[",\n\r]|^[=+\-@\t\r\n]'


def write_result_csv(table: pa.Table, path: Path) -> None:
    """Writes the whole table or nothing."""
    write_result_batches(table.schema, table.to_batches(max_chunksize=_ROWS_AT_ONCE), path)


def write_result_batches(schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path) -> None:
    """Writes batches as they come, all of them or nothing, in the form the name asks for."""

    def write(part: Path) -> None:
        if path.suffix.lower() in (".parquet", ".pq"):
            with pq.ParquetWriter(part, schema) as file:
                for batch in batches:
                    file.write_batch(batch)
            return
        with part.open("wb") as lines:
            lines.write(_spell_row(schema.names).encode())
            for batch in batches:
                lines.write(b"".join(_take_bytes(_spell_lines(batch))))

    write_whole(path, write)


def _spell_lines(batch: pa.RecordBatch) -> pa.Array:
    cells = [_spell_column(column) for column in batch.columns]
    cells[-1] = pc.binary_join_element_wise(cells[-1], "\n", "")
    return pc.binary_join_element_wise(*cells, ",")


def _spell_column(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return pc.fill_null(pc.cast(column, pa.string()), "")
    if not pa.types.is_string(column.type):
        return pa.array([_spell_single(value) for value in column.to_pylist()], pa.string())
    column = pc.fill_null(column, "")
    is_special = pc.match_substring_regex(column, _SPECIAL)
    if not pc.any(is_special, min_count=0).as_py():
        return column
    spelled = [_spell_single(value) for value in column.filter(is_special).to_pylist()]
    return pc.replace_with_mask(column, is_special, pa.array(spelled, pa.string()))


def _spell_single(value: object) -> str:
    """One cell, quoted if need be. The second, empty cell keeps an empty first one from being quoted."""
    return _spell_row([value, ""])[:-2]


def _spell_row(values: list[object] | list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([spell_cell(value) for value in values])
    return line.getvalue()


def _take_bytes(lines: pa.Array) -> list[memoryview]:
    """The text of all lines as it lies in memory, one after the other."""
    _, offsets, data = lines.buffers()
    if data is None or not len(lines):
        return []
    bounds = memoryview(offsets).cast("i")
    return [memoryview(data)[bounds[lines.offset] : bounds[lines.offset + len(lines)]]]
