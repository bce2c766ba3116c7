"""Is every kind of finding told once, where it arises, with an account that shows it?"""

import pytest

from fairpatch.core.plans.findings import PlanFinding
from fairpatch.core.plans.plan import Plan, Territory
from fairpatch.engines.analysis.analyse import analyse_plan, analyse_territory, check_plan
from fairpatch.engines.analysis.facts import open_place_facts
from tests.worlds.plans import make_plan


def find(kind: str, world: str, has_facts: bool = False) -> list[PlanFinding]:
    report = analyse_plan(make_plan(world), open_place_facts() if has_facts else None)
    return [found for found in report.findings if found.kind == kind]


@pytest.mark.parametrize(
    ("rule", "is_dead"),
    [
        ('state = "CA" and state = "OR"', True),
        ('state in ["CA", "OR"] and state not in ["ca", "or", "x"]', True),
        ("employees > 5 and employees <= 5", True),
        ("employees >= 5 and employees <= 5", False),
        ("employees > 5 and employees < 6", True),
        ("annual_revenue > 5 and annual_revenue < 6", False),
        ("employees between 9 and 5", True),
        ('state is empty and state begins with "C"', True),
        ('state is empty and state != "CA"', False),
        ("not employees > 5 and not employees <= 5", False),
        ('region = "EMEA" and region = "EU"', False),
        ('region = "EMEA" and country = "FR"', True),
        ('product_lines includes any ["a"] and product_lines includes all ["b"]', False),
        ('product_lines includes all ["a", "b"] and not product_lines includes any ["b", "c"]', True),
        ("state in []", True),
        ('state = "CA" and state begins with "O"', True),
        ('postal_code between "941" and "942" and postal_code begins with "95"', True),
        ('industry under "31" and industry = "31-33"', True),
        ('name contains "acme" and name begins with "the "', False),
        ('name contains "acme" and not name contains "cm"', True),
        ("position within 5 km of (10, 10) and position within 5 km of (11, 11)", True),
        ("position within 100 km of (10, 10) and position within 100 km of (11, 11)", False),
        ("latitude < 5 and position within 5 km of (10, 10)", True),
        ("latitude is empty and position is not empty", True),
    ],
)
def test_contradictions(rule: str, is_dead: bool) -> None:
    world = f"regions: {{EMEA: [DE], EU: [DE]}}\nterritories: [{{code: A, rule: '{rule}'}}]"
    assert bool(find("contradiction", world)) is is_dead


def test_a_contradiction_is_told_where_it_arises() -> None:
    world = """
        territories:
          - {code: US, rule: 'country = "US"'}
          - {code: DEAD, parent: US, rule: 'country = "DE"'}
          - {code: BELOW, parent: DEAD, rule: 'state = "BY"'}
          - {code: HALF, parent: US, rule: 'state = "CA" or state = "OR" and state = "WA"'}
    """
    whole, half = sorted(find("contradiction", world), key=lambda found: found.territory != "DEAD")
    reason = "it contradicts the rules above it (country is DE, and country is US)"
    assert whole.sentence == f"The rule of DEAD can never match: {reason}."
    assert half.territory == "HALF"
    assert half.sentence.startswith("One alternative of the rule can never match: its conditions exclude")


def test_a_rule_in_the_shadow_of_two_others_together() -> None:
    world = """
        territories:
          - {code: LOW, rule: 'state = "CA" and employees < 50', priority: 9}
          - {code: HIGH, rule: 'state in ["CA", "OR"] and not employees < 50', priority: 9}
          - {code: FAR, rule: 'state = "NY" and employees > 5', priority: 9}
          - {code: REST, rule: 'state = "CA"'}
    """
    (found,) = find("unreachable", world)
    assert (found.territory, set(found.others)) == ("REST", {"LOW", "HIGH"})
    assert found.account["state"] == "CA"
    assert "a hybrid claim comes before a single one" in found.sentence


def test_an_account_that_others_leave_out_keeps_a_rule_in_the_light() -> None:
    world = """
        territories:
          - {code: A, rule: 'state = "CA"', priority: 5, exclude: [x]}
          - {code: B, rule: 'state = "CA"'}
    """
    assert find("unreachable", world) == []
    assert len(find("unreachable", world.replace("exclude: [x]", "exclude: []"))) == 1


def test_a_catch_all_nothing_is_left_for() -> None:
    world = """
        territories:
          - {code: US, rule: 'country = "US"'}
          - {code: A, parent: US, rule: 'employees < 10', priority: 1}
          - {code: B, parent: US, rule: 'employees >= 10 or employees is empty', priority: 1}
          - {code: REST, parent: US, rule: all}
    """
    (found,) = find("unreachable", world)
    assert found.sentence.startswith("The catch-all REST never wins an account: ")
    assert find("gap", world) == []


