"""Does every suggested change flip the decision, is none larger than it need be, and who came nearest?"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fairpatch.core.plans.plan import Layer, Lock, Plan, Territory
from fairpatch.core.routing.flip import FlipFinder
from fairpatch.core.routing.nearest import NearFinder
from fairpatch.core.routing.representatives import UNNAMED
from fairpatch.core.routing.route import LayerRouter, read_book
from fairpatch.core.routing.why import LayerExaminer, explain_account
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.territories.hierarchy import Hierarchy
from tests.conformance.random_plans import draw_accounts, draw_plan
from tests.seeds import list_seeds
from tests.worlds.plans import ON, make_accounts, make_plan


def draw_world(seed: int) -> tuple[Plan, list[dict]]:
    r = random.Random(seed)
    return draw_plan(r), draw_accounts(r)


def apply_account_flip(accounts: list[dict], flip) -> list[dict]:
    changed = {row["id"]: dict(row) for row in accounts}
    for change in flip.changes:
        changed[change.account][change.field] = change.after
    return list(changed.values())


def route_one(plan: Plan, accounts: list[dict], account: str, layer: str) -> str | None:
    router = LayerRouter(plan, next(item for item in plan.layers if item.code == layer), ON)
    return router.decide(account.lower(), read_book(plan, accounts)).territory


def apply_plan_flip(plan: Plan, layer: str, account: str, remedy) -> Plan:
    """The suggestion carried out on the whole plan, as somebody would who reads it."""
    territories = {territory.code: territory for territory in plan.territories}
    hierarchy = Hierarchy(plan)
    locks = plan.locks
    for change in remedy.changes:
        target = territories[change.territory]
        if change.what == "lock":
            locks = tuple(
                lock
                for lock in locks
                if lock.account.lower() != account.lower() or hierarchy.layer_of(lock.territory) != layer
            )
            if change.after is not None:
                locks = (*locks, Lock(account, change.territory))
        elif change.what == "accounts":
            territories[target.code] = replace(target, accounts=(*target.accounts, change.after))
        elif change.what == "exclude":
            territories[target.code] = replace(target, exclude=tuple(change.after))
        elif change.what == "rule":
            if change.after is not None:
                territories[target.code] = replace(target, rule=change.after)
        else:
            territories[target.code] = replace(target, **{change.what: change.after})
    return replace(plan, territories=tuple(territories.values()), locks=locks)


def list_questions(plan: Plan, accounts: list[dict], seed: int) -> Iterator[tuple[str, str, str]]:
    """A few accounts, each asked about every territory of its layer."""
    hierarchy = Hierarchy(plan)
    for account in random.Random(seed).sample(accounts, 3):
        for code in hierarchy.by_code:
            yield account["id"], code, hierarchy.layer_of(code)


@pytest.mark.parametrize("seed", list_seeds(40, quick=10))
def test_every_suggestion_flips_the_decision(seed: int) -> None:
    plan, accounts = draw_world(seed)
    for account, code, layer in list_questions(plan, accounts, seed):
        (said,) = explain_account(plan, accounts, account, ON, territory=code)
        (absence,) = said.absences
        if absence.is_there:
            assert said.decision.territory == code
            continue
        assert absence.plan_flips, "a lock always helps"
        for remedy in absence.plan_flips:
            changed = apply_plan_flip(plan, layer, account, remedy)
            assert route_one(changed, accounts, account, layer) == code, (account, code, remedy)
        if absence.account_flip is not None:
            changed_accounts = apply_account_flip(accounts, absence.account_flip)
            assert route_one(plan, changed_accounts, account, layer) == code, (account, code, absence)


SMALL_VALUES: dict[str, list[object]] = {
    "country": [None, "US", "DE", UNNAMED],
    "state": [None, "CA", "OR", UNNAMED],
    "employees": [None, 5, 10, 11, 50, 51],
    "segment": [None, "x", "y", UNNAMED],
}
CONDITIONS = [
    'country = "US"',
    'country in ["US", "DE"]',
    'country != "DE"',
    'state = "CA"',
    'state in ["CA", "OR"]',
    'state not in ["OR"]',
    "state is empty",
    "employees > 10",
    "employees <= 50",
    "employees between 10 and 50",
    'segment = "x"',
    'segment != "y"',
    "segment is not empty",
]


def draw_small_plan(r: random.Random) -> Plan:
    territories = []
    for place in range(r.randint(2, 5)):
        joined = [r.choice(CONDITIONS) for _ in range(r.randint(1, 3))]
        rule = f" {r.choice(['and', 'and', 'or'])} ".join(joined)
        parent = r.choice([None, None, *territories])
        territories.append(
            Territory(
                f"T{place}",
                parent=parent.code if parent else None,
                rule=parse_rule(rule),
                priority=r.choice([None, 0, 5]),
                assignable=True,
                exclude=("A",) if r.random() < 0.05 else (),
            )
        )
    return Plan("small", (Layer("sales"),), tuple(territories))


def find_least_by_brute_force(plan: Plan, account: dict, code: str) -> int | None:
    """The least number of fields to change, all combinations of values tried."""
    router = LayerRouter(plan, plan.layers[0], ON)
    for size in range(1, len(SMALL_VALUES) + 1):
        for fields in itertools.combinations(SMALL_VALUES, size):
            for values in itertools.product(*(SMALL_VALUES[field] for field in fields)):
                changed = {**account, **dict(zip(fields, values, strict=True))}
                if router.decide("a", read_book(plan, [changed])).territory == code:
                    return size
    return None


@pytest.mark.parametrize("seed", list_seeds(60, quick=15))
def test_no_smaller_set_of_fields_would_do(seed: int) -> None:
    r = random.Random(seed)
    plan = draw_small_plan(r)
    account = {"id": "A", **{field: r.choice(values) for field, values in SMALL_VALUES.items()}}
    examiner = LayerExaminer(plan, plan.layers[0], ON)
    book = read_book(plan, [account])
    for territory in plan.territories:
        if examiner.router.decide("a", book).territory == territory.code:
            continue
        flip = examiner.flips.find_account_flip("a", book, territory.code)
        least = find_least_by_brute_force(plan, account, territory.code)
        assert (len(flip.changes) if flip else None) == least, (territory.code, account)
        assert flip is None or flip.is_smallest


WORLD = """
    territories:
      - {code: US, rule: 'country = "US"'}
      - {code: WEST, parent: US, rule: 'state in ["CA", "OR"] and employees > 10 and segment = "x"'}
      - {code: EAST, parent: US, rule: 'state = "NY" and employees > 10'}
      - {code: SHUT, parent: US, rule: 'state = "TX"', assignable: false}
      - {code: PICKY, parent: US, rule: 'state = "TX"', exclude: [a2]}
      - {code: FAR, rule: 'industry = "62"'}
      - {code: LISTED, accounts: [zz]}
