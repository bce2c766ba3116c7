"""How far apart are two places on the Earth, and where is the middle of many?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088


def measure_great_circle_km(
    latitude: Floats | float,
    longitude: Floats | float,
    to_latitude: Floats | float,
    to_longitude: Floats | float,
) -> Floats:
    """Haversine distance in km between positions in degrees; the arguments broadcast."""
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((to_phi - phi) / 2) ** 2
    half = (
        half
        + np.cos(phi) * np.cos(to_phi) * np.sin((np.radians(to_longitude) - np.radians(longitude)) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def to_unit_vectors(latitude: Floats, longitude: Floats) -> Floats:
    """Degrees to points of the unit sphere, shape (n, 3)."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.ascontiguousarray(
        np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))
    )


def to_degrees(vectors: Floats) -> tuple[Floats, Floats]:
    """Directions, not necessarily of length one, to latitude and longitude in degrees."""
    flat = np.hypot(vectors[:, 0], vectors[:, 1])
    return np.degrees(np.arctan2(vectors[:, 2], flat)), np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))


def sum_by_group(unit: Floats, weight: Floats, group: NDArray[np.int32], groups: int) -> Floats:
    """Weighted sums of unit vectors per group, shape (groups, 3); an empty group's row is zero.

    The direction of such a sum is the weighted middle of the group.
    """
    return np.column_stack([np.bincount(group, weight * unit[:, axis], groups) for axis in range(3)])
