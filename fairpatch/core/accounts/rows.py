"""What do the rows of a file become, and what has to be said about them?

Works on columns, a batch of rows at a time: a value that was cleaned once is remembered, so a column of few
different values costs a dictionary look-up a cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fairpatch.core.accounts import cleaning
from fairpatch.core.accounts.cleaning import EMPTY, Cleaned
from fairpatch.core.accounts.dates import clean_date, guess_day_first
from fairpatch.core.accounts.kinds import ACCOUNTS, KINDS, ColumnType, ImportColumn
from fairpatch.core.accounts.mapping import ColumnSource, FileMapping
from fairpatch.core.accounts.notes import Note
from fairpatch.core.accounts.positions import Place, settle_position
from fairpatch.core.accounts.postal import clean_postal_code

Cells = Sequence[str | None]
_REMEMBERED = 10_000
"""Values kept by column. A column of more different ones gains nothing from being remembered."""


class Gazetteer(Protocol):
    """What cleaning needs to know of the world (see engines/geo/places.py)."""

    def find_country(self, words: str) -> str | None: ...
    def suggest_country(self, words: str) -> str | None: ...
    def find_state(self, country: str, words: str) -> str | None: ...
    def locate(self, country: str, state: str, postal_code: str, city: str) -> Place | None: ...


@dataclass(frozen=True, slots=True)
class ColumnHabits:
    """How one file writes numbers and dates, from the mapping or from a look at its first rows."""

    decimal: cleaning.DecimalMark = ""
    is_day_first: bool | None = None
    date_formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanBatch:
    """Cleaned columns of equal length, beside the lines they came from."""

    lines: Sequence[int]
    columns: Mapping[str, Sequence[Any]]
    notes: Sequence[Note]


class RowCleaner:
    """Cleans the batches of one file of one mapping."""

    def __init__(
        self,
        entry: FileMapping,
        places: Gazetteer,
        currency: str,
        habits: Mapping[str, ColumnHabits] | None = None,
        joins: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._entry = entry
        self._kind = KINDS[entry.kind]
        self._places = places
        self._currency = currency
        self._habits = habits or {}
        self._joins = joins or {}
        self._memo: dict[str, dict[Any, Cleaned]] = {}

    def clean(self, lines: Sequence[int], cells: Mapping[str, Cells]) -> CleanBatch:
        """`cells` holds the raw cells by header; columns come back by our names."""
        notes: list[Note] = []
        raw = {
            name: self._take(name, source, cells, lines, notes)
            for name, source in self._entry.columns.items()
        }
        skipped = self._find_skipped(raw, lines, notes)
        if skipped:
            keep = [place for place in range(len(lines)) if place not in skipped]
            lines = [lines[place] for place in keep]
            raw = {name: [column[place] for place in keep] for name, column in raw.items()}
        columns: dict[str, Sequence[Any]] = {}
        for column in self._kind.columns:
            if column.name in raw and column.type not in ("state", "postal_code", "latitude", "longitude"):
                columns[column.name] = self._clean_column(column, raw[column.name], lines, notes)
        self._clean_places(raw, columns, lines, notes)
        for name, source in self._entry.custom.items():
            custom = ImportColumn(f"custom.{name}", source.type or "text")
            columns[custom.name] = self._clean_column(custom, raw[custom.name], lines, notes)
        self._note_missing(columns, lines, notes)
        return CleanBatch(lines, columns, notes)

    # --- from their cells to the text that we clean

    def _take(
        self,
        name: str,
        source: ColumnSource,
        cells: Mapping[str, Cells],
        lines: Sequence[int],
        notes: list[Note],
    ) -> list[str | None]:
        if source.constant is not None:
            return [source.constant] * len(lines)
        found: list[str | None] = list(cells[source.column or ""])
        if source.after:
            found = [cell.rpartition(source.after)[2] if cell else cell for cell in found]
        if source.join:
            table = self._joins[name]
            found = [table.get(cell.strip(), cell) if cell else cell for cell in found]
        if source.values:
            found = self._map_values(name, source.values, found, lines, notes)
        if source.is_words:
            found = [_make_words(cell) if cell else cell for cell in found]
        return found

    def _map_values(
        self,
        name: str,
        values: Mapping[str, str],
        found: list[str | None],
        lines: Sequence[int],
        notes: list[Note],
    ) -> list[str | None]:
        mapped: list[str | None] = []
        for line, cell in zip(lines, found, strict=True):
            kept = values.get(cell.strip()) if cell else values.get("")
            if kept is None:
                mapped.append(cell)
                continue
            mapped.append(kept)
            notes.append(Note(line, name, "value_mapped", cell or "", kept))
        return mapped

    def _find_skipped(
        self, raw: Mapping[str, Sequence[str | None]], lines: Sequence[int], notes: list[Note]
    ) -> set[int]:
        skipped: set[int] = set()
        for name in self._entry.skip_when_empty:
            for place, cell in enumerate(raw[name]):
                if place not in skipped and not (cell and cell.strip()):
                    skipped.add(place)
                    notes.append(Note(lines[place], name, "row_skipped", "", ""))
        return skipped

    # --- one column

    def _clean_column(
        self, column: ImportColumn, cells: Sequence[str | None], lines: Sequence[int], notes: list[Note]
    ) -> list[Any]:
        memo = self._memo.setdefault(column.name, {})
        clean = self._make_cleaner(column)
        values: list[Any] = []
        for line, cell in zip(lines, cells, strict=True):
            if not cell:
                values.append(None)
                continue
            cleaned = memo.get(cell)
            if cleaned is None:
                cleaned = clean(cell)
                if len(memo) < _REMEMBERED:
                    memo[cell] = cleaned
            values.append(cleaned.value)
            if cleaned.code:
                notes.append(Note(line, column.name, cleaned.code, cell, cleaned.detail))
        return values

    def _make_cleaner(self, column: ImportColumn) -> Callable[[str], Cleaned]:
        habits = self._habits.get(column.name, ColumnHabits())
        return {
            "id": lambda cell: cleaning.clean_id(cell, column.most),
            "text": lambda cell: cleaning.clean_text(
                cell, column.most, may_be_blank_word=column.name != "name"
            ),
            "rule": lambda cell: cleaning.clean_text(cell, column.most),
            "code": lambda cell: cleaning.clean_code(cell, column.most),
            "country": self._clean_country,
            "integer": lambda cell: cleaning.clean_integer(cell, habits.decimal),
            "number": lambda cell: _as_float(cleaning.clean_number(cell, habits.decimal)),
            "money": lambda cell: cleaning.clean_money(cell, self._currency, habits.decimal),
            "date": lambda cell: clean_date(
                cell, is_day_first=habits.is_day_first, formats=habits.date_formats
            ),
            "tags": lambda cell: cleaning.clean_tags(cell, column.most),
            "choice": lambda cell: (
                cleaning.clean_choice(cell, column.choices) if column.choices else cleaning.clean_text(cell)
            ),
            "boolean": cleaning.clean_boolean,
        }[column.type]

    def _clean_country(self, cell: str) -> Cleaned:
        words = cell.strip()
        if not words:
            return EMPTY
        if words.lower() in cleaning.BLANK_WORDS:
            return Cleaned(None, "blank_word")
        code = self._places.find_country(words)
        if code is None:
            near = self._places.suggest_country(words)
            return Cleaned(
                None, "unknown_country", f"Did you mean {near}?" if near else "Use an ISO 3166 code."
            )
        if code == cell:
            return Cleaned(code)
        return Cleaned(code, "spaces_trimmed" if code == words else "country_named", code)

    # --- state, postal code and position need their country

    def _clean_places(
        self,
        raw: Mapping[str, Sequence[str | None]],
        columns: dict[str, Sequence[Any]],
        lines: Sequence[int],
        notes: list[Note],
    ) -> None:
        prefix = "home_" if self._kind.name == "reps" else ""
        empty: list[str | None] = [None] * len(lines)
        countries = columns.get(f"{prefix}country", empty)
        for column in self._kind.columns:
            if column.type in ("state", "postal_code") and column.name in raw:
                columns[column.name] = self._clean_by_country(
                    column, raw[column.name], countries, lines, notes
                )
        if self._kind is ACCOUNTS:
            self._fill_from_place(columns, lines, notes)
        self._settle_positions(prefix, raw, columns, lines, notes)

    def _clean_by_country(
        self,
        column: ImportColumn,
        cells: Sequence[str | None],
        countries: Sequence[str | None],
        lines: Sequence[int],
        notes: list[Note],
    ) -> list[Any]:
        memo = self._memo.setdefault(column.name, {})
        clean = self._clean_state if column.type == "state" else clean_postal_code
        values: list[Any] = []
        for line, cell, country in zip(lines, cells, countries, strict=True):
            if not cell:
                values.append(None)
                continue
            cleaned = memo.get((country, cell))
            if cleaned is None:
                cleaned = clean(cell, country or "")
                if len(memo) < _REMEMBERED:
                    memo[country, cell] = cleaned
            values.append(cleaned.value)
            if cleaned.code:
                notes.append(Note(line, column.name, cleaned.code, cell, cleaned.detail))
        return values

    def _clean_state(self, cell: str, country: str) -> Cleaned:
        text = cleaning.clean_text(cell, 60)
        if text.value is None or text.code == "text_cut":
            return text
        if not country:
            return Cleaned(
                text.value[:16].upper() if len(text.value) <= 3 else text.value[:16], text.code, text.detail
            )
        code = self._places.find_state(country, text.value)
        if code is None:
            kept = text.value[:16]
            return Cleaned(kept.upper() if len(kept) <= 3 else kept, "unknown_state", country)
        if code == cell:
            return Cleaned(code)
        return Cleaned(code, "spaces_trimmed" if code == text.value else "state_named", code)

    def _fill_from_place(
        self, columns: dict[str, Sequence[Any]], lines: Sequence[int], notes: list[Note]
    ) -> None:
        """US postal codes also give the state and the metro area where the file does not."""
        countries, postal = columns.get("country"), columns.get("postal_code")
        if not countries or not postal:
            return
        states = list(columns.get("state", [None] * len(lines)))
        metros = list(columns.get("metro", [None] * len(lines)))
        for place, (country, code) in enumerate(zip(countries, postal, strict=True)):
            if country != "US" or not code:
                continue
            area = self._places.locate("US", "", code, "")
            if area is None:
                continue
            if not states[place] and area.state:
                states[place] = area.state
                notes.append(Note(lines[place], "state", "state_found", code, area.state))
            elif area.state and states[place] != area.state:
                notes.append(Note(lines[place], "state", "state_contradicts", code, area.state))
            if not metros[place] and area.metro:
                metros[place] = area.metro
                notes.append(Note(lines[place], "metro", "metro_found", code, area.metro))
        columns["state"], columns["metro"] = states, metros

    def _settle_positions(
        self,
        prefix: str,
        raw: Mapping[str, Sequence[str | None]],
        columns: dict[str, Sequence[Any]],
        lines: Sequence[int],
        notes: list[Note],
    ) -> None:
        names = [f"{prefix}{name}" for name in ("country", "state", "postal_code", "city")]
        given = [f"{prefix}latitude", f"{prefix}longitude"]
        if self._kind.find_column(given[0]) is None or not any(
            name in columns or name in raw for name in (*names, *given)
        ):
            return
        empty: list[Any] = [None] * len(lines)
        mark = self._habits.get(given[0], ColumnHabits()).decimal
        rows = zip(
            lines,
            *(raw.get(name, empty) for name in given),
            *(columns.get(name, empty) for name in names),
            strict=True,
        )
        settled = []
        for line, latitude, longitude, country, state, postal, city in rows:
            place = self._places.locate(country or "", state or "", postal or "", city or "")
            position = settle_position(latitude, longitude, place, mark)
            settled.append(position)
            for code, value, detail in position.notes:
                if code != "position_missing" or not prefix:
                    notes.append(Note(line, given[0], code, value, detail))
        columns[given[0]] = [position.latitude for position in settled]
        columns[given[1]] = [position.longitude for position in settled]
        if not prefix:
            columns["position_origin"] = [position.origin for position in settled]

    def _note_missing(
        self, columns: Mapping[str, Sequence[Any]], lines: Sequence[int], notes: list[Note]
    ) -> None:
        for name in self._kind.required:
            unread = None
            for line, value in zip(lines, columns[name], strict=True):
                if value is not None and value != "":
                    continue
                if unread is None:
                    unread = {
                        (note.row, note.column)
                        for note in notes
                        if note.code.startswith(("bad_", "unknown_", "id_"))
                    }
                if (line, name) not in unread:
                    notes.append(Note(line, name, "missing_required", "", ""))


def _make_words(code: str) -> str:
    letters = "".join(character if character.isalpha() else " " for character in code)
    return " ".join(word.capitalize() for word in letters.split())


def _as_float(cleaned: Cleaned) -> Cleaned:
    if cleaned.value is None:
        return cleaned
    whole = int(cleaned.value)
    return cleaned._replace(value=whole if whole == cleaned.value else float(cleaned.value))


def guess_habits(entry: FileMapping, samples: Mapping[str, Sequence[str]]) -> dict[str, ColumnHabits]:
    """How each number and date column of a file is written; what the mapping says comes first."""
    kind = KINDS[entry.kind]
    types: dict[str, ColumnType] = {column.name: column.type for column in kind.columns}
    types |= {f"custom.{name}": source.type or "text" for name, source in entry.custom.items()}
    habits = {}
    for name, cells in samples.items():
        is_number = types[name] in ("integer", "number", "money", "latitude", "longitude")
        is_date = types[name] == "date"
        habits[name] = ColumnHabits(
            entry.decimal or (cleaning.guess_decimal_mark(list(cells)) if is_number else ""),
            entry.is_day_first if entry.is_day_first is not None or not is_date else guess_day_first(cells),
            entry.date_formats,
        )
    return habits
