"""Which pieces does the map have: states, counties and countries, and what is each known by?"""

import pycountry

from fairpatch.engines.geo.places import Places

SUBDIVIDED = ("US", "CA")


class MapAtlas:
    """Names the unit a place is in, and describes each unit as an account that lies there."""

    def __init__(self) -> None:
        self._areas = Places().postal_areas

    def name_unit(self, level: str, country: str, state: str, postal_code: str) -> str | None:
        """ISO 3166-1 alpha-2, ISO 3166-2, or county FIPS; None when unknown."""
        if level == "country":
            return country or None
        if level == "state":
            return f"{country}-{state}" if country and state else None
        area = self._areas.get(postal_code) if country == "US" else None
        return area.county or None if area else None

    def list_unit_records(self, level: str) -> dict[str, dict[str, object]]:
        """An account per unit of which only the place is known; of a county, its largest ZIP."""
        if level == "country":
            codes = sorted(country.alpha_2 for country in pycountry.countries)
            return {code: {"id": f"place {code}", "country": code} for code in codes}
        return _list_states() if level == "state" else self._list_counties()

    def _list_counties(self) -> dict[str, dict[str, object]]:
        largest: dict[str, tuple[int, str]] = {}
        for postal_code, area in self._areas.items():
            if area.county and (area.population, postal_code) > largest.get(area.county, (-1, "")):
                largest[area.county] = area.population, postal_code
        records: dict[str, dict[str, object]] = {}
        for county, (_, postal_code) in largest.items():
            area = self._areas[postal_code]
            place = {"country": "US", "state": area.state, "metro": area.metro, "postal_code": postal_code}
            records[county] = {"id": f"place {county}", **place}
        return records


def _list_states() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for country in SUBDIVIDED:
        for state in pycountry.subdivisions.get(country_code=country):  # type: ignore[no-untyped-call]
            code = state.code.split("-", 1)[1]
            found[state.code] = {"id": f"place {state.code}", "country": country, "state": code}
    return found