def test_a_gap_is_told_at_the_deepest_territory() -> None:
    world = """
        territories:
          - {code: AMER, rule: 'country in ["US", "CA"]'}
          - {code: US, parent: AMER, rule: 'country = "US"'}
          - {code: WEST, parent: US, rule: 'state in ["CA", "OR"]'}
          - {code: EAST, parent: US, rule: 'state not in ["CA", "OR", "TX"]'}
          - {code: CAN, parent: AMER, rule: 'country = "CA"'}
    """
    (found,) = find("gap", world)
    assert (found.territory, found.account) == ("US", {"country": "US", "state": "TX"})
    assert find("gap", world.replace(', "TX"', "")) == []


def test_a_plan_without_a_market_has_the_world_for_one() -> None:
    (found,) = find("gap", "territories: [{code: A, rule: 'state = \"CA\"'}]")
    assert (found.severity, found.territory) == ("info", None)
    assert find("gap", "territories: [{code: A, rule: all}]") == []


def test_a_tie_and_a_tie_behind_a_third() -> None:
    world = """
        territories:
          - {code: A, rule: 'segment = "core"'}
          - {code: B, rule: 'segment begins with "co"'}
          - {code: C, rule: 'segment contains "or"', priority: %d}
    """
    ties = {(found.territory, found.severity) for found in find("tie", world % -1)}
    assert ties == {("B", "warning")}
    (behind,) = find("tie", world % 1)
    assert (behind.territory, behind.others, behind.severity) == ("B", ("A",), "info")
    assert behind.sentence.endswith("C comes before both.")


def test_alternatives_that_add_nothing() -> None:
    world = """
        territories:
          - {code: A, rule: 'state in ["CA", "OR"] or state = "CA"'}
          - {code: B, rule: 'country = "US" or country = "US" and state = "CA"'}
    """
    (found,) = find("redundant", world)
    assert found.territory == "A"  # that of B lends its accounts more specificity


def test_postal_codes_that_contradict_their_states() -> None:
    world = """
        territories:
          - {code: A, rule: 'state = "CA" and postal_code in ["94105", "10001"]'}
          - {code: B, rule: 'state = "NY" and postal_code begins with "941"'}
          - {code: C, rule: 'country = "CA" and state = "OR"'}
    """
    stray, *dead = sorted(find("place", world, has_facts=True), key=lambda found: found.territory or "")
    assert stray.sentence == "A wants accounts in CA, where these postal codes are not: 10001 (NY)."
    assert [found.territory for found in dead] == ["B", "C"]
    assert find("place", world) == []


def test_places_that_cannot_be_do_not_overlap() -> None:
    world = """
        territories:
          - {code: BAY, rule: 'postal_code in ["94105", "94107"]'}
          - {code: NY, rule: 'state = "NY"'}
          - {code: CAL, rule: 'state = "CA"'}
          - {code: LA, rule: 'metro = "31080"'}
          - {code: DE, rule: 'country = "DE"'}
    """
    found = {frozenset([one.territory, *one.others]) for one in find("overlap", world, has_facts=True)}
    assert found == {
        frozenset(pair) for pair in [("BAY", "CAL"), ("CAL", "LA"), ("BAY", "DE")]
    }  # Germany has postal codes of five digits too


def test_an_open_question_is_called_one() -> None:
    tags = ", ".join(f'"t{n}"' for n in range(12))
    world = f"""
        territories:
          - {{code: A, rule: 'product_lines includes any [{tags}]', priority: 1}}
          - {{code: B, rule: 'product_lines includes any ["t3"]'}}
    """
    (found,) = find("unreachable", world)
    assert (found.is_certain, found.severity) == (False, "info")


def test_what_concerns_one_territory() -> None:
    plan = make_plan("""
        territories:
          - {code: A, rule: 'state = "CA"', priority: 5}
          - {code: B, rule: 'state = "CA" and city = "Napa"', priority: -1}
          - {code: C, rule: 'state = "NY" and state = "TX"'}
    """)
    of_a = {(found.kind, found.territory) for found in analyse_territory(plan, "A").findings}
    assert ("unreachable", "B") in of_a
    assert "C" not in {territory for _, territory in of_a}
    assert [found.kind for found in analyse_territory(plan, "C").findings] == ["contradiction"]


def test_faults_come_alone() -> None:
    (found,) = check_plan(Plan(territories=(Territory("A", parent="B"),)))
    assert (found.kind, found.severity) == ("fault", "error")
