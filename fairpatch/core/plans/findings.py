"""What can an analysis notice in a plan, and how is one thing it noticed written down?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from fairpatch.core.errors import Finding

FindingKind: TypeAlias = Literal[
    "fault",
    "contradiction",
    "place",
    "unreachable",
    "tie",
    "gap",
    "redundant",
    "overlap",
    "idle",
    "foreign",
    "list",
    "unknown",
    "unused",
]
"""In the order of a report, what hurts most first.

fault: the plan cannot be used; contradiction: a rule or an alternative of it can never match; place: it can
match only accounts whose postal code, metro or state contradict each other; unreachable: somebody else always
wins; tie: nothing but a fixed order decides between two territories; gap: nobody claims what is claimed
above; redundant: an alternative adds nothing; overlap: two territories claim the same, precedence decides;
idle: a territory claims nothing; foreign: a value outside a closed list; list: named and excluded at once, or
named twice; unknown: a list or lock names an account that is not there; unused: a definition no rule uses.
"""

KINDS: tuple[FindingKind, ...] = get_args(FindingKind)

KIND_TITLES: Mapping[FindingKind, str] = {
    "fault": "Faults: the plan cannot be used",
    "contradiction": "Conditions that exclude each other",
    "place": "Places that contradict each other",
    "unreachable": "Rules that never win",
    "tie": "Ties: nothing decides between two territories",
    "gap": "Gaps: accounts nobody claims",
    "redundant": "Alternatives that add nothing",
    "overlap": "Overlaps that precedence settles",
    "idle": "Territories that claim nothing",
    "foreign": "Values that never occur",
    "list": "Lists that contradict each other",
    "unknown": "Accounts that are not there",
    "unused": "Definitions no rule uses",
}


@dataclass(frozen=True, slots=True)
class PlanFinding(Finding):
    """A finding about a plan. `account` is made up to show it, by the plan format's field names."""

    kind: FindingKind = "fault"
    territory: str | None = None
    others: tuple[str, ...] = ()
    account: Mapping[str, Any] = field(default_factory=dict)
    is_certain: bool = True
    """False: nothing was found that speaks against it, but a test of text or position left it open."""


@dataclass(frozen=True)
class PlanReport:
    """Findings, and how many there are of each kind: of many alike only the first are written out."""

    findings: tuple[PlanFinding, ...]
    totals: Mapping[FindingKind, int]
    pairs: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """By layer and territory the territories behind it in the alphabet that its rule shares accounts with."""


def as_plan_finding(found: Finding, kind: FindingKind = "fault", territory: str | None = None) -> PlanFinding:
    """A plain finding under one of the kinds."""
    return PlanFinding(
        found.severity,
        found.where,
        found.sentence,
        found.file,
        found.line,
        found.column,
        found.suggestion,
        kind,
        territory,
    )


def sort_findings(findings: Iterable[PlanFinding]) -> tuple[PlanFinding, ...]:
    """Errors, warnings, notices; within them by kind. Otherwise as found."""
    severities = ("error", "warning", "info")
    return tuple(
        sorted(findings, key=lambda found: (severities.index(found.severity), KINDS.index(found.kind)))
    )
