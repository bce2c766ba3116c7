"""Which accounts and territories does a design work on, as arrays? Frozen when the run begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOBODY = -1


@dataclass(frozen=True, slots=True)
class DesignPlace:
    """One territory that takes part. A new one has no id yet; `rep` holds its primary seat today."""

    code: str
    name: str
    territory_id: int | None
    rep: str | None
    capacity: float
    capacity_note: str = ""


@dataclass(frozen=True, eq=False)
class DesignBook:
    """n accounts in the order of their ids in the files, k places; codes index `places`, NOBODY is none.

    `values` is n × measures in the order asked for, `relationship` what a move is worth. `left_out` says in
    words which accounts stay where they are and why, `doubts` what was assumed.
    """

    ids: NDArray[np.int64]
    keys: NDArray[np.str_]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    values: NDArray[np.float64]
    relationship: NDArray[np.float64] | None
    owner: NDArray[np.int32]
    lock: NDArray[np.int32]
    places: tuple[DesignPlace, ...]
    left_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    unplaced_ids: tuple[int, ...] = ()
    change_position: int = 0
