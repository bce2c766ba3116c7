"""What of a design's report can only be told while the accounts' values are at hand?

Loads before the design, and what flows from which territory to which.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairpatch.core.designs.book import NOBODY, DesignBook
from fairpatch.core.designs.settings import DesignSettings


def complete_report(
    report: dict[str, Any], book: DesignBook, asked: DesignSettings, codes: NDArray[np.int32] | None
) -> dict[str, Any]:
    """The engine's report with `before` in each territory's measures, and `flows`."""
    owned = book.owner != NOBODY
    for column, measure in enumerate(asked.measures):
        loads = np.bincount(book.owner[owned], book.values[owned, column], len(book.places))
        for place, territory in enumerate(report["territories"]):
            territory["measures"][measure.name]["before"] = float(loads[place])
    report["flows"] = [] if codes is None else _list_flows(book, asked, codes)
    return report


def _list_flows(book: DesignBook, asked: DesignSettings, codes: NDArray[np.int32]) -> list[dict[str, Any]]:
    """Accounts and sums per pair of territories between which anything moves, the most accounts first."""
    k = len(book.places)
    moved = codes != book.owner
    pairs = (book.owner[moved].astype(np.int64) + 1) * k + codes[moved]
    found, place, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    sums = [
        np.bincount(place, book.values[moved, column], len(found)) for column in range(len(asked.measures))
    ]
    flows = [
        {
            "from": int(pair) // k - 1,
            "to": int(pair) % k,
            "accounts": int(counts[at]),
            "values": {m.name: float(sums[column][at]) for column, m in enumerate(asked.measures)},
        }
        for at, pair in enumerate(found)
    ]
    return sorted(flows, key=lambda flow: (-int(str(flow["accounts"])), flow["from"], flow["to"]))
