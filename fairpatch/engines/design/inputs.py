"""How do an accounts file, a territories file and the options become a problem, or a list of every fault?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.engines.design.problem import (
    COUNT,
    NO_LIMIT,
    NOBODY,
    Codes,
    DesignProblem,
    Flags,
    Floats,
    Measure,
    state_problem,
)
from fairpatch.engines.design.tables import Table

MOST_ACCOUNTS = 2**31 - 1


@dataclass(frozen=True)
class DesignRequest:
    """The options of one design, as fractions and paths. `territories` is a file or a number."""

    accounts: Path
    territories: Path | int
    measures: tuple[Measure, ...]
    weight: str | None = None
    max_accounts: int | None = None
    has_fixed_centres: bool = False
    budget_share: float | None = None
    relationship: str | None = None
    disruption: float = 0.0
    hold_owned: bool = False
    adjacency: Path | None = None


@dataclass
class _Roster:
    codes: list[str]
    capacity: Floats
    segments: list[str]
    max_accounts: NDArray[np.int64]
    home: Floats


def read_design(request: DesignRequest) -> DesignProblem:
    """The problem the files state. Raises FaultyInputError with every fault and its line."""
    findings: list[Finding] = []
    roster = _read_roster(request, findings)
    table = Table(request.accounts, findings)
    ids = _read_ids(table, "id", "account", findings)
    latitude, longitude = _read_positions(table, is_required=True)
    values = _read_measures(table, request.measures)
    place = {code: at for at, code in enumerate(roster.codes)}
    owner = np.array([place.get(code, NOBODY) for code in table.list_texts("owner")], np.int32)
    lock = _read_locks(table, place)
    access, masks = _read_access(table, roster, place)
    neighbours = _read_neighbours(request.adjacency, ids, findings)
    weight = _read_column(table, request.weight, "--weight")
    relationship = _read_column(table, request.relationship, "--relationship")
    if table.rows < len(roster.codes) and not any(f.file == str(table.path) and not f.line for f in findings):
        sentence = f"There are more territories ({len(roster.codes)}) than accounts ({table.rows})."
        findings.append(Finding("error", "", sentence, file=str(table.path)))
    if findings:
        raise FaultyInputError(findings)
    return state_problem(
        accounts=ids,
        codes=roster.codes,
        latitude=latitude,
        longitude=longitude,
        measures=request.measures,
        values=values,
        capacity=roster.capacity,
        weight=weight,
        relationship=relationship,
        owner=owner,
        lock=lock,
        access=access,
        masks=masks,
        max_accounts=roster.max_accounts,
        home=roster.home,
        has_fixed_centres=request.has_fixed_centres,
        hold_owned=request.hold_owned,
        budget_share=request.budget_share,
        disruption=request.disruption,
        neighbours=neighbours,
    )


def _read_ids(table: Table, column: str, noun: str, findings: list[Finding]) -> list[str]:
    if not table.demand_column(column, f"the list of {noun}s"):
        return table.list_texts(column)
    ids = table.list_texts(column)
    seen: dict[str, int] = {}
    for row, name in enumerate(ids):
        if not name:
            table.note_rows(np.array([row]), column, f"The {noun} has no {column}.")
        elif name in seen:
            first = table.find_line(seen[name])
            table.note_rows(
                np.array([row]), column, f"Duplicate {noun} {column} “{{cell}}”, first on line {first}."
            )
        else:
            seen[name] = row
    return ids


def _read_positions(table: Table, *, is_required: bool) -> tuple[Floats, Floats]:
    found: list[Floats] = []
    blank = np.ones(table.rows, np.bool_)
    columns = ("latitude", "longitude")
    for column in columns:
        blank &= np.array([not text for text in table.list_texts(column)], np.bool_)
    for column, most in zip(columns, (90.0, 180.0), strict=True):
        if is_required and not table.demand_column(column, "the position of an account"):
            found.append(np.zeros(table.rows))
            continue
        values, is_number = table.find_numbers(column)
        expected = np.ones(table.rows, np.bool_) if is_required else ~blank
        table.note_rows(
            np.flatnonzero(expected & ~is_number),
            column,
            f"The {column} is missing or no number: “{{cell}}”.",
        )
        table.note_rows(
            np.flatnonzero(is_number & (np.abs(values) > most)),
            column,
            f"Impossible {column} {{cell}}: it lies between −{most:g} and {most:g}.",
        )
        found.append(np.where(is_number, values, np.nan))
    return found[0], found[1]


def _read_measures(table: Table, measures: tuple[Measure, ...]) -> Floats:
    values = np.ones((table.rows, len(measures)))
    for at, measure in enumerate(measures):
        if measure.kind == "spread":
            if table.demand_column(measure.name, "--spread"):
                values[:, at], is_flag = table.find_flags(measure.name)
                table.note_rows(
                    np.flatnonzero(~is_flag),
                    measure.name,
                    "“{cell}” is no flag; write true or false, 1 or 0, yes or no.",
                )
        elif measure.name != COUNT:
            column = _read_column(table, measure.name, "--balance")
            values[:, at] = 0.0 if column is None else column
    return values


def _read_column(table: Table, name: str | None, purpose: str) -> Floats | None:
    """A column of numbers that may not be missing or negative."""
    if name is None or not table.demand_column(name, purpose):
        return None
    values, is_number = table.find_numbers(name)
    table.note_rows(np.flatnonzero(~is_number), name, f"The {name} is missing or no number: “{{cell}}”.")
    table.note_rows(np.flatnonzero(values < 0), name, f"The {name} is negative: {{cell}}.")
    return values


def _read_locks(table: Table, place: dict[str, int]) -> Codes:
    texts = table.list_texts("lock")
    unknown = [row for row, code in enumerate(texts) if code and code not in place]
    table.note_rows(np.array(unknown, np.int64), "lock", "Unknown territory “{cell}”.")
    return np.array([place.get(code, NOBODY) for code in texts], np.int32)


def _read_access(table: Table, roster: _Roster, place: dict[str, int]) -> tuple[Codes, Flags]:
    """Classes of (segment, eligible) and the territories each may go to."""
    pairs = list(zip(table.list_texts("segment"), table.list_texts("eligible"), strict=True))
    kinds = {pair: at for at, pair in enumerate(sorted(set(pairs)))}
    wanted = [set(_split(text)) for text in roster.segments]
    masks = np.ones((max(1, len(kinds)), len(roster.codes)), np.bool_)
    strangers: dict[str, list[str]] = {}
    for (segment, eligible), at in kinds.items():
        codes = set(_split(eligible))
        if segment:
            masks[at] &= [not names or segment in names for names in wanted]
        if codes:
            masks[at] &= [code in codes for code in roster.codes]
        strangers[eligible] = sorted(codes - place.keys())
    for row, (_, eligible) in enumerate(pairs):
        for code in strangers[eligible]:
            table.note_rows(np.array([row]), "eligible", f"Unknown territory “{code}”.")
    return np.array([kinds[pair] for pair in pairs], np.int32), masks


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _read_roster(request: DesignRequest, findings: list[Finding]) -> _Roster:
    if isinstance(request.territories, int):
        k = request.territories
        limit = NO_LIMIT if request.max_accounts is None else request.max_accounts
        return _Roster(
            [f"T{number + 1}" for number in range(k)],
            np.ones(k),
            [""] * k,
            np.full(k, limit, np.int64),
            np.full((k, 2), np.nan),
        )
    table = Table(request.territories, findings)
    codes = _read_ids(table, "code", "territory", findings)
    if table.rows == 0:
        table.note_column("code", "The file holds no territories.")
    latitude, longitude = _read_positions(table, is_required=False)
    if request.has_fixed_centres:
        missing = np.flatnonzero(np.isnan(latitude) & np.isnan(longitude))
        table.note_rows(missing, "latitude", "Fixed centres need a home base: latitude and longitude.")
    home = np.column_stack((latitude, longitude))
    return _Roster(
        codes, _read_capacity(table), table.list_texts("segments"), _read_limits(table, request), home
    )


def _read_capacity(table: Table) -> Floats:
    texts = table.list_texts("capacity")
    values, is_number = table.find_numbers("capacity")
    is_given = np.array([bool(text) for text in texts], np.bool_)
    table.note_rows(np.flatnonzero(is_given & ~is_number), "capacity", "The capacity is no number: “{cell}”.")
    table.note_rows(
        np.flatnonzero(is_number & (values <= 0)), "capacity", "The capacity is {cell}; it must be above 0."
    )
    return np.where(is_given, values, 1.0)


def _read_limits(table: Table, request: DesignRequest) -> NDArray[np.int64]:
    default = NO_LIMIT if request.max_accounts is None else request.max_accounts
    values, is_number = table.find_numbers("max_accounts")
    is_given = np.array([bool(text) for text in table.list_texts("max_accounts")], np.bool_)
    is_whole = is_number & (values >= 0) & (values == np.floor(values))
    table.note_rows(
        np.flatnonzero(is_given & ~is_whole), "max_accounts", "“{cell}” is no whole number of accounts."
    )
    return np.where(is_whole, np.minimum(values, MOST_ACCOUNTS), default).astype(np.int64)


def _read_neighbours(path: Path | None, ids: list[str], findings: list[Finding]) -> NDArray[np.int64] | None:
    if path is None:
        return None
    table = Table(path, findings)
    place = {name: at for at, name in enumerate(ids)}
    ends = []
    for column in ("a", "b"):
        table.demand_column(column, "--contiguous")
        texts = table.list_texts(column)
        unknown = [row for row, name in enumerate(texts) if name not in place]
        if table.has_column(column):
            table.note_rows(np.array(unknown, np.int64), column, "Unknown account “{cell}”.")
        ends.append([place.get(name, 0) for name in texts])
    return np.array(ends, np.int64).T.reshape(-1, 2)
