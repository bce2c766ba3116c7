"""How are ids compared, where in a table does each stand, and does any stand there twice?

Ids are hashed all at once; a hash only says where to look, the ids themselves are then compared. In the
unlikely case that two ids share a hash, the slower way is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairpatch.core.plans.plan import fold_account_id

Hashes = npt.NDArray[np.uint64]

_HASHED_BYTES = 40
"""Ids are told apart by their length and at most so many bytes at their end."""
_FIRST_VISIBLE, _LAST_VISIBLE = 0x21, 0x7E
_WORD = 8
_BLOCK = 2**15
"""Ids hashed together, so that what is in hand stays in the processor's cache."""
_FACTOR, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_MASKS = np.array([2 ** (8 * length) - 1 for length in range(_WORD + 1)], np.uint64)
_FEW, _LOOKS = 2, 8
"""Where less than one id in so many is asked for, and seldom, hashes are looked through and not sorted."""
_SPREAD = 8
"""Cells of the sieve for each id that is asked for."""


class IdIndex:
    """Folded ids (text, none missing), in the order of the table."""

    def __init__(self, ids: pa.Array) -> None:
        self._ids = ids
        self._looks = 0

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
        asked = _hash_texts(texts)
        hashes, order = self._list_candidates(asked)
        # In their order, so that each step of the search begins where the one before has been.
        in_order = np.argsort(asked)
        rows = np.empty(len(asked), np.int64)
        rows[in_order] = order[np.minimum(np.searchsorted(hashes, asked[in_order]), len(hashes) - 1)]
        is_same = pc.fill_null(pc.equal(self._ids.take(pa.array(rows)), texts), False)
        return np.where(is_same.to_numpy(zero_copy_only=False), rows, -1)

    def _list_candidates(self, asked: Hashes) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Ascending hashes, with their rows, among which are all that are asked for; at least one."""
        self._looks += 1
        if self._looks > _LOOKS or len(asked) * _FEW > len(self._ids) or "_sorted" in vars(self):
            return self._sorted
        bits = max(len(asked) * _SPREAD, 1).bit_length()
        shift = np.uint64(64 - bits)
        is_asked = np.zeros(2**bits, bool)
        is_asked[asked >> shift] = True
        found = [np.flatnonzero(is_asked[block >> shift]) for block in _split(self._hashes)]
        rows = np.concatenate([part + place * _BLOCK for place, part in enumerate(found)])
        rows = rows if len(rows) else np.zeros(1, np.int64)
        order = rows[np.argsort(self._hashes[rows])]
        return self._hashes[order], order

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


def _split(hashes: Hashes) -> Iterator[Hashes]:
    for start in range(0, len(hashes), _BLOCK):
        yield hashes[start : start + _BLOCK]


def _hash_texts(texts: pa.Array) -> Hashes:
    """A multiplicative hash of many texts at once, eight bytes at a time."""
    _, offsets, data = texts.buffers()
    hashes = np.zeros(len(texts), np.uint64)
    if data is None or not len(texts):
        return hashes
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, np.uint8)
    if len(letters) < _WORD:
        letters = np.append(letters, np.zeros(_WORD, np.uint8))
    # The eight bytes that begin at each byte, read where they are.
    words: Hashes = np.ndarray((len(letters) - _WORD + 1,), "<u8", letters, strides=(1,))
    for start in range(0, len(texts), _BLOCK):
        block = ends[start : start + _BLOCK + 1].astype(np.int64)
        hashes[start : start + _BLOCK] = _hash_block(words, block[:-1], block[1:])
    return hashes


def _hash_block(words: Hashes, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Hashes:
    hashes = (ends - starts).astype(np.uint64)
    starts = np.maximum(starts, ends - _HASHED_BYTES)
    lengths = ends - starts
    for step in range(0, max(int(lengths.max()), 1), _WORD):
        # A text that has ended is left alone: its hash must not depend on those beside it.
        rows = np.flatnonzero(lengths > step) if step and lengths.min() <= step else slice(None)
        begins = starts[rows] + step
        place = np.minimum(begins, len(words) - 1)
        # Near the end of the data a word begins earlier, and what comes before the text is shifted out.
        early = np.minimum(begins - place, _WORD - 1)
        word = words[place] >> (8 * early).astype(np.uint64)
        mixed = hashes[rows] ^ (word & _MASKS[np.clip(lengths[rows] - step, 0, _WORD)])
        mixed *= _FACTOR
        hashes[rows] = mixed ^ (mixed >> _SHIFT)
    return hashes


def fold_ids(ids: pa.Array) -> pa.Array:
    """Ids as they are compared, null where missing: at once where they are plain, else one by one."""
    if pa.types.is_integer(ids.type):
        return ids.cast(pa.string())
    if pa.types.is_large_string(ids.type):
        ids = ids.cast(pa.string())
    if pa.types.is_string(ids.type) and ids.null_count == 0 and _are_plain(ids):
        return pc.ascii_lower(ids)
    return pa.array([_fold_id(value) for value in ids.to_pylist()], pa.string())


def _are_plain(texts: pa.Array) -> bool:
    """Whether none is empty, and all letters are visible ones of ASCII."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return not len(texts)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
    if not (ends[1:] > ends[:-1]).all():
        return False
    return bool(letters.min() >= _FIRST_VISIBLE and letters.max() <= _LAST_VISIBLE)


def _fold_id(value: object) -> str | None:
    return None if isinstance(value, float) and math.isnan(value) else fold_account_id(value) or None
