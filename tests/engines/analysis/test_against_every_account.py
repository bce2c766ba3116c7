"""Is everything the analysis says true of every account there is, and does it miss nothing?

Small worlds, all of whose accounts are listed here by hand and routed by the reference.
"""

import datetime as dt
import itertools
import random

import pytest

from fairpatch.core.plans.plan import Layer, Plan, Territory
from fairpatch.core.routing.claims import ClaimFinder
from fairpatch.core.routing.precedence import is_tied
from fairpatch.core.rules.account import AccountReader
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.match import bind_rule
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.analysis.analyse import analyse_plan
from fairpatch.engines.analysis.boxes import build_ground
from fairpatch.engines.analysis.branches import find_dead_branches
from fairpatch.engines.analysis.gaps import find_gaps
from fairpatch.engines.analysis.meetings import find_pairs, list_met
from fairpatch.engines.analysis.shadows import find_shadows
from tests.seeds import list_seeds

FIELDS = (Field("since", "date"), Field("is_public", "boolean"), Field("labels", "tags"))
WORLDS = {
    "places": (
        ["country", "state", "postal_code"],
        [
            'country = "US"',
            'country in ["US", "DE"]',
            'region = "EMEA"',
            "region is empty",
            'state in ["CA", "OR"]',
            'state != "CA"',
            "state is empty",
            'postal_code begins with "94"',
            'postal_code between "941" and "9433"',
            'postal_code = "94105"',
            'postal_code < "94"',
            'country contains "s"',
        ],
        {
            "country": [None, "US", "DE", "FR", "ES", "ZZ"],
            "state": [None, "CA", "OR", "NV"],
            "postal_code": [None, "93", "94", "940", "941", "94105", "9432", "9433", "94331", "949", "95"],
        },
    ),
    "trades": (
        ["industry", "employees", "segment"],
        [
            'industry under "31-33"',
            'industry under "3"',
            'industry under ["31", "62"]',
            'industry in ["31-33", "621"]',
            "employees < 10",
            "employees >= 10",
            "employees between 5 and 20",
            "employees = 12",
            "employees is not empty",
            'segment = "core"',
            'segment contains "or"',
            "not segment is empty",
        ],
        {
            "industry": [None, "31-33", "31", "311", "32", "3", "34", "62", "621", "6211", "7"],
            "employees": [None, 0, 4, 5, 7, 10, 11, 12, 13, 20, 21],
            "segment": [None, "core", "xor", "plus"],
        },
    ),
    "own": (
        ["since", "is_public", "labels"],
        [
            "since < 2027-01-02",
            "since >= 2027-01-01",
            "since between 2027-01-01 and 2027-01-03",
            "is_public = true",
            "is_public != true",
            "is_public is empty",
            'labels includes any ["a", "b"]',
            'labels includes all ["a", "b"]',
            'labels includes any ["c"]',
            "labels is empty",
        ],
        {
            "since": [None, *(dt.date(2026, 12, 30) + dt.timedelta(days=n) for n in range(7))],
            "is_public": [None, True, False],
            "labels": [None, "a", "b", "c", "d", "a|b", "a|c", "b|c", "a|b|c"],
        },
    ),
}


def draw_rule(r: random.Random, conditions: list[str], depth: int = 2) -> str:
    if depth == 0 or r.random() < 0.35:
        return r.choice(conditions)
    if r.random() < 0.2:
        return f"not ({draw_rule(r, conditions, depth - 1)})"
    return (
        "("
        + f" {r.choice(['and', 'and', 'or'])} ".join(draw_rule(r, conditions, depth - 1) for _ in range(2))
        + ")"
    )


