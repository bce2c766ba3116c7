"""Which files of a folder can be imported, and what do their first rows look like?"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from fairpatch.connectors.columnar import ColumnarTable
from fairpatch.connectors.delimited import DelimitedTable
from fairpatch.core.accounts.guessing import TableSample
from fairpatch.core.errors import FaultyInputError, Finding

SourceTable: TypeAlias = DelimitedTable | ColumnarTable

DELIMITED_ENDINGS = (".csv", ".tsv", ".txt")
COLUMNAR_ENDINGS = (".parquet", ".pq")
PLAN_ENDINGS = (".yaml", ".yml")
SAMPLE_ROWS = 200


def is_importable(name: str) -> bool:
    return name.lower().endswith((*DELIMITED_ENDINGS, *COLUMNAR_ENDINGS, *PLAN_ENDINGS))


def open_source(path: Path) -> SourceTable:
    """A table, by the file's ending. FaultyInputError when it is missing or of no kind we read."""
    if not path.is_file():
        raise FaultyInputError(
            [
                Finding(
                    "error",
                    "",
                    "The mapping names this file, but the folder does not hold it.",
                    file=path.name,
                )
            ],
            "import_faulty",
        )
    ending = path.suffix.lower()
    if ending in COLUMNAR_ENDINGS:
        return ColumnarTable(path)
    if ending in DELIMITED_ENDINGS:
        return DelimitedTable(path)
    sentence = f"Files that end in {ending or 'nothing'} cannot be read; save it as CSV or Parquet."
    raise FaultyInputError([Finding("error", "", sentence, file=path.name)], "import_faulty")


def read_sample(path: Path, most: int = SAMPLE_ROWS) -> TableSample:
    """The header and the first rows of a file; a plan file has neither."""
    if path.suffix.lower() in PLAN_ENDINGS:
        return TableSample(path.name, (), ())
    table = open_source(path)
    batch = next(table.read_batches(most), None)
    rows = tuple(zip(*batch.columns, strict=True)) if batch and batch.lines else ()
    return TableSample(path.name, table.headers, rows)


def count_rows(path: Path) -> int:
    """Rows of a file:

    exact for Parquet; for text, the lines after the header (cells may hold some of them).
    """
    if path.suffix.lower() in COLUMNAR_ENDINGS:
        return ColumnarTable(path).row_count
    if path.suffix.lower() in PLAN_ENDINGS:
        return 0
    with path.open("rb") as stream:
        lines = last = 0
        while chunk := stream.read(1 << 20):
            lines += chunk.count(b"\n")
            last = chunk[-1]
    return max(0, lines - (1 if last == ord("\n") else 0))
