"""Which conjuncts match which accounts, and which is the best of them?

One table per signature: its rows are combinations of codes, each with the best rank, whether another
claim ties with it, how many territories stand there, and all the conjuncts one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairpatch.engines.routing.columns import Codes, Rows
from fairpatch.engines.routing.compile import CompiledLayer, Signature
from fairpatch.engines.routing.encode import Encoder, Where
from fairpatch.engines.routing.levels import Alternative
from fairpatch.engines.routing.overlaps import Overlap, find_overlaps

Ints = npt.NDArray[np.int64]

NONE = np.iinfo(np.int32).max
"""No rank. Elsewhere a mark is twice a rank, plus one when nothing ties with it in the same row."""
MAX_CELLS = 2**22
"""Keys up to this many are addressed directly; more are sought in a sorted list."""


@dataclass(frozen=True)
class Postings:
    """The conjuncts of each row, one after the other: those of row r lie from starts[r] to starts[r + 1]."""

    starts: Ints
    entries: Ints
    """Places in the list of conjuncts of the layer."""

    def list_entries(self, row: int) -> list[int]:
        """The conjuncts of one row."""
        found: list[int] = self.entries[self.starts[row] : self.starts[row + 1]].tolist()
        return found


class SignatureTable:
    """All conjuncts of one signature. Row 0 stands for every combination no conjunct has."""

    def __init__(
        self, signature: Signature, places: list[int], overlaps: list[Overlap], index: LayerIndex
    ) -> None:
        self.signature = signature
        parts = [*(index.conjuncts[place].keys for place in places), *(each.keys for each in overlaps)]
        self._make_keys(parts, index)
        keys, owners = self._list_rows(parts)
        is_own = owners < len(places)
        entries = np.array(places, np.int64)[owners[is_own]]
        order = np.lexsort((index.rank[entries], keys[is_own]))
        entries = entries[order]
        self._keys = np.unique(keys)
        count = len(self._keys)
        row = np.searchsorted(self._keys, keys[is_own][order]) + 1
        self._cells: Codes | None = None
        if self._width <= MAX_CELLS:
            self._cells = np.zeros(self._width, np.int32)
            self._cells[self._keys] = np.arange(1, count + 1)
        is_tight = index.is_tight[entries]
        self.marks = _mark_rows(row[is_tight], entries[is_tight], count, index)
        is_counted = index.is_counted[entries]
        self.counts = _count_rows(row[is_counted], index.claimant[entries[is_counted]], count)
        if overlaps:
            self._correct(
                np.searchsorted(self._keys, keys[~is_own]) + 1, owners[~is_own] - len(places), overlaps
            )
        self.all = _post(row, entries, count)
        self.asked = _post(row[~is_counted], entries[~is_counted], count)

    def _correct(self, row: Ints, owners: Ints, overlaps: list[Overlap]) -> None:
        """Takes back what territories are counted more than once."""
        number: dict[tuple[int, ...], int] = {}
        tables = np.array([number.setdefault(each.tables, len(number)) for each in overlaps], np.int64)
        weight = np.array([each.weight for each in overlaps])
        for sign in (-1, 1):
            asked = weight[owners] == sign
            self.counts += sign * _count_rows(row[asked], tables[owners[asked]], len(self._keys))

    def find_rows(self, encoder: Encoder, where: Where, size: int) -> Ints | Codes:
        """The row of each account asked for."""
        key: Ints | Codes | None = None
        for level, lut in zip(self.signature, self._place_luts(encoder), strict=True):
            part = lut[encoder.take_base(level, where)]
            key = part if key is None else key + part
        return np.ones(size, np.int32) if key is None else self._find_keys(key)

    def find_rows_of_base(self, encoder: Encoder) -> Ints | Codes:
        """The row of each code of the one base all levels look at."""
        luts = self._place_luts(encoder)
        return self._find_keys(sum(luts[1:], start=luts[0]))

    def _find_keys(self, key: Ints | Codes) -> Ints | Codes:
        if self._cells is not None:
            return self._cells[key]
        place = np.searchsorted(self._keys, key)
        place[place == len(self._keys)] = 0
        return np.where(self._keys[place] == key, place + 1, 0)

    def list_keys(self) -> list[Ints]:
        """Per level, the code in each row from 1 on."""
        columns: list[Ints] = []
        for compact, stride in zip(self._compact, self._strides, strict=True):
            used = np.append(0, np.flatnonzero(compact))
            columns.append(used[self._keys // stride % len(used)])
        return columns

    def list_additions(self) -> list[list[int]]:
        """Per level, what each code adds to the key. A key is a row's only if no code adds nothing."""
        pairs = zip(self._compact, self._strides, strict=True)
        return [(compact * stride).tolist() for compact, stride in pairs]

    def index_keys(self) -> dict[int, int]:
        """The row of each key."""
        return dict(zip(self._keys.tolist(), range(1, len(self._keys) + 1), strict=True))

    def _place_luts(self, encoder: Encoder) -> list[Ints]:
        """Per level, what a base code adds to the key."""
        if self not in encoder.additions:
            kind = np.int32 if self._cells is not None else np.int64
            encoder.additions[self] = [
                np.asarray((compact * stride)[encoder.map_codes(level)], kind)
                for level, compact, stride in zip(self.signature, self._compact, self._strides, strict=True)
            ]
        return encoder.additions[self]

    def _make_keys(self, parts: list[Alternative], index: LayerIndex) -> None:
        """Numbers the codes that are used, from 1; the key of a combination is a number in mixed radix."""
        self._compact: list[Ints] = []
        self._strides: list[int] = []
        self._width = 1
        for level in self.signature:
            is_used = np.zeros(index.layer.levels.count_codes(level), bool)
            for part in parts:
                is_used[part[level]] = True
            self._compact.append(np.cumsum(is_used) * is_used)
            self._strides.append(self._width)
            self._width *= int(is_used.sum()) + 1

    def _list_rows(self, parts: list[Alternative]) -> tuple[Ints, Ints]:
        """The key of every combination, and the part it comes from."""
        keys: list[Ints] = []
        for part in parts:
            key = np.zeros(1, np.int64)
            for level, compact, stride in zip(self.signature, self._compact, self._strides, strict=True):
                codes = compact[part[level]] * stride
                key = (key[:, None] + codes).ravel() if len(key) > 1 else key[0] + codes
            keys.append(key)
        owners = np.repeat(np.arange(len(parts)), list(map(len, keys)))
        return np.concatenate(keys), owners


