"""How does a folder of files say what Fairpatch knows?

A mapping names, for each file, its kind and which of its columns (or which constant) gives which of ours. It
is written as TOML (docs/use/import.md) or sent as JSON of the same shape; every fault in it is reported at
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from fairpatch.core.accounts.cleaning import DecimalMark
from fairpatch.core.accounts.kinds import CUSTOM_COLUMN_TYPES, CUSTOM_PREFIX, KINDS, ColumnType, ImportKind
from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.rules.fields import STANDARD, fold_name

MAPPING_VERSION = 1


@dataclass(frozen=True, slots=True)
class Join:
    """Look the cell up in `key` of another file and take `value` from the row found."""

    file: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where one of our columns comes from. Steps apply in this order: after, join, values, words."""

    column: str | None = None
    constant: str | None = None
    after: str = ""
    """Keep what follows the last occurrence of this text."""
    is_words: bool = False
    """Turn a code into words: letters only, each word capitalised ("stephen0" is "Stephen")."""
    values: Mapping[str, str] = field(default_factory=dict)
    join: Join | None = None
    type: ColumnType | None = None
    """Of a custom field."""
    label: str = ""
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class FileMapping:
    file: str
    kind: str
    columns: Mapping[str, ColumnSource] = field(default_factory=dict)
    rows: tuple[Mapping[str, str], ...] = ()
    """Rows written in the mapping itself, by our column names; then `file` is only a label."""
    skip_when_empty: tuple[str, ...] = ()
    is_leaf_per_rep: bool = False
    period: str = ""
    """Of quotas without an end: month, quarter or year."""
    decimal: DecimalMark = ""
    is_day_first: bool | None = None
    date_formats: tuple[str, ...] = ()

    @property
    def custom(self) -> dict[str, ColumnSource]:
        return {
            name.removeprefix(CUSTOM_PREFIX): source
            for name, source in self.columns.items()
            if name.startswith(CUSTOM_PREFIX)
        }


@dataclass(frozen=True, slots=True)
class OrganisationSpec:
    """Used only while the database holds no organisation yet."""

    name: str
    currency: str = "USD"
    time_zone: str = "UTC"
    fiscal_year_start_month: int = 1


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """A whole mapping."""

    files: tuple[FileMapping, ...]
    name: str = ""
    system: str = "import"
    currency: str = ""
    organisation: OrganisationSpec | None = None

    def select_kind(self, kind: str) -> list[FileMapping]:
        return [entry for entry in self.files if entry.kind == kind]


def read_mapping(data: object, file: str = "mapping") -> ImportSpec:
    """The mapping that a TOML or JSON document stands for. FaultyInputError names every fault."""
    faults: list[Finding] = []
    reader = _Reader(faults, file)
    spec = reader.read(data)
    if faults:
        raise FaultyInputError(faults, "mapping_faulty")
    return spec


_TOP_KEYS = ("mapping", "name", "system", "currency", "organisation", "files")
_FILE_KEYS = (
    "file", "kind", "columns", "rows", "skip_when_empty", "leaf_per_rep", "period", "decimal", "day_first",
    "date_formats",
)  # fmt: skip
_COLUMN_KEYS = ("column", "constant", "after", "words", "values", "join", "type", "label", "dimension")
_ORGANISATION_KEYS = ("name", "currency", "time_zone", "fiscal_year_start_month")


