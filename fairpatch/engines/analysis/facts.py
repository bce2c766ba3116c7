"""What is known of places, so that a plan is not blamed for accounts that cannot be?

A postal code of the United States lies in one state and mostly in one metro; a metro lies in a few states; a
state belongs to a country. All values are folded as rules compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pycountry

from fairpatch.core.rules.values import fold_code
from fairpatch.engines.geo.places import open_places

#: Their postal codes hold letters, or fewer or more than five digits: none is taken for a ZIP.
_OTHER_POSTAL_FORMS = (
    "au",
    "at",
    "be",
    "ca",
    "ch",
    "dk",
    "gb",
    "ie",
    "in",
    "jp",
    "nl",
    "no",
    "nz",
    "pt",
    "sg",
)


@dataclass(frozen=True)
class PlaceFacts:
    home: str
    """The country whose postal codes and metros are known."""
    postal: Mapping[str, tuple[str | None, str | None]]
    """State and metro of each postal code."""
    metros: Mapping[str, frozenset[str]]
    """The states each metro lies in."""
    states: Mapping[str, frozenset[str]]
    """The states of every country; a country not listed is unknown."""
    without_zips: frozenset[str] = frozenset()
    """Countries in which no postal code looks like one of `home`."""


@cache
def open_place_facts() -> PlaceFacts:
    """What the gazetteer knows, read once."""
    postal: dict[str, tuple[str | None, str | None]] = {}
    metros: dict[str, set[str]] = {}
    for code, area in open_places().postal_areas.items():
        state, metro = fold_code(area.state), fold_code(area.metro)
        postal[code] = state, metro
        if metro and state:
            metros.setdefault(metro, set()).add(state)
    states: dict[str, set[str]] = {country.alpha_2.lower(): set() for country in pycountry.countries}
    for division in pycountry.subdivisions:
        country, _, state = division.code.partition("-")
        states.setdefault(country.lower(), set()).add(state.lower())
    states["us"].update(state for state, _ in postal.values() if state)
    return PlaceFacts(
        "us",
        postal,
        {metro: frozenset(found) for metro, found in metros.items()},
        {country: frozenset(found) for country, found in states.items() if found},
        frozenset(_OTHER_POSTAL_FORMS),
    )
