"""Does bringing two plans together keep what both sides changed, and name what they cannot both have?"""

import datetime as dt
from dataclasses import replace

import pytest

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.merge import merge_plans
from fairpatch.core.plans.plan import Lock, Plan, Seat, Territory
from fairpatch.core.rules.text import parse_rule
from fairpatch.core.territories.hierarchy import Hierarchy
from tests.worlds.plans import make_plan

BASE = """
    name: Base
    value_sets:
      bay: ["94105", "94107"]
      cold: [A]
    regions:
      DACH: [DE, AT]
    layers:
      - {code: sales, role: primary}
      - {code: cloud, role: overlay, credit: 10}
    territories:
      - {code: US, name: States, rule: 'country = "US"'}
      - {code: WEST, parent: US, rule: 'state = "CA"', accounts: [A1, A2], exclude: [A9]}
      - {code: EAST, parent: US, rule: 'state = "NY"'}
      - {code: BIG, layer: cloud, rule: employees > 1000}
    locks:
      - {account: A5, territory: WEST, reason: contract}
    seats:
      - {territory: WEST, rep: ann, seat: primary}
      - {territory: EAST, rep: bob, seat: primary}
"""
BOTH = "Both the draft and the live plan"
SAYS = "the draft says {}, the live plan says {}."
DAYS = [dt.date(2027, month, 1) for month in (1, 4, 7)]


def edit(plan: Plan, *edits: tuple[str, str]) -> Plan:
    """The plan with passages of its text replaced."""
    text = print_plan(plan)
    for old, new in edits:
        assert old in text, f"{old!r} is not in:\n{text}"
        text = text.replace(old, new)
    return make_plan(text.removeprefix("fairpatch: 1\n"))


@pytest.fixture
def base() -> Plan:
    return make_plan(BASE)


def find_conflicts(base: Plan, draft: Plan, live: Plan) -> list[str]:
    with pytest.raises(FaultyInputError) as refused:
        merge_plans(base, draft, live)
    assert refused.value.code == "conflict"
    assert all(finding.suggestion for finding in refused.value.findings), "each says what to do"
    return [finding.sentence for finding in refused.value.findings]


def test_changes_of_both_sides_survive(base: Plan) -> None:
    draft = edit(
        base,
        ('state = "CA"', 'state in ["CA", "OR"]'),
        ("accounts: [A1, A2]", "accounts: [A1, A2, A3]"),
        ("name: Base", "name: Mine\neffective: 2027-05-01"),
        ('bay: ["94105", "94107"]', 'bay: ["94105", "94107", "94109"]'),
    )
    live = edit(
        base,
        ("code: WEST", "code: WEST\n    priority: 4"),
        ("accounts: [A1, A2]", "accounts: [A2, A4]"),
        ("name: Base", "name: Live\neffective: 2027-01-01\ncurrency: USD"),
        ('["94105", "94107"]', '["94107"]'),
        ("rep: bob, seat: primary", "rep: cat, seat: primary"),
        ("reason: contract", "reason: contract, approver: dana"),
    )
    merged = merge_plans(base, draft, live)
    west = next(territory for territory in merged.territories if territory.code == "WEST")
    assert (west.rule, west.priority) == (parse_rule('state in ["CA", "OR"]'), 4)
    assert set(west.accounts) == {"A2", "A3", "A4"}
    assert (merged.name, merged.effective, merged.currency) == ("Mine", dt.date(2027, 5, 1), "USD")
    assert set(merged.value_sets["bay"]) == {"94107", "94109"}
    assert {(seat.territory, seat.rep) for seat in merged.seats} == {("WEST", "ann"), ("EAST", "cat")}
    assert merged.locks == (Lock("A5", "WEST", reason="contract", approver="dana"),)


def test_the_same_attribute_changed_twice_is_a_conflict(base: Plan) -> None:
    draft = edit(base, ('state = "CA"', 'state = "OR"'), ("reason: contract", "reason: treaty"))
    live = edit(base, ('state = "CA"', 'state = "WA"'), ("reason: contract", "reason: pact"))
    assert find_conflicts(base, draft, live) == [
        f"{BOTH} changed the rule of WEST: " + SAYS.format('state = "OR"', 'state = "WA"'),
        f"{BOTH} changed the reason of the lock of account A5 in the layer sales from the beginning: "
        + SAYS.format("treaty", "pact"),
    ]
    assert len(find_conflicts(base, live, draft)) == 2


