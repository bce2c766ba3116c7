"""Can every alternative of a rule match, and does every one add something?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as Word

from fairpatch.core.routing.specificity import Scorer
from fairpatch.core.rules.normal import Conjunct, normalise_rule
from fairpatch.engines.analysis.boxes import Ground
from fairpatch.engines.analysis.holes import find_hole, make_cover
from fairpatch.engines.analysis.worlds import build_worlds

MOST_COMPARED = 600
"""Alternatives of one rule that are compared with each other; more are only asked whether they can match."""


@dataclass(frozen=True)
class DeadBranch:
    """An alternative that cannot match. `cause`: its own conditions, those above it, or the map."""

    territory: str
    conjunct: Conjunct
    cause: Word["own", "above", "place"]
    is_whole: bool
    """Whether nothing is left of the territory's rule."""


def find_dead_branches(ground: Ground, only: frozenset[str] | None = None) -> Iterator[DeadBranch]:
    """Alternatives that no account can satisfy, each told once: where the contradiction arises."""
    tree = ground.hierarchy
    for code in sorted(tree.by_code):
        rule = tree.by_code[code].rule
        if tree.layer_of(code) != ground.layer or rule is None or (only is not None and code not in only):
            continue
        own = normalise_rule(rule)
        dead = [conjunct for conjunct in own if _is_dead(ground, conjunct)]
        for conjunct in dead:
            cause: Word["own", "place"] = "place" if _is_dead_by_place(ground, conjunct) else "own"
            yield DeadBranch(code, conjunct, cause, len(dead) == len(own))
        if len(dead) == len(own) or not tree.by_code[code].inherit or _is_dead_above(ground, code):
            continue
        effective = tree.effective_rule_of(code)
        assert effective is not None
        joined = normalise_rule(effective)
        if all(_is_dead(ground, conjunct) for conjunct in joined):
            is_place = any(_is_dead_by_place(ground, conjunct) for conjunct in joined)
            yield DeadBranch(code, joined[0], "place" if is_place else "above", True)


def _is_dead(ground: Ground, conjunct: Conjunct) -> bool:
    return all(box is None for box in ground.box_rule(conjunct))


def _is_dead_by_place(ground: Ground, conjunct: Conjunct) -> bool:
    """Whether an account could match if postal codes, metros and states needed not agree."""
    conditions = [literal.condition for literal in conjunct]
    free = build_worlds(conditions, ground.plan.scope, ground.plan.regions)
    return any(world.narrow(world.everything, conjunct) is not None for world in free)


def _is_dead_above(ground: Ground, code: str) -> bool:
    """Whether what stands above already lets nothing through, which is told there."""
    tree = ground.hierarchy
    parent = tree.parent_of(code)
    if parent is None:
        return False
    above = next((step for step in tree.lineage_of(parent) if step.rule is not None), None)
    if above is None:
        return False
    rule = tree.effective_rule_of(above.code)
    assert rule is not None
    return all(_is_dead(ground, conjunct) for conjunct in normalise_rule(rule))


@dataclass(frozen=True)
class RedundantBranch:
    """An alternative that matches nothing the others leave, and lends no higher specificity."""

    territory: str
    conjunct: Conjunct
    is_repetition: bool
    """Whether one other alternative says exactly the same."""


def find_redundant_branches(ground: Ground, only: frozenset[str] | None = None) -> Iterator[RedundantBranch]:
    """Alternatives one could strike without changing a decision; of two alike the later one."""
    tree = ground.hierarchy
    scorer = Scorer(ground.plan.scope)
    for code in sorted(tree.by_code):
        rule = tree.by_code[code].rule
        if tree.layer_of(code) != ground.layer or rule is None or (only is not None and code not in only):
            continue
        own = normalise_rule(rule)
        if 1 < len(own) <= MOST_COMPARED:
            scored = [(scorer.score_conjunct(conjunct), conjunct) for conjunct in own]
            yield from _strike_redundant(ground, code, scored)


def _strike_redundant(
    ground: Ground, code: str, scored: Sequence[tuple[int, Conjunct]]
) -> Iterator[RedundantBranch]:
    boxes = [ground.box_rule(conjunct) for _, conjunct in scored]
    kept = [place for place in range(len(scored)) if any(boxes[place])]
    for place in reversed(list(kept)):
        points, conjunct = scored[place]
        rivals = [other for other in kept if other != place and scored[other][0] >= points]
        if rivals and _is_covered(ground, boxes, place, rivals):
            kept.remove(place)
            is_repetition = any(boxes[other] == boxes[place] for other in rivals)
            yield RedundantBranch(code, conjunct, is_repetition)


def _is_covered(
    ground: Ground, boxes: Sequence[tuple[tuple[int, ...] | None, ...]], place: int, rivals: Sequence[int]
) -> bool:
    for number, world in enumerate(ground.worlds):
        box = boxes[place][number]
        others = (boxes[other][number] for other in rivals)
        covers = [make_cover(other, world.everything) for other in others if other is not None]
        if box is not None and find_hole(box, covers) is not None:
            return False
    return True
