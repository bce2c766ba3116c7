"""Does the table engine answer exactly as the reference does, in every column?"""

import random
from dataclasses import replace

import pyarrow as pa
import pytest

from fairpatch.connectors.routing_tables import tabulate_decisions
from fairpatch.core.plans.plan import Plan, Territory
from fairpatch.core.routing.route import route_plan
from fairpatch.engines.routing import compile as compiling
from fairpatch.engines.routing import lookup, tables
from fairpatch.engines.routing.changes import route_changes
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.result import route_columns
from fairpatch.engines.routing.single import SingleRouter
from tests.conformance.random_plans import draw_accounts, draw_plan
from tests.conformance.rich_plans import DAYS, draw_rich_accounts, draw_rich_plan

pytestmark = pytest.mark.slow


def column_accounts(plan: Plan, accounts: list[dict]) -> AccountColumns:
    names = sorted({name for account in accounts for name in account})
    raw = {name: pa.array([account.get(name) for account in accounts]) for name in names}
    return AccountColumns(raw, plan.catalogue)


def assert_equal(plan: Plan, accounts: list[dict], seed: int) -> None:
    on = DAYS[seed % len(DAYS)]
    expected = tabulate_decisions(route_plan(plan, accounts, on), pa.string())
    found = route_columns(plan, column_accounts(plan, accounts), on)
    assert found.to_pylist() == expected.to_pylist(), f"seed {seed}"
    assert found.schema == expected.schema


@pytest.mark.parametrize("block", range(5))
def test_equals_the_reference_on_random_plans(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        r = random.Random(seed)
        assert_equal(draw_plan(r), draw_accounts(r), seed)


@pytest.mark.parametrize("block", range(6))
def test_equals_the_reference_with_every_type_and_operator(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        r = random.Random(seed)
        assert_equal(draw_rich_plan(r), draw_rich_accounts(r), seed)


@pytest.mark.parametrize(
    ("module", "limits"),
    [
        (compiling, {"MAX_COMBINATIONS": 1}),
        (compiling, {"MAX_ROWS": 2}),
        (compiling, {"MAX_SIGNATURES": 0, "MAX_COMBINATIONS": 3}),
        (compiling, {"MAX_KEYS": 5}),
        (lookup, {"MAX_CELLS": 0}),
        (tables, {"BLOCK": 5}),
    ],
)
def test_guards_against_large_tables_change_nothing(
    module: object, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(module, name, value)
    for seed in range(2000, 2060):
        r = random.Random(seed)
        assert_equal(draw_rich_plan(r), draw_rich_accounts(r), seed)


@pytest.mark.parametrize("limits", [{}, {"MAX_COMBINATIONS": 1}])
def test_one_account_at_a_time_equals_the_reference(
    limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(compiling, name, value)
    for seed in range(5000, 5100):
        r = random.Random(seed)
        plan, accounts = draw_rich_plan(r), draw_rich_accounts(r)
        router = SingleRouter(plan, DAYS[0])
        for account in accounts:
            assert router.decide_account(account) == route_plan(plan, [account], DAYS[0]), f"seed {seed}"


def edit_plan(r: random.Random, plan: Plan, other: Plan) -> Plan:
    """The plan with some territories taken away, added, or changed in one way or another."""
    spare = {territory.code: territory for territory in other.territories}
    edited = []
    for territory in plan.territories:
        twin = spare.get(territory.code, territory)
        way = r.random()
        if way < 0.15:
            edited.append(replace(territory, rule=twin.rule))
        elif way < 0.25:
            edited.append(replace(territory, accounts=("A1", f"A{r.randint(0, 11)}"), exclude=twin.exclude))
        elif way < 0.35:
            edited.append(replace(territory, priority=r.choice([None, 5, 0])))
        else:
            edited.append(territory)
    if r.random() < 0.3:
        edited.append(Territory("NEW", layer="sales", rule=other.territories[0].rule))
    locks = other.locks[:1] if r.random() < 0.1 and other.locks[0].territory in spare else plan.locks
    locked = {territory.code for territory in edited}
    return replace(plan, territories=tuple(edited), locks=tuple(k for k in locks if k.territory in locked))


def test_changes_after_an_edit_equal_the_full_difference() -> None:
    moved = 0
    for seed in range(7000, 7150):
        r = random.Random(seed)
        old, accounts = draw_rich_plan(r), draw_rich_accounts(r)
        if r.random() < 0.7:
            old = replace(old, layers=tuple(replace(layer, families="apart") for layer in old.layers))
        new = edit_plan(r, old, draw_rich_plan(r))
        columns = column_accounts(old, accounts)
        before, after = (route_plan(plan, accounts, DAYS[0]) for plan in (old, new))
        expected = [
            (was.layer, was.account, was.territory, now.territory)
            for was, now in zip(before, after, strict=True)
            if was.territory != now.territory
        ]
        found = [
            (layer.layer, *move)
            for layer in route_changes(old, new, columns, DAYS[0])
            for move in layer.list_moves(columns)
        ]
        assert sorted(found, key=repr) == sorted(expected, key=repr), f"seed {seed}"
        moved += len(found)
    assert moved > 60
