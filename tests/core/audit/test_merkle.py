"""Are the trees those of RFC 6962, and do proofs prove?"""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.audit.merkle import (
    EMPTY_ROOT,
    TILE,
    Frontier,
    compute_root,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    prove_inclusion_by_tiles,
    verify_consistency,
    verify_inclusion,
)

sizes = st.integers(1, 3 * TILE + 7)


def make_leaves(size: int) -> list[bytes]:
    return [hash_leaf(str(i).encode()) for i in range(size)]


def define_root(hashes: list[bytes]) -> bytes:
    """The recursive definition, word for word from section 2.1."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01" + define_root(hashes[:split]) + define_root(hashes[split:])).digest()


def test_known_answers() -> None:
    """Vectors that the certificate transparency project publishes with its reference implementation."""
    leaves = [hash_leaf(bytes.fromhex(text)) for text in ("", "00", "10", "2021", "3031", "40414243")]
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        compute_root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert (
        compute_root(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )
    assert (
        compute_root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )
    assert compute_root(leaves).hex() == "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"


@given(sizes)
def test_root_frontier_and_definition_agree(size: int) -> None:
    leaves = make_leaves(size)
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    assert compute_root(leaves) == define_root(leaves) == frontier.compute_root()
    assert Frontier.load(size, frontier.pack()).compute_root() == define_root(leaves)


@given(sizes, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    leaves = make_leaves(size)
    root = compute_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = prove_inclusion(leaves, index)
    assert verify_inclusion(leaves[index], index, size, path, root)
    assert not verify_inclusion(hash_leaf(b"x"), index, size, path, root)
    assert not verify_inclusion(leaves[index], index, size, [*path, root], root)
    other = data.draw(st.integers(0, size + 3).filter(lambda place: place != index))
    assert not verify_inclusion(leaves[index], other, size, path, root)
    tiles = [compute_root(leaves[i : i + TILE]) for i in range(0, size - size % TILE, TILE)]
    start = index // TILE * TILE
    by_tiles = prove_inclusion_by_tiles(
        tiles, leaves[len(tiles) * TILE :], leaves[start : start + TILE], index
    )
    assert by_tiles == path


@given(sizes, st.data())
def test_consistency(size: int, data: st.DataObject) -> None:
    leaves = make_leaves(size)
    old = data.draw(st.integers(1, size))
    proof = prove_consistency(leaves, old)
    old_root, root = compute_root(leaves[:old]), compute_root(leaves)
    assert verify_consistency(old, old_root, size, root, proof)
    forged = compute_root([*leaves[: old - 1], hash_leaf(b"x")])
    assert not verify_consistency(old, forged, size, root, proof)
    assert not verify_consistency(old, old_root, size, forged if forged != root else b"", proof)


def test_out_of_range_is_refused() -> None:
    with pytest.raises(IndexError):
        prove_inclusion(make_leaves(3), 3)
    with pytest.raises(IndexError):
        prove_consistency(make_leaves(3), 4)
