"""What does a table file hold, column by column, and on which line is each faulty cell?"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from numpy.typing import NDArray

from fairpatch.core.errors import Finding

Rows = NDArray[np.int64]
Texts = NDArray[np.str_]

FLAG_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Table:
    """A file's columns as trimmed text, and the findings about its cells, all gathered in `findings`."""

    def __init__(self, path: Path, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings
        self._columns: dict[str, pa.Array] = {}
        self._lines: list[int] | None = None
        self.rows = 0
        self._read()

    def _read(self) -> None:
        try:
            if self.path.suffix.lower() == ".parquet":
                table = pa_parquet.read_table(self.path)
            else:
                table = self._read_csv()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            self._add(f"The file cannot be read: {str(error).splitlines()[0]}", "", None)
            return
        self.rows = table.num_rows
        for name in table.column_names:
            if name.strip() in self._columns:
                self._add("The column stands twice; give one of them another name.", name.strip(), 1)
                continue
            try:
                self._columns[name.strip()] = _to_text(table[name])
            except pa.ArrowException:
                continue  # nested columns hold nothing this command asks for

    def _read_csv(self) -> pa.Table:
        if self.path.stat().st_size == 0:
            return pa.table({})

        def note_row(row: pa_csv.InvalidRow) -> str:
            sentence = f"The row has {row.actual_columns} cells where the header has {row.expected_columns}."
            line = self._find_ragged_lines()
            self._add(sentence, "", line)
            return "skip"

        self._ragged = 0
        header = self._read_header()
        return pa_csv.read_csv(
            self.path,
            read_options=pa_csv.ReadOptions(use_threads=False),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note_row),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False
            ),
        )

    def _read_header(self) -> list[str]:
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            return next((row for row in csv.reader(stream) if row), [])

    def _list_records(self) -> list[tuple[int, int]]:
        """First line and width of every record that is not blank, the header included."""
        records, before = [], 0
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            for row in reader:
                if row:
                    records.append((before + 1, len(row)))
                before = reader.line_num
        return records

    def _find_ragged_lines(self) -> int | None:
        records = self._list_records()
        ragged = [line for line, width in records if width != records[0][1]]
        self._ragged += 1
        return ragged[self._ragged - 1] if self._ragged <= len(ragged) else None

    def find_line(self, row: int) -> int:
        """The line of a data row; for Parquet its number, counting from 1."""
        if self.path.suffix.lower() == ".parquet":
            return row + 1
        if self._lines is None:
            records = self._list_records()
            self._lines = [line for line, width in records[1:] if width == records[0][1]]
        return self._lines[row]

    def _add(self, sentence: str, where: str, line: int | None) -> None:
        self.findings.append(Finding("error", where, sentence, file=str(self.path), line=line))

    def note_rows(self, rows: Rows, column: str, sentence: str) -> None:
        """One finding per row; `{cell}` in the sentence becomes what the cell holds."""
        for row in rows.tolist():
            cell = str(self._columns[column][row]) if column in self._columns else ""
            self._add(sentence.replace("{cell}", cell), column, self.find_line(row))

    def note_column(self, column: str, sentence: str) -> None:
        self._add(sentence, column, 1)

    def has_column(self, name: str) -> bool:
        return name in self._columns

    def demand_column(self, name: str, purpose: str) -> bool:
        """Whether the column is there; if not, that is a fault."""
        if name in self._columns:
            return True
        self.note_column(name, f"Unknown column: {purpose} needs a column “{name}”.")
        return False

    def list_texts(self, name: str) -> list[str]:
        if name not in self._columns:
            return [""] * self.rows
        return self._columns[name].to_pylist()  # type: ignore[no-any-return]

    def find_numbers(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Values, and where the cell is a finite number at all (other values are 0)."""
        if name not in self._columns:
            return np.zeros(self.rows), np.zeros(self.rows, np.bool_)
        texts = self._columns[name]
        try:
            values = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowException:
            values = np.array([_parse_number(text) for text in texts.to_pylist()])
        is_number = np.isfinite(values)
        return np.where(is_number, values, 0.0), is_number

    def find_flags(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """1.0 for true, 0.0 for false, and where the cell is a flag at all."""
        words = pa.array(list(FLAG_WORDS))
        at = pc.index_in(pc.utf8_lower(self._columns[name]), words).fill_null(-1).to_numpy()
        truth = np.array([*FLAG_WORDS.values(), False], np.float64)
        return truth[at], at >= 0


def _to_text(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, "true", "false")
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    text = pc.utf8_trim_whitespace(pc.cast(column, pa.large_string())).fill_null("")
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def _parse_number(text: str) -> float:
    try:
        return float(text) if "_" not in text else float("nan")
    except ValueError:
        return float("nan")
