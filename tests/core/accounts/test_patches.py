"""Do a list of territories and a state map become the plan that a planner would draw?"""

from fairpatch.core.accounts.patches import MapRow, PatchFiles, PatchRow, SeatRow, compose_plan
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.rules.text import print_rule


def compose(**parts: object):  # type: ignore[no-untyped-def]
    files = PatchFiles(**{"territories": [], **parts})  # type: ignore[arg-type]
    plan = compose_plan(files, "P", "USD", {"US": "United States"}.get)  # type: ignore[arg-type]
    assert find_plan_faults(plan) == []
    return {territory.code: territory for territory in plan.territories}, plan


def test_a_state_map_becomes_rules_under_levels_that_cover_them() -> None:
    territories, _ = compose(
        territories=[
            PatchRow("1", "West", country="US", levels=("Americas", "US", "")),
            PatchRow("2", "Canada", country="CA", levels=("Americas", "CA", "")),
        ],
        states=[
            MapRow("1", "US", "CA"),
            MapRow("1", "US", "AK"),
            MapRow("1", "AS", "AS"),
            MapRow("2", "CA", "ON"),
        ],
    )
    assert print_rule(territories["1"].rule) == (
        'country = "AS" and state = "AS" or country = "US" and state in ["AK", "CA"]'
    )
    assert print_rule(territories["US"].rule) == 'country in ["AS", "US"]'
    assert print_rule(territories["Americas"].rule) == 'country in ["AS", "CA", "US"]'
    assert (territories["1"].parent, territories["US"].parent, territories["US"].name) == (
        "US", "Americas", "United States",
    )  # fmt: skip


def test_a_postal_map_knows_whole_codes_prefixes_and_ranges() -> None:
    territories, _ = compose(
        territories=[PatchRow("1", country="US"), PatchRow("2", country="DE")],
        postal=[
            MapRow("1", "", "94105"), MapRow("1", "", "100"), MapRow("1", "", "10200", "10299"),
            MapRow("2", "", "10115"),
        ],
    )  # fmt: skip
    assert print_rule(territories["1"].rule) == (
        'country = "US" and (postal_code between "10200" and "10299" or postal_code = "94105" or '
        'postal_code begins with ["100"])'
    )
    assert print_rule(territories["2"].rule) == 'country = "DE" and postal_code = "10115"'


def test_a_shared_patch_gets_a_leaf_for_each_rep() -> None:
    territories, plan = compose(
        territories=[PatchRow("1", "West", country="US"), PatchRow("2", "East", country="US")],
        seats=[SeatRow("1", "R1"), SeatRow("1", "R2"), SeatRow("2", "R3")],
        owned={"r1": ["A2", "A1"], "r3": ["A3"]},
        rep_names={"r1": "Ann"},
        is_leaf_per_rep=True,
    )
    assert territories["1-R1"].accounts == ("A1", "A2")
    assert territories["1-R1"].name == "West – Ann"
    assert territories["1-R1"].rule is None
    # Alone in the patch, a rep also takes what is new in it.
    assert print_rule(territories["2-R3"].rule) == "all"
    assert {(seat.territory, seat.rep) for seat in plan.seats} == {
        ("1-R1", "R1"),
        ("1-R2", "R2"),
        ("2-R3", "R3"),
    }


def test_a_level_over_a_rule_without_country_stays_open() -> None:
    territories, _ = compose(
        territories=[
            PatchRow("1", country="US", levels=("All",)),
            PatchRow("2", rule='industry under "62"', levels=("All",)),
        ]
    )
    assert territories["All"].rule is None


def test_seats_find_their_level_by_name() -> None:
    _, plan = compose(
        territories=[PatchRow("1", country="US", levels=("Americas", "US"))],
        seats=[SeatRow("united states", "R1")],
    )
    assert plan.seats[0].territory == "US"
