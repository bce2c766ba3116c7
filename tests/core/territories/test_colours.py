"""Do neighbouring territories get different hues?"""

from hypothesis import given
from hypothesis import strategies as st

from fairpatch.core.territories.colours import NEIGHBOURS, choose_hues

HUES = 10
PLACES = st.tuples(st.floats(-80, 80), st.floats(-180, 180))


def test_nearest_neighbours_on_a_grid_differ() -> None:
    centres = {f"{row}-{column}": (float(row), float(column)) for row in range(9) for column in range(9)}
    hues = choose_hues(list(centres), centres, HUES)
    for row in range(9):
        for column in range(9):
            for next_row, next_column in ((row + 1, column), (row, column + 1)):
                if f"{next_row}-{next_column}" in hues:
                    assert hues[f"{row}-{column}"] != hues[f"{next_row}-{next_column}"]


@given(st.dictionaries(st.text("ABC", min_size=1, max_size=4), PLACES, max_size=NEIGHBOURS + 1))
def test_few_territories_never_share_a_hue(centres: dict[str, tuple[float, float]]) -> None:
    hues = choose_hues(sorted(centres), centres, HUES)
    assert len(set(hues.values())) == len(centres)


@given(st.dictionaries(st.text("ABCD", min_size=1, max_size=4), PLACES, max_size=40))
def test_everyone_gets_a_hue_and_the_same_one_again(centres: dict[str, tuple[float, float]]) -> None:
    codes = [*sorted(centres), "nowhere"]
    hues = choose_hues(codes, centres, HUES)
    assert list(hues) == codes
    assert all(0 <= hue < HUES for hue in hues.values())
    assert hues == choose_hues(codes, centres, HUES)
