"""Who wins? Small worlds worked out by hand."""

import datetime as dt

from tests.worlds.plans import route_world

TREE = """
    territories:
      - {code: US, rule: 'country = "US"', priority: 7}
      - {code: WEST, parent: US, rule: 'state in ["CA", "OR"]', exclude: [A3]}
      - {code: SOUTH, parent: US, rule: 'state = "CA"', priority: 3}
      - {code: FREE, parent: US, inherit: false, rule: 'state = "ON"', assignable: false}
      - {code: STRAT, accounts: [a 1, A3], exclude: ["a-9"]}
      - {code: MIX, rule: 'employees > 5 and segment = "x"'}
      - {code: REST, parent: US, rule: all}
"""


def row(decision) -> tuple:
    return (
        *(decision.territory, decision.cause, decision.is_tie, decision.claim_class),
        *(decision.priority, decision.specificity, decision.other_claims),
    )


def test_classes_priorities_and_specificity() -> None:
    found = route_world(
        TREE,
        """
        id | country | state | employees | segment
        A1 | US      | CA    | .         | .
        A2 | US      | CA    | .         | .
        A3 | US      | CA    | 9         | x
        A4 | US      | CA    | 9         | x
        A5 | US      | TX    | .         | .
        A6 | CA      | ON    | .         | .
        """,
    )
    assert row(found["A1"]) == ("STRAT", "named", False, "named", 0, 0, 3)
    assert row(found["A2"]) == ("WEST", "rule", False, "single", 7, 20, 2)
    assert row(found["A3"]) == ("STRAT", "named", False, "named", 0, 0, 3)
    assert row(found["A4"]) == ("MIX", "rule", False, "hybrid", 0, 2, 3)
    assert row(found["A5"]) == ("REST", "rule", False, "single", 7, 10, 0)
    assert row(found["A6"]) == (None, "unassigned", False, None, None, None, 0)


def test_ties_fall_to_the_deeper_then_to_the_smaller_code() -> None:
    world = """
        territories:
          - {code: Z, assignable: true, rule: 'state = "CA"'}
          - {code: Z1, parent: Z, rule: all}
          - {code: B, rule: 'state = "CA"'}
          - {code: a, rule: 'state = "OR"'}
          - {code: C, rule: 'state = "OR"'}
    """
    found = route_world(world, "id | state\n1 | CA\n2 | OR")
    assert row(found["1"])[:3] == ("Z1", "rule", True)
    assert row(found["2"])[:3] == ("C", "rule", True)


def test_locks_decide_on_their_days_only_and_beat_exclusion() -> None:
    world = """
        territories: [{code: T, rule: all, exclude: [A]}, {code: U, rule: all}]
        locks:
          - {account: ' a ', territory: T, from: 2027-02-01, until: 2027-02-03}
          - {account: B, territory: U}
    """
    expected = {"2027-01-31": "U", "2027-02-01": "T", "2027-02-03": "T", "2027-02-04": "U"}
    for day, territory in expected.items():
        found = route_world(world, "id | state\nA | CA\nB | .", dt.date.fromisoformat(day))
        assert found["A"].territory == territory, day
        assert row(found["B"]) == ("U", "lock", False, None, None, None, 1)
    assert row(route_world(world, "id\nA")["A"]) == ("T", "lock", False, None, None, None, 1)


FAMILY = """
    layers: [{{code: sales, role: primary, {0}}}]
    territories:
      - {{code: WEST, rule: 'state = "CA"', exclude: [kid3]}}
      - {{code: EAST, rule: 'state = "NY"'}}
      - {{code: STRAT, accounts: [kid2]}}
    locks: [{{account: kid4, territory: EAST}}]
"""
MEMBERS = """
    id   | state | parent | annual_revenue
    top  | CA    | gone   | 5
    kid  | NY    | TOP    | 9
    kid2 | NY    | top    | .
    kid3 | NY    | top    | 9
    kid4 | CA    | kid    | .
    kid5 | .     | kid4   | .
    one  | NY    | two    | .
    two  | CA    | one    | .
    in   | NY    | two    | .
    lost | TX    | .      | .
    of   | CA    | lost   | .
"""


def test_families_stay_together() -> None:
    found = route_world(FAMILY.format("families: together"), MEMBERS)
    assert row(found["top"]) == ("WEST", "rule", False, "single", 0, 20, 0)
    assert row(found["kid"]) == ("WEST", "family", False, "single", 0, 20, 1)
    assert row(found["kid2"])[:2] == ("STRAT", "named")
    assert row(found["kid3"])[:2] == ("EAST", "rule")
    assert row(found["kid4"])[:2] == ("EAST", "lock")
    assert row(found["kid5"]) == ("WEST", "family", False, "single", 0, 20, 0)
    assert [found[name].territory for name in ("one", "two", "in", "of")] == ["EAST", "WEST", "EAST", "WEST"]
    assert found["of"].cause == "rule"


def test_placement_takes_the_place_of_the_head_or_of_the_largest() -> None:
    by_head = route_world(FAMILY.format("placement: headquarters"), MEMBERS)
    assert (by_head["kid"].territory, by_head["kid5"].territory, by_head["of"].territory) == (
        "WEST",
        "WEST",
        None,
    )
    by_revenue = route_world(FAMILY.format("placement: majority_revenue"), MEMBERS)
    assert (by_revenue["top"].territory, by_revenue["kid5"].territory) == ("EAST", "EAST")
    assert by_revenue["in"].territory == "EAST"
