"""What must be looked up to decide a layer?

Effective rules become conjuncts, each a set of codes per level, ranked once by the order in which claims
win; conjuncts that constrain the same levels share a signature and one table. A conjunct whose
combinations would be too many is looked up by its most telling levels, and the rest is tested on what
is found there.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fairpatch.core.plans.plan import Layer, Plan
from fairpatch.core.routing.decisions import ClaimClass
from fairpatch.core.routing.precedence import CLASS_ORDER, classify_rule
from fairpatch.core.routing.specificity import Scorer
from fairpatch.core.rules.normal import normalise_rule
from fairpatch.core.rules.values import fold_codes
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing.levels import Alternative, Level, LevelIndex

Signature: TypeAlias = tuple[Level, ...]

MAX_COMBINATIONS = 20_000
"""The most table rows one conjunct may take, unless a single level alone has more."""
MAX_ROWS = 6_000_000
"""The most table rows of a layer before conjuncts are looked up by fewer levels."""
MAX_KEYS = 2**48
"""The most keys a signature may have, so that they fit a machine word with room to spare."""
MAX_SIGNATURES = 64
"""Beyond this many signatures, tests no longer make signatures of their own."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """An assignable territory as an engine needs it; accounts are folded ids."""

    code: str
    priority: int
    depth: int
    named: frozenset[str]
    excluded: frozenset[str]
    claim_class: ClaimClass | None
    """None without an effective rule."""


@dataclass(slots=True)
class Conjunct:
    """One way to match a rule: codes by which it is looked up, and codes tested afterwards."""

    claimant: int
    rank: int
    keys: Alternative
    rest: Alternative = field(default_factory=dict)

    @property
    def signature(self) -> Signature:
        return tuple(sorted(self.keys, key=repr))


@dataclass(frozen=True)
class Ranks:
    """What each rank stands for. Ranks ascend from the claim that would win to the one that would lose."""

    claimant: npt.NDArray[np.int32]
    group: npt.NDArray[np.int32]
    """Equal where class, priority and specificity are."""
    claim_class: npt.NDArray[np.int8]
    """The place in `CLASS_ORDER`."""
    priority: npt.NDArray[np.int64]
    specificity: npt.NDArray[np.int64]


@dataclass(frozen=True)
class CompiledLayer:
    layer: Layer
    claimants: list[Claimant]
    place_of: dict[str, int]
    """The place of each claimant, by code."""
    levels: LevelIndex
    conjuncts: list[list[Conjunct]]
    """By claimant."""
    named_rank: dict[int, int]
    """The rank of a claim by name, for claimants that name accounts."""
    ranks: Ranks

    def group_signatures(self) -> dict[Signature, list[Conjunct]]:
        """The conjuncts that are looked up by the same levels."""
        found: dict[Signature, list[Conjunct]] = {}
        for conjunct in itertools.chain.from_iterable(self.conjuncts):
            found.setdefault(conjunct.signature, []).append(conjunct)
        return found


def compile_layer(
    plan: Plan, hierarchy: Hierarchy, layer: Layer, only: frozenset[str] | None = None
) -> CompiledLayer:
    """Compiles one layer of a plan free of faults, or `only` some of its territories.

    Raises FairpatchError "rule_too_large".
    """
    levels = LevelIndex(plan.scope, plan.regions)
    scorer = Scorer(plan.scope)
    claimants: list[Claimant] = []
    rules = []
    for code in sorted(hierarchy.by_code if only is None else only & hierarchy.by_code.keys()):
        if hierarchy.layer_of(code) != layer.code or not hierarchy.is_assignable(code):
            continue
        effective = hierarchy.effective_rule_of(code)
        normal = [] if effective is None else normalise_rule(effective)
        scored = [(scorer.score_conjunct(conjunct), conjunct) for conjunct in normal]
        for literal in itertools.chain.from_iterable(normal):
            levels.note(literal)
        territory = hierarchy.by_code[code]
        claimants.append(
            Claimant(
                code,
                hierarchy.priority_of(code),
                hierarchy.depth_of(code),
                fold_codes(territory.accounts),
                fold_codes(territory.exclude),
                None if effective is None else classify_rule(effective, plan.catalogue),
            )
        )
        rules.append(scored)
    drafts: list[list[tuple[int, Alternative]]] = [
        [
            (points, alternative)
            for points, conjunct in scored
            for alternative in _multiply([levels.translate(literal) for literal in conjunct])
        ]
        for scored in rules
    ]
    return _rank_layer(layer, claimants, levels, drafts)


def _multiply(literals: list[list[Alternative]]) -> Iterator[Alternative]:
    """Every choice of one alternative per literal that is no contradiction in itself."""
    for choice in itertools.product(*literals):
        joined: Alternative = {}
        for alternative in choice:
            for level, codes in alternative.items():
                known = joined.get(level)
                joined[level] = codes if known is None else np.intersect1d(known, codes, assume_unique=True)
        if all(map(len, joined.values())):
            yield joined


def _rank_layer(
    layer: Layer, claimants: list[Claimant], levels: LevelIndex, drafts: list[list[tuple[int, Alternative]]]
) -> CompiledLayer:
    def make_key(place: int, claim_class: ClaimClass, points: int) -> tuple[int, int, int, int, int]:
        claimant = claimants[place]
        return CLASS_ORDER[claim_class], -claimant.priority, -points, -claimant.depth, place

    keys = {
        make_key(place, claim_class, points)
        for place, draft in enumerate(drafts)
        if (claim_class := claimants[place].claim_class)
        for points, _ in draft
    }
    named = {place: make_key(place, "named", 0) for place, who in enumerate(claimants) if who.named}
    ordered = sorted(keys.union(named.values()))
    rank_of = {key: rank for rank, key in enumerate(ordered)}
    conjuncts = [
        [
            Conjunct(place, rank_of[make_key(place, claim_class, points)], alternative)
            for points, alternative in draft
            if (claim_class := claimants[place].claim_class)
        ]
        for place, draft in enumerate(drafts)
    ]
    _limit_tables([conjunct for each in conjuncts for conjunct in each], levels)
    return CompiledLayer(
        layer,
        claimants,
        {claimant.code: place for place, claimant in enumerate(claimants)},
        levels,
        conjuncts,
        {place: rank_of[key] for place, key in named.items()},
        _tabulate_ranks(ordered),
    )


def _tabulate_ranks(ordered: list[tuple[int, int, int, int, int]]) -> Ranks:
    columns = np.array(ordered, np.int64).reshape(len(ordered), 5)
    is_new = np.any(columns[1:, :3] != columns[:-1, :3], axis=1)
    group = np.concatenate([[0], np.cumsum(is_new)]) if len(ordered) else np.empty(0)
    return Ranks(
        columns[:, 4].astype(np.int32),
        group.astype(np.int32),
        columns[:, 0].astype(np.int8),
        -columns[:, 1],
        -columns[:, 2],
    )


def _limit_tables(conjuncts: list[Conjunct], levels: LevelIndex) -> None:
    """Splits conjuncts into what they are looked up by and what is tested afterwards."""
    whole = {id(conjunct): dict(conjunct.keys) for conjunct in conjuncts}
    limit = MAX_COMBINATIONS
    while True:
        rows = 0
        for conjunct in conjuncts:
            _split_conjunct(conjunct, whole[id(conjunct)], levels, limit)
            rows += math.prod(map(len, conjunct.keys.values()))
        if rows <= MAX_ROWS or limit == 1:
            break
        limit = max(1, limit // 20)
    if len({conjunct.signature for conjunct in conjuncts}) > MAX_SIGNATURES:
        for conjunct in conjuncts:
            _move_tests(conjunct)


def _split_conjunct(conjunct: Conjunct, whole: Alternative, levels: LevelIndex, limit: int) -> None:
    sizes = {level: levels.count_codes(level) for level in whole}
    most_telling = sorted(whole, key=lambda level: (len(whole[level]) / sizes[level], repr(level)))
    conjunct.keys, conjunct.rest = {}, {}
    rows = domain = 1
    for level in most_telling:
        codes = whole[level]
        is_broad = limit < MAX_COMBINATIONS and len(codes) * 2 > sizes[level] > 64
        fits = (rows * len(codes) <= limit or rows == 1) and domain * (sizes[level] + 1) <= MAX_KEYS
        if fits and not is_broad:
            rows, domain = rows * len(codes), domain * (sizes[level] + 1)
            conjunct.keys[level] = codes
        else:
            conjunct.rest[level] = codes


def _move_tests(conjunct: Conjunct) -> None:
    """Tests after the look-up instead of before it, where something else is left to look up."""
    tests = [level for level in conjunct.keys if level.kind == "test"]
    if len(tests) < len(conjunct.keys):
        for level in tests:
            conjunct.rest[level] = conjunct.keys.pop(level)
