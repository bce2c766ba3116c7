"""Where do cleaned rows wait until they are applied?

In an SQLite file of their own, so that nothing of an import touches the main database before everything is
known, a million rows never stand in memory, and a dry run and its application see the same rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from fairpatch.connectors.sources import SourceTable, open_source
from fairpatch.core.accounts.kinds import KINDS, ImportKind
from fairpatch.core.accounts.mapping import FileMapping, ImportSpec
from fairpatch.core.accounts.notes import Note
from fairpatch.core.accounts.rows import CleanBatch, Gazetteer, RowCleaner, guess_habits
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.rules.values import fold_code

Tell: TypeAlias = Callable[[int, int, str], None]
"""Hears (rows done, rows in all or 0, what is happening); may raise to stop the work."""

_TYPES = {"integer": "INTEGER", "money": "INTEGER", "number": "REAL", "latitude": "REAL", "longitude": "REAL"}
_NULLABLE = ("integer", "money", "number", "latitude", "longitude", "date")
_HABIT_ROWS = 5_000
_SAFE_ERRORS = ("disk is full", "disk I/O error")


class Stage:
    """The staging file of one import."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        # The file can always be made again from the uploaded ones, so it needs no journal.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32768", "temp_store=FILE"):
            self.connection.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        self.connection.close()

    def create_tables(self) -> None:
        run = self.connection.execute
        run("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        run("CREATE TABLE note (entry INTEGER, line INTEGER, col TEXT, code TEXT, value TEXT, detail TEXT)")
        for kind in KINDS.values():
            if kind.columns:
                columns = ", ".join(f'"{name}" {type_}' for name, type_ in list_stage_columns(kind))
                run(
                    f"CREATE TABLE stage_{kind.name}"
                    f" (seq INTEGER PRIMARY KEY, entry INTEGER, line INTEGER, is_faulty INTEGER, {columns})"
                )
        for noun in ("rep", "account", "territory"):
            run(
                f"CREATE TABLE known_{noun}"
                " (key TEXT PRIMARY KEY, parent_key TEXT, owner_key TEXT) WITHOUT ROWID"
            )

    def add_known(self, noun: str, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Keys, with their parents' and owners' keys, that the main database holds already."""
        with self.transaction():
            self.connection.executemany(f"INSERT OR IGNORE INTO known_{noun} VALUES (?, ?, ?)", rows)

    def add_notes(self, entry: int, notes: Iterable[Note]) -> None:
        rows = ((entry, *note) for note in notes)
        self.connection.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?, ?)", rows)

    def add_batch(self, entry: int, kind: ImportKind, batch: CleanBatch) -> None:
        names = [name for name, _ in list_stage_columns(kind)]
        count = len(batch.lines)
        columns = [list(_make_stage_column(name, kind, batch, count)) for name in names]
        marks = ", ".join("?" * (len(names) + 3))
        self.connection.executemany(
            f"INSERT INTO stage_{kind.name} VALUES (NULL, {marks})",
            zip([entry] * count, batch.lines, [0] * count, *columns, strict=True),
        )
        self.add_notes(entry, batch.notes)

    def write_meta(self, key: str, value: Any) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def read_meta(self, key: str) -> Any:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def shrink(self) -> None:
        """Drops the staged rows and keeps what was noted about them."""
        for (name,) in self.connection.execute(
            "SELECT name FROM sqlite_master"
            " WHERE type = 'table' AND (name LIKE 'stage_%' OR name LIKE 'known_%')"
        ).fetchall():
            self.connection.execute(f"DROP TABLE {name}")
        self.connection.execute("VACUUM")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        yield
        self.connection.execute("COMMIT")


def list_stage_columns(kind: ImportKind) -> list[tuple[str, str]]:
    """Name and SQLite type of a staged kind's columns. Ids get a second column with their compared form."""
    columns: list[tuple[str, str]] = []
    for column in kind.columns:
        columns.append((column.name, _TYPES.get(column.type, "TEXT")))
        if column.type == "id":
            columns.append((f"{column.name}_key", "TEXT"))
    if kind.name == "accounts":
        columns += [("position_origin", "TEXT"), ("custom", "TEXT")]
    return columns


def _make_stage_column(name: str, kind: ImportKind, batch: CleanBatch, count: int) -> Iterable[Any]:
    given = batch.columns
    if name.endswith("_key") and kind.find_column(name) is None:
        source = given.get(name.removesuffix("_key"))
        return (fold_code(value) for value in source) if source is not None else [None] * count
    if name == "custom":
        return _write_custom(given, count)
    if name == "position_origin":
        return given.get(name, ["none"] * count)
    column = kind.find_column(name)
    assert column is not None, name
    values = given.get(name)
    if values is None:
        return [None if column.type in _NULLABLE else "[]" if column.type == "tags" else ""] * count
    if column.type == "tags":
        return (json.dumps(value or []) for value in values)
    if column.type == "date":
        return (value.isoformat() if value else None for value in values)
    return values if column.type in _NULLABLE else ("" if value is None else value for value in values)


def _write_custom(given: Mapping[str, Sequence[Any]], count: int) -> Iterable[str]:
    custom = {
        name.removeprefix("custom."): values for name, values in given.items() if name.startswith("custom.")
    }
    if not custom:
        return ["{}"] * count
    names = list(custom)
    return (
        json.dumps(dict(zip(names, row, strict=True)), default=str)
        for row in zip(*custom.values(), strict=True)
    )


def stage_files(
    stage: Stage, spec: ImportSpec, folder: Path, places: Gazetteer, currency: str, total: int, tell: Tell
) -> None:
    """Reads, cleans and stages every file of the mapping. The counts of each entry are kept in `meta`."""
    sources = open_mapped_files(spec, folder)
    done = 0
    for place, entry in enumerate(spec.files):
        kind = KINDS[entry.kind]
        if not kind.columns:
            continue
        counts = {"rows": 0, "unreadable": 0, "skipped": 0}
        cleaner = _make_cleaner(entry, sources[place], folder, places, spec.currency or currency)
        _note_file(stage, place, spec, sources[place])
        for lines, cells, faults in _read_entry(entry, sources[place]):
            tell(done, total, f"Reading {entry.file}")
            batch = cleaner.clean(lines, cells)
            with stage.transaction():
                stage.add_batch(place, kind, batch)
                stage.add_notes(
                    place, (Note(line, "", code, value, detail) for line, code, value, detail in faults)
                )
            counts["rows"] += len(lines) + len(faults)
            counts["unreadable"] += len(faults)
            counts["skipped"] += len(lines) - len(batch.lines)
            done += len(lines)
        stage.write_meta(f"counts:{place}", counts)
    tell(done, total, "Checking")


def _read_entry(
    entry: FileMapping, source: SourceTable | None
) -> Iterator[tuple[list[int], Mapping[str, list[str | None]], list[tuple[int, str, str, str]]]]:
    if source is None:
        names = list(entry.columns)
        yield (
            list(range(1, len(entry.rows) + 1)),
            {name: [row.get(name) for row in entry.rows] for name in names},
            [],
        )
        return
    for batch in source.read_batches():
        yield batch.lines, dict(zip(source.headers, batch.columns, strict=True)), batch.faults


def open_mapped_files(spec: ImportSpec, folder: Path) -> list[SourceTable | None]:
    """The table of each entry, None for rows written in the mapping.

    Missing files and columns: all at once.
    """
    faults: list[Finding] = []
    sources: list[SourceTable | None] = []
    for entry in spec.files:
        source = None
        if not entry.rows and entry.kind != "plan":
            try:
                source = open_source(folder / entry.file)
            except FaultyInputError as error:
                faults += error.findings
            else:
                faults += _find_missing_columns(entry, source)
        elif entry.kind == "plan" and not (folder / entry.file).is_file():
            faults.append(Finding("error", "", "The folder does not hold this file.", file=entry.file))
        sources.append(source)
    if faults:
        raise FaultyInputError(faults, "import_faulty")
    return sources


def _find_missing_columns(entry: FileMapping, source: SourceTable) -> list[Finding]:
    known = ", ".join(source.headers)
    return [
        Finding(
            "error",
            given.column,
            f"There is no column “{given.column}”; there are {known}.",
            file=entry.file,
            line=1,
        )
        for given in entry.columns.values()
        if given.column is not None and given.column not in source.headers
    ]


def _make_cleaner(
    entry: FileMapping, source: SourceTable | None, folder: Path, places: Gazetteer, currency: str
) -> RowCleaner:
    habits, joins = {}, {}
    if source is not None:
        first = next(source.read_batches(_HABIT_ROWS), None)
        heads = dict(zip(source.headers, first.columns, strict=True)) if first else {}
        samples = {
            name: [cell for cell in heads.get(given.column or "", ()) if cell]
            for name, given in entry.columns.items()
        }
        habits = guess_habits(entry, samples)
    for name, given in entry.columns.items():
        if given.join:
            joins[name] = _read_join(folder / given.join.file, given.join.key, given.join.value)
    return RowCleaner(entry, places, currency, habits, joins)


def _read_join(path: Path, key: str, value: str) -> dict[str, str]:
    table = open_source(path)
    absent = [name for name in (key, value) if name not in table.headers]
    if absent:
        raise FaultyInputError(
            [
                Finding("error", name, f"There is no column “{name}” to join by.", file=path.name, line=1)
                for name in absent
            ],
            "import_faulty",
        )
    at = [table.headers.index(name) for name in (key, value)]
    found: dict[str, str] = {}
    for batch in table.read_batches():
        for left, right in zip(batch.columns[at[0]], batch.columns[at[1]], strict=True):
            if left and right:
                found.setdefault(left.strip(), right)
    return found


def _note_file(stage: Stage, place: int, spec: ImportSpec, source: SourceTable | None) -> None:
    """What is said of a file as a whole; once, however many kinds are read from it."""
    name = spec.files[place].file
    same = [other for other, entry in enumerate(spec.files) if entry.file == name and not entry.rows]
    if source is None or same[0] != place:
        return
    if source.is_unusual:
        stage.add_notes(place, [Note(0, "", "file_encoding", "", source.encoding)])
    used = {given.column for other in same for given in spec.files[other].columns.values()}
    unused = [header for header in source.headers if header not in used]
    if unused:
        stage.add_notes(place, [Note(1, "", "file_ignored", ", ".join(unused), "")])


@contextmanager
def open_stage(path: Path) -> Iterator[Stage]:
    """A staging file that exists; a full disk becomes a refusal with a name."""
    stage = Stage(path)
    try:
        with closing(stage):
            yield stage
    except sqlite3.OperationalError as error:
        if any(words in str(error) for words in _SAFE_ERRORS):
            raise FairpatchError(
                "storage_full", "The disk is full. Nothing was imported; free some space and try again."
            ) from error
        raise


@contextmanager
def create_stage(path: Path) -> Iterator[Stage]:
    """A fresh staging file in place of an older one."""
    path.unlink(missing_ok=True)
    with open_stage(path) as stage:
        stage.create_tables()
        yield stage
