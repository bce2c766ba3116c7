"""What do the columns of an account table hold, in the form in which rules compare them?

Every column is a short list of distinct values and one code per account, worked out once and kept:
the cost of reading a value is paid per distinct value, not per account.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.rules.account import choose_fold, fold_tags
from fairpatch.core.rules.fields import Catalogue
from fairpatch.engines.routing.ids import IdIndex, fold_ids

Codes: TypeAlias = npt.NDArray[np.int32]
Rows: TypeAlias = npt.NDArray[np.int64]

Entry = TypeVar("Entry", bound=np.generic)

LARGEST_EXACT = 2**53
"""Whole numbers beyond this are not all exact as floating-point numbers."""
_BLOCK = 2**16
"""Accounts coded together, so that what is in hand stays in the processor's cache."""


@dataclass(frozen=True)
class Folded:
    """Distinct values, the first of which is None (missing), and the place of each account's value."""

    values: list[Any]
    codes: Codes


class AccountColumns:
    """The columns of a checked account table, by field name: Arrow arrays, or lists of plain values.

    Numbers, dates and truth values must be readable (connectors see to that); what is not counts as
    missing. Raises FaultyInputError for a missing or duplicate id.
    """

    def __init__(self, raw: Mapping[str, object], catalogue: Catalogue) -> None:
        self._raw = {name: column for name, column in raw.items() if name in catalogue}
        self._catalogue = catalogue
        self._folded: dict[str, Folded] = {}
        self._numbers: dict[str, npt.NDArray[np.float64] | None] = {}
        self.ids: pa.Array = _as_one_array(self._raw["id"])
        self.size = len(self.ids)
        self._refuse_faulty_ids()

    @cached_property
    def folded_ids(self) -> pa.Array:
        """The ids as they are compared."""
        return fold_ids(self.ids)

    def fold(self, name: str) -> Folded:
        """One field's distinct values and codes; a field that is not there is missing throughout."""
        if name not in self._folded:
            self._folded[name] = self._fold_column(name)
        return self._folded[name]

    def read_numbers(self, name: str) -> npt.NDArray[np.float64] | None:
        """A number column with NaN for missing, or None where floating point would not be exact."""
        if name not in self._numbers:
            self._numbers[name] = self._read_numbers(name)
        return self._numbers[name]

    def find_rows(self, folded: list[str] | pa.Array) -> Rows:
        """The row of each folded id, -1 where there is none."""
        return self._index.find_rows(folded)

    @cached_property
    def _index(self) -> IdIndex:
        return IdIndex(self.folded_ids)

    def _read_numbers(self, name: str) -> npt.NDArray[np.float64] | None:
        column = self._raw.get(name)
        if column is None:
            return np.full(self.size, np.nan)
        if not isinstance(column, pa.Array | pa.ChunkedArray):
            return None
        if pa.types.is_integer(column.type):
            bounds = pc.min_max(column).as_py()
            if bounds["min"] is not None and max(-bounds["min"], bounds["max"]) > LARGEST_EXACT:
                return None
        elif not pa.types.is_float64(column.type) and not pa.types.is_float32(column.type):
            return None
        values = np.empty(self.size, np.float64)
        for start, part in _list_parts(column):
            taken = values[start : start + len(part)]
            taken[:] = part.to_numpy(zero_copy_only=False)
            if np.isinf(taken).any():
                taken[np.isinf(taken)] = np.nan
        return values

    def _fold_column(self, name: str) -> Folded:
        column = self._raw.get(name)
        if column is None:
            return Folded([None], np.zeros(self.size, np.int32))
        field = self._catalogue[name]
        single = choose_fold(field)

        def fold(value: object) -> Any:
            if isinstance(value, float) and math.isnan(value):
                return None
            return fold_tags(field, value) if field.type == "tags" else single(value)

        code_of: dict[Any, int] = {None: 0}
        if not isinstance(column, pa.Array | pa.ChunkedArray):
            listed: Any = column
        elif pa.types.is_nested(column.type):
            listed = column.to_pylist()
        else:
            distinct, indices = _code_distinct(column)
            mapped = [code_of.setdefault(fold(value), len(code_of)) for value in [*distinct, None]]
            return Folded(list(code_of), _map_indices(indices, np.array(mapped, np.int32), self.size))
        mapped = [code_of.setdefault(fold(value), len(code_of)) for value in listed]
        return Folded(list(code_of), np.array(mapped, np.int32))

    def _refuse_faulty_ids(self) -> None:
        """Says the same as the reference, which looks at one account after the other."""
        folded = self.folded_ids
        if folded.null_count == 0 and self._index.is_distinct:
            return
        seen: set[str] = set()
        findings: list[Finding] = []
        for place, (given, account_id) in enumerate(
            zip(self.ids.to_pylist(), folded.to_pylist(), strict=True)
        ):
            if account_id is None:
                findings.append(Finding("error", f"accounts[{place}].id", "The id is missing."))
            elif account_id in seen:
                sentence = f'The id "{given}" appears twice.'
                findings.append(Finding("error", f"accounts[{place}].id", sentence))
            else:
                seen.add(account_id)
        raise FaultyInputError(findings, "accounts_faulty")


def _as_one_array(column: object) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _list_parts(column: Any) -> Iterator[tuple[int, Any]]:
    """The arrays a column consists of, and where each begins."""
    start = 0
    for part in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        yield start, part
        start += len(part)


def _code_distinct(column: Any) -> tuple[list[Any], list[pa.Array]]:
    """The distinct values of a column, and of each part the place of every value among them, or null."""
    if pa.types.is_dictionary(column.type):
        coded = column.unify_dictionaries() if isinstance(column, pa.ChunkedArray) else column
    else:
        coded = column.dictionary_encode()
    parts = [part for _, part in _list_parts(coded)]
    distinct = parts[0].dictionary.to_pylist() if parts else []
    return distinct, [part.indices for part in parts]


def _map_indices(parts: list[pa.Array], mapped: Codes, size: int) -> Codes:
    """What stands at each place; null takes the last."""
    codes = np.empty(size, np.int32)
    start = 0
    for part in parts:
        places = pc.fill_null(part.cast(pa.int32()), len(mapped) - 1).to_numpy()
        look_up(mapped, places, codes[start : start + len(places)])
        start += len(places)
    return codes


def look_up(table: npt.NDArray[Entry], places: Codes, out: npt.NDArray[Entry]) -> npt.NDArray[Entry]:
    """What a table holds at each place (-1 is the last one), written to `out`."""
    for start in range(0, len(places), _BLOCK):
        block = slice(start, start + _BLOCK)
        np.take(table, places[block], out=out[block], mode="wrap")
    return out