def draw_plan(r: random.Random, conditions: list[str]) -> Plan:
    plan = Plan(fields=FIELDS)
    territories: list[Territory] = []
    for place in range(r.randint(2, 7)):
        parent = r.choice([None, *territories])
        rule = r.choice([None, "all", *[draw_rule(r, conditions) for _ in range(8)]])
        territories.append(
            Territory(
                f"T{place}",
                parent=parent.code if parent else None,
                priority=r.choice([None, None, 0, 5]),
                rule=parse_rule(rule, plan.catalogue) if rule else None,
                inherit=r.random() > 0.2,
                assignable=r.choice([None, None, None, True]),
                accounts=tuple(f"n{n}" for n in range(4) if r.random() < 0.08),
                exclude=tuple(f"n{n}" for n in range(4) if r.random() < 0.08),
            )
        )
    return Plan("drawn", (Layer("sales"),), tuple(territories), fields=FIELDS, regions={"EMEA": ("DE", "FR")})


@pytest.mark.parametrize("seed", list_seeds(40, quick=10))
@pytest.mark.parametrize("world", WORLDS)
def test_everything_said_is_true_and_nothing_is_missed(world: str, seed: int) -> None:
    names, conditions, values = WORLDS[world]
    plan = draw_plan(random.Random(f"{world} {seed}"), conditions)
    tree = Hierarchy(plan)
    finder, reader = ClaimFinder(plan, tree, "sales"), AccountReader(plan.catalogue, plan.regions)
    won, by_rule, tied, met, left = set(), set(), set(), set(), set()
    inner = [c for c in tree.by_code if not tree.is_assignable(c) and tree.by_code[c].rule is not None]
    inside = {code: tree.effective_rule_of(code) for code in inner}
    tests = {code: bind_rule(rule, plan.scope) for code, rule in inside.items() if rule is not None}
    for combination in itertools.product(*(values[name] for name in names)):
        account = dict(zip(names, combination, strict=True))
        for account_id in ("new", "n0", "n1", "n2", "n3"):
            seen = reader.read({"id": account_id, **account})
            claims = finder.find_claims(account_id, seen)
            ruled = [claim for claim in claims if claim.cause == "rule"]
            by_rule.update(claim.territory for claim in ruled)
            if claims and claims[0].cause == "rule":
                won.add(claims[0].territory)
            for one, two in itertools.combinations(ruled, 2):
                pair = tuple(sorted((one.territory, two.territory)))
                met.add(pair)
                if is_tied(one, [two]):
                    tied.add(pair)
            if account_id == "new" and not claims:
                left.update(code for code, test in tests.items() if test(seen))
    ground = build_ground(plan, tree, "sales")
    pairs = find_pairs(ground)
    assert set(pairs.list_pairs(pairs.meets)) == met
    for code in by_rule:
        assert {tuple(sorted((code, other))) for other in list_met(ground, code)} == {
            pair for pair in met if code in pair
        }
    shadows = list(find_shadows(ground))
    assert {shadow.territory for shadow in shadows} == by_rule - won
    found_gaps = {gap.territory for gaps in find_gaps(ground) for gap in gaps} - {None}
    below = {code: left & set(tree.descendants_of(code)) for code in left}
    assert found_gaps <= left
    assert all(code in found_gaps or below[code] for code in left)
    check_findings(plan, finder, reader, tied)
    whole = {branch.territory for branch in find_dead_branches(ground) if branch.is_whole}
    assert not whole & by_rule


def check_findings(plan: Plan, finder: ClaimFinder, reader: AccountReader, tied: set) -> None:
    """Routes every account that is shown."""
    told = set()
    for found in analyse_plan(plan).findings:
        claims = finder.find_claims("example", reader.read({"id": "example", **found.account}))
        if "id" in found.account:
            seen = reader.read(found.account)
            claims = finder.find_claims(seen["id"], seen)
        claimants = [claim.territory for claim in claims]
        if found.kind in ("overlap", "tie"):
            (winner,) = found.others
            assert claimants.index(winner) < claimants.index(found.territory)
        if found.kind == "tie":
            told.add(tuple(sorted((winner, found.territory))))
            first, second = (claim for claim in claims if claim.territory in (winner, found.territory))
            assert is_tied(first, [second])
        if found.kind == "gap":
            assert not claims
        if found.kind == "unreachable":
            assert found.territory in claimants
            assert claimants[0] != found.territory
    assert told == tied
