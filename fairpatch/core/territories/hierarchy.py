"""Where does a territory stand in the tree, and what does it inherit from those above?"""

from __future__ import annotations

from collections.abc import Iterator

from fairpatch.core.plans.plan import Plan, Territory
from fairpatch.core.rules.tree import Rule, join_all


class Hierarchy:
    """The tree of a plan's territories.

    Built also over faulty plans, so that every fault can be found at once: of two territories with one
    code the first counts, an unknown parent is none, and a circle is walked once.
    """

    def __init__(self, plan: Plan) -> None:
        self.by_code: dict[str, Territory] = {}
        for territory in plan.territories:
            self.by_code.setdefault(territory.code, territory)
        self._children: dict[str | None, list[str]] = {}
        for code in sorted(self.by_code):
            self._children.setdefault(self.parent_of(code), []).append(code)
        self.default_layer = plan.layers[0].code if plan.layers else ""

    def parent_of(self, code: str) -> str | None:
        parent = self.by_code[code].parent
        return parent if parent in self.by_code else None

    def children_of(self, code: str | None) -> tuple[str, ...]:
        """The territories directly below, by code; those without a parent for None."""
        return tuple(self._children.get(code, ()))

    def lineage_of(self, code: str) -> list[Territory]:
        """The territory itself, its parent, and so on up; a circle ends where it closes."""
        line: list[Territory] = []
        seen: set[str] = set()
        at: str | None = code
        while at is not None and at not in seen:
            seen.add(at)
            line.append(self.by_code[at])
            at = self.parent_of(at)
        return line

    def is_circular(self, code: str) -> bool:
        """Whether the territory is its own ancestor."""
        top = self.lineage_of(code)[-1]
        above = self.parent_of(top.code)
        return above is not None and any(step.code == code for step in self.lineage_of(above))

    def depth_of(self, code: str) -> int:
        """How many territories stand above."""
        return len(self.lineage_of(code)) - 1

    def priority_of(self, code: str) -> int:
        """Its own priority, else the nearest one above, else 0."""
        return next((step.priority for step in self.lineage_of(code) if step.priority is not None), 0)

    def layer_of(self, code: str) -> str:
        """Its own layer, else the nearest one above, else the plan's first."""
        return next((step.layer for step in self.lineage_of(code) if step.layer), self.default_layer)

    def is_assignable(self, code: str) -> bool:
        """As said; when nothing is said, leaves are and inner nodes are not."""
        said = self.by_code[code].assignable
        return said if said is not None else code not in self._children

    def effective_rule_of(self, code: str) -> Rule | None:
        """Its own rule and every ancestor's, up to where the chain is cut; None without an own rule."""
        if self.by_code[code].rule is None:
            return None
        rules: list[Rule] = []
        for step in self.lineage_of(code):
            if step.rule is not None:
                rules.append(step.rule)
            if not step.inherit:
                break
        return join_all(*rules)

    def walk_preorder(self) -> Iterator[Territory]:
        """Every territory, parents first, siblings by code. Territories in a circle come last."""
        waiting = list(reversed(self.children_of(None)))
        seen: set[str] = set()
        while waiting:
            code = waiting.pop()
            seen.add(code)
            yield self.by_code[code]
            waiting.extend(reversed(self.children_of(code)))
        for code in sorted(self.by_code.keys() - seen):
            yield self.by_code[code]

    def descendants_of(self, code: str) -> list[str]:
        """Every territory below, at any depth, parents first."""
        found: list[str] = []
        waiting = list(reversed(self.children_of(code)))
        while waiting:
            at = waiting.pop()
            if at == code or at in found:
                continue
            found.append(at)
            waiting.extend(reversed(self.children_of(at)))
        return found
