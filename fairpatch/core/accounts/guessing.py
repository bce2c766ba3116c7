"""Which of our columns does a file's column most likely mean, and how sure can we be?

A guess is only ever a proposal: a person confirms it. Confidence is from 0 to 1: 1.0 our own name, 0.9 a
known other name, less for a similar name, and less again when the cells contradict it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fairpatch.core.accounts.cleaning import clean_boolean, clean_number
from fairpatch.core.accounts.dates import clean_date
from fairpatch.core.accounts.kinds import KINDS, ImportColumn, ImportKind
from fairpatch.core.accounts.mapping import ColumnSource, FileMapping, ImportSpec, fold_header

SURE = 0.6
"""Guesses below this are shown but not filled in."""


@dataclass(frozen=True, slots=True)
class TableSample:
    """The head of one file."""

    file: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def select_cells(self, place: int) -> list[str]:
        return [row[place] or "" for row in self.rows if place < len(row) and row[place]]


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    header: str
    guess: str | None
    confidence: float
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileGuess:
    file: str
    kind: str | None
    confidence: float
    columns: tuple[ColumnGuess, ...]


def guess_file(sample: TableSample) -> FileGuess:
    """The kind of file and the meaning of its columns. A column of ours is guessed at most once."""
    if sample.file.lower().endswith((".yaml", ".yml")):
        return FileGuess(sample.file, "plan", 1.0, ())
    ranked = sorted(
        ((_score_kind(sample, kind), kind.name) for kind in KINDS.values() if kind.columns),
        key=lambda pair: (-pair[0], pair[1]),
    )
    confidence, name = ranked[0]
    columns = guess_columns(sample, KINDS[name])
    return FileGuess(sample.file, name if confidence >= 0.3 else None, round(confidence, 2), columns)


def guess_columns(sample: TableSample, kind: ImportKind) -> tuple[ColumnGuess, ...]:
    """For each column of the file, in order, what it means for this kind."""
    chosen = _choose(sample, kind)
    guesses = []
    for place, header in enumerate(sample.headers):
        name, confidence = chosen.get(place, (None, 0.0))
        guesses.append(ColumnGuess(header, name, confidence, tuple(sample.select_cells(place)[:5])))
    return tuple(guesses)


def propose_mapping(guesses: Sequence[FileGuess], name: str = "") -> ImportSpec:
    """A mapping made of all guesses that are sure enough."""
    files = tuple(
        FileMapping(
            guess.file,
            guess.kind,
            {
                column.guess: ColumnSource(column.header)
                for column in guess.columns
                if column.guess and column.confidence >= SURE
            },
        )
        for guess in guesses
        if guess.kind
    )
    return ImportSpec(files, name)


def _choose(sample: TableSample, kind: ImportKind) -> dict[int, tuple[str, float]]:
    """The best one-to-one pairing, greedily from the surest pair down; ties by our order, then the file's."""
    pairs = []
    for place, header in enumerate(sample.headers):
        cells = sample.select_cells(place)
        for rank, column in enumerate(kind.columns):
            likeness = _compare_names(header, column)
            if likeness:
                pairs.append((-likeness * _judge_cells(cells, column), rank, place, column.name))
    chosen: dict[int, tuple[str, float]] = {}
    used: set[str] = set()
    for negative, _, place, name in sorted(pairs):
        if place not in chosen and name not in used and -negative >= 0.4:
            chosen[place] = (name, round(-negative, 2))
            used.add(name)
    return chosen


def _compare_names(header: str, column: ImportColumn) -> float:
    folded = fold_header(header)
    if not folded:
        return 0.0
    if folded == column.title:
        return 1.0
    if folded in column.words:
        return 0.9
    names = (column.title, *column.words)
    near = max(difflib.SequenceMatcher(None, folded, name).ratio() for name in names)
    return 0.7 * near if near >= 0.8 else 0.0


def _judge_cells(cells: Sequence[str], column: ImportColumn) -> float:
    """1 when every sampled cell could be of the column's type, less when some could not."""
    check = _CHECKS.get(column.type)
    if column.choices and cells:
        known = sum(cell.strip().lower() in column.choices for cell in cells)
        return 0.5 + 0.5 * known / len(cells)
    if check is None or not cells:
        return 1.0
    return 0.3 + 0.7 * sum(map(check, cells)) / len(cells)


def _is_degree(limit: float) -> Callable[[str], bool]:
    def check(cell: str) -> bool:
        number = clean_number(cell, ".").value
        return number is not None and abs(number) <= limit

    return check


def _is_number(cell: str) -> bool:
    return clean_number(cell).code != "bad_number"


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "integer": _is_number,
    "number": _is_number,
    "money": _is_number,
    "date": lambda cell: clean_date(cell).code != "bad_date",
    "boolean": lambda cell: clean_boolean(cell).code != "bad_boolean",
    "latitude": _is_degree(180),
    "longitude": _is_degree(180),
    "state": lambda cell: len(cell) <= 40,
    "country": lambda cell: len(cell) <= 60 and not cell.strip().isdigit(),
}


def _score_kind(sample: TableSample, kind: ImportKind) -> float:
    """How well a file fits a kind: its name, its required columns, and how much of it we would understand."""
    stem = fold_header(sample.file.rpartition(".")[0])
    named = 1.0 if stem in kind.words or stem == kind.name.replace("_", " ") else 0.0
    if not named and any(word in stem.split() for word in kind.words):
        named = 0.6
    chosen = dict(_choose(sample, kind).values())
    required = kind.required
    found = sum(chosen.get(name, 0.0) for name in required) / len(required) if required else 0.5
    share = sum(chosen.values()) / max(1, min(len(sample.headers), len(kind.columns)))
    return 0.4 * named + 0.4 * found + 0.2 * min(1.0, share)
