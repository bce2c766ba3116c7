"""What holds of bringing together any two plans that grew out of one?"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairpatch.core.errors import FaultyInputError
from fairpatch.core.plans.export import print_plan
from fairpatch.core.plans.merge import Side, merge_plans
from fairpatch.core.plans.plan import Lock, Plan, fold_account_id
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.tree import Rule
from fairpatch.core.territories.hierarchy import Hierarchy
from tests.core.plans.random_sides import draw_sides

SOME = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
MISFIT = "do not fit together"
SEEDS = st.integers(0, 2**32)


def try_merge(base: Plan, draft: Plan, live: Plan, prefer: Side | None) -> tuple[Plan | None, list[str]]:
    try:
        return merge_plans(base, draft, live, prefer), []
    except FaultyInputError as refused:
        return None, [finding.sentence for finding in refused.findings]


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


Facts: TypeAlias = frozenset[tuple[str, Any]]
"""What a plan says of one thing: attribute and value, of a list one entry each."""
Named: TypeAlias = Mapping[Hashable, Facts]
LISTS = {"accounts", "exclude", "choices", "values"}


def describe(plan: Plan, names: Mapping[Lock, Hashable]) -> Named:
    """Everything that a plan says, by thing; what follows from the tree is not said."""
    told: dict[Hashable, Facts] = {
        "plan": frozenset({("currency", plan.currency), ("first", plan.layers[0].code)})
    }
    tree = Hierarchy(plan)
    tops = {one.code: tree.layer_of(one.code) for one in plan.territories if one.parent is None}
    for territory in plan.territories:
        place = (territory.parent, tops.get(territory.code))
        told["territory", territory.code] = tell(replace(territory, parent=place, layer=None))
    for lock in plan.locks:
        told[names[lock]] = tell(replace(lock, layer=None, account=fold_account_id(lock.account)))
    for layer in plan.layers:
        told["layer", layer.code] = tell(layer)
    for field in plan.fields:
        told["field", field.name] = tell(field)
    for noun, sets in (("set", plan.value_sets), ("region", plan.regions)):
        for name, values in sets.items():
            told[noun, name] = frozenset({("name", name), *(("values", value) for value in values)})
    for name, ring in plan.areas.items():
        told["area", name] = frozenset({("name", name), ("corners", ring)})
    for seat in plan.seats:
        ends = tuple(sorted(other.end for other in plan.seats if replace(other, end=seat.end) == seat))
        told[replace(seat, end=None)] = frozenset({("seat", replace(seat, end=None)), ("ends", ends)})
    return told


def tell(thing: Any) -> Facts:
    return frozenset(
        (attribute.name, fold_account_id(entry) if attribute.name in ("accounts", "exclude") else entry)
        for attribute in fields(thing)
        for entry in list_entries(attribute.name, getattr(thing, attribute.name))
    )


def list_entries(attribute: str, value: Any) -> Iterator[Any]:
    if attribute in LISTS:
        yield from value
    else:
        yield print_rule(value) if isinstance(value, Rule) else value


def name_locks(base: Plan, draft: Plan, live: Plan) -> list[dict[Lock, Hashable]]:
    """The three plans' locks by names in common: the base's, where it is the base's, else the draft's."""
    old: dict[Lock, Hashable] = {lock: ("old", lock) for lock in base.locks}
    here = {lock: old[was] for lock, was in link_locks(base, draft).items()}
    there = {lock: old[was] for lock, was in link_locks(base, live).items()}
    new = [
        replace(plan, locks=tuple(lock for lock in plan.locks if lock not in named))
        for plan, named in ((draft, here), (live, there))
    ]
    both = link_locks(*new)
    here |= {lock: ("new", lock) for lock in new[0].locks}
    there |= {lock: ("new", both.get(lock, lock)) for lock in new[1].locks}
    return [old, here, there]


def link_locks(old: Plan, new: Plan) -> dict[Lock, Lock]:
    """Of one account, in the same territory wherever that went; failing that, in the same layer."""
    was, now = Hierarchy(old), Hierarchy(new)
    links = {}
    for lock in new.locks:
        of_account = [one for one in old.locks if is_of_one_account(one, lock)]
        held = {one.territory for one in new.locks if is_of_one_account(one, lock)}
        links[lock] = [one for one in of_account if one.territory == lock.territory] or [
            one
            for one in of_account
            if one.territory not in held and was.layer_of(one.territory) == now.layer_of(lock.territory)
        ]
    return {lock: found[0] for lock, found in links.items() if found}


def is_of_one_account(one: Lock, other: Lock) -> bool:
    return (fold_account_id(one.account), one.start) == (fold_account_id(other.account), other.start)


def combine(before: Facts, here: Facts, there: Facts, chosen: Facts | None) -> tuple[Facts, int]:
    """What is said of one thing afterwards, and on how many points the two sides contradict each other:

    there the chosen side's word counts, which is one of the two.
    """
    both = (here & there) | (here - before) | (there - before)
    if before and not (here and there):
        is_changed = (here or there) not in (frozenset(), before)
        return (chosen if is_changed and chosen is not None else both), int(is_changed)
    counted = Counter(attribute for attribute, _ in both if attribute not in LISTS)
    contested = {attribute for attribute, count in counted.items() if count > 1}
    if chosen is not None:
        both = frozenset(fact for fact in both if fact[0] not in contested or fact in chosen)
    return both, len(contested)


def expect(sides: tuple[Plan, Plan, Plan], prefer: Side | None) -> tuple[Counter[Facts], int]:
    """What the merged plan has to say, whatever it calls its locks, and the number of contradictions."""
    base, draft, live = map(describe, sides, name_locks(*sides))
    combined = []
    for thing in {*base, *draft, *live}:
        before, here, there = (side.get(thing, frozenset()) for side in (base, draft, live))
        chosen = {"draft": here, "live": there, None: None}[prefer]
        combined.append(combine(before, here, there, chosen))
    return Counter(facts for facts, _ in combined if facts), sum(count for _, count in combined)


def list_facts(plan: Plan) -> Counter[Facts]:
    return Counter(describe(plan, {lock: lock for lock in plan.locks}).values())


@SOME
@given(SEEDS)
def test_what_only_one_side_changed_survives(seed: int) -> None:
    """Exactly what either side changed is changed, and each point where they contradict is reported."""
    sides = draw_sides(seed)
    expected, contradictions = expect(sides, None)
    merged, sentences = try_merge(*sides, None)
    assert sum(MISFIT not in sentence for sentence in sentences) == contradictions
    if merged is not None:
        assert list_facts(merged) == expected


@SOME
@given(SEEDS)
def test_a_preferred_side_decides_what_both_changed_and_nothing_else(seed: int) -> None:
    base, draft, live = draw_sides(seed)
    agreed, _ = try_merge(base, draft, live, None)
    sides: tuple[tuple[Side, Side], ...] = (("draft", "live"), ("live", "draft"))
    for prefer, other in sides:
        straight, sentences = try_merge(base, draft, live, prefer)
        swapped, _ = try_merge(base, live, draft, other)
        assert all(MISFIT in sentence for sentence in sentences)
        assert (straight is None) == (swapped is None)
        if straight is not None and swapped is not None:
            assert list_facts(straight) == expect((base, draft, live), prefer)[0]
            named = replace(swapped, name=straight.name, effective=straight.effective)
            assert print_plan(straight) == print_plan(named)
        if agreed is not None:
            assert straight is not None
            assert print_plan(straight) == print_plan(agreed)
