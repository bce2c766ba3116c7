"""Which hue does each territory get, so that neighbours differ?

Territories are neighbours when their centres are close: the drawn borders are not known here, and accounts
have no borders at all.
"""

from collections.abc import Mapping, Sequence

import numpy as np

NEIGHBOURS = 8
MOST_TERRITORIES = 4_000
"""Beyond this no eye tells hues apart, and comparing all pairs would take seconds."""


def choose_hues(
    codes: Sequence[str], centres: Mapping[str, tuple[float, float]], hue_count: int
) -> dict[str, int]:
    """A hue (0 … hue_count - 1) per code, in the order given.

    `centres` are (latitude, longitude) in degrees. A territory takes the hue whose nearest bearer among its
    neighbours is farthest away; ties go to the hue used least so far, then to the smaller number.
    Territories without a centre, and all of them when there are very many, take turns.
    """
    placed = [code for code in codes if code in centres]
    hues = {code: place % hue_count for place, code in enumerate(codes)}
    if not placed or len(placed) > MOST_TERRITORIES:
        return hues
    points = _to_unit_vectors(np.array([centres[code] for code in placed]))
    distances = 1.0 - points @ points.T
    chosen = np.full(len(placed), -1)
    used = np.zeros(hue_count, dtype=int)
    for at, code in enumerate(placed):
        near = [int(place) for place in np.argsort(distances[at], kind="stable") if place != at][:NEIGHBOURS]
        hue = max(range(hue_count), key=lambda hue: (_measure_room(hue, near, chosen), -used[hue], -hue))
        chosen[at] = hue
        used[hue] += 1
        hues[code] = hue
    return hues


def _measure_room(hue: int, near: list[int], chosen: np.ndarray) -> int:
    """How many neighbours lie nearer than the first that bears the hue."""
    return next((rank for rank, place in enumerate(near) if chosen[place] == hue), len(near))


def _to_unit_vectors(degrees: np.ndarray) -> np.ndarray:
    phi, lam = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
