"""What is wrong with a plan as a whole? Every fault at once, each with its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from fairpatch.core.errors import Finding
from fairpatch.core.plans.plan import Lock, Plan, Seat, do_days_overlap, fold_account_id
from fairpatch.core.rules.fields import RESERVED_NAMES, STANDARD, fold_name
from fairpatch.core.rules.normal import MAX_CONJUNCTS, count_conjuncts, describe_oversize
from fairpatch.core.rules.settle import find_rule_faults
from fairpatch.core.rules.tree import MAX_DEPTH, measure_depth
from fairpatch.core.territories.hierarchy import Hierarchy

_FIELD_NAME = re.compile(r"\w[^\"'\[\](),\n\r]*")
_Dated = TypeVar("_Dated", Lock, Seat)


def find_plan_faults(plan: Plan) -> list[Finding]:
    """Every fault; a plan without any can be routed. Places read like `territories[3].rule`."""
    hierarchy = Hierarchy(plan)
    return [
        *_find_field_faults(plan),
        *_find_area_faults(plan),
        *_find_layer_faults(plan),
        *_find_territory_faults(plan, hierarchy),
        *_find_rule_faults(plan, hierarchy),
        *_find_lock_faults(plan, hierarchy),
        *_find_seat_faults(plan, hierarchy),
    ]


def _fault(where: str, sentence: str) -> Finding:
    return Finding("error", where, sentence)


def _find_field_faults(plan: Plan) -> Iterator[Finding]:
    taken = {fold_name(field.name): field.name for field in STANDARD.fields}
    for place, field in enumerate(plan.fields):
        where = f"fields[{place}]"
        if not _FIELD_NAME.fullmatch(field.name):
            yield _fault(
                f"{where}.name", f'"{field.name}" cannot be the name of a field: use letters and digits.'
            )
        if fold_name(field.name) in RESERVED_NAMES:
            yield _fault(
                f"{where}.name", f'"{field.name}" is a word of the rule language; choose another name.'
            )
        for key, words in (("name", field.name), ("label", field.label)):
            owner = taken.setdefault(fold_name(words), field.name) if words else field.name
            if owner != field.name or (key == "name" and field.name in STANDARD):
                yield _fault(
                    f"{where}.{key}", f'"{words}" is already the name or label of the field {owner}.'
                )
        if any(other.name == field.name for other in plan.fields[:place]):
            yield _fault(f"{where}.name", f'There are two fields "{field.name}".')


def _find_area_faults(plan: Plan) -> Iterator[Finding]:
    for name, ring in plan.areas.items():
        if len(set(ring)) < 3:
            yield _fault(f"areas.{name}", "An area needs at least three different corners.")
        if any(not (-180 <= x <= 180 and -90 <= y <= 90) for x, y in ring):
            yield _fault(f"areas.{name}", "A corner is [longitude, latitude]: -180 to 180, then -90 to 90.")


def _find_layer_faults(plan: Plan) -> Iterator[Finding]:
    seen: set[str] = set()
    for place, layer in enumerate(plan.layers):
        if layer.code in seen:
            yield _fault(f"layers[{place}].code", f'There are two layers "{layer.code}".')
        seen.add(layer.code)
        if layer.credit is not None and not 0 <= layer.credit <= 100:
            yield _fault(f"layers[{place}].credit", "Credit is a percentage from 0 to 100.")
    primaries = [layer.code for layer in plan.layers if layer.role == "primary"]
    if len(primaries) != 1:
        found = f"these have: {', '.join(primaries)}" if primaries else "none has"
        yield _fault("layers", f"Exactly one layer must have the role primary; {found}.")


def _find_territory_faults(plan: Plan, hierarchy: Hierarchy) -> Iterator[Finding]:
    layers = {layer.code for layer in plan.layers}
    first_place: dict[str, int] = {}
    for place, territory in enumerate(plan.territories):
        where = f"territories[{place}]"
        earlier = first_place.setdefault(territory.code, place)
        if earlier != place:
            yield _fault(f"{where}.code", f'The code "{territory.code}" is taken by territories[{earlier}].')
        if territory.parent is not None and territory.parent not in hierarchy.by_code:
            yield _fault(f"{where}.parent", f'There is no territory "{territory.parent}".')
        elif territory.parent is not None and earlier == place:
            if hierarchy.is_circular(territory.code):
                circle = " → ".join(step.code for step in hierarchy.lineage_of(territory.code))
                yield _fault(
                    f"{where}.parent", f"The parents go round in a circle: {circle} → {territory.code}."
                )
            elif territory.layer and territory.layer != (above := hierarchy.layer_of(territory.parent)):
                sentence = f'The layer "{territory.layer}" differs from that of its parent, "{above}".'
                yield _fault(f"{where}.layer", sentence)
        if territory.layer is not None and territory.layer not in layers:
            yield _fault(f"{where}.layer", f'There is no layer "{territory.layer}".')
        for key in ("accounts", "exclude"):
            if not all(map(fold_account_id, getattr(territory, key))):
                yield _fault(f"{where}.{key}", "The list holds a blank account id.")


def _find_rule_faults(plan: Plan, hierarchy: Hierarchy) -> Iterator[Finding]:
    for place, territory in enumerate(plan.territories):
        if territory.rule is None:
            continue
        where = f"territories[{place}].rule"
        if measure_depth(territory.rule) > MAX_DEPTH:
            yield _fault(where, f"The rule is nested more than {MAX_DEPTH} levels deep. Split it up.")
            continue
        yield from find_rule_faults(territory.rule, plan.catalogue, plan.value_sets, plan.areas, where)
        if hierarchy.by_code[territory.code] is territory:
            effective = hierarchy.effective_rule_of(territory.code)
            size = count_conjuncts(effective) if effective else 0
            if size > MAX_CONJUNCTS:
                yield _fault(where, describe_oversize(size))


def _find_lock_faults(plan: Plan, hierarchy: Hierarchy) -> Iterator[Finding]:
    layers = {layer.code for layer in plan.layers}
    by_account: dict[tuple[str, str], list[tuple[int, Lock]]] = {}
    for place, lock in enumerate(plan.locks):
        where = f"locks[{place}]"
        yield from _check_days(where, lock)
        if not fold_account_id(lock.account):
            yield _fault(f"{where}.account", "The account id is blank.")
        if lock.layer is not None and lock.layer not in layers:
            yield _fault(f"{where}.layer", f'There is no layer "{lock.layer}".')
        if lock.territory not in hierarchy.by_code:
            yield _fault(f"{where}.territory", f'There is no territory "{lock.territory}".')
        elif lock.layer in layers and lock.layer != (home := hierarchy.layer_of(lock.territory)):
            yield _fault(
                f"{where}.layer", f'{lock.territory} belongs to the layer "{home}", not "{lock.layer}".'
            )
        known = lock.territory in hierarchy.by_code
        layer = lock.layer or (hierarchy.layer_of(lock.territory) if known else "")
        by_account.setdefault((fold_account_id(lock.account), layer), []).append((place, lock))
    for (_, layer), locks in by_account.items():
        for place, lock, earlier in _find_overlaps(locks):
            days = f'another lock in the layer "{layer}" on the same days'
            sentence = f"Account {lock.account} has {days}: locks[{earlier}]."
            yield _fault(f"locks[{place}]", sentence)


def _find_seat_faults(plan: Plan, hierarchy: Hierarchy) -> Iterator[Finding]:
    primaries: dict[str, list[tuple[int, Seat]]] = {}
    for place, seat in enumerate(plan.seats):
        where = f"seats[{place}]"
        yield from _check_days(where, seat)
        if not seat.rep.strip():
            yield _fault(f"{where}.rep", "The rep is blank.")
        if seat.territory not in hierarchy.by_code:
            yield _fault(f"{where}.territory", f'There is no territory "{seat.territory}".')
        if seat.kind == "primary":
            primaries.setdefault(seat.territory, []).append((place, seat))
    for territory, seats in primaries.items():
        for place, _, earlier in _find_overlaps(seats):
            sentence = f"{territory} has another primary seat on the same days: seats[{earlier}]."
            yield _fault(f"seats[{place}]", sentence)


def _check_days(where: str, dated: Lock | Seat) -> Iterator[Finding]:
    if dated.start is not None and dated.end is not None and dated.start > dated.end:
        yield _fault(f"{where}.until", f"It ends on {dated.end}, before it begins on {dated.start}.")


def _find_overlaps(dated: Iterable[tuple[int, _Dated]]) -> Iterator[tuple[int, _Dated, int]]:
    """Each span that shares a day with one that begins no later: its place, itself, the other's place."""
    by_start = sorted(dated, key=lambda placed: (placed[1].start or dt.date.min, placed[0]))
    last: tuple[int, _Dated] | None = None
    for place, span in by_start:
        if span.start is not None and span.end is not None and span.start > span.end:
            continue
        if last is not None and do_days_overlap((last[1].start, last[1].end), (span.start, span.end)):
            yield place, span, last[0]
        if last is None or (last[1].end or dt.date.max) < (span.end or dt.date.max):
            last = (place, span)
