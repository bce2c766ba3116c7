"""How does one short hash vouch for a long list, and how is one entry proved against it?

Merkle trees as in RFC 6962, section 2.1 (SHA-256; 0x00 before a leaf, 0x01 before two children), with proofs
verified as in RFC 9162, sections 2.1.3.2 and 2.1.4.2. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
TILE = 256  # leaves under one stored subtree root
EMPTY_ROOT = sha256(b"").digest()


def hash_leaf(body: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + body).digest()


def hash_pair(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def compute_root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; that of nothing is the hash of nothing."""
    if not hashes:
        return EMPTY_ROOT
    return _grow_levels(hashes)[-1][0]


def _grow_levels(hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    levels: list[Sequence[bytes]] = [hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [hash_pair(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        if len(below) % 2:
            above.append(below[-1])
        levels.append(above)
    return levels


class Frontier:
    """A tree that only grows, remembered as the roots of its complete subtrees (at most one a height).

    Adding costs O(1) on average, memory and root O(log n), whatever the number of leaves.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)  # the largest subtree first
        assert len(self.peaks) == size.bit_count(), "a frontier has one peak for each bit of its size"

    @classmethod
    def load(cls, size: int, packed: bytes) -> Frontier:
        """A frontier from its packed form."""
        return cls(size, (packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES)))

    def pack(self) -> bytes:
        """The peaks one after the other; with `size` enough to go on."""
        return b"".join(self.peaks)

    def add(self, leaf_hash: bytes) -> None:
        """Appends a leaf."""
        node, size = leaf_hash, self.size
        while size & 1:
            node = hash_pair(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def compute_root(self) -> bytes:
        """The root over everything added so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = hash_pair(peak, root)
        return root


def prove_inclusion(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of a leaf, from the leaf up."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"the tree has {len(hashes)} leaves, none at {index}")
    return _walk_up(_grow_levels(hashes), index)


def _walk_up(levels: list[Sequence[bytes]], index: int) -> list[bytes]:
    path = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        index >>= 1
    return path


def prove_inclusion_by_tiles(
    tiles: Sequence[bytes], tail: Sequence[bytes], inside: Sequence[bytes], index: int
) -> list[bytes]:
    """The same path from stored tile roots, without the other tiles' leaves.

    `tiles` are the roots of the complete runs of TILE leaves, `tail` the leaf hashes after the last of
    them, `inside` the leaf hashes of the run that holds `index` (the tail itself, when it lies there).
    """
    tops = [*tiles, compute_root(tail)] if tail else list(tiles)
    below = prove_inclusion(inside, index % TILE)
    return below + prove_inclusion(tops, index // TILE)


def verify_inclusion(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does the path lead from the leaf at `index` of `size` leaves to the root?"""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf_hash
    for step in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = hash_pair(step, result)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            result = hash_pair(result, step)
        node >>= 1
        last >>= 1
    return last == 0 and result == root


def prove_consistency(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the tree of the first `old_size` leaves is the beginning of this one."""
    if not 0 < old_size <= len(hashes):
        raise IndexError(f"the tree has {len(hashes)} leaves, cannot start from {old_size}")
    return _prove_part(hashes, old_size, is_whole=True)


def _prove_part(hashes: Sequence[bytes], old_size: int, *, is_whole: bool) -> list[bytes]:
    size = len(hashes)
    if old_size == size:
        return [] if is_whole else [compute_root(hashes)]
    split = 1 << (size - 1).bit_length() - 1
    if old_size <= split:
        return [*_prove_part(hashes[:split], old_size, is_whole=is_whole), compute_root(hashes[split:])]
    return [
        *_prove_part(hashes[split:], old_size - split, is_whole=False),
        compute_root(hashes[:split]),
    ]


def verify_consistency(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Is the tree with `old_root` the beginning of the one with `root`?"""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    steps = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not steps:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = hash_pair(step, old), hash_pair(step, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = hash_pair(new, step)
        node >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == root
