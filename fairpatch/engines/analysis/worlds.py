"""Which accounts are possible at all, as far as a plan's rules can tell them apart?

A world is a product of axes: one class of values from each makes a kind of account, and every kind can be
shown by an account. Without knowledge of places there is one world, an axis per field. With it there are
several, in each of which country, state, metro and postal code agree; together they hold every possible one.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fairpatch.core.rules.account import index_regions
from fairpatch.core.rules.match import Scope
from fairpatch.core.rules.normal import Literal
from fairpatch.core.rules.tree import Condition
from fairpatch.engines.analysis.classes import (
    FieldClasses,
    Key,
    Mask,
    classify_countries,
    classify_values,
    identify_condition,
    list_bits,
    make_mask,
)
from fairpatch.engines.analysis.facts import PlaceFacts
from fairpatch.engines.analysis.points import classify_points

Sample: TypeAlias = tuple[Any, ...]
Cells: TypeAlias = dict[tuple[int, ...], Sample]
"""Classes that go together, each combination with values that show it."""
PLACES = ("country", "state", "metro", "postal_code")


@dataclass(frozen=True)
class Axis:
    """`samples` holds for each class a value per field of the axis, None for a missing one."""

    fields: tuple[str, ...]
    samples: Sequence[Sample]
    full: Mask


@dataclass(frozen=True)
class World:
    axes: tuple[Axis, ...]
    masks: Mapping[Key, tuple[int, Mask]]
    """Of every condition the axis it tests and the classes it takes."""

    @property
    def everything(self) -> tuple[Mask, ...]:
        return tuple(axis.full for axis in self.axes)

    def narrow(self, box: Sequence[Mask], literals: Iterable[Literal]) -> tuple[Mask, ...] | None:
        """What the literals leave of a box; None when that is nothing."""
        left = list(box)
        for literal in literals:
            place, mask = self.masks[identify_condition(literal.condition)]
            left[place] &= mask if literal.is_positive else ~mask
            if not left[place]:
                return None
        return tuple(left)


def build_worlds(
    conditions: Iterable[Condition],
    scope: Scope,
    regions: Mapping[str, tuple[str, ...]],
    facts: PlaceFacts | None = None,
) -> list[World]:
    """The worlds in which these conditions, and nothing else, are looked at."""
    by_axis: dict[str, dict[Key, Condition]] = {}
    for condition in conditions:
        axis = _AXIS_OF.get(condition.field, condition.field)
        by_axis.setdefault(axis, {}).setdefault(identify_condition(condition), condition)
    asked = {axis: list(found.values()) for axis, found in by_axis.items()}
    tested = [name for name in PLACES if name in asked]
    is_linked = facts is not None and len(tested) >= 2
    classes: dict[str, FieldClasses] = {}
    for axis, found in asked.items():
        classes[axis] = _classify(axis, found, scope, regions, facts, is_linked)
    if facts is None or not is_linked:
        return [_combine([_take_all(axis, found) for axis, found in classes.items()])]
    if "country" not in classes:
        classes["country"] = _classify("country", [], scope, regions, facts, True)
    others = [_take_all(axis, found) for axis, found in classes.items() if axis not in PLACES]
    named = {name: _list_named(asked.get(name, []), scope) for name in ("country", "postal_code")}
    if any(condition.field == "region" for condition in asked.get("country", ())):
        named["country"] |= index_regions(regions).keys()
    linker = _Linker({name: classes[name] for name in PLACES if name in classes}, facts, named)
    # The plainest accounts first: they are taken to show what was found.
    parts = [linker.list_home_states(), linker.list_home_metros(), linker.list_home_codes()]
    parts += [linker.list_foreign(has_zip=False), linker.list_foreign(has_zip=True)]
    worlds = [_combine([*part, *others]) for part in parts if part and all(axis.full for axis, _ in part)]
    return [world for world in worlds if all(world.everything)]


_AXIS_OF = {"region": "country", "latitude": "position", "longitude": "position"}
_Part: TypeAlias = tuple[Axis, Mapping[Key, Mask]]


def _classify(
    axis: str,
    conditions: list[Condition],
    scope: Scope,
    regions: Mapping[str, tuple[str, ...]],
    facts: PlaceFacts | None,
    is_linked: bool,
) -> FieldClasses:
    if axis == "position":
        return classify_points(conditions, scope)
    if axis == "country":
        has_regions = any(condition.field == "region" for condition in conditions)
        known = sorted(facts.states) if facts else []
        return classify_countries(conditions, scope, index_regions(regions) if has_regions else {}, known)
    preferred: list[str] = []
    if facts and axis in ("postal_code", "metro", "state"):
        found = {"postal_code": facts.postal, "metro": facts.metros, "state": facts.states[facts.home]}
        preferred = sorted(found[axis])
    extra = preferred if is_linked else ()
    return classify_values(scope.catalogue[axis], conditions, scope, preferred, extra)


def _list_named(conditions: Iterable[Condition], scope: Scope) -> set[str]:
    """The values that conditions on one field list."""
    return {
        value
        for condition in conditions
        if condition.operator in ("=", "in")
        for value in scope.fold_members(scope.catalogue[condition.field], condition.value)
    }


def _take_all(axis: str, classes: FieldClasses) -> _Part:
    if axis == "position":
        samples = [sample or (None, None) for sample in classes.samples]
        return Axis(("latitude", "longitude"), samples, classes.full), classes.masks
    return Axis((axis,), [(sample,) for sample in classes.samples], classes.full), classes.masks


def _combine(parts: Sequence[_Part]) -> World:
    masks = {
        key: (place, mask & axis.full)
        for place, (axis, taken) in enumerate(parts)
        for key, mask in taken.items()
    }
    return World(tuple(axis for axis, _ in parts), masks)


class _Linker:
    """Puts together values of place fields that agree. Only the country is there even if no rule tests it."""

    def __init__(
        self,
        classes: Mapping[str, FieldClasses],
        facts: PlaceFacts,
        named: Mapping[str, Collection[str]],
    ) -> None:
        self._classes = classes
        self._facts = facts
        self._countries = named["country"]
        self._number = {
            name: {value: number for number, some in enumerate(found.members) for value in some}
            for name, found in classes.items()
        }
        self._zips = [value for value in self._values("postal_code") if value in facts.postal]
        self._codes = [value for value in self._values("postal_code") if value not in facts.postal]
        self._own_metros = [value for value in self._values("metro") if value in facts.metros]
        self._metros = [value for value in self._values("metro") if value not in facts.metros]
        home = facts.states[facts.home]
        abroad = (states for country, states in facts.states.items() if country != facts.home)
        self._abroad = frozenset().union(*abroad) - home
        # Codes that no list names and that look like known ones are no codes: "941" is where they begin.
        areas = {code[:size] for code in facts.postal for size in (1, 2, 3)}
        self._home_codes = [
            code
            for code in self._codes
            if code is None or code in named["postal_code"] or code[:3] not in areas
        ]
        states = self._values("state")
        self._own_states = [value for value in states if value in home or value not in self._abroad]

    def _values(self, name: str) -> list[Any]:
        found = self._classes.get(name)
        return [None] if found is None else [value for some in found.members for value in some]

    def list_home_codes(self) -> list[_Part]:
        """At home with a known postal code: state and metro are its own or missing."""
        cells: Cells = {}
        for code in self._zips:
            state, metro = self._facts.postal[code]
            for values in itertools.product(dict.fromkeys((state, None)), dict.fromkeys((metro, None))):
                self._add(cells, ("state", "metro", "postal_code"), (*values, code))
        return [self._home(), self._link(("state", "metro", "postal_code"), cells)] if cells else []

    def list_home_metros(self) -> list[_Part]:
        """At home with a known metro and no known postal code: the state is one of the metro's or missing."""
        cells: Cells = {}
        for metro in self._own_metros:
            for state in (*sorted(self._facts.metros[metro]), None):
                self._add(cells, ("state", "metro"), (state, metro))
        if not cells:
            return []
        return [
            self._home(),
            self._link(("state", "metro"), cells),
            *self._pick("postal_code", self._home_codes),
        ]

    def list_home_states(self) -> list[_Part]:
        """At home, neither postal code nor metro known: any state that is not known to lie elsewhere."""
        return [
            self._home(),
            *self._pick("state", self._own_states),
            *self._pick("metro", self._metros),
            *self._pick("postal_code", self._home_codes),
        ]

    def list_foreign(self, has_zip: bool) -> list[_Part]:
        """Abroad: a state of that country, one nobody knows, or none; never a metro of home.

        `has_zip`: with a postal code that home has as well; else with another one or none.
        """
        facts, cells = self._facts, dict[tuple[int, ...], Sample]()
        home = facts.states[facts.home]
        for country in self._values("country"):
            if country == facts.home or (has_zip and (country is None or country in facts.without_zips)):
                continue
            known = facts.states.get(country, frozenset()) if country else self._abroad
            if country not in self._countries:
                known -= home  # a state that nobody says is meant elsewhere is one at home
            for state in self._values("state"):
                is_its_own = state is None or state in known
                if is_its_own or (state not in home and state not in self._abroad):
                    self._add(cells, ("country", "state"), (country, state))
        codes = self._zips if has_zip else self._codes
        if not cells or not codes:
            return []
        return [
            self._link(("country", "state"), cells),
            *self._pick("metro", self._metros),
            *self._pick("postal_code", codes),
        ]

    def _home(self) -> _Part:
        found = self._classes["country"]
        numbers = [self._number["country"][value] for value in (self._facts.home, None)]
        samples: list[Sample] = [(sample,) for sample in found.samples]
        samples[numbers[0]] = (self._facts.home,)
        return Axis(("country",), samples, make_mask(numbers)), found.masks

    def _pick(self, name: str, values: Iterable[Any]) -> Iterator[_Part]:
        """The axis of one field, narrowed to some values; nothing for a field no rule tests."""
        found = self._classes.get(name)
        if found is None:
            return
        samples: list[Sample] = [(sample,) for sample in found.samples]
        numbers = []
        chosen = set(values)
        for number, members in enumerate(found.members):
            fitting = [value for value in members if value in chosen]
            if fitting:
                numbers.append(number)
                if found.samples[number] not in chosen:
                    samples[number] = (fitting[0],)
        yield Axis((name,), samples, make_mask(numbers)), found.masks

    def _add(self, cells: Cells, names: Sequence[str], values: Sample) -> None:
        """Takes one combination; values of fields no rule tests are kept for show but tell nothing apart."""
        numbers = []
        for name, value in zip(names, values, strict=True):
            number = self._number[name].get(value, -1) if name in self._number else 0
            numbers.append(number)
        if -1 not in numbers:
            cells.setdefault(tuple(numbers), values)

    def _link(self, names: tuple[str, ...], cells: Cells) -> _Part:
        masks: dict[Key, Mask] = {}
        for place, name in enumerate(names):
            found = self._classes.get(name)
            if found is None:
                continue
            holding: dict[int, list[int]] = {}
            for number, cell in enumerate(cells):
                holding.setdefault(cell[place], []).append(number)
            by_class = {number: make_mask(some) for number, some in holding.items()}
            for key, mask in found.masks.items():
                lifted = 0
                for number in list_bits(mask):
                    lifted |= by_class.get(number, 0)
                masks[key] = lifted
        axis = Axis(names, list(cells.values()), (1 << len(cells)) - 1)
        return axis, masks
