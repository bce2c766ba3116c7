"""Which accounts does a made-up company have?

Drawn in chunks, each with a seed of its own: the same seed and count give the same accounts on every machine,
and a million of them never stand in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.demo.markets import Market
from fairpatch.engines.demo.names import INDUSTRIES, PRODUCT_LINES, SOURCES, STATUSES, make_names, make_sizes

CHUNK = 25_000
OFFICE_CHANCE = 0.13
KM_PER_DEGREE = 111.2

Columns: TypeAlias = dict[str, list[Any]]
ACCOUNT_COLUMNS = (
    "id", "name", "owner", "country", "state", "city", "postal_code", "latitude", "longitude", "industry",
    "employees",
    "annual_revenue", "product_lines", "segment", "source", "status", "parent",
)  # fmt: skip


def draw_accounts(market: Market, count: int, seed: int) -> Iterator[Columns]:
    """The accounts in chunks of columns (ACCOUNT_COLUMNS). Owners are left to routing."""
    for first in range(0, count, CHUNK):
        rng = np.random.default_rng([seed, 1, first])
        yield _draw_chunk(rng, market, first, min(CHUNK, count - first))


def _draw_chunk(rng: np.random.Generator, market: Market, first: int, count: int) -> Columns:
    weights = np.array([entry.weight for entry in INDUSTRIES])
    industry = np.searchsorted(np.cumsum(weights / weights.sum())[:-1], rng.random(count)).astype(np.int64)
    place = market.draw(rng, count)
    names = make_names(rng, industry)
    employees, revenue = make_sizes(rng, industry)
    ids = [f"A-{number:06d}" for number in range(first + 1, first + count + 1)]
    head = _find_heads(rng, count)
    is_office = head != np.arange(count)
    industry = industry[head]
    employees = np.where(is_office, np.maximum(3, employees // 6), employees)
    revenue = np.where(is_office, revenue // 6, revenue)
    latitude, longitude = _scatter(rng, market, place)
    cities = [market.cities[at] for at in place]
    return {
        "id": ids,
        "name": [f"{names[head[at]]} – {cities[at]}" if is_office[at] else names[at] for at in range(count)],
        "owner": [""] * count,
        "country": [market.countries[at] for at in place],
        "state": [market.states[at] for at in place],
        "city": cities,
        "postal_code": [market.postal_codes[at] for at in place],
        "latitude": latitude,
        "longitude": longitude,
        "industry": [INDUSTRIES[at].code for at in industry],
        "employees": employees.tolist(),
        "annual_revenue": revenue.tolist(),
        "product_lines": _draw_product_lines(rng, count),
        "segment": [_name_segment(size) for size in employees.tolist()],
        "source": [SOURCES[at] for at in rng.integers(0, len(SOURCES), count)],
        "status": [STATUSES[at] for at in np.searchsorted([0.58, 0.95], rng.random(count))],
        "parent": [ids[head[at]] if is_office[at] else "" for at in range(count)],
    }


def _find_heads(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """For each row, the row of its head office: itself, or the last head office before it."""
    starts = rng.random(count) >= OFFICE_CHANCE
    starts[0] = True
    return np.maximum.accumulate(np.where(starts, np.arange(count), 0)).astype(np.int64)


def _scatter(
    rng: np.random.Generator, market: Market, place: NDArray[np.int64]
) -> tuple[list[float], list[float]]:
    """Positions around their places, so that the accounts of a city do not stand on one point."""
    count = len(place)
    angle, reach = rng.random(count) * 2 * np.pi, np.sqrt(rng.random(count)) * market.spread_km[place]
    latitude = market.latitudes[place] + reach * np.sin(angle) / KM_PER_DEGREE
    longitude = market.longitudes[place] + reach * np.cos(angle) / (
        KM_PER_DEGREE * np.cos(np.radians(market.latitudes[place]))
    )
    return np.round(latitude, 5).tolist(), np.round(longitude, 5).tolist()


def _draw_product_lines(rng: np.random.Generator, count: int) -> list[str]:
    chosen = rng.random((count, len(PRODUCT_LINES))) < np.array([chance for _, chance in PRODUCT_LINES])
    names = [name for name, _ in PRODUCT_LINES]
    return ["|".join(name for name, is_in in zip(names, row, strict=True) if is_in) for row in chosen]


def _name_segment(employees: int) -> str:
    if employees < 100:
        return "small business"
    return "mid-market" if employees < 1_000 else "enterprise"
