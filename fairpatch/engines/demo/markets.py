"""Where do made-up companies sit? Where people do: by ZIP in the US, by city in Canada and Europe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairpatch.engines.geo.places import Places

SHARES = {
    "US": 0.68, "CA": 0.09, "GB": 0.055, "DE": 0.055, "FR": 0.032, "IT": 0.016, "ES": 0.014, "NL": 0.012,
    "BE": 0.008, "CH": 0.008, "AT": 0.006, "SE": 0.007, "DK": 0.005, "NO": 0.004, "FI": 0.004, "IE": 0.006,
    "PL": 0.005, "PT": 0.003, "CZ": 0.003,
}  # fmt: skip
"""How many of the companies are in each country.

Nobody covers the last three: their accounts stay unassigned.
"""

CROWDED_METRO, CROWDING = "35620", 2.2
"""New York is sold into harder than its population asks for: one rep has far too much there."""
_STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "DC",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
    ]
)


@dataclass(frozen=True, slots=True)
class Market:
    """Places to draw from; `chances` add up to 1."""

    countries: list[str]
    states: list[str]
    cities: list[str]
    postal_codes: list[str]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]
    spread_km: NDArray[np.float64]
    chances: NDArray[np.float64]

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
        return np.searchsorted(np.cumsum(self.chances)[:-1], rng.random(count)).astype(np.int64)


def build_market(places: Places) -> Market:
    """All places with their chances: a country's share, split by population."""
    rows: list[tuple[str, str, str, str, float, float, float, float]] = []
    for code, area in sorted(places.postal_areas.items()):
        if area.population > 500 and area.state in _STATES:
            weight = area.population * (CROWDING if area.metro == CROWDED_METRO else 1.0)
            rows.append(("US", area.state, area.city, code, area.latitude, area.longitude, 2.0, weight))
    for country in SHARES:
        if country == "US":
            continue
        for city in places.list_cities(country):
            spread = min(9.0, 1.0 + (city.population / 60_000) ** 0.5)
            rows.append(
                (country, city.state, city.name, "", city.latitude, city.longitude, spread, city.population)
            )
    countries = [row[0] for row in rows]
    weights = np.array([row[7] for row in rows], dtype=np.float64)
    totals = dict.fromkeys(SHARES, 0.0)
    for country, weight in zip(countries, weights, strict=True):
        totals[country] += weight
    chances = np.array([SHARES[c] * w / totals[c] for c, w in zip(countries, weights, strict=True)])
    return Market(
        countries,
        [row[1] for row in rows],
        [row[2] for row in rows],
        [row[3] for row in rows],
        np.array([row[4] for row in rows]),
        np.array([row[5] for row in rows]),
        np.array([row[6] for row in rows]),
        chances / chances.sum(),
    )
