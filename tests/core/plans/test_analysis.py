"""Does the check find what cannot be meant, and stay silent about what may be?"""

import pytest

from fairpatch.core.plans.analysis import analyse_plan
from tests.worlds.plans import make_plan


def warn(plan: str) -> list[str]:
    return [f"{found.where}: {found.sentence}" for found in analyse_plan(make_plan(plan))]


@pytest.mark.parametrize(
    ("rule", "is_dead"),
    [
        ('state = "CA" and state = "OR"', True),
        ('state in ["CA", "OR"] and state not in ["ca", "or", "x"]', True),
        ("employees > 5 and employees <= 5", True),
        ("employees >= 5 and employees <= 5", False),
        ("employees between 9 and 5", True),
        ('state is empty and state begins with "C"', True),
        ('state is empty and state != "CA"', False),
        ("not employees > 5 and not employees <= 5", False),
        ('region = "EMEA" and region = "EU"', False),
        ('product_lines includes any ["a"] and product_lines includes all ["b"]', False),
        ("state in []", True),
        ('state = "CA" and state begins with "O"', False),
    ],
)
def test_contradictions(rule: str, is_dead: bool) -> None:
    found = warn(f"regions: {{EMEA: [DE], EU: [DE]}}\nterritories: [{{code: A, rule: '{rule}'}}]")
    assert any("never match" in line for line in found) is is_dead


def test_a_rule_that_repeats_a_better_one() -> None:
    world = """
        territories:
          - {code: A, rule: 'country = "US"'}
          - {code: A1, parent: A, rule: 'state = "CA"'}
          - {code: B, rule: 'state = "CA" and country = "US"'}
          - {code: C, rule: 'state = "CA" and country = "US"', priority: 5, exclude: [x]}
    """
    (found,) = warn(world)
    assert found.startswith("territories[2].rule: Its rule says the same as that of A1, which comes first")


def test_things_nothing_uses() -> None:
    world = """
        value_sets: {a: ["1"], b: ["2"]}
        fields: [{name: tier, type: choice, choices: [gold, tin]}]
        territories:
          - {code: A, rule: 'postal_code in set "a" and tier = "silver"'}
          - {code: B}
          - {code: C, accounts: [x], exclude: [X]}
    """
    found = warn(world)
    assert len(found) == 4
    assert 'No rule uses the value set "b".' in found[0]
    assert '"silver"' in found[1]
    assert "claims nothing" in found[2]
    assert "excluding it wins" in found[3]
