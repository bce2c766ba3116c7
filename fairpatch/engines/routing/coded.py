"""How do columns that are kept coded look to the routing engine?

What a value means to rules is worked out once per distinct value and kept beside the codes (`FoldBooks`),
also when later versions of the columns bring more values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairpatch.core.rules.account import choose_fold, fold_tags
from fairpatch.core.rules.fields import Catalogue, Field
from fairpatch.engines.routing.columns import LARGEST_EXACT, AccountColumns, Codes, Folded
from fairpatch.engines.routing.families import FamilyColumns

FEW_VALUES = 20_000
"""Up to so many distinct numbers, each is compared once instead of one per account."""
PLACES = ("latitude", "longitude")


@dataclass(frozen=True)
class CodedColumn:
    """Distinct values (the first is null), a code per account, and how a value is to be read.

    As long as the books are the same, values are only ever added at the end. A number that has `digits`
    is meant to be divided by ten to their power.
    """

    values: pa.Array
    codes: Codes
    read: Callable[[Any], Any] | None = None
    digits: int = 0


class FoldBook:
    """The distinct values of one column in the form in which rules compare them."""

    def __init__(self, fold: Callable[[Any], Any]) -> None:
        self._fold = fold
        self._lock = Lock()
        self._values: list[Any] = [None]
        self._code_of: dict[Any, int] = {None: 0}
        self._mapped = np.zeros(0, np.int32)

    def map_values(self, values: pa.Array) -> tuple[list[Any], Codes]:
        """The folded values known so far, and the place of each of the given ones among them."""
        with self._lock:
            known = len(self._mapped)
            if known < len(values):
                added = [self._place(value) for value in values.slice(known).to_pylist()]
                self._mapped = np.concatenate([self._mapped, np.array(added, np.int32)])
            return list(self._values), self._mapped[: len(values)]

    def fork(self) -> FoldBook:
        """A book that knows the same and goes on by itself."""
        with self._lock:
            copy = FoldBook(self._fold)
            copy._values, copy._code_of = list(self._values), dict(self._code_of)
            copy._mapped = self._mapped
            return copy

    def _place(self, value: Any) -> int:
        folded = None if value is None else self._fold(value)
        place = self._code_of.setdefault(folded, len(self._values))
        if place == len(self._values):
            self._values.append(folded)
        return place


class FoldBooks:
    """The books of one line of versions, by column and by what a catalogue says of its field."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._books: dict[tuple[str, Field, int], FoldBook] = {}

    def fork(self) -> FoldBooks:
        """Books for a line of versions that may never be: what is added there is not known here."""
        copy = FoldBooks()
        with self._lock:
            copy._books = {key: book.fork() for key, book in self._books.items()}
        return copy

    def find_book(self, field: Field, column: CodedColumn) -> FoldBook:
        key = (field.name, field, column.digits)
        with self._lock:
            if key not in self._books:
                self._books[key] = FoldBook(_choose_reading(field, column))
            return self._books[key]


def _choose_reading(field: Field, column: CodedColumn) -> Callable[[Any], Any]:
    fold: Callable[[Any], Any] = (
        (lambda value: fold_tags(field, value)) if field.type == "tags" else choose_fold(field)
    )
    read, digits = column.read, column.digits
    if digits:
        return lambda value: fold(Decimal(value).scaleb(-digits))
    return fold if read is None else lambda value: fold(read(value))


class CodedColumns(AccountColumns):
    """An account table whose columns are coded already. `keys` are folded ids, each once."""

    def __init__(
        self, keys: pa.Array, columns: Mapping[str, CodedColumn], catalogue: Catalogue, books: FoldBooks
    ) -> None:
        # The checks of ids are left out on purpose: the database holds each folded id once.
        self._coded = {name: column for name, column in columns.items() if name in catalogue}
        self._catalogue = catalogue
        self._books = books
        self._folded: dict[str, Folded] = {}
        self._numbers: dict[str, npt.NDArray[np.float64] | None] = {}
        self.ids = keys
        self.size = len(keys)

    @cached_property
    def folded_ids(self) -> pa.Array:
        return self.ids

    @cached_property
    def families(self) -> FamilyColumns:
        """Who is related to whom, worked out once for everything that asks."""
        return FamilyColumns(self)

    def _fold_column(self, name: str) -> Folded:
        column = self._coded.get(name)
        if column is None:
            return Folded([None], np.zeros(self.size, np.int32))
        values, mapped = self._books.find_book(self._catalogue[name], column).map_values(column.values)
        return Folded(values, mapped[column.codes])

    def _read_numbers(self, name: str) -> npt.NDArray[np.float64] | None:
        column = self._coded.get(name)
        if column is None:
            return np.full(self.size, np.nan)
        values = column.values
        if len(values) <= FEW_VALUES and name not in PLACES:
            return None
        if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
            return self._read_folded_numbers(name)
        is_null = np.asarray(values.is_null().to_numpy(zero_copy_only=False), bool)
        plain = np.asarray(values.fill_null(0).to_numpy(zero_copy_only=False))
        if pa.types.is_integer(values.type) and np.abs(plain).max(initial=0) > LARGEST_EXACT:
            return None
        # Dividing two exact numbers rounds once, as reading the decimal number does.
        numbers = plain.astype(np.float64) / 10**column.digits
        numbers[is_null | np.isinf(numbers)] = np.nan
        found: npt.NDArray[np.float64] = numbers[column.codes]
        return found

    def _read_folded_numbers(self, name: str) -> npt.NDArray[np.float64] | None:
        folded = self.fold(name)
        if any(isinstance(value, int) and abs(value) > LARGEST_EXACT for value in folded.values[1:]):
            return None
        numbers = np.array([np.nan, *map(float, folded.values[1:])], np.float64)
        return numbers[folded.codes]