@pytest.mark.parametrize("is_draft_removing", [True, False])
def test_removing_what_the_other_changed_is_a_conflict(base: Plan, is_draft_removing: bool) -> None:
    without = replace(
        base,
        territories=tuple(t for t in base.territories if t.code != "BIG"),
        value_sets={"bay": base.value_sets["bay"]},
    )
    changed = edit(base, ("employees > 1000", "employees > 500"))
    if is_draft_removing:
        assert find_conflicts(base, without, changed) == [
            "The draft removed BIG, but the live plan changed its rule."
        ]
    else:
        assert find_conflicts(base, changed, without) == [
            "The live plan removed BIG, but the draft changed its rule."
        ]
    kept = merge_plans(base, without, edit(base, ("name: States", "name: USA")))
    assert "BIG" not in {territory.code for territory in kept.territories}
    assert set(kept.value_sets) == {"bay"}


def test_things_of_one_name_added_on_both_sides_must_agree(base: Plan) -> None:
    added = [
        replace(
            base, territories=(*base.territories, Territory("NEW", rule=parse_rule(rule), accounts=(id_,)))
        )
        for rule, id_ in (('state = "TX"', "N1"), ('state = "TX"', "N2"), ('state = "NV"', "N3"))
    ]
    merged = merge_plans(base, added[0], added[1])
    (new,) = (territory for territory in merged.territories if territory.code == "NEW")
    assert set(new.accounts) == {"N1", "N2"}
    assert find_conflicts(base, added[0], added[2]) == [
        f"{BOTH} added NEW, with different values for its rule: "
        + SAYS.format('state = "TX"', 'state = "NV"')
    ]


def test_what_does_not_fit_together_is_named(base: Plan) -> None:
    circle = find_conflicts(
        base,
        edit(base, ("code: EAST\n    parent: US", "code: EAST\n    parent: WEST")),
        edit(base, ("code: WEST\n    parent: US", "code: WEST\n    parent: EAST")),
    )
    assert len(circle) == 2
    assert all("round in a circle" in sentence and "[" not in sentence for sentence in circle)
    without = replace(
        base,
        territories=tuple(t for t in base.territories if t.code != "EAST"),
        seats=base.seats[:1],
    )
    seated = replace(base, seats=(*base.seats, Seat("EAST", "cat", "backup")))
    (orphan,) = find_conflicts(base, without, seated)
    assert orphan == (
        "The draft and the live plan do not fit together (territory of backup seat of cat in EAST): "
        'There is no territory "EAST".'
    )
    handed = [
        replace(
            base,
            seats=(replace(base.seats[0], end=DAYS[0] - dt.timedelta(1)), Seat("WEST", rep, start=DAYS[0])),
        )
        for rep in ("cat", "dan")
    ]
    (both,) = find_conflicts(base, *handed)
    assert "another primary seat on the same days: primary seat of " in both


def test_another_default_layer_moves_nobody(base: Plan) -> None:
    """A territory whose layer goes without saying keeps it when the live plan puts another layer first."""
    live = replace(
        base,
        layers=base.layers[::-1],
        territories=tuple(
            replace(t, layer={None: "sales", "cloud": None}[t.layer]) if t.parent is None else t
            for t in base.territories
        ),
    )
    draft = replace(base, territories=(*base.territories, Territory("NEW", rule=parse_rule('state = "TX"'))))
    merged = merge_plans(base, draft, live)
    assert [layer.code for layer in merged.layers] == ["cloud", "sales"]
    assert {t.code: t.layer for t in merged.territories if t.parent is None} == {
        "US": "sales",
        "BIG": None,
        "NEW": "sales",
    }
    third = replace(base, layers=(*base.layers, replace(base.layers[1], code="more")))
    both = (merge_plans(base, third, live), merge_plans(base, live, third))
    assert [[layer.code for layer in plan.layers] for plan in both] == [["cloud", "sales", "more"]] * 2


TO_CLOUD = ("code: WEST\n    parent: US", "code: WEST\n    layer: cloud")
APPROVED = Lock("A5", "WEST", reason="contract", approver="dana")


