"""Does the table engine answer exactly as the reference does, in every column?"""

import random

import pyarrow as pa
import pytest

from fairpatch.connectors.routing_tables import tabulate_decisions
from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.route import route_plan
from fairpatch.engines.routing import compile as compiling
from fairpatch.engines.routing import lookup, tables
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.result import route_columns
from fairpatch.engines.routing.single import SingleRouter
from tests.conformance.random_plans import draw_accounts, draw_plan
from tests.conformance.rich_plans import DAYS, draw_rich_accounts, draw_rich_plan


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
