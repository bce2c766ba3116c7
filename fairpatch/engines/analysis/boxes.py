"""What does each territory of a layer claim, as boxes in the worlds of possible accounts?

A box is a set of classes on every axis. Rules become one box per alternative, lists and standing locks become
boxes on the axis of ids, so that one question answers them all: who is ahead of whom, where?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal as Word
from typing import TypeAlias

from fairpatch.core.plans.plan import Lock, Plan
from fairpatch.core.routing.precedence import CLASS_ORDER, classify_rule
from fairpatch.core.routing.specificity import Scorer
from fairpatch.core.rules.match import Scope
from fairpatch.core.rules.normal import Conjunct, Literal, normalise_rule
from fairpatch.core.rules.tree import Condition
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.analysis.classes import Mask, identify_condition, is_open_question
from fairpatch.engines.analysis.facts import PlaceFacts
from fairpatch.engines.analysis.holes import Cover, make_cover
from fairpatch.engines.analysis.worlds import World, build_worlds

Box: TypeAlias = tuple[Mask, ...]
Standing: TypeAlias = tuple[int, int, int, int, str]
"""Class, priority, specificity, depth and code as `rank_claim` orders them; a lock comes before all."""
LOCKED = -1


@dataclass(frozen=True, slots=True)
class Part:
    """One alternative of a territory's claim. `boxes` holds its box in each world, None where it is empty."""

    territory: str
    cause: Word["lock", "named", "rule"]
    standing: Standing
    literals: Conjunct
    boxes: tuple[Box | None, ...]
    covers: tuple[Cover | None, ...]
    """The same boxes as what they take from others."""
    is_open: bool
    """Whether a test of text or position takes part, so that silence proves less."""

    @property
    def is_possible(self) -> bool:
        return any(box is not None for box in self.boxes)


@dataclass(frozen=True)
class Ground:
    """One layer of a plan, ready to be looked at."""

    plan: Plan
    hierarchy: Hierarchy
    layer: str
    worlds: list[World]
    parts: list[Part]
    """Of all assignable territories, by code, alternatives in the order written."""
    lists: tuple[Literal, ...] = ()
    """What lists and standing locks say, as conditions on the id."""
    by_territory: Mapping[str, list[Part]] = field(default_factory=dict)

    def id_literals(self) -> Iterator[Literal]:
        """Every condition on the id, of lists, locks and rules."""
        yield from self.lists
        for part in self.parts:
            yield from (literal for literal in part.literals if literal.condition.field == "id")

    def box_rule(self, conjunct: Conjunct) -> tuple[Box | None, ...]:
        """The box of a conjunct in each world. Its conditions must be among those the ground was built on."""
        return tuple(world.narrow(world.everything, conjunct) for world in self.worlds)


def build_ground(plan: Plan, hierarchy: Hierarchy, layer: str, facts: PlaceFacts | None = None) -> Ground:
    """Reads the claims of one layer of a faultless plan. Inner territories take part in the worlds only."""
    codes = [code for code in sorted(hierarchy.by_code) if hierarchy.layer_of(code) == layer]
    normal: dict[str, list[Conjunct]] = {}
    for code in codes:
        rule = hierarchy.effective_rule_of(code)
        normal[code] = [] if rule is None else normalise_rule(rule)
    lists = _List(plan, hierarchy, layer)
    conditions: dict[object, Condition] = {}
    for conjunct in (conjunct for found in normal.values() for conjunct in found):
        for literal in conjunct:
            conditions.setdefault(identify_condition(literal.condition), literal.condition)
    for literal in lists.literals():
        conditions.setdefault(identify_condition(literal.condition), literal.condition)
    worlds = build_worlds(conditions.values(), plan.scope, plan.regions, facts)
    parts = [
        part
        for code in codes
        if hierarchy.is_assignable(code)
        for part in _list_parts(plan, hierarchy, code, normal[code], lists, worlds)
    ]
    by_territory: dict[str, list[Part]] = {}
    for part in parts:
        by_territory.setdefault(part.territory, []).append(part)
    return Ground(plan, hierarchy, layer, worlds, parts, tuple(lists.literals()), by_territory)


class _List:
    """Lists of accounts and standing locks as conditions on the id."""

    def __init__(self, plan: Plan, hierarchy: Hierarchy, layer: str) -> None:
        self.named: dict[str, Literal] = {}
        self.excluded: dict[str, Literal] = {}
        self.locked: dict[str, Literal] = {}
        for code, territory in hierarchy.by_code.items():
            if hierarchy.layer_of(code) != layer:
                continue
            if territory.accounts:
                self.named[code] = Literal(Condition("id", "in", territory.accounts), True)
            if territory.exclude:
                self.excluded[code] = Literal(Condition("id", "in", territory.exclude), False)
        by_territory: dict[str, list[Lock]] = {}
        for lock in plan.locks:
            if lock.start is None and lock.end is None and lock.territory in hierarchy.by_code:
                by_territory.setdefault(lock.territory, []).append(lock)
        for code, locks in by_territory.items():
            if hierarchy.layer_of(code) == layer:
                ids = tuple(lock.account for lock in locks)
                self.locked[code] = Literal(Condition("id", "in", ids), True)

    def literals(self) -> Iterator[Literal]:
        for found in (self.named, self.excluded, self.locked):
            yield from found.values()


def _list_parts(
    plan: Plan,
    hierarchy: Hierarchy,
    code: str,
    normal: Sequence[Conjunct],
    lists: _List,
    worlds: Sequence[World],
) -> Iterator[Part]:
    priority, depth = hierarchy.priority_of(code), hierarchy.depth_of(code)

    def make(
        cause: Word["lock", "named", "rule"], order: int, points: int, conjunct: Conjunct, more: list[Literal]
    ) -> Part:
        boxes = tuple(world.narrow(world.everything, [*conjunct, *more]) for world in worlds)
        is_open = any(is_open_literal(literal, plan.scope) for literal in conjunct)
        covers = tuple(
            None if box is None else make_cover(box, world.everything)
            for box, world in zip(boxes, worlds, strict=True)
        )
        standing = (order, -priority, -points, -depth, code)
        return Part(code, cause, standing, conjunct, boxes, covers, is_open)

    exclusion = [lists.excluded[code]] if code in lists.excluded else []
    if code in lists.locked:
        yield make("lock", LOCKED, 0, (), [lists.locked[code]])
    if code in lists.named:
        yield make("named", CLASS_ORDER["named"], 0, (), [lists.named[code], *exclusion])
    rule = hierarchy.effective_rule_of(code)
    if rule is None:
        return
    order = CLASS_ORDER[classify_rule(rule, plan.catalogue)]
    scorer = Scorer(plan.scope)
    for conjunct in normal:
        yield make("rule", order, scorer.score_conjunct(conjunct), conjunct, exclusion)


def is_open_literal(literal: Literal, scope: Scope) -> bool:
    """Whether the stand-ins of the values it tests may miss something."""
    return is_open_question(literal.condition, scope)