"""
ACCOUNTS = """
    id | country | state | employees
    a1 | US      | CA    | 5
    a2 | US      | TX    | 5
    a3 | US      | WA    | 50
"""


def test_the_nearest_come_first_with_every_failing_condition() -> None:
    plan, accounts = make_plan(WORLD), make_accounts(ACCOUNTS)
    (said,) = explain_account(plan, accounts, "a1", ON)
    assert said.decision.territory is None
    assert [(miss.territory, miss.kind, miss.failed) for miss in said.near_misses] == [
        ("US", "unassignable", 0),
        ("PICKY", "conditions", 1),
        ("WEST", "conditions", 2),
        ("EAST", "conditions", 2),
        ("FAR", "conditions", 1),
    ]
    west = next(miss for miss in said.near_misses if miss.territory == "WEST")
    assert [(part.sentence, part.has) for part in west.conditions] == [
        ("employees is more than 10", "employees is 5"),
        ("segment is x", "segment is empty"),
    ]


def test_exclusions_and_roll_ups_are_named_as_such() -> None:
    plan, accounts = make_plan(WORLD), make_accounts(ACCOUNTS)
    (said,) = explain_account(plan, accounts, "a2", ON)
    assert [(miss.territory, miss.kind) for miss in said.near_misses][:2] == [
        ("PICKY", "excluded"),
        ("SHUT", "unassignable"),
    ]


def test_the_fewest_failing_conditions_agree_with_counting_them() -> None:
    for seed in range(40):
        plan, accounts = draw_world(seed)
        hierarchy, layer = Hierarchy(plan), plan.layers[0]
        router, near = LayerRouter(plan, layer, ON), NearFinder(plan, hierarchy, layer.code)
        flips, book = FlipFinder(plan, hierarchy, router), read_book(plan, accounts)
        for account_id in book.seen:
            seen = router.place_account(account_id, book)
            claiming = {claim.territory for claim in router.find_claims(account_id, book)}
            for miss in near.find_near_misses(account_id, seen, claiming, most=99):
                if miss.kind != "conditions":
                    continue
                counts = [
                    len({literal for literal in conjunct if not flips.holds(literal, seen)})
                    for conjunct in flips.list_conjuncts(miss.territory)
                ]
                assert miss.failed == min(counts) > 0
                assert miss.conditions


def test_a_lock_elsewhere_is_ended_and_an_exclusion_dropped_before_anything_else() -> None:
    plan = make_plan(
        """
        territories:
          - {code: A, rule: 'state = "CA"', exclude: [a1]}
          - {code: B, rule: 'state = "NY"'}
        locks: [{account: a1, territory: B}]
        """
    )
    (said,) = explain_account(plan, make_accounts("id | state\na1 | CA"), "a1", ON, territory="A")
    (absence,) = said.absences
    assert absence.account_flip is None
    assert [remedy.kind for remedy in absence.plan_flips] == ["lock", "end_lock"]
    assert [change.sentence for change in absence.plan_flips[1].changes] == [
        "End its lock to B.",
        "Drop a1 from what A excludes.",
    ]


def test_a_rep_is_told_about_the_nearest_own_territory_first() -> None:
    plan = make_plan(
        """
        territories:
          - {code: N, rule: 'state = "NY" and employees > 10'}
          - {code: S, rule: 'state = "NY"'}
          - {code: W, rule: 'state = "CA"'}
        seats: [{territory: N, rep: R1}, {territory: S, rep: R1}, {territory: W, rep: R2}]
        """
    )
    accounts = make_accounts("id | state | employees\na1 | CA | 5")
    (said,) = explain_account(plan, accounts, "a1", ON, rep="r1")
    assert [(absence.territory, len(absence.account_flip.changes)) for absence in said.absences] == [
        ("S", 1),
        ("N", 2),
    ]


def test_among_equals_the_territory_whose_middle_is_nearest_comes_first() -> None:
    plan = make_plan(
        """
        territories:
          - {code: A, rule: 'city = "Lisbon"'}
          - {code: B, rule: 'city = "Berlin"'}
          - {code: C, rule: 'city = "Nowhere"'}
        """
    )
    accounts = make_accounts(
        "id | city | latitude | longitude\nw | Warsaw | 52.2 | 21.0\nz | Fiji | -17 | -179"
    )
    book = read_book(plan, accounts)
    centres = {"A": (38.7, -9.1), "B": (52.5, 13.4)}
    examiner = LayerExaminer(plan, plan.layers[0], ON, centres=centres)
    assert [miss.territory for miss in examiner.explain("w", book).near_misses] == ["B", "A", "C"]
    across = LayerExaminer(plan, plan.layers[0], ON, centres={"A": (-17, 170), "B": (-17, 100)})
    assert [miss.territory for miss in across.explain("z", book).near_misses] == ["A", "B", "C"]
