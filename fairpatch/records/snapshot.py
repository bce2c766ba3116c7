"""What does the company look like in columns, and how does a change of some accounts change them?

Every column is a list of distinct values and one code per account, accounts in the order of their ids.
A snapshot never changes: a patch shares what it leaves alone with the snapshot before it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairpatch.records.routing_engine import Books, get_engine

Ids: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int32]
Figures: TypeAlias = npt.NDArray[np.integer[Any]]

Number = TypeVar("Number", bound=np.integer[Any])

NOBODY = 0
"""In columns of database ids: none."""
UNSAID = np.iinfo(np.int64).min
"""In columns of numbers: none."""
LAYER_FIGURES: dict[str, type[np.integer[Any]]] = {
    "territory": np.int64,
    "cause": np.int8,
    "tie": np.int8,
    "claim_class": np.int8,
    "priority": np.int64,
    "specificity": np.int64,
    "other_claims": np.int32,
}
"""Cause and class are places in the lists of the routing engine; a cause of -1: never decided."""
OF_NOTHING = {"cause": -1, "claim_class": -1, "priority": UNSAID, "specificity": UNSAID}
FIGURES = ("owner", "territory", "parent", "open_deals", "pipeline")
LARGE_DICTIONARY = 50_000
"""Beyond so many distinct values, a patch adds a value again rather than look whether it is there."""

_serials = itertools.count(1)


@dataclass(frozen=True)
class ValueColumn:
    """Distinct values, the first of which is null, and the place of each account's value."""

    values: pa.Array
    codes: Codes


@dataclass(frozen=True)
class Positions:
    """How far the two logs of changes have been read; `seen` lists what was read beyond these marks."""

    marks: tuple[int, int] = (0, 0)
    seen: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Snapshot:
    """The accounts that have not ended. `layers` holds, by layer, what was decided for each account."""

    ids: Ids
    columns: dict[str, ValueColumn]
    figures: dict[str, Figures]
    layers: dict[int, dict[str, Figures]]
    positions: Positions = Positions()
    books: Books = field(default_factory=lambda: get_engine().start_books())
    unwritten: int = 0
    """How many accounts were patched since the file was written."""
    serial: int = field(default_factory=lambda: next(_serials))
    """Differs whenever anything does."""
    facts_serial: int = field(default_factory=lambda: next(_serials))
    """Differs whenever what routing reads does."""

    @property
    def size(self) -> int:
        return len(self.ids)

    @cached_property
    def revenue(self) -> Figures:
        """Annual revenue by account in minor units; none counts as 0."""
        column = self.columns["annual_revenue_minor"]
        values: Figures = column.values.fill_null(0).to_numpy(zero_copy_only=False)
        return values[column.codes]

    @cached_property
    def centres(self) -> dict[int, tuple[float, float]]:
        """Mean latitude and longitude of the accounts that each territory holds, in whatever layer."""
        places = [self.columns[name] for name in ("latitude", "longitude")]
        latitude, longitude = (
            column.values.to_numpy(zero_copy_only=False)[column.codes] for column in places
        )
        rows = np.flatnonzero(~np.isnan(latitude))
        centres: dict[int, tuple[float, float]] = {}
        for figures in self.layers.values():
            ids, at = np.unique(figures["territory"][rows], return_inverse=True)
            counts = np.bincount(at, minlength=len(ids))
            sums = (np.bincount(at, values[rows], len(ids)) / counts for values in (latitude, longitude))
            middles = zip(*(values.tolist() for values in sums), strict=True)
            centres.update(zip(ids.tolist(), middles, strict=True))
        centres.pop(NOBODY, None)
        return centres

    def find_rows(self, ids: Ids) -> Ids:
        """The row of each id, -1 where there is none."""
        if not self.size:
            return np.full(len(ids), -1, np.int64)
        rows = np.minimum(np.searchsorted(self.ids, ids), self.size - 1)
        return np.where(self.ids[rows] == ids, rows, -1)

    def list_values(self, name: str) -> list[str]:
        """The values of a column of texts, the most frequent first."""
        column = self.columns[name]
        counts = np.bincount(column.codes, minlength=len(column.values))
        values = column.values.take(pa.array(np.argsort(-counts, kind="stable")))
        return [value for value in values.to_pylist() if value]

    def read_layer(self, layer_id: int) -> dict[str, Figures]:
        """What was decided in a layer; nothing for a layer nobody was ever decided in."""
        return self.layers.get(layer_id) or make_empty_layer(self.size)


def make_empty_layer(size: int) -> dict[str, Figures]:
    """A layer in which nothing was decided yet."""
    return {name: np.full(size, OF_NOTHING.get(name, 0), kind) for name, kind in LAYER_FIGURES.items()}