class LayerIndex:
    """The tables of a compiled layer."""

    def __init__(self, layer: CompiledLayer) -> None:
        self.layer = layer
        self.conjuncts = [conjunct for each in layer.conjuncts for conjunct in each]
        self.rank = np.array([conjunct.rank for conjunct in self.conjuncts], np.int64)
        self.claimant = np.array([conjunct.claimant for conjunct in self.conjuncts], np.int64)
        self.is_tight = np.array([not conjunct.rest for conjunct in self.conjuncts], bool)
        by_signature: dict[Signature, list[int]] = {}
        homes: dict[int, set[Signature]] = {}
        for place, conjunct in enumerate(self.conjuncts):
            signature = conjunct.signature
            by_signature.setdefault(signature, []).append(place)
            homes.setdefault(conjunct.claimant, set()).add(signature)
        spread = {place: layer.conjuncts[place] for place, known in homes.items() if len(known) > 1}
        overlaps, listed = find_overlaps(spread, layer.levels, by_signature)
        listed.update(conjunct.claimant for conjunct in self.conjuncts if conjunct.rest)
        self.is_counted = ~np.isin(self.claimant, list(listed))
        """Whether the territory is counted by tables, and not by listing its matches."""
        self.group = np.append(layer.ranks.group, -1)
        overlaps_of: dict[Signature, list[Overlap]] = {}
        for overlap in overlaps:
            overlaps_of.setdefault(overlap.signature, []).append(overlap)
        self.tables = [
            SignatureTable(signature, by_signature.get(signature, []), overlaps_of.get(signature, []), self)
            for signature in {**by_signature, **overlaps_of}
        ]

    def list_matches(self, encoder: Encoder, where: Where, size: int, only_asked: bool = False) -> Matches:
        """Every conjunct that matches, or only those no table counts, for the accounts asked for."""
        found = []
        for table in self.tables:
            postings = table.asked if only_asked else table.all
            if len(postings.entries):
                found.append(_spread(postings, table.find_rows(encoder, where, size)))
        places = np.concatenate([np.empty(0, np.int64), *(place for place, _ in found)])
        entries = np.concatenate([np.empty(0, np.int64), *(entry for _, entry in found)])
        return self._test_rest(Matches(places, entries), encoder, where)

    def _test_rest(self, matches: Matches, encoder: Encoder, where: Where) -> Matches:
        is_loose = ~self.is_tight[matches.entries]
        if not is_loose.any():
            return matches
        is_kept = ~is_loose
        loose = np.flatnonzero(is_loose)
        loose = loose[np.argsort(matches.entries[loose], kind="stable")]
        entries, first = np.unique(matches.entries[loose], return_index=True)
        for entry, asked in zip(entries, np.split(loose, first[1:]), strict=True):
            is_kept[asked] = self.test_rest(int(entry), encoder, _pick(where, matches.places[asked]))
        return Matches(matches.places[is_kept], matches.entries[is_kept])

    def test_rest(self, entry: int, encoder: Encoder, rows: Rows) -> npt.NDArray[np.bool_]:
        """Whether accounts found for a conjunct also satisfy the rest of it."""
        return _test_codes(self.conjuncts[entry].rest, encoder, self.layer, rows)

    def match_claimant(self, claimant: int, encoder: Encoder, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which accounts a territory's rule matches."""
        is_matched = np.zeros(len(rows), bool)
        for conjunct in self.layer.conjuncts[claimant]:
            whole = {**conjunct.keys, **conjunct.rest}
            is_matched |= _test_codes(whole, encoder, self.layer, rows)
        return is_matched


@dataclass(frozen=True)
class Matches:
    """Pairs of an account, by its place among those asked for, and a conjunct that matches it."""

    places: Ints
    entries: Ints


def merge_marks(marks: Codes, seconds: Codes, more: Codes) -> None:
    """Takes more marks into the best and the second-best of another rank, in place."""
    losing = np.maximum(marks, more)
    losing[(marks ^ more) <= 1] = NONE
    np.minimum(seconds, losing, out=seconds)
    np.minimum(marks, more, out=marks)


def mark_matches(matches: Matches, size: int, index: LayerIndex) -> Codes:
    """The mark of each account from a list of matches."""
    order = np.lexsort((index.rank[matches.entries], matches.places))
    return _mark_rows(matches.places[order] + 1, matches.entries[order], size, index)[1:]


def count_claimants(matches: Matches, size: int, index: LayerIndex) -> Codes:
    """How many territories stand behind each account's matches."""
    order = np.argsort(matches.places, kind="stable")
    claimants = index.claimant[matches.entries[order]]
    return _count_rows(matches.places[order] + 1, claimants, size)[1:]


def _pick(where: Where, places: Ints) -> Rows:
    return places + where.start if isinstance(where, slice) else where[places]


def _test_codes(
    wanted: Alternative, encoder: Encoder, layer: CompiledLayer, rows: Rows
) -> npt.NDArray[np.bool_]:
    is_matched = np.ones(len(rows), bool)
    for level, codes in wanted.items():
        is_wanted = np.zeros(layer.levels.count_codes(level), bool)
        is_wanted[codes] = True
        is_matched &= is_wanted[encoder.code_rows(level, rows)]
    return is_matched


def _spread(postings: Postings, rows: Ints | Codes) -> tuple[Ints, Ints]:
    """Every (place, entry) of the rows given."""
    starts = postings.starts[rows]
    counts = postings.starts[rows + 1] - starts
    places = np.repeat(np.arange(len(rows)), counts)
    ends = np.cumsum(counts)
    offsets = np.arange(len(places)) - np.repeat(ends - counts, counts)
    return places, postings.entries[np.repeat(starts, counts) + offsets]


def _post(row: Ints, entries: Ints, count: int) -> Postings:
    starts = np.searchsorted(row, np.arange(count + 2))
    return Postings(starts, entries)


def _mark_rows(row: Ints, entries: Ints, count: int, index: LayerIndex) -> Codes:
    """Per row from 0 to `count`, twice the best rank, plus one unless another of its group is there.

    Entries are in the order of rows and ranks.
    """
    marks = np.full(count + 1, NONE, np.int32)
    if not len(row):
        return marks
    rank = index.rank[entries]
    is_new = np.ones(len(row), bool)
    is_new[1:] = (row[1:] != row[:-1]) | (rank[1:] != rank[:-1])
    row, rank = row[is_new], rank[is_new]
    is_first = np.ones(len(row), bool)
    is_first[1:] = row[1:] != row[:-1]
    first = np.flatnonzero(is_first)
    second = np.minimum(first + 1, len(row) - 1)
    is_tied = (second > first) & (row[second] == row[first])
    is_tied &= index.group[rank[second]] == index.group[rank[first]]
    marks[row[first]] = 2 * rank[first] + ~is_tied
    return marks


def _count_rows(row: Ints, claimants: Ints, count: int) -> Codes:
    """How many different claimants each row has."""
    if not len(row):
        return np.zeros(count + 1, np.int32)
    width = int(claimants.max()) + 1
    pairs = np.sort(row * width + claimants)  # several times as fast as np.unique, which hashes
    is_new = np.append(True, pairs[1:] != pairs[:-1])
    return np.bincount(pairs[is_new] // width, minlength=count + 1).astype(np.int32)
