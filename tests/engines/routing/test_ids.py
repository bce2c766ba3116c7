"""Are ids found, and repeated ones noticed, whatever they look like and whatever their hashes are?"""

import numpy as np
import pyarrow as pa
import pytest

from fairpatch.engines.routing import ids as hashing
from fairpatch.engines.routing.ids import IdIndex

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


def test_repeated_ids_are_noticed() -> None:
    assert not IdIndex(pa.array([*IDS, "a11"])).is_distinct
    assert not IdIndex(pa.array([LONG, LONG])).is_distinct
