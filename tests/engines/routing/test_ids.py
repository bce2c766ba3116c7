"""Are ids found, and repeated ones noticed, whatever they look like and whatever their hashes are?"""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.plans.plan import fold_account_id
from fairpatch.engines.routing import ids as hashing
from fairpatch.engines.routing.ids import IdIndex, fold_ids

LONG = "x" * 60
IDS = ["a1", "a11", "1a", "é", "a", LONG, LONG + "y", "y" + LONG, "zz", ""]


@pytest.mark.parametrize("offset", [0, 3])
@pytest.mark.parametrize("has_one_hash", [False, True])
def test_every_id_is_found(offset: int, has_one_hash: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if has_one_hash:
        monkeypatch.setattr(hashing, "_hash_texts", lambda texts: np.zeros(len(texts), np.uint64))
    index = IdIndex(pa.array(IDS).slice(offset))
    assert index.is_distinct
    wanted = [*reversed(IDS), "b", "a111", LONG + "z"]
    known = IDS[offset:]
    assert index.find_rows(wanted).tolist() == [known.index(one) if one in known else -1 for one in wanted]
    assert index.find_rows([]).tolist() == []
    assert IdIndex(pa.array([], pa.string())).find_rows(["a"]).tolist() == [-1]


@pytest.mark.parametrize("wanted", IDS)
def test_an_id_is_found_beside_longer_and_shorter_ones(wanted: str) -> None:
    assert IdIndex(pa.array(IDS)).find_rows([wanted]).tolist() == [IDS.index(wanted)]
    assert IdIndex(pa.array([wanted])).find_rows(IDS).tolist() == [0 if one == wanted else -1 for one in IDS]


LETTERS = st.sampled_from(["", "\0", "a", "é", "日", "x" * 8, "x" * 39, "x" * 40])
TEXTS = st.lists(LETTERS, max_size=6).map("".join)


@given(ids=st.lists(TEXTS, unique=True), wanted=st.lists(TEXTS), before=TEXTS, after=TEXTS)
def test_what_stands_around_an_id_never_matters(
    ids: list[str], wanted: list[str], before: str, after: str
) -> None:
    index = IdIndex(pa.array([before, *ids, after]).slice(1, len(ids)))
    asked = [*wanted, *ids[:2]]
    expected = [ids.index(one) if one in ids else -1 for one in asked]
    assert index.find_rows(asked).tolist() == expected
    assert index.find_rows(pa.array([after, *asked]).slice(1)).tolist() == expected


def test_repeated_ids_are_noticed() -> None:
    assert not IdIndex(pa.array([*IDS, "a11"])).is_distinct
    assert not IdIndex(pa.array([LONG, LONG])).is_distinct


@pytest.mark.parametrize("spelling", ["a{}", "{}", "https://example.com/accounts/of/ours/number/{}/", "{}é"])
def test_few_among_many_are_found_however_often_one_asks(spelling: str) -> None:
    ids = [spelling.format(number * 7919) for number in range(100_000)]
    index = IdIndex(pa.array(ids))
    assert index.is_distinct
    for turn in range(12):
        rows = [turn, 99_999 - turn, 50_000]
        wanted = [*(ids[row] for row in rows), ids[rows[0]], "nobody"]
        assert index.find_rows(wanted).tolist() == [*rows, rows[0], -1]
    assert index.find_rows(["nobody"]).tolist() == [-1]


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        (["A1", "b-2"], ["a1", "b-2"]),
        (["A1", " b 2"], ["a1", "b2"]),
        (["A1", ""], ["a1", None]),
        (["A1", None], ["a1", None]),
        (["A1", "É"], ["a1", "é"]),
        (["A1", "b\x7f"], ["a1", "b\x7f"]),
        ([], []),
        ([7, 12], ["7", "12"]),
    ],
)
def test_ids_are_folded_as_single_ones_are(given: list, folded: list) -> None:
    of_type = pa.int64() if given and isinstance(given[0], int) else pa.string()
    assert fold_ids(pa.array(given, of_type)).to_pylist() == folded
    assert fold_ids(pa.array(["x", *map(str, given)]).slice(1)).to_pylist() == [
        fold_account_id(one) or None for one in map(str, given)
    ]
