"""Does bringing two plans together keep what both sides changed, and name what they cannot both have?"""

import datetime as dt
import random
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.diff import compare_plans
from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.merge import Side, merge_plans
from fairpatch.core.plans.plan import Lock, Plan, Seat, Territory
from fairpatch.core.rules.fields import Field
from fairpatch.core.rules.text import parse_rule
from tests.conformance.random_plans import draw_plan, draw_rule
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


def change_once(r: random.Random, plan: Plan) -> Plan:
    """One edit of any kind; of few names and values, so that two sides often touch the same."""
    territories = list(plan.territories)
    place = r.randrange(len(territories))
    chosen = territories[place]
    kind = r.choice(
        ["rule", "priority", "name", "list", "add", "remove", "move", "lock", "seat", "set", "more"]
    )
    if kind == "rule":
        territories[place] = replace(chosen, rule=parse_rule(draw_rule(r)))
    elif kind == "priority":
        territories[place] = replace(chosen, priority=r.choice([None, 1, 2]))
    elif kind == "name":
        territories[place] = replace(chosen, name=r.choice([None, "North"]), inherit=r.random() < 0.5)
    elif kind == "list":
        attribute = r.choice(["accounts", "exclude"])
        listed = dict.fromkeys([*getattr(chosen, attribute), f"L{r.randint(0, 3)}"])
        left = tuple(id_ for id_ in listed if r.random() < 0.8)
        territories[place] = replace(chosen, **{attribute: left})
    elif kind == "add":
        territories.append(Territory(f"N{r.randint(0, 2)}", parent=r.choice([None, chosen.code])))
    elif kind == "remove":
        del territories[place]
    elif kind == "move":
        territories[place] = replace(chosen, parent=r.choice([None, r.choice(territories).code]))
    elif kind == "lock":
        lock = Lock(f"A{r.randint(0, 3)}", chosen.code, reason=r.choice([None, "r"]), end=r.choice(DAYS))
        return replace(plan, locks=(*(old for old in plan.locks if r.random() < 0.7), lock))
    elif kind == "seat":
        seat = Seat(
            chosen.code, r.choice(["ann", "bob"]), r.choice(["primary", "backup"]), None, r.choice(DAYS)
        )
        return replace(plan, seats=(*(old for old in plan.seats if r.random() < 0.7), seat))
    elif kind == "set":
        values = tuple(value for value in ("94105", "94107", "10") if r.random() < 0.6)
        return replace(plan, value_sets={**plan.value_sets, r.choice(["bay", "new"]): values})
    else:
        return change_surroundings(r, plan)
    return replace(plan, territories=tuple(territories))


def change_surroundings(r: random.Random, plan: Plan) -> Plan:
    kind = r.choice(["field", "region", "area", "layer", "order", "currency"])
    if kind == "field":
        choices = tuple(r.sample(["a", "b", "c"], r.randint(0, 3)))
        return replace(
            plan, fields=(Field("tier", "choice", label=r.choice([None, "Tier"]), choices=choices),)
        )
    if kind == "region":
        return replace(plan, regions={**plan.regions, "EMEA": tuple(r.sample(["DE", "FR", "IT"], 2))})
    if kind == "area":
        return replace(plan, areas={"box": ((0.0, 0.0), (1.0, 0.0), (r.choice([1.0, 2.0]), 1.0))})
    if kind == "layer":
        return replace(plan, layers=(*plan.layers[:1], replace(plan.layers[1], credit=r.choice([5, 10]))))
    if kind == "order":
        return replace(plan, layers=plan.layers[::-1])
    return replace(plan, currency=r.choice(["EUR", "USD"]))


def change(r: random.Random, plan: Plan) -> Plan:
    """The plan after some edits that left it sound."""
    for _ in range(r.randint(0, 5)):
        edited = change_once(r, plan)
        if edited.territories and not find_plan_faults(edited):
            plan = edited
    return plan


def draw_sides(seed: int) -> tuple[Plan, Plan, Plan]:
    r = random.Random(seed)
    base = draw_plan(r)
    assume(not find_plan_faults(base))
    base = change(r, base)
    return base, change(r, base), change(r, base)


