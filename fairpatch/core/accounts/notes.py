"""What can be said about one cell of an imported file, how bad is it, and what should be done?

A note is stored as a short code with the value that was found and a detail (mostly the value that was
kept), because a file of a million rows may carry a million of them. Sentences are made when someone reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from fairpatch.core.errors import Finding, Severity


class Note(NamedTuple):
    """Something noticed in one cell. `row` is the line of the file (the header is line 1)."""

    row: int
    column: str
    code: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class NoteKind:
    severity: Severity
    sentence: str
    suggestion: str = ""


_ERRORS: dict[str, tuple[str, str]] = {
    "row_unreadable": ("The row cannot be read: {value}.", "Look for a missing quote."),
    "row_ragged": (
        "The row has {value} cells, the header {detail}.",
        "Look for a missing quote or a stray separator.",
    ),
    "missing_required": ("The {column} is empty.", "Fill it in, or leave the row out."),
    "duplicate_id": (
        "“{value}” stands in line {detail} already.",
        "Keep one of the rows; the first is used.",
    ),
    "id_too_long": ("“{value}” is longer than {detail} characters.", "Use a shorter id."),
    "bad_number": ("“{value}” is not a number.", "Write it like 1234.56."),
    "bad_date": ("“{value}” is not a date we can read.", "Write it like 2027-01-31."),
    "bad_choice": ("“{value}” is none of: {detail}.", "Map it to one of them in the mapping’s values."),
    "bad_boolean": ("“{value}” is neither yes nor no.", "Write yes or no."),
    "unknown_country": ("“{value}” is no country we know.", "{detail}"),
    "unknown_rep": ("No rep has the id “{value}”.", "{detail}"),
    "unknown_account": ("No account has the id “{value}”.", "Import the account too, or leave the row out."),
    "unknown_territory": ("No territory has the code “{value}”.", "{detail}"),
    "nobody": ("The row names neither a rep nor a territory.", "Give one of the two."),
    "both_named": ("The row names a rep and a territory.", "Give one of the two."),
    "ends_early": ("It ends on {value}, before it starts on {detail}.", "Correct one of the dates."),
    "duplicate_period": ("The period that starts on {value} stands in line {detail} already.", "Keep one."),
    "territory_circle": ("“{value}” leads back to itself through its parents.", "Correct the parent."),
    "plan_fault": ("{value}", "{detail}"),
}
_WARNINGS: dict[str, tuple[str, str]] = {
    "unknown_state": (
        "“{value}” is no state or province of {detail} in ISO 3166-2; kept as written.",
        "Check the spelling if rules should match it.",
    ),
    "unknown_parent": (
        "The parent “{value}” is in neither the file nor the database; the account stands alone.",
        "Import the parent too.",
    ),
    "own_parent": ("The account names itself as its parent; it stands alone.", "Correct it at the source."),
    "parent_circle": (
        "The parents lead in a circle ({detail}); the account stands alone.",
        "Correct it at the source.",
    ),
    "own_manager": (
        "The rep names themself as manager; kept without a manager.",
        "Correct it at the source.",
    ),
    "manager_circle": (
        "The managers lead in a circle ({detail}); kept without a manager.",
        "Correct it at the source.",
    ),
    "unknown_manager": ("No rep has the id “{value}”; kept without a manager.", "Import the manager too."),
    "ambiguous_date": (
        "“{value}” can be read in two ways; taken as {detail}.",
        "Say day_first in the mapping, or write dates like 2027-01-31.",
    ),
    "ambiguous_number": (
        "“{value}” can be read in two ways; taken as {detail}.",
        "Say decimal in the mapping, or write numbers like 1234.56.",
    ),
    "other_currency": (
        "“{value}” carries another currency’s sign; the number was taken as {detail}.",
        "Convert the amounts before importing.",
    ),
    "text_cut": ("The text is longer than {detail} characters and was cut.", ""),
    "position_incomplete": ("Only one of latitude and longitude is given; {detail}", ""),
    "position_invalid": ("{value} is no place on Earth; {detail}", "Correct it at the source."),
    "position_far": ("The position lies {detail} from its postal code; kept as given.", "Check the address."),
    "position_missing": (
        "There is no position, and none was found for the place; the account is on no map.",
        "Give a postal code, a city or coordinates.",
    ),
    "state_contradicts": ("The postal code {value} lies in {detail}; kept as given.", "Check the address."),
    "ended_early": ("It closed on {value}, before it was opened on {detail}; kept as given.", ""),
    "owner_kept": (
        "The file names {value} as owner, here it is {detail}; the owner was not changed.",
        "Propose a realignment if the account should move.",
    ),
}
_NOTICES: dict[str, str] = {
    "spaces_trimmed": "Spaces were removed: “{detail}”.",
    "blank_word": "“{value}” was read as empty.",
    "country_named": "“{value}” was read as country {detail}.",
    "state_named": "“{value}” was read as state {detail}.",
    "state_found": "The state {detail} was found from the postal code.",
    "metro_found": "The metro area {detail} was found from the postal code.",
    "postal_shortened": "ZIP+4 “{value}” was shortened to {detail}.",
    "postal_padded": "The leading zero of “{value}” was restored: {detail}.",
    "postal_written": "“{value}” was written as {detail}.",
    "number_read": "“{value}” was read as {detail}.",
    "number_rounded": "“{value}” was rounded to {detail}.",
    "date_read": "“{value}” was read as {detail}.",
    "value_mapped": "“{value}” was mapped to {detail}.",
    "position_found_postal": "The position was found from the postal code {detail}.",
    "position_found_city": "The position was found from the city {detail}, to city precision.",
    "position_swapped": "Latitude and longitude were swapped: {detail}.",
    "position_mirrored": "The sign of a coordinate was missing: {detail}.",
    "position_zero": "The position 0, 0 was read as missing.",
    "characters_removed": "Characters that cannot be shown were removed: “{detail}”.",
    "file_encoding": "The file was read as {detail}.",
    "file_ignored": "Columns that are not mapped were left out: {value}.",
    "row_skipped": "The row was skipped, as the mapping says: {column} is empty.",
}

NOTE_KINDS: Mapping[str, NoteKind] = MappingProxyType(
    {code: NoteKind("error", *texts) for code, texts in _ERRORS.items()}
    | {code: NoteKind("warning", *texts) for code, texts in _WARNINGS.items()}
    | {code: NoteKind("info", sentence) for code, sentence in _NOTICES.items()}
)
ERROR_CODES = frozenset(_ERRORS)
WARNING_CODES = frozenset(_WARNINGS)


def describe_note(note: Note, file: str) -> Finding:
    """The finding for people that a stored note stands for."""
    kind = NOTE_KINDS[note.code]
    words = {"column": note.column.replace("_", " "), "value": note.value, "detail": note.detail}
    return Finding(
        kind.severity,
        note.column,
        kind.sentence.format(**words),
        file=file,
        line=note.row or None,
        suggestion=kind.suggestion.format(**words) or None,
    )
