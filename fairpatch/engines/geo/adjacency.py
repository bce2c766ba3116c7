"""Which geographic units touch, and into how many pieces does an assignment cut them?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


class Adjacency(NamedTuple):
    """Undirected neighbours in compressed rows: those of unit i are targets[starts[i]:starts[i + 1]]."""

    starts: Positions
    targets: Positions


def link_neighbours(pairs: Positions, units: int) -> Adjacency:
    """Both directions of every pair, without repeats or self-links, ascending."""
    both = np.vstack((pairs, pairs[:, ::-1])) if len(pairs) else np.zeros((0, 2), np.int64)
    both = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
    starts = np.zeros(units + 1, np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=units), out=starts[1:])
    return Adjacency(starts, np.ascontiguousarray(both[:, 1]))


def label_pieces(adjacency: Adjacency, label: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number the connected pieces of equal `label`, by lowest unit. One label: the graph's components."""
    units = len(label)
    piece = np.full(units, -1, np.int32)
    count = 0
    starts, targets = adjacency.starts.tolist(), adjacency.targets.tolist()
    labels = label.tolist()
    numbers = piece.tolist()
    for first in range(units):
        if numbers[first] >= 0:
            continue
        numbers[first] = count
        stack = [first]
        while stack:
            unit = stack.pop()
            for other in targets[starts[unit] : starts[unit + 1]]:
                if numbers[other] < 0 and labels[other] == labels[unit]:
                    numbers[other] = count
                    stack.append(other)
        count += 1
    return np.array(numbers, np.int32)


def count_fragments(
    adjacency: Adjacency, territory: NDArray[np.int32], territories: int
) -> NDArray[np.int64]:
    """Pieces beyond the first of each territory in each component of the graph, summed per territory."""
    component = label_pieces(adjacency, np.zeros(len(territory), np.int32)).astype(np.int64)
    piece = label_pieces(adjacency, territory)
    heads = np.unique(piece, return_index=True)[1]
    held = np.unique(component[heads] * territories + territory[heads])
    pieces = np.bincount(territory[heads], minlength=territories)
    return np.asarray(pieces - np.bincount(held % territories, minlength=territories), dtype=np.int64)
