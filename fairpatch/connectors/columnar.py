"""What stands in a Parquet file, as the text that an import cleans?

Values come as text so that one set of rules cleans both kinds of file: whole numbers without a point, dates
in ISO form, lists joined by `|`. The line of a row counts as in a text file: the first row is line 2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fairpatch.connectors.delimited import BATCH_ROWS, SourceBatch, read_headers
from fairpatch.core.errors import FaultyInputError, Finding


class ColumnarTable:
    """A Parquet file, read a batch at a time."""

    encoding = "parquet"
    is_unusual = False

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = pq.ParquetFile(path)
        except pa.ArrowException as error:
            sentence = "The file is no Parquet file, or it is damaged."
            raise FaultyInputError(
                [Finding("error", "", sentence, file=path.name)], "import_faulty"
            ) from error
        self.headers = read_headers(list(self._file.schema_arrow.names), path.name)
        self.row_count = int(self._file.metadata.num_rows)

    def read_batches(self, size: int = BATCH_ROWS) -> Iterator[SourceBatch]:
        line = 2
        for batch in self._file.iter_batches(batch_size=size):
            columns = [_write_column(batch.column(place)) for place in range(len(self.headers))]
            yield SourceBatch(list(range(line, line + batch.num_rows)), columns)
            line += batch.num_rows


def _write_column(column: Any) -> list[str | None]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return list(column.to_pylist())
    return [_write_value(value) for value in column.to_pylist()]


def _write_value(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            None
            if value != value
            else repr(int(value))
            if value.is_integer() and abs(value) < 1e15
            else repr(value)
        )
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "|".join(text for part in value if (text := _write_value(part)))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
