"""Are impossible coordinates repaired, doubtful ones named, and missing ones found?"""

from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.accounts.positions import Place, settle_position

SEATTLE = Place(47.61, -122.33, "postal_code", "WA", "42660", "98101")
BERLIN = Place(52.52, 13.40, "city", shown="Berlin")


def codes(position: object) -> list[str]:
    return [code for code, _, _ in position.notes]  # type: ignore[attr-defined]


def test_a_given_position_near_its_place_is_kept() -> None:
    position = settle_position("47.60", "-122.30", SEATTLE)
    assert (position.latitude, position.longitude, position.origin, position.notes) == (
        47.6,
        -122.3,
        "given",
        (),
    )


def test_swapped_coordinates_are_swapped_back() -> None:
    position = settle_position("-122.30", "47.60", SEATTLE)
    assert (position.latitude, position.longitude, codes(position)) == (47.6, -122.3, ["position_swapped"])
    # Possible but far from home: only the place tells.
    position = settle_position("13.40", "52.52", BERLIN)
    assert (position.latitude, position.longitude, codes(position)) == (52.52, 13.4, ["position_swapped"])
    # Impossible without knowing the place.
    assert codes(settle_position("-122.30", "47.60", None)) == ["position_swapped"]


def test_a_lost_sign_is_restored() -> None:
    position = settle_position("47.60", "122.30", SEATTLE)
    assert (position.longitude, codes(position)) == (-122.3, ["position_mirrored"])


def test_a_position_far_from_its_postal_code_is_kept_and_named() -> None:
    position = settle_position("40.7", "-74.0", SEATTLE)
    assert (position.latitude, codes(position)) == (40.7, ["position_far"])


def test_missing_positions_come_from_the_place() -> None:
    position = settle_position("", None, SEATTLE)
    assert (position.origin, codes(position)) == ("postal_code", ["position_found_postal"])
    position = settle_position(None, None, BERLIN)
    assert (position.origin, codes(position)) == ("city", ["position_found_city"])
    position = settle_position(None, None, None)
    assert (position.latitude, position.origin, codes(position)) == (None, "none", ["position_missing"])


def test_zero_zero_half_and_nonsense_are_no_positions() -> None:
    assert codes(settle_position("0.0", "0", BERLIN)) == ["position_zero", "position_found_city"]
    assert codes(settle_position("52.5", "", BERLIN)) == ["position_incomplete", "position_found_city"]
    assert codes(settle_position("north", "13", None)) == ["position_invalid", "position_missing"]
    assert codes(settle_position("inf", "13", None)) == ["position_invalid", "position_missing"]
    assert codes(settle_position("195", "255", BERLIN)) == ["position_invalid", "position_found_city"]


def test_decimal_commas_are_understood() -> None:
    position = settle_position("52,52", "13,405", BERLIN)
    assert (position.latitude, position.longitude) == (52.52, 13.405)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_settled_position_is_settled(latitude: float, longitude: float) -> None:
    once = settle_position(repr(latitude), repr(longitude), SEATTLE)
    assert once.latitude is not None
    again = settle_position(repr(once.latitude), repr(once.longitude), SEATTLE)
    assert (again.latitude, again.longitude) == (once.latitude, once.longitude)