def encode_values(array: pa.Array) -> ValueColumn:
    """A column from plain values."""
    coded = array.dictionary_encode()
    values = pa.concat_arrays([pa.nulls(1, array.type), coded.dictionary])
    indices = pc.fill_null(coded.indices.cast(pa.int32()), -1)
    return ValueColumn(values, np.asarray(indices.to_numpy(zero_copy_only=False), np.int32) + np.int32(1))


def patch_snapshot(old: Snapshot, changed: Ids, fresh: Snapshot, positions: Positions) -> Snapshot:
    """The snapshot after some accounts (`changed`, ascending) became what `fresh` says, or ended."""
    merge = _Merge(old.ids, changed, fresh.ids)
    names = old.columns.keys() | fresh.columns.keys()
    columns = {name: _patch_column(old, fresh, name, merge) for name in sorted(names)}
    figures = {name: merge.apply(old.figures[name], fresh.figures[name]) for name in FIGURES}
    layers = {}
    for layer in sorted(old.layers.keys() | fresh.layers.keys()):
        before, after = old.read_layer(layer), fresh.read_layer(layer)
        layers[layer] = {name: merge.apply(before[name], after[name]) for name in LAYER_FIGURES}
    is_routed_alike = merge.is_in_place and all(
        name in old.columns and columns[name].codes is old.columns[name].codes for name in columns
    )
    unwritten = old.unwritten + len(changed)
    patched = Snapshot(merge.ids, columns, figures, layers, positions, old.books, unwritten)
    return replace(patched, facts_serial=old.facts_serial) if is_routed_alike else patched


class _Merge:
    """Where the rows of a patched snapshot come from."""

    def __init__(self, old: Ids, changed: Ids, fresh: Ids) -> None:
        known = changed[np.isin(changed, old, assume_unique=True)]
        self.is_in_place = np.array_equal(known, fresh)
        """Whether the same accounts stand in the same rows afterwards."""
        if self.is_in_place:
            self.ids = old
            self.rows = np.searchsorted(old, fresh)
            return
        self._kept = np.flatnonzero(~np.isin(old, changed))
        ids = np.concatenate([old[self._kept], fresh])
        self._order = np.argsort(ids, kind="stable")
        self.ids = ids[self._order]

    def apply(self, old: npt.NDArray[Number], fresh: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """One column; the old one itself where nothing in it changes."""
        if not self.is_in_place:
            return np.concatenate([old[self._kept], fresh])[self._order]
        if np.array_equal(old[self.rows], fresh):
            return old
        patched = old.copy()
        patched[self.rows] = fresh
        return patched


def _patch_column(old: Snapshot, fresh: Snapshot, name: str, merge: _Merge) -> ValueColumn:
    """Codes of known values stay what they are; new values come after them."""
    after = fresh.columns.get(name) or _make_null_column(fresh.size)
    before = old.columns.get(name)
    if before is None:
        before = ValueColumn(pa.nulls(1, after.values.type), np.zeros(old.size, np.int32))
    found = _find_codes(before, after, merge)
    is_new = found < 0
    values = before.values
    if is_new.any():
        places = np.flatnonzero(is_new)
        found[places] = np.arange(len(values), len(values) + len(places))
        added = after.values.take(pa.array(places)).cast(values.type)
        values = pa.concat_arrays([values, added])
    codes = found[after.codes].astype(np.int32)
    return ValueColumn(values, merge.apply(before.codes, codes))


def _find_codes(before: ValueColumn, after: ValueColumn, merge: _Merge) -> Ids:
    """The code of each distinct fresh value among the known ones, -1 for a new one."""
    found = np.full(len(after.values), -1, np.int64)
    found[0] = 0
    if len(after.values) == 1:
        return found
    if len(before.values) <= LARGE_DICTIONARY:
        places = pc.index_in(after.values.cast(before.values.type), value_set=before.values)
        known = np.asarray(pc.fill_null(places, -1).to_numpy(zero_copy_only=False), np.int64)
        return np.where(np.arange(len(known)) == 0, 0, known)
    if merge.is_in_place:
        # Most columns of a changed account stay: their values are those the account has already.
        codes = before.codes[merge.rows]
        same = pc.equal(before.values.take(pa.array(codes)), after.values.take(pa.array(after.codes)))
        is_same = np.asarray(pc.fill_null(same, False).to_numpy(zero_copy_only=False), bool)
        found[after.codes[is_same]] = codes[is_same]
    return found


def _make_null_column(size: int) -> ValueColumn:
    return ValueColumn(pa.nulls(1, pa.string()), np.zeros(size, np.int32))
