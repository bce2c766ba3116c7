"""Which claims share accounts, and which lie wholly inside another?

For all pairs at once: on each axis the distinct sets of classes are counted against each other in one sparse
product; two boxes meet when they do on every axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fairpatch.engines.analysis.boxes import Box, Ground, Part
from fairpatch.engines.analysis.classes import Mask

Flags = npt.NDArray[np.bool_]
_BLOCK = 512
_DENSE_SPEED = 150
"""Multiplications of a dense product in the time of one of a sparse one."""


@dataclass(frozen=True)
class _AxisTable:
    """Of the distinct sets on one axis: which of them each box has, and how they lie to each other."""

    kind: npt.NDArray[np.int32]
    meets: Flags
    holds: Flags
    """Row inside column."""


class Meetings:
    """The boxes of one world against each other. `places` says which parts have a box there."""

    def __init__(self, boxes: Sequence[Box | None]) -> None:
        self.places = np.array([place for place, box in enumerate(boxes) if box is not None], np.int64)
        found = [box for box in boxes if box is not None]
        axes = range(len(found[0])) if found else ()
        tables = (_tabulate_axis([box[axis] for box in found]) for axis in axes)
        self._tables = [table for table in tables if len(table.meets) > 1]

    def read_rows(self, rows: slice) -> tuple[Flags, npt.NDArray[np.uint8]]:
        """For some boxes against all: whether they meet, and on how many axes they stick out of the other."""
        size = len(self.places)
        count = len(range(*rows.indices(size)))
        meets = np.ones((count, size), bool)
        ways = np.zeros((count, size), np.uint8)
        for table in self._tables:
            kinds = table.kind[rows]
            meets &= table.meets[kinds][:, table.kind]
            ways += ~table.holds[kinds][:, table.kind]
        return meets, ways

    def walk_blocks(self) -> Iterator[slice]:
        """Rows a few hundred at a time."""
        for start in range(0, len(self.places), _BLOCK):
            yield slice(start, min(start + _BLOCK, len(self.places)))


def _tabulate_axis(masks: Sequence[Mask]) -> _AxisTable:
    number: dict[Mask, int] = {}
    kind = np.array([number.setdefault(mask, len(number)) for mask in masks], np.int32)
    width = max(mask.bit_length() for mask in number)
    size = (width + 7) // 8
    packed = np.frombuffer(b"".join(mask.to_bytes(size, "little") for mask in number), np.uint8)
    bits = np.unpackbits(packed.reshape(len(number), size), axis=1, bitorder="little")
    totals = bits.sum(axis=1, dtype=np.int64)
    meets = np.empty((len(number), len(number)), bool)
    holds = np.empty_like(meets)
    for rows, shared in _count_shared(bits):
        meets[rows] = shared > 0
        holds[rows] = shared == totals[rows, None]
    return _AxisTable(kind, meets, holds)


def _count_shared(bits: npt.NDArray[np.uint8]) -> Iterator[tuple[slice, npt.NDArray[Any]]]:
    """How many classes each two sets share, rows a block at a time."""
    per_class = bits.sum(axis=0, dtype=np.float64)
    is_sparse = float(per_class @ per_class) * _DENSE_SPEED < float(len(bits)) ** 2 * bits.shape[1]
    left: Any = sparse.csr_matrix(bits, dtype=np.int32) if is_sparse else bits.astype(np.float32)
    right = left.T.tocsr() if is_sparse else left.T
    for start in range(0, len(bits), _BLOCK):
        rows = slice(start, start + _BLOCK)
        shared = left[rows] @ right
        yield rows, shared.toarray() if is_sparse else shared


@dataclass(frozen=True)
class Pairs:
    """Which territories' rules share accounts, and which could tie; `codes` names rows and columns."""

    codes: list[str]
    meets: Flags
    ties: Flags

    def list_pairs(self, flags: Flags) -> Iterator[tuple[str, str]]:
        """Each pair once, in the order of codes."""
        for row, column in zip(*np.nonzero(np.triu(flags, 1)), strict=True):
            yield self.codes[row], self.codes[column]

    def list_neighbours(self) -> dict[str, tuple[str, ...]]:
        """Behind each territory those after it in the order of codes that it meets; none left out."""
        upper = np.triu(self.meets, 1)
        return {
            code: tuple(self.codes[column] for column in np.flatnonzero(upper[row]))
            for row, code in enumerate(self.codes)
            if upper[row].any()
        }

    def count_pairs(self, flags: Flags) -> int:
        return int(np.count_nonzero(np.triu(flags, 1)))


def find_pairs(ground: Ground) -> Pairs:
    """All pairs of territories of a layer whose rules claim a common account.

    A candidate tie is a pair of alternatives of equal class, priority and specificity that meet.
    """
    parts = [part for part in ground.parts if part.cause == "rule" and part.is_possible]
    codes = list(dict.fromkeys(part.territory for part in parts))
    meets = np.zeros((len(codes), len(codes)), bool)
    ties = np.zeros_like(meets)
    groups = _number_groups(parts)
    place_of = {code: place for place, code in enumerate(codes)}
    owner = np.array([place_of[part.territory] for part in parts], np.int64)
    for number in range(len(ground.worlds)):
        meetings = Meetings([part.boxes[number] for part in parts])
        if not len(meetings.places):
            continue
        owners, group = owner[meetings.places], groups[meetings.places]
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        for rows in meetings.walk_blocks():
            shared, _ = meetings.read_rows(rows)
            _gather(meets, shared, owners, rows, starts)
            _gather(ties, shared & (group[rows, None] == group), owners, rows, starts)
    np.fill_diagonal(meets, False)
    np.fill_diagonal(ties, False)
    return Pairs(codes, meets, ties)


def list_met(ground: Ground, code: str) -> list[str]:
    """The territories whose rules share an account with that of one."""
    mine = [part.boxes for part in ground.by_territory.get(code, ()) if part.cause == "rule"]
    return [
        other
        for other, parts in ground.by_territory.items()
        if other != code
        and any(do_boxes_meet(boxes, part.boxes) for part in parts if part.cause == "rule" for boxes in mine)
    ]


def do_boxes_meet(first: Sequence[Box | None], second: Sequence[Box | None]) -> bool:
    """Whether two claims share an account in any world."""
    return any(
        one is not None and two is not None and all(a & b for a, b in zip(one, two, strict=True))
        for one, two in zip(first, second, strict=True)
    )


def _number_groups(parts: Sequence[Part]) -> npt.NDArray[np.int64]:
    number: dict[tuple[int, int, int], int] = {}
    return np.array([number.setdefault(part.standing[:3], len(number)) for part in parts], np.int64)


def _gather(
    into: Flags, shared: Flags, owners: npt.NDArray[np.int64], rows: slice, starts: npt.NDArray[np.int64]
) -> None:
    """Alternatives to territories: a pair meets when any of their alternatives do."""
    by_column = np.logical_or.reduceat(shared, starts, axis=1)
    mine = owners[rows]
    first = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
    by_row = np.logical_or.reduceat(by_column, first, axis=0)
    into[np.ix_(mine[first], owners[starts])] |= by_row
