"""Is the base of an account what the reference says when its territory claims nothing?"""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpatch.core.plans.plan import Layer, Plan
from fairpatch.core.routing.route import LayerRouter, read_book
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing import bases
from fairpatch.engines.routing.bases import BaseRouter, BaseTables
from fairpatch.engines.routing.carving import sum_carve_outs
from fairpatch.engines.routing.columns import AccountColumns
from fairpatch.engines.routing.families import FamilyColumns
from tests.conformance.rich_plans import DAYS, draw_rich_accounts, draw_rich_plan

SEEDS = st.integers(0, 2**31)


def silence(plan: Plan, codes: set[str]) -> Plan:
    """The plan in which these territories claim nothing, and no lock leads to them."""
    territories = tuple(
        replace(item, assignable=False if item.code in codes else Hierarchy(plan).is_assignable(item.code))
        for item in plan.territories
    )
    locks = tuple(lock for lock in plan.locks if lock.territory not in codes)
    return replace(plan, territories=territories, locks=locks)


class World:
    """A random plan over random accounts, in one of its layers."""

    def __init__(self, seed: int) -> None:
        r = random.Random(seed)
        self.plan = draw_rich_plan(r)
        self.raw = draw_rich_accounts(r)
        self.on = r.choice(DAYS)
        self.layer: Layer = r.choice(self.plan.layers)
        names = sorted({name for account in self.raw for name in account})
        raw = {name: pa.array([account.get(name) for account in self.raw]) for name in names}
        self.columns = columns = AccountColumns(raw, self.plan.catalogue)
        tables = BaseTables(self.plan, self.layer.code, self.on)
        self.router = BaseRouter(tables, columns, FamilyColumns(columns))
        self.rows = np.arange(len(self.raw))
        self.codes = self.router.codes
        # Some territories always stay; the others are in two groups.
        self.groups = np.array([r.choice([-1, 0, 0, 1]) for _ in self.codes], np.int32)

    def decide(self, plan: Plan) -> list[str | None]:
        """By the reference, in the order of the accounts."""
        book = read_book(plan, self.raw)
        decided = LayerRouter(plan, self.layer, self.on).decide_all(book)
        by_id = {book.ids[key]: decision.territory for key, decision in decided.items()}
        return [by_id[account["id"]] for account in self.raw]

    def route_without(self, gone: list[int]) -> list[str | None]:
        found = self.router.route_without(self.rows, self.groups, np.array(gone, np.int32))
        return [None if place < 0 else self.codes[place] for place in found.tolist()]

    def list_group(self, group: int) -> set[str]:
        return {code for code, own in zip(self.codes, self.groups.tolist(), strict=True) if own == group}


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_with_nothing_gone_it_is_the_decision(seed: int) -> None:
    world = World(seed)
    assert world.route_without([-2] * len(world.raw)) == world.decide(world.plan)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_the_base_is_the_decision_without_the_group(seed: int) -> None:
    world = World(seed)
    expected = {
        -2: world.decide(world.plan),
        **{group: world.decide(silence(world.plan, world.list_group(group))) for group in (0, 1)},
    }
    r = random.Random(seed)
    gone = [r.choice([-2, 0, 1]) for _ in world.raw]
    assert world.route_without(gone) == [expected[group][place] for place, group in enumerate(gone)]


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_what_has_a_base_there_is_claimed_there(seed: int) -> None:
    world = World(seed)
    kept = world.list_group(-1)
    is_claimed = world.router.find_claimed(frozenset(kept))
    for gone in (-2, 0, 1):
        found = world.route_without([gone] * len(world.raw))
        held = np.array([code in kept for code in found])
        assert is_claimed[held].all()


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_sums_are_those_of_single_accounts(seed: int) -> None:
    world = World(seed)
    held = world.decide(world.plan)
    without = {code: world.decide(silence(world.plan, {code})) for code in set(held) if code}
    pairs = Counter((code, without[code][place]) for place, code in enumerate(held) if code)
    found = [
        one for one in sum_carve_outs(world.plan, world.columns, world.on) if one.layer == world.layer.code
    ]
    assert {(one.territory, one.base): one.accounts for one in found} == pairs
    money = sum(
        float(raw.get("annual_revenue") or 0) for raw, code in zip(world.raw, held, strict=True) if code
    )
    assert sum(one.revenue for one in found) == pytest.approx(money)


def test_blocks_change_nothing(monkeypatch) -> None:
    worlds = [World(seed) for seed in range(20)]
    whole = [world.route_without([place % 2 for place in world.rows]) for world in worlds]
    monkeypatch.setattr(bases, "BLOCK", 3)
    assert whole == [world.route_without([place % 2 for place in world.rows]) for world in worlds]


def test_accounts_may_be_asked_for_in_any_order_and_twice() -> None:
    world = World(7)
    once = world.route_without([0] * len(world.raw))
    rows = np.concatenate([world.rows[::-1], world.rows])
    found = world.router.route_without(rows, world.groups, np.zeros(len(rows), np.int32))
    assert [None if place < 0 else world.codes[place] for place in found.tolist()] == once[::-1] + once