class _Reader:
    def __init__(self, faults: list[Finding], file: str) -> None:
        self._faults = faults
        self._file = file

    def _fault(self, where: str, sentence: str, suggestion: str | None = None) -> None:
        self._faults.append(Finding("error", where, sentence, file=self._file, suggestion=suggestion))

    def _table(self, value: object, where: str, keys: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self._fault(where or "mapping", "A table is expected here.")
            return {}
        for key in value:
            if key not in keys:
                self._fault(
                    f"{where}.{key}" if where else str(key), f"Unknown key; known are {', '.join(keys)}."
                )
        return dict(value)

    def _text(self, table: Mapping[str, Any], key: str, where: str, default: str = "") -> str:
        value = table.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            self._fault(f"{where}.{key}" if where else key, "Text is expected here.")
            return default
        return value

    def _texts(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self._fault(f"{where}.{key}", "A list of texts is expected here.")
            return ()
        return tuple(value)

    def read(self, data: object) -> ImportSpec:
        table = self._table(data, "", _TOP_KEYS)
        if table.get("mapping", MAPPING_VERSION) != MAPPING_VERSION:
            self._fault("mapping", f"Only mappings of version {MAPPING_VERSION} can be read.")
        entries = table.get("files", [])
        if not isinstance(entries, list) or not entries:
            self._fault("files", "The mapping names no file.")
            entries = []
        files = tuple(self._read_file(entry, f"files[{place}]") for place, entry in enumerate(entries))
        organisation = table.get("organisation")
        return ImportSpec(
            files,
            self._text(table, "name", ""),
            self._text(table, "system", "", "import")[:40],
            self._currency(table, ""),
            self._read_organisation(organisation) if organisation is not None else None,
        )

    def _currency(self, table: Mapping[str, Any], where: str, default: str = "") -> str:
        text = self._text(table, "currency", where, default).upper()
        if text and (len(text) != 3 or not text.isalpha()):
            self._fault(
                f"{where}.currency" if where else "currency", "A currency has three letters, like USD."
            )
        return text

    def _read_organisation(self, value: object) -> OrganisationSpec:
        table = self._table(value, "organisation", _ORGANISATION_KEYS)
        name = self._text(table, "name", "organisation")
        if not name.strip():
            self._fault("organisation.name", "The organisation needs a name.")
        month = table.get("fiscal_year_start_month", 1)
        if not isinstance(month, int) or not 1 <= month <= 12:
            self._fault("organisation.fiscal_year_start_month", "A month from 1 to 12 is expected here.")
            month = 1
        currency = self._currency(table, "organisation", "USD")
        return OrganisationSpec(name, currency, self._text(table, "time_zone", "organisation", "UTC"), month)

    def _read_file(self, value: object, where: str) -> FileMapping:
        table = self._table(value, where, _FILE_KEYS)
        kind_name = self._text(table, "kind", where)
        kind = KINDS.get(kind_name)
        if kind is None:
            self._fault(f"{where}.kind", f"“{kind_name}” is no kind; kinds are {', '.join(KINDS)}.")
            return FileMapping("", "")
        rows = self._read_rows(table, kind, where)
        if rows:
            named = {name for row in rows for name in row}
            columns = {
                column.name: ColumnSource(column.name) for column in kind.columns if column.name in named
            }
        else:
            columns = self._read_columns(table.get("columns", {}), kind, f"{where}.columns")
        file = self._text(table, "file", where, "mapping" if rows else "")
        if not file or "/" in file or "\\" in file or file.startswith("."):
            self._fault(f"{where}.file", "The name of a file in the folder is expected here.")
        for required in kind.required:
            if required not in columns:
                self._fault(f"{where}.columns.{required}", f"{kind.name} need the column {required}.")
        skipped = self._texts(table, "skip_when_empty", where)
        for name in skipped:
            if name not in columns:
                self._fault(f"{where}.skip_when_empty", f"“{name}” is not a mapped column.")
        return FileMapping(
            file, kind.name, columns, rows, skipped,
            is_leaf_per_rep=self._flag(table, "leaf_per_rep", where) or False,
            period=self._choice(table, "period", where, ("", "month", "quarter", "year")),
            decimal=cast(DecimalMark, self._choice(table, "decimal", where, ("", ".", ","))),
            is_day_first=self._flag(table, "day_first", where),
            date_formats=self._texts(table, "date_formats", where),
        )  # fmt: skip

    def _flag(self, table: Mapping[str, Any], key: str, where: str) -> bool | None:
        value = table.get(key)
        if value is not None and not isinstance(value, bool):
            self._fault(f"{where}.{key}", "true or false is expected here.")
            return None
        return value

    def _choice(self, table: Mapping[str, Any], key: str, where: str, choices: Sequence[str]) -> str:
        value = self._text(table, key, where)
        if value not in choices:
            self._fault(f"{where}.{key}", f"One of {', '.join(filter(None, choices))} is expected here.")
            return ""
        return value

    def _read_rows(
        self, table: Mapping[str, Any], kind: ImportKind, where: str
    ) -> tuple[Mapping[str, str], ...]:
        rows = table.get("rows", [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            self._fault(f"{where}.rows", "A list of tables is expected here.")
            return ()
        for place, row in enumerate(rows):
            for key in row:
                if kind.find_column(key) is None:
                    self._fault(f"{where}.rows[{place}].{key}", f"{kind.name} have no column “{key}”.")
        return tuple({key: str(value) for key, value in row.items()} for row in rows)

    def _read_columns(self, value: object, kind: ImportKind, where: str) -> dict[str, ColumnSource]:
        if not isinstance(value, Mapping):
            self._fault(where, "A table of columns is expected here.")
            return {}
        columns: dict[str, ColumnSource] = {}
        for name, source in _flatten_custom(value):
            place = f"{where}.{name}"
            is_custom = kind.name == "accounts" and name.startswith(CUSTOM_PREFIX)
            if not is_custom and kind.find_column(name) is None:
                known = ", ".join(column.name for column in kind.columns)
                self._fault(place, f"{kind.name} have no column “{name}”; they have {known}.")
                continue
            if is_custom:
                self._check_custom_name(name.removeprefix(CUSTOM_PREFIX), place)
            columns[name] = self._read_source(source, place, is_custom)
        return columns

    def _check_custom_name(self, name: str, where: str) -> None:
        if not name.isidentifier() or not name.islower() or len(name) > 64:
            self._fault(where, "A custom field’s name has small letters, digits and underscores only.")
        elif STANDARD.find_field(name) is not None:
            self._fault(where, f"“{name}” is a standard field; map that instead.")

    def _read_source(self, value: object, where: str, is_custom: bool) -> ColumnSource:
        if isinstance(value, str):
            return ColumnSource(column=value, type="text" if is_custom else None)
        table = self._table(value, where, _COLUMN_KEYS)
        column = self._text(table, "column", where) or None
        constant = self._text(table, "constant", where) if "constant" in table else None
        if (column is None) == (constant is None):
            self._fault(where, "Give either a column or a constant.")
        type_ = self._text(table, "type", where, "text" if is_custom else "")
        if is_custom and type_ not in CUSTOM_COLUMN_TYPES:
            self._fault(f"{where}.type", f"A custom field is one of {', '.join(CUSTOM_COLUMN_TYPES)}.")
        elif not is_custom and type_:
            self._fault(f"{where}.type", "Only custom fields have a type.")
        values = table.get("values", {})
        if not isinstance(values, Mapping):
            self._fault(f"{where}.values", "A table from their values to ours is expected here.")
            values = {}
        return ColumnSource(
            column, constant,
            self._text(table, "after", where),
            self._flag(table, "words", where) or False,
            {str(key): str(kept) for key, kept in values.items()},
            self._read_join(table["join"], f"{where}.join") if "join" in table else None,
            cast(ColumnType, type_) if type_ else None,
            self._text(table, "label", where)[:120],
            self._text(table, "dimension", where)[:32],
        )  # fmt: skip

    def _read_join(self, value: object, where: str) -> Join:
        table = self._table(value, where, ("file", "key", "value"))
        join = Join(*(self._text(table, key, where) for key in ("file", "key", "value")))
        if not (join.file and join.key and join.value) or "/" in join.file or "\\" in join.file:
            self._fault(where, "A join needs file (in the folder), key and value.")
        return join


def _flatten_custom(columns: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """TOML reads `custom.size = …` as a table within a table."""
    for name, source in columns.items():
        if name == "custom" and isinstance(source, Mapping) and "column" not in source:
            yield from ((f"{CUSTOM_PREFIX}{inner}", given) for inner, given in source.items())
        else:
            yield name, source


def write_mapping(spec: ImportSpec) -> dict[str, Any]:
    """The JSON (and TOML) form; `read_mapping` of it gives the same mapping."""
    return {
        "mapping": MAPPING_VERSION,
        **_drop_empty({"name": spec.name, "system": spec.system, "currency": spec.currency}),
        **({"organisation": _write_organisation(spec.organisation)} if spec.organisation else {}),
        "files": [_write_file(entry) for entry in spec.files],
    }


def _write_organisation(spec: OrganisationSpec) -> dict[str, Any]:
    return {key: getattr(spec, key) for key in _ORGANISATION_KEYS}


def _write_file(entry: FileMapping) -> dict[str, Any]:
    content: dict[str, Any] = {
        "file": entry.file,
        "kind": entry.kind,
        "period": entry.period,
        "decimal": entry.decimal,
        "skip_when_empty": list(entry.skip_when_empty),
        "date_formats": list(entry.date_formats),
        "leaf_per_rep": entry.is_leaf_per_rep,
        "rows": [dict(row) for row in entry.rows],
    }
    if entry.is_day_first is not None:
        content["day_first"] = entry.is_day_first
    kept = {
        key: value for key, value in content.items() if value not in ("", [], False) or key == "day_first"
    }
    if entry.rows or not entry.columns:
        return kept
    return {**kept, "columns": {name: _write_source(source) for name, source in entry.columns.items()}}


def _write_source(source: ColumnSource) -> str | dict[str, Any]:
    join = source.join
    table = _drop_empty(
        {
            "column": source.column,
            "after": source.after,
            "words": source.is_words,
            "values": dict(source.values),
            "join": {"file": join.file, "key": join.key, "value": join.value} if join else None,
            "type": source.type if source.type != "text" else None,
            "label": source.label,
            "dimension": source.dimension,
        }
    )
    if source.constant is not None:
        table["constant"] = source.constant
    return source.column if source.column is not None and set(table) == {"column"} else table


def _drop_empty(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value}


def fold_header(header: str) -> str:
    """Header names as they are compared: "Account_ID", "accountId" and "Account Id" alike."""
    spaced = "".join(
        f" {character}" if character.isupper() and place and header[place - 1].islower() else character
        for place, character in enumerate(header)
    )
    return fold_name("".join(character if character.isalnum() else " " for character in spaced))
