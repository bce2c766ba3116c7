"""What differs between two plans, in meaning rather than in layout?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from fairpatch.core.plans.plan import Plan, Territory, fold_account_id
from fairpatch.core.rules.text import print_rule
from fairpatch.core.rules.words import join_words
from fairpatch.core.territories.hierarchy import Hierarchy

ChangeKind: TypeAlias = Literal["added", "removed", "changed"]
Noun: TypeAlias = Literal[
    "plan", "field", "value set", "region", "area", "layer", "territory", "lock", "seat"
]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One difference. `attribute` says what of a changed thing; for lists `before` and `after` hold

    what left and what came, for everything else the old and the new value as text.
    """

    kind: ChangeKind
    noun: Noun
    key: str
    attribute: str | None = None
    before: Any = None
    after: Any = None

    @property
    def sentence(self) -> str:
        thing = self.noun if self.noun == "plan" else f"{self.noun} {self.key}"
        if self.kind != "changed":
            return f"{thing} {self.kind}"
        if isinstance(self.before, tuple) and isinstance(self.after, tuple):
            gone, come = join_words(self.before, "and"), join_words(self.after, "and")
            parts = [f"without {gone}" if gone else "", f"with {come}" if come else ""]
            return f"{thing}: {self.attribute} now {' and '.join(filter(None, parts))}"
        before, after = ("nothing" if value is None else value for value in (self.before, self.after))
        return f"{thing}: {self.attribute} from {before} to {after}"


def compare_plans(old: Plan, new: Plan) -> tuple[PlanChange, ...]:
    """Every difference between two plans without faults, in a fixed order.

    Inherited and default values are compared as they work out, lists as sets, rules as trees.
    """
    changes: list[PlanChange] = []
    attributes = ("name", "effective", "currency")
    changes += _compare("plan", {"": _texts(old, attributes)}, {"": _texts(new, attributes)})
    changes += _compare("field", *(_list_fields(plan) for plan in (old, new)))
    changes += _compare("value set", *(_list_sets(plan.value_sets) for plan in (old, new)))
    changes += _compare("region", *(_list_sets(plan.regions) for plan in (old, new)))
    changes += _compare("area", *(_list_areas(plan) for plan in (old, new)))
    changes += _compare("layer", *(_list_layers(plan) for plan in (old, new)))
    old_tree, new_tree = Hierarchy(old), Hierarchy(new)
    changes += _compare("territory", _list_territories(old_tree), _list_territories(new_tree))
    changes += _compare("lock", _list_locks(old, old_tree), _list_locks(new, new_tree))
    changes += _compare("seat", *(_list_seats(plan) for plan in (old, new)))
    return tuple(changes)


Facts: TypeAlias = Mapping[str, Any]


def _compare(noun: Noun, old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterable[PlanChange]:
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            yield PlanChange("removed", noun, key)
        elif key not in old:
            yield PlanChange("added", noun, key)
        else:
            yield from _compare_facts(noun, key, old[key], new[key])


def _compare_facts(noun: Noun, key: str, old: Facts, new: Facts) -> Iterable[PlanChange]:
    for attribute in old:
        before, after = old[attribute], new[attribute]
        if before == after:
            continue
        if isinstance(before, frozenset) and isinstance(after, frozenset):
            gone, come = tuple(sorted(before - after)), tuple(sorted(after - before))
            yield PlanChange("changed", noun, key, attribute, gone, come)
        else:
            yield PlanChange("changed", noun, key, attribute, before, after)


def _texts(thing: object, attributes: Iterable[str]) -> Facts:
    values = ((attribute, getattr(thing, attribute)) for attribute in attributes)
    return {attribute: None if value in (None, "") else str(value) for attribute, value in values}


def _list_fields(plan: Plan) -> Mapping[str, Facts]:
    attributes = ("type", "label", "dimension")
    return {
        field.name: {**_texts(field, attributes), "choices": frozenset(field.choices)}
        for field in plan.fields
    }


def _list_sets(sets: Mapping[str, Iterable[str]]) -> Mapping[str, Facts]:
    return {name: {"values": frozenset(values)} for name, values in sets.items()}


def _list_areas(plan: Plan) -> Mapping[str, Facts]:
    return {name: {"corners": str([list(corner) for corner in ring])} for name, ring in plan.areas.items()}


def _list_layers(plan: Plan) -> Mapping[str, Facts]:
    attributes = ("role", "engagement", "credit", "families", "placement", "on_change")
    return {
        layer.code: {**_texts(layer, attributes), "place": "first" if place == 0 else "later"}
        for place, layer in enumerate(plan.layers)
    }


def _list_territories(tree: Hierarchy) -> Mapping[str, Facts]:
    return {code: _list_territory(territory, tree) for code, territory in tree.by_code.items()}


def _list_territory(territory: Territory, tree: Hierarchy) -> Facts:
    return {
        **_texts(territory, ("name", "parent", "type", "description")),
        "layer": tree.layer_of(territory.code),
        "priority": tree.priority_of(territory.code),
        "rule": None if territory.rule is None else print_rule(territory.rule),
        "inherits rules": "yes" if territory.inherit else "no",
        "assignable": "yes" if tree.is_assignable(territory.code) else "no",
        "accounts": frozenset(map(fold_account_id, territory.accounts)),
        "excluded accounts": frozenset(map(fold_account_id, territory.exclude)),
    }


def _list_locks(plan: Plan, tree: Hierarchy) -> Mapping[str, Facts]:
    found: dict[str, Facts] = {}
    for lock in plan.locks:
        layer = lock.layer or tree.layer_of(lock.territory)
        until = {"until": None if lock.end is None else lock.end.isoformat()}
        key = f"of {fold_account_id(lock.account)} in {layer} from {lock.start or 'the beginning'}"
        found[key] = {**_texts(lock, ("territory", "reason", "approver")), **until}
    return found


def _list_seats(plan: Plan) -> Mapping[str, Facts]:
    return {
        f"{seat.kind} of {seat.rep} in {seat.territory} from {seat.start or 'the beginning'}": {
            "until": None if seat.end is None else seat.end.isoformat()
        }
        for seat in plan.seats
    }
