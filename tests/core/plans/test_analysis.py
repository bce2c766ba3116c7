"""Does the check find what is loose in a plan, and stay silent about what is used?"""

from fairpatch.core.plans.analysis import find_loose_ends, find_unknown_accounts
from fairpatch.core.territories.hierarchy import Hierarchy
from tests.worlds.plans import make_plan


def warn(plan: str) -> list[str]:
    made = make_plan(plan)
    return [f"{found.where}: {found.sentence}" for found in find_loose_ends(made, Hierarchy(made))]


def test_things_nothing_uses() -> None:
    world = """
        value_sets: {a: ["1"], b: ["2"]}
        areas: {harbour: [[4.4, 51.9], [4.5, 51.9], [4.5, 52.0]], port: [[4.4, 51.9], [4.5, 51.9], [4.5, 52]]}
        regions: {EMEA: [DE], NA: [US], APAC: [JP]}
        fields: [{name: tier, type: choice, choices: [gold, tin]}, {name: since, type: date}]
        territories:
          - {code: A, rule: 'postal_code in set "a" and tier = "silver" or region not in ["emea", "na"]'}
          - {code: B}
          - {code: C, accounts: [x], exclude: [X]}
          - {code: D, rule: 'position inside area "port"'}
    """
    assert warn(world) == [
        'value_sets.b: No rule uses the value set "b".',
        'areas.harbour: No rule uses the area "harbour".',
        'regions.APAC: No rule uses the region "APAC".',
        'fields[1]: No rule tests the field "since".',
        'territories[0].rule: tier is never "silver": it is none of gold, tin.',
        "territories[1]: B has neither rule nor accounts, so it claims nothing.",
        'territories[2].exclude: The account "x" is both named and excluded; excluding it wins.',
    ]


def test_a_prefix_of_regions_uses_them_all() -> None:
    assert warn("regions: {EMEA: [DE]}\nterritories: [{code: A, rule: 'region begins with \"x\"'}]") == []


def test_accounts_that_two_territories_name() -> None:
    world = """
        layers: [{code: sales, role: primary}, {code: cloud, role: overlay}]
        territories:
          - {code: A, accounts: [x, y], exclude: [Y]}
          - {code: B, accounts: [X, y], priority: 5}
          - {code: C, accounts: [x], layer: cloud}
    """
    (_, double) = warn(world)
    assert double == 'territories[0].accounts: B and A both name the account "X"; B gets it.'


def test_names_of_accounts_that_are_not_there() -> None:
    plan = make_plan("""
        territories: [{code: A, accounts: ["x 1", z], exclude: [y]}]
        locks: [{account: X1, territory: A}, {account: q, territory: A}]
    """)
    found = [finding.where for finding in find_unknown_accounts(plan, {"x1"})]
    assert found == ["territories[0].accounts", "territories[0].exclude", "locks[1].account"]


def test_places_that_claim_nothing() -> None:
    world = """
        territories:
          - {code: A, accounts: [x]}
          - {code: B, parent: A, rule: all}
        locks: [{account: y, territory: A}]
    """
    assert warn(world) == [
        "territories[0].accounts: A is not assignable, so its list claims nothing.",
        "territories[0]: Locks send accounts to A, which is not assignable.",
    ]
