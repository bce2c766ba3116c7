"""What stands in a delimited text file, whatever program wrote it?

Encodings: UTF-8 with or without BOM, UTF-16 with BOM, else Windows-1252. Separators: comma, semicolon, tab,
pipe. Rows are streamed; the line of a row is the line it begins on.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from fairpatch.core.errors import FaultyInputError, Finding

BATCH_ROWS = 10_000
_CHUNK = 1 << 20
_LONGEST_CELL = 1 << 20
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """Rows as columns:

    `columns[i][j]` is row j's cell under header i. `faults` are rows that could not be read.
    """

    lines: list[int]
    columns: list[list[str | None]]
    faults: list[tuple[int, str, str, str]] = field(default_factory=list)
    """(line, note code, value, detail)"""


class DelimitedTable:
    """A text file with a header line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = detect_encoding(path)
        with self._open() as stream:
            first = _read_header_line(stream)
            self.separator = detect_separator(first)
        with self._open() as stream:
            header = next(self._reader(stream), [])
        self.headers = read_headers(header, path.name)

    @property
    def is_unusual(self) -> bool:
        """Whether the encoding deserves a word."""
        return self.encoding not in ("utf-8", "utf-8-sig")

    def read_batches(self, size: int = BATCH_ROWS) -> Iterator[SourceBatch]:
        with self._open() as stream:
            reader = self._reader(stream)
            next(reader, None)
            yield from self._batch_rows(reader, size)

    def _batch_rows(self, reader: Iterator[list[str]], size: int) -> Iterator[SourceBatch]:
        width = len(self.headers)
        lines: list[int] = []
        rows: list[list[str]] = []
        faults: list[tuple[int, str, str, str]] = []
        line_of = getattr(reader, "line_num", 1)
        while True:
            begins = line_of + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                line_of = reader.line_num  # type: ignore[attr-defined]
                faults.append((begins, "row_unreadable", str(error), ""))
                continue
            if row is None:
                break
            line_of = reader.line_num  # type: ignore[attr-defined]
            if len(row) != width:
                if not any(row):
                    continue
                faults.append((begins, "row_ragged", str(len(row)), str(width)))
                continue
            lines.append(begins)
            rows.append(row)
            if len(rows) >= size:
                yield _turn(lines, rows, width, faults)
                lines, rows, faults = [], [], []
        if rows or faults:
            yield _turn(lines, rows, width, faults)

    def _open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def _reader(self, stream: TextIO) -> Iterator[list[str]]:
        csv.field_size_limit(_LONGEST_CELL)
        return csv.reader(_drop_nul(stream), delimiter=self.separator)


def _turn(
    lines: list[int], rows: list[list[str]], width: int, faults: list[tuple[int, str, str, str]]
) -> SourceBatch:
    columns: list[list[str | None]] = [list(column) for column in zip(*rows, strict=True)]
    return SourceBatch(lines, columns or [[] for _ in range(width)], faults)


def _drop_nul(stream: TextIO) -> Iterator[str]:
    return (line.replace("\0", "") if "\0" in line else line for line in stream)


def detect_encoding(path: Path) -> str:
    """By byte order mark, else UTF-8 when the whole file is valid UTF-8, else Windows-1252."""
    with path.open("rb") as stream:
        head = stream.read(4)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252" if _is_windows_text(path) else "latin-1"
    return "utf-8"


def _is_windows_text(path: Path) -> bool:
    """Windows-1252 leaves five bytes undefined; a file that has one of them is read as Latin-1 instead."""
    undefined = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if any(byte in chunk for byte in undefined):
                return False
    return True


def detect_separator(header: str) -> str:
    """The separator that splits the header most; a comma when none does."""
    outside = "".join(part for place, part in enumerate(header.split('"')) if place % 2 == 0)
    return max(_SEPARATORS, key=lambda separator: (outside.count(separator), separator == ","))


def _read_header_line(stream: TextIO) -> str:
    """The header, which may itself hold line breaks inside quotes."""
    text = stream.readline(_LONGEST_CELL)
    while text.count('"') % 2 and len(text) < _LONGEST_CELL and (more := stream.readline(_LONGEST_CELL)):
        text += more
    return text


def read_headers(raw: list[str], file: str) -> tuple[str, ...]:
    """Header names without surrounding space; an unnamed column is "column 3".

    Twice the same name is a fault.
    """
    headers = tuple(name.strip() or f"column {place}" for place, name in enumerate(raw, 1))
    if not headers:
        raise FaultyInputError(
            [Finding("error", "", "The file is empty.", file=file, line=1)], "import_faulty"
        )
    twice = sorted({name for name in headers if headers.count(name) > 1})
    if twice:
        named = ", ".join(twice)
        raise FaultyInputError(
            [Finding("error", named, f"The header names {named} more than once.", file=file, line=1)],
            "import_faulty",
        )
    return headers