SOME = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
SEEDS = st.integers(0, 2**32)


@SOME
@given(SEEDS)
def test_one_side_alone_is_taken_as_it_is(seed: int) -> None:
    base, draft, live = draw_sides(seed)
    live = replace(live, name="live")
    assert print_plan(merge_plans(base, base, live)) == print_plan(replace(live, name=base.name))
    assert print_plan(merge_plans(base, draft, base)) == print_plan(draft)
    assert print_plan(merge_plans(base, draft, draft)) == print_plan(draft)


@SOME
@given(SEEDS)
def test_neither_side_is_favoured(seed: int) -> None:
    base, draft, live = draw_sides(seed)
    outcomes = []
    for sides in ((draft, live), (live, draft)):
        try:
            outcomes.append(print_plan(merge_plans(base, *sides)))
        except FaultyInputError as refused:
            outcomes.append(str(sorted(finding.where for finding in refused.findings)))
    assert outcomes[0] == outcomes[1]


@SOME
@given(SEEDS)
def test_what_only_one_side_changed_survives(seed: int) -> None:
    """Towards the base it differs as both sides together do: nothing reverted, nothing made up."""
    base, draft, live = draw_sides(seed)
    try:
        merged = merge_plans(base, draft, live)
    except FaultyInputError:
        assume(False)
        return

    def list_points(new: Plan) -> set[object]:
        points: set[object] = set()
        for change in compare_plans(base, new):
            if isinstance(change.before, tuple) and isinstance(change.after, tuple):
                points |= {(change.key, change.attribute, "-", one) for one in change.before}
                points |= {(change.key, change.attribute, "+", one) for one in change.after}
            else:
                # A lock's layer is its territory's, wherever the other side moved that.
                key = re.sub(r" in \w+ from ", " from ", change.key) if change.noun == "lock" else change.key
                points.add((change.kind, change.noun, key, change.attribute, str(change.after)))
        # Follows from the tree: who is a leaf, what is inherited from above.
        derived = {"assignable", "priority", "layer", "place"}
        return {point for point in points if not (isinstance(point, tuple) and point[-2] in derived)}

    assert list_points(merged) == list_points(draft) | list_points(live)


def try_merge(base: Plan, draft: Plan, live: Plan, prefer: Side | None) -> tuple[Plan | None, list[str]]:
    try:
        return merge_plans(base, draft, live, prefer), []
    except FaultyInputError as refused:
        return None, [finding.sentence for finding in refused.findings]


@SOME
@given(SEEDS)
def test_a_preferred_side_decides_what_both_changed_and_nothing_else(seed: int) -> None:
    base, draft, live = draw_sides(seed)
    agreed, _ = try_merge(base, draft, live, None)
    sides: tuple[tuple[Side, Side], ...] = (("draft", "live"), ("live", "draft"))
    for prefer, other in sides:
        straight, sentences = try_merge(base, draft, live, prefer)
        swapped, _ = try_merge(base, live, draft, other)
        assert all("do not fit together" in sentence for sentence in sentences)
        assert (straight is None) == (swapped is None)
        if straight is not None and swapped is not None:
            named = replace(swapped, name=straight.name, effective=straight.effective)
            assert print_plan(straight) == print_plan(named)
        if agreed is not None:
            assert straight is not None
            assert print_plan(straight) == print_plan(agreed)


def test_the_preferred_side_has_its_way(base: Plan) -> None:
    without = replace(base, territories=tuple(t for t in base.territories if t.code != "BIG"))
    draft = edit(base, ('state = "CA"', 'state = "OR"'), ("employees > 1000", "employees > 500"))
    live = edit(without, ('state = "CA"', 'state = "WA"'))
    for prefer, rule, has_big in (("draft", 'state = "OR"', True), ("live", 'state = "WA"', False)):
        merged = {t.code: t for t in merge_plans(base, draft, live, prefer).territories}  # type: ignore[arg-type]
        assert (merged["WEST"].rule, "BIG" in merged) == (parse_rule(rule), has_big)
