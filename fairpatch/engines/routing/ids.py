"""Where in a table does each id stand, and does any stand there twice?

Ids are hashed all at once; a hash only says where to look, the ids themselves are then compared. In the
unlikely case that two ids share a hash, the slower way is taken.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]

_HASHED_BYTES = 40
"""Ids are told apart by their length and at most so many bytes at their end."""
_START, _PRIME = np.uint64(14695981039346656037), np.uint64(1099511628211)


class IdIndex:
    """Folded ids (text, none missing), in the order of the table."""

    def __init__(self, ids: pa.Array) -> None:
        self._ids = ids

    @cached_property
    def is_distinct(self) -> bool:
        """Whether no id appears twice."""
        return self._has_own_hashes or bool(pc.count_distinct(self._ids).as_py() == len(self._ids))

    def find_rows(self, wanted: list[str] | pa.Array) -> npt.NDArray[np.int64]:
        """The row of each id, -1 where there is none."""
        texts = pa.array(wanted, pa.string())
        if not self._has_own_hashes:
            found = pc.fill_null(pc.index_in(texts, value_set=self._ids), -1)
            return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)
        if not len(self._ids):
            return np.full(len(wanted), -1, np.int64)
        hashes, order = self._sorted
        asked = _hash_texts(texts)
        rows = order[np.minimum(np.searchsorted(hashes, asked), len(hashes) - 1)]
        is_same = pc.fill_null(pc.equal(self._ids.take(pa.array(rows)), texts), False)
        return np.where(is_same.to_numpy(zero_copy_only=False), rows, -1)

    @cached_property
    def _hashes(self) -> Hashes:
        return _hash_texts(self._ids)

    @cached_property
    def _has_own_hashes(self) -> bool:
        ordered = np.sort(self._hashes)
        return bool((ordered[1:] != ordered[:-1]).all())

    @cached_property
    def _sorted(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        order = np.argsort(self._hashes)
        return self._hashes[order], order


def _hash_texts(texts: pa.Array) -> Hashes:
    """Fowler, Noll and Vo's hash (1a) of many texts at once, byte by byte from the end."""
    _, offsets, data = texts.buffers()
    hashes = np.full(len(texts), _START, np.uint64)
    if data is None or not len(texts):
        return hashes
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    lengths = np.diff(ends)
    letters = np.append(np.frombuffer(data, np.uint8), np.uint8(0))
    for step in range(1, min(int(lengths.max()), _HASHED_BYTES) + 1):
        is_long = lengths >= step
        letter = letters[np.where(is_long, ends[1:] - step, 0)]
        hashes ^= np.where(is_long, letter, 0).astype(np.uint64)
        hashes *= np.where(is_long, _PRIME, np.uint64(1))
    hashes ^= lengths.astype(np.uint64)
    return hashes
