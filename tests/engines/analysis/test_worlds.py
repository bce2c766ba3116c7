"""Are exactly the accounts possible whose country, state, metro and postal code agree?

A small map, all places on which are listed here and judged by a second reading of the rules.
"""

import itertools
import random

import pytest

from fairpatch.core.plans.plan import Layer, Plan, Territory
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.analysis.boxes import build_ground
from fairpatch.engines.analysis.facts import PlaceFacts, open_place_facts
from fairpatch.engines.analysis.meetings import find_pairs

FACTS = PlaceFacts(
    "us",
    {"94105": ("ca", "m1"), "94107": ("ca", "m1"), "10001": ("ny", "m2"), "20001": ("ny", None)},
    {"m1": frozenset(["ca"]), "m2": frozenset(["ny", "ca"])},
    {
        "us": frozenset(["ca", "ny", "tx"]),
        "ca": frozenset(["on", "qc"]),
        "de": frozenset(["by", "ny"]),
    },
    frozenset(["ca"]),
)
VALUES = {
    "country": [None, "us", "ca", "de", "fr"],
    "state": [None, "ca", "ny", "tx", "on", "qc", "by", "zz"],
    "metro": [None, "m1", "m2", "m9"],
    "postal_code": [None, "94105", "94107", "10001", "20001", "k1a", "555", "666", "90"],
}
CONDITIONS = [
    'country = "US"',
    'country in ["US", "CA"]',
    'country != "US"',
    "country is empty",
    'state = "CA"',
    'state in ["NY", "ON"]',
    'state not in ["CA", "TX"]',
    "state is empty",
    'metro = "M1"',
    'metro in ["M2", "M9"]',
    "metro is empty",
    'postal_code in ["94105", "10001"]',
    'postal_code = "K1A"',
    'postal_code begins with "9"',
    'postal_code in ["555", "666"]',
    "postal_code is not empty",
]


def is_possible(country, state, metro, postal, named: set[str]) -> bool:
    home, abroad = FACTS.states["us"], {"on", "qc", "by"}
    is_zip = postal in FACTS.postal
    if country == "us" or (country is None and state not in abroad):
        if is_zip:
            own_state, own_metro = FACTS.postal[postal]
            return state in (own_state, None) and metro in (own_metro, None)
        if metro in FACTS.metros:
            return state is None or state in FACTS.metros[metro]
        return state not in abroad
    if metro in FACTS.metros or (is_zip and country in (None, "ca")):
        return False
    if state is None or state == "zz":
        return True
    known = FACTS.states.get(country, frozenset()) if country else frozenset(abroad)
    return state in known and (country in named or state not in home)


@pytest.mark.parametrize("seed", range(60))
def test_rules_meet_where_a_possible_account_shows_it(seed: int) -> None:
    r = random.Random(seed)
    drawn = [" and ".join(r.sample(CONDITIONS, r.randint(1, 3))) for _ in range(6)]
    rules = [parse_rule(text) for text in drawn]
    territories = tuple(Territory(f"T{place}", rule=rule) for place, rule in enumerate(rules))
    plan = Plan("map", (Layer("sales"),), territories)
    text = " ".join(drawn)
    if sum(name in text for name in VALUES) < 2:
        return
    named = {value.lower() for value in ("US", "CA") if f'country = "{value}"' in text}
    named |= {"us", "ca"} if "country in" in text else set()
    named |= {"us"} if "country !=" in text else set()
    reader = AccountReader(plan.catalogue, {})
    tests = [bind_rule(rule, plan.scope) for rule in rules]
    met = set()
    for values in itertools.product(*VALUES.values()):
        if is_possible(*values, named):
            seen = reader.read(dict(zip(VALUES, values, strict=True)))
            matching = [f"T{place}" for place, test in enumerate(tests) if test(seen)]
            met.update(itertools.combinations(matching, 2))
    pairs = find_pairs(build_ground(plan, Hierarchy(plan), "sales", FACTS))
    assert set(pairs.list_pairs(pairs.meets)) == met


def test_the_gazetteer_agrees_with_itself() -> None:
    facts = open_place_facts()
    assert facts.postal["94105"][0] == "ca"
    assert "31080" in facts.metros
    assert facts.metros["31080"] == {"ca"}
    assert {"ca", "dc", "pr"} <= facts.states["us"]
    assert "on" in facts.states["ca"]
    states = facts.states["us"]
    assert all(state is None or state in states for state, _ in facts.postal.values())
