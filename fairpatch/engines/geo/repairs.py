"""Which addresses would an import have repaired? Routing compares what it is given and only lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairpatch.core.errors import Finding
from fairpatch.engines.geo.places import Places

_ZIP_PLUS_FOUR = re.compile(r"(\d{5})-?\d{4}")
_ZIP = re.compile(r"\d{5}")
_CUT_ZIP = re.compile(r"\d{3,4}")


def find_repairs(rows: Sequence[Mapping[str, Any]], lines: Sequence[int], file: str) -> Iterator[Finding]:
    """A warning for each value that an import would have written otherwise, with what it would write."""
    places = Places()
    for row, line in zip(rows, lines, strict=True):
        for column, sentence, suggestion in _look_at(row, places):
            yield Finding(
                "warning", column, f"{sentence} Compared as it stands.", file, line, None, suggestion
            )


def _look_at(row: Mapping[str, Any], places: Places) -> Iterator[tuple[str, str, str | None]]:
    country, state, postal_code = (_text(row.get(name)) for name in ("country", "state", "postal_code"))
    known = country.upper() if re.fullmatch(r"[A-Za-z]{2}", country) else places.find_country(country) or ""
    if country and known != country.upper():
        hint = f'; an import would write "{known}"' if known else ""
        yield "country", f'"{country}" is not a two-letter country code{hint}.', known or None
    if state and not (len(state) <= 3 and state.isalnum()):
        code = places.find_state(known or "US", state)
        if code and code.upper() != state.upper():
            yield "state", f'"{state}" is not a state code; an import would write "{code}".', code
    if known in ("US", ""):
        yield from _look_at_zip(state, postal_code, is_us=known == "US", places=places)
    yield from _look_at_point(row.get("latitude"), row.get("longitude"), known)


def _look_at_zip(
    state: str, postal_code: str, is_us: bool, places: Places
) -> Iterator[tuple[str, str, str | None]]:
    plus_four = _ZIP_PLUS_FOUR.fullmatch(postal_code)
    if plus_four:
        short = plus_four.group(1)
        yield "postal_code", f'"{postal_code}" is a ZIP+4; an import would write "{short}".', short
    code = plus_four.group(1) if plus_four else postal_code
    if is_us and _CUT_ZIP.fullmatch(code):
        # Spreadsheets take a ZIP for a number and drop its zeros: 04401 in Maine becomes 4401.
        code = postal_code.zfill(5)
        yield "postal_code", f'"{postal_code}" lost its leading zeros; an import would write "{code}".', code
    if is_us and len(state) == 2 and _ZIP.fullmatch(code):
        area = places.postal_areas.get(code)
        if area and area.state and area.state.upper() != state.upper():
            yield (
                "state",
                f'"{state}" contradicts the postal code {code}, which lies in {area.state}.',
                area.state,
            )


def _look_at_point(latitude: Any, longitude: Any, country: str) -> Iterator[tuple[str, str, str | None]]:
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return
    is_outside = abs(latitude) > 90 >= abs(longitude) and abs(latitude) <= 180
    # North America lies north of the equator and west of Greenwich throughout.
    is_mirrored = country in ("US", "CA", "MX") and latitude < 0 < longitude and longitude <= 84
    if is_outside or is_mirrored:
        swapped = f"{longitude}, {latitude}"
        yield "latitude", f"Latitude {latitude} and longitude {longitude} look swapped.", swapped
    elif latitude == longitude == 0:
        # Where programs put what they could not find: in the sea south of Ghana.
        said = "Latitude 0 and longitude 0 are no address; an import would read them as missing."
        yield "latitude", said, None
    elif abs(latitude) > 90 or abs(longitude) > 180:
        yield "latitude", f"Latitude {latitude} and longitude {longitude} are no place on Earth.", None


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
