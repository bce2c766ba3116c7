"""Which postal codes of a rule lie outside the states and metros it asks for beside them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairpatch.core.rules.match import Scope
from fairpatch.core.rules.normal import Conjunct, normalise_rule
from fairpatch.engines.analysis.boxes import Ground
from fairpatch.engines.analysis.facts import PlaceFacts


@dataclass(frozen=True)
class Stray:
    """Postal codes with the state they lie in, in a rule that lets only other states through."""

    territory: str
    codes: tuple[tuple[str, str], ...]
    states: tuple[str, ...]


def find_strays(ground: Ground, facts: PlaceFacts, only: frozenset[str] | None = None) -> Iterator[Stray]:
    """Rules some of whose postal codes contradict their states; where all do, the rule is told as dead."""
    tree, scope = ground.hierarchy, ground.plan.scope
    for code in sorted(tree.by_code):
        rule = tree.effective_rule_of(code)
        if rule is None or tree.layer_of(code) != ground.layer or (only is not None and code not in only):
            continue
        found: dict[str, str] = {}
        allowed: set[str] = set()
        for conjunct in normalise_rule(rule):
            states = _list_members(conjunct, "state", scope)
            codes = _list_members(conjunct, "postal_code", scope)
            if states is None or codes is None or not any(ground.box_rule(conjunct)):
                continue
            for postal in codes:
                home = facts.postal.get(postal, (None, None))[0]
                if home and home not in states:
                    found[postal] = home
                    allowed |= states
        if found:
            yield Stray(code, tuple(sorted(found.items())), tuple(sorted(allowed)))


def _list_members(conjunct: Conjunct, name: str, scope: Scope) -> frozenset[str] | None:
    """The values one of which a conjunct wants in a field; None when it lists none."""
    listed: frozenset[str] | None = None
    for literal in conjunct:
        condition = literal.condition
        if condition.field == name and literal.is_positive and condition.operator in ("=", "in"):
            members = scope.fold_members(scope.catalogue[name], condition.value)
            listed = members if listed is None else listed & members
    return listed