def merge_locks(base: Plan, *sides: Plan) -> set[Lock]:
    """The locks afterwards, which must be the same from either side."""
    locks, again = (set(merge_plans(base, *order).locks) for order in (sides, sides[::-1]))
    assert locks == again
    return locks


def test_a_lock_removed_on_one_side_stays_removed_where_the_other_moved_its_territory(base: Plan) -> None:
    assert merge_locks(base, replace(base, locks=()), edit(base, TO_CLOUD)) == set()


def test_a_lock_changed_on_one_side_goes_along_where_the_other_moved_its_territory(base: Plan) -> None:
    for lock in (APPROVED, Lock("A5", "EAST", reason="contract")):
        assert merge_locks(base, replace(base, locks=(lock,)), edit(base, TO_CLOUD)) == {lock}


def test_a_lock_put_where_another_moved_away_is_not_taken_for_it(base: Plan) -> None:
    put = Lock("A5", "EAST", reason="contract")
    moved = replace(edit(base, TO_CLOUD), locks=(*base.locks, put))
    assert merge_locks(base, replace(base, locks=(APPROVED,)), moved) == {APPROVED, put}
    assert merge_locks(base, replace(base, locks=()), moved) == {put}


def test_one_lock_added_on_both_sides_is_one_also_where_its_territory_moved(base: Plan) -> None:
    added = Lock("A6", "WEST", reason="pact")
    draft = replace(base, locks=(*base.locks, added))
    live = replace(edit(base, TO_CLOUD), locks=draft.locks)
    assert merge_locks(base, draft, live) == {*base.locks, added}
    live = replace(live, locks=(*base.locks, replace(added, account="a 6", reason="treaty")))
    (both,) = find_conflicts(base, draft, live)
    assert both.startswith(
        f"{BOTH} added the lock of account A6 in the layer cloud from the beginning, with "
    )
    assert both.endswith("values for its reason: " + SAYS.format("pact", "treaty"))


def test_locks_added_on_both_sides_for_one_account_in_one_layer_must_agree(base: Plan) -> None:
    west, east = Lock("A6", "WEST"), Lock("A6", "EAST")
    draft, live = (replace(base, locks=(*base.locks, lock)) for lock in (west, east))
    (both,) = find_conflicts(base, draft, live)
    assert both.startswith(
        f"{BOTH} added the lock of account A6 in the layer sales from the beginning, with "
    )
    assert both.endswith("values for its territory: " + SAYS.format("WEST", "EAST"))
    assert set(merge_plans(base, draft, live, "draft").locks) == {*base.locks, west}
    assert set(merge_plans(base, draft, live, "live").locks) == {*base.locks, east}


def test_parent_and_layer_of_a_territory_are_decided_as_one(base: Plan) -> None:
    """Of the two, one side's parent with the other's layer would be what neither said."""
    draft = edit(base, ("code: BIG\n    layer: cloud", "code: BIG\n    parent: WEST"))
    live = edit(base, TO_CLOUD, ("code: BIG\n    layer: cloud", "code: BIG"))
    assert find_conflicts(base, draft, live) == [
        f"{BOTH} changed the place of BIG: " + SAYS.format("under WEST", "at the top of the layer sales")
    ]
    for prefer, parent, layer in (("draft", "WEST", "cloud"), ("live", None, "sales")):
        merged = merge_plans(base, draft, live, prefer)  # type: ignore[arg-type]
        tree = Hierarchy(merged)
        assert (tree.parent_of("BIG"), tree.layer_of("BIG")) == (parent, layer)


def test_the_preferred_side_has_its_way(base: Plan) -> None:
    without = replace(base, territories=tuple(t for t in base.territories if t.code != "BIG"))
    draft = edit(base, ('state = "CA"', 'state = "OR"'), ("employees > 1000", "employees > 500"))
    live = edit(without, ('state = "CA"', 'state = "WA"'))
    for prefer, rule, has_big in (("draft", 'state = "OR"', True), ("live", 'state = "WA"', False)):
        merged = {t.code: t for t in merge_plans(base, draft, live, prefer).territories}  # type: ignore[arg-type]
        assert (merged["WEST"].rule, "BIG" in merged) == (parse_rule(rule), has_big)
