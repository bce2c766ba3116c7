"""Is a plan sound: does every rule match, win and add something, is nothing left over or fought about?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from fairpatch.core.plans.analysis import find_loose_ends, find_unknown_accounts
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.findings import (
    FindingKind,
    PlanFinding,
    PlanReport,
    as_plan_finding,
    sort_findings,
)
from fairpatch.core.plans.plan import Plan
from fairpatch.core.rules.tree import walk_conditions
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.analysis.boxes import build_ground
from fairpatch.engines.analysis.branches import find_dead_branches, find_redundant_branches
from fairpatch.engines.analysis.facts import PlaceFacts, open_place_facts
from fairpatch.engines.analysis.gaps import find_gaps
from fairpatch.engines.analysis.meetings import find_pairs, list_met
from fairpatch.engines.analysis.shadows import find_shadows, is_hidden_by
from fairpatch.engines.analysis.strays import find_strays
from fairpatch.engines.analysis.verdicts import Verdicts

Thing = TypeVar("Thing")
MOST_WRITTEN = 500
"""So many findings of one kind and layer are written out, each with an account that shows it."""


def check_plan(plan: Plan) -> list[PlanFinding]:
    """Every fault of a plan; of a plan without any, what is allowed but surely not meant."""
    return list(analyse_plan(plan, choose_facts(plan)).findings)


def choose_facts(plan: Plan) -> PlaceFacts | None:
    """What is known of places, where that can change anything: where rules test two fields of them."""
    rules = (territory.rule for territory in plan.territories if territory.rule)
    names = {condition.field for rule in rules for condition in walk_conditions(rule)}
    is_tested = len(names & {"country", "region", "state", "metro", "postal_code"}) >= 2
    return open_place_facts() if is_tested else None


def analyse_plan(
    plan: Plan,
    facts: PlaceFacts | None = None,
    accounts: Collection[str] | None = None,
    most: int = MOST_WRITTEN,
) -> PlanReport:
    """Faults, or else everything noticed. `accounts` are the folded ids of those there are, if known.

    With `facts` only accounts are thought of whose postal code, metro, state and country agree.
    """
    faults = find_plan_faults(plan)
    if faults:
        findings = [as_plan_finding(fault) for fault in faults]
        return PlanReport(tuple(findings), {"fault": len(findings)})
    hierarchy = Hierarchy(plan)
    tally = _Tally(most)
    tally.take_all(find_loose_ends(plan, hierarchy))
    if accounts is not None:
        tally.take_all(find_unknown_accounts(plan, accounts))
    pairs = {}
    for layer in plan.layers:
        pairs[layer.code] = _analyse_layer(plan, hierarchy, layer.code, facts, tally)
    return PlanReport(sort_findings(tally.findings), dict(tally.totals), pairs)


def add_findings(report: PlanReport, found: Iterable[PlanFinding], most: int = MOST_WRITTEN) -> PlanReport:
    """The report with more findings in it, counted and cut short like the others."""
    tally = _Tally(most)
    tally.findings += report.findings
    tally.totals.update(report.totals)
    tally.take_all(found)
    return PlanReport(sort_findings(tally.findings), dict(tally.totals), report.pairs)


class _Tally:
    """Counts what is found and keeps the first of each kind."""

    def __init__(self, most: int) -> None:
        self.findings: list[PlanFinding] = []
        self.totals: Counter[FindingKind] = Counter()
        self.most = most

    def take_all(self, found: Iterable[PlanFinding]) -> None:
        for finding in found:
            self.totals[finding.kind] += 1
            if self.totals[finding.kind] <= self.most:
                self.findings.append(finding)

    def take_some(self, things: Iterable[Thing], write: Callable[[Thing], PlanFinding]) -> None:
        """Things alike: all are counted, and only what is kept is written out, which takes longer."""
        written = 0
        kind: FindingKind | None = None
        for thing in things:
            if kind is None or written < self.most:
                finding = write(thing)
                kind, written = finding.kind, written + 1
                if self.totals[kind] < self.most:
                    self.findings.append(finding)
            self.totals[kind] += 1


def _analyse_layer(
    plan: Plan, hierarchy: Hierarchy, layer: str, facts: PlaceFacts | None, tally: _Tally
) -> dict[str, tuple[str, ...]]:
    """Takes the layer's findings; answers which territories share accounts."""
    ground = build_ground(plan, hierarchy, layer, facts)
    verdicts = Verdicts(ground)
    tally.take_all(map(verdicts.tell_dead_branch, find_dead_branches(ground)))
    if facts is not None:
        tally.take_all(map(verdicts.tell_strays, find_strays(ground, facts)))
    tally.take_some(find_shadows(ground), verdicts.tell_shadow)
    tally.take_all(map(verdicts.tell_gap, find_gaps(ground)))
    tally.take_some(find_redundant_branches(ground), verdicts.tell_redundant_branch)
    pairs = find_pairs(ground)
    tied = {pair: tie for pair in pairs.list_pairs(pairs.ties) if (tie := verdicts.find_tie(*pair))}
    tally.take_some(tied.values(), verdicts.tell_tie)
    others = (pair for pair in pairs.list_pairs(pairs.meets) if pair not in tied)
    tally.take_some(others, verdicts.tell_overlap)
    return pairs.list_neighbours()


def analyse_territory(plan: Plan, code: str, facts: PlaceFacts | None = None, most: int = 20) -> PlanReport:
    """What concerns one territory of a plan: its own rule, and whom it meets, hides or is hidden by."""
    faults = find_plan_faults(plan)
    if faults:
        findings = [as_plan_finding(fault) for fault in faults]
        return PlanReport(tuple(findings), {"fault": len(findings)})
    hierarchy = Hierarchy(plan)
    tally = _Tally(most)
    only = frozenset([code])
    loose = find_loose_ends(plan, hierarchy)
    tally.take_all(found for found in loose if code in (found.territory, *found.others))
    ground = build_ground(plan, hierarchy, hierarchy.layer_of(code), facts)
    verdicts = Verdicts(ground)
    tally.take_all(map(verdicts.tell_dead_branch, find_dead_branches(ground, only)))
    if facts is not None:
        tally.take_all(map(verdicts.tell_strays, find_strays(ground, facts, only)))
    tally.take_some(find_redundant_branches(ground, only), verdicts.tell_redundant_branch)
    met = list_met(ground, code)
    tally.take_some(find_shadows(ground, {code}), verdicts.tell_shadow)
    hidden = (
        shadow for shadow in find_shadows(ground, set(met)) if is_hidden_by(ground, shadow.territory, code)
    )
    tally.take_some(hidden, verdicts.tell_shadow)
    pairs = [(min(code, other), max(code, other)) for other in met]
    tied = {pair: tie for pair in pairs if (tie := verdicts.find_tie(*pair))}
    tally.take_some(tied.values(), verdicts.tell_tie)
    tally.take_some((pair for pair in pairs if pair not in tied), verdicts.tell_overlap)
    return PlanReport(sort_findings(tally.findings), dict(tally.totals))
