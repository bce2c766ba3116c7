"""How is each thing that was found told: where, how grave, with which account, and what to do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from fairpatch.core.plans.findings import PlanFinding
from fairpatch.core.routing.precedence import Claim, explain_loss
from fairpatch.core.rules.tree import All
from fairpatch.core.rules.words import join_words
from fairpatch.engines.analysis.boxes import Box, Ground, Part
from fairpatch.engines.analysis.branches import DeadBranch, RedundantBranch
from fairpatch.engines.analysis.gaps import Gap
from fairpatch.engines.analysis.holes import find_hole
from fairpatch.engines.analysis.shadows import Shadow, name_rivals
from fairpatch.engines.analysis.showcase import Showcase, describe_conjunct, describe_example
from fairpatch.engines.analysis.strays import Stray

_MOST_PIECES = 6
"""So many kinds of accounts nobody takes are named in one finding."""


@dataclass(frozen=True)
class Tie:
    """Two territories that nothing but their depth or code tells apart, on an account out of this box."""

    first: str
    second: str
    world: int
    box: Box
    is_decisive: bool
    """Whether one of the two then owns the account; else a third comes before both everywhere."""


class Verdicts:
    """The findings of one layer, each with an account the reference has been asked about."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._catalogue = ground.plan.catalogue
        self._showcase = Showcase(ground)

    def tell_dead_branch(self, found: DeadBranch) -> PlanFinding:
        words = describe_conjunct(found.conjunct, self._catalogue)
        subject = f"The rule of {found.territory}" if found.is_whole else "One alternative of the rule"
        if found.cause == "place":
            reason = "no account can be in all these places at once"
            advice = "Check the states, metros and postal codes that the rule joins."
        elif found.cause == "above":
            reason = "it contradicts the rules above it"
            advice = "Mend the rule, or move the territory to where its accounts are."
        else:
            reason = "its conditions exclude each other"
            advice = "Join with “or” what cannot hold at once, or strike it."
        return PlanFinding(
            "warning",
            self._showcase.locate(found.territory),
            f"{subject} can never match: {reason} ({words}).",
            suggestion=advice,
            kind="place" if found.cause == "place" else "contradiction",
            territory=found.territory,
        )

    def tell_strays(self, found: Stray) -> PlanFinding:
        shown = join_words([f"{code.upper()} ({state.upper()})" for code, state in found.codes], "and")
        states = join_words([state.upper() for state in found.states], "or")
        return PlanFinding(
            "warning",
            self._showcase.locate(found.territory),
            f"{found.territory} wants accounts in {states}, where these postal codes are not: {shown}.",
            suggestion="Take these postal codes out, or add their states.",
            kind="place",
            territory=found.territory,
        )

    def tell_redundant_branch(self, found: RedundantBranch) -> PlanFinding:
        words = describe_conjunct(found.conjunct, self._catalogue)
        reason = "another alternative says the same" if found.is_repetition else "the others match all of it"
        return PlanFinding(
            "info",
            self._showcase.locate(found.territory),
            f"One alternative of {found.territory} adds nothing, because {reason}: {words}.",
            suggestion="Strike it.",
            kind="redundant",
            territory=found.territory,
        )

    def tell_shadow(self, found: Shadow) -> PlanFinding:
        code = found.territory
        rivals = name_rivals(self._ground, code)
        account, claims = self._show_claim(code)
        mine = next((claim for claim in claims if claim.territory == code), None)
        rival = next((claim for claim in claims if claim.territory in rivals), None)
        is_catch_all = isinstance(self._ground.hierarchy.by_code[code].rule, All)
        words = f"The catch-all {code}" if is_catch_all else f"The rule of {code}"
        verb = "never wins" if found.is_certain else "seems never to win"
        sentence = f"{words} {verb} an account: {_say_first(rivals)}."
        if mine and rival:
            shown = describe_example(account, self._catalogue)
            sentence += f" For instance {shown}: {explain_loss(rival, mine)}."
        if any(part.cause != "rule" and part.is_possible for part in self._ground.by_territory[code]):
            sentence += " Its list and its locks still bring it accounts."
        return PlanFinding(
            "warning" if found.is_certain else "info",
            self._showcase.locate(code),
            sentence,
            suggestion="Raise its priority, make its rule narrower than theirs, or remove it.",
            kind="unreachable",
            territory=code,
            others=tuple(rivals[:20]),
            account=account,
            is_certain=found.is_certain,
        )

    def tell_gap(self, pieces: Sequence[Gap]) -> PlanFinding:
        first = pieces[0]
        account = self._showcase.show_account(first.world, first.hole)
        shown = "; ".join(dict.fromkeys(self._describe_gap(gap) for gap in pieces[:_MOST_PIECES]))
        more = " and other kinds" if len(pieces) > _MOST_PIECES else ""
        if first.territory is None:
            sentence = f"No territory claims accounts such as these: {shown}{more}."
            advice = "If nobody should be left over, add a territory with the rule “all” and a low priority."
            return PlanFinding(
                "info", "territories", sentence, suggestion=advice, kind="gap", account=account
            )
        code = first.territory
        return PlanFinding(
            "warning",
            self._showcase.locate(code),
            f"{code} covers accounts that no territory claims: {shown}{more}.",
            suggestion=f"Widen a rule, or add a territory with the rule “all” below {code} for what is left.",
            kind="gap",
            territory=code,
            account=account,
        )

    def _describe_gap(self, gap: Gap) -> str:
        """An account nobody takes, with what it lacks where that is why."""
        account = self._showcase.show_account(gap.world, gap.hole)
        lacking = [
            f"no {self._catalogue[axis.fields[0]].title}"
            for axis in self._ground.worlds[gap.world].axes
            if gap.narrowed.issuperset(axis.fields) and not account.keys() & set(axis.fields)
        ]
        return ", ".join([describe_example(account, self._catalogue), *lacking] if account else lacking)

    def tell_overlap(self, pair: tuple[str, str]) -> PlanFinding:
        world, box = self._find_meeting(*pair)
        account = self._showcase.show_account(world, box)
        claims = self._showcase.claim_account(account)
        winner, loser = (claim for claim in claims if claim.territory in pair)
        shown = describe_example(account, self._catalogue)
        sentence = f"{winner.territory} and {loser.territory} both claim accounts such as {shown}. "
        sentence += f"Of the two {winner.territory} comes first: {explain_loss(winner, loser)}."
        return PlanFinding(
            "info",
            self._showcase.locate(loser.territory),
            sentence + self._name_third(claims, pair),
            kind="overlap",
            territory=loser.territory,
            others=(winner.territory,),
            account=account,
        )

    def find_tie(self, first: str, second: str) -> Tie | None:
        """A place where neither class nor priority nor specificity decides between two territories."""
        pair = (first, second)
        mine, theirs = (self._list_rule_parts(code) for code in pair)
        for one, two in product(mine, theirs):
            if one.standing[:3] != two.standing[:3]:
                continue
            better = [part for part in (*mine, *theirs) if part.standing[:3] < one.standing[:3]]
            for number, world in enumerate(self._ground.worlds):
                box = _intersect(one.boxes[number], two.boxes[number])
                if box is None:
                    continue
                hole = self._leave(number, box, better)
                if hole is None:
                    continue
                ahead = [part for part in self._ground.parts if part.standing[:3] < one.standing[:3]]
                open_ground = self._leave(number, hole, ahead)
                shown = open_ground or hole
                assert len(shown) == len(world.axes)
                return Tie(first, second, number, shown, open_ground is not None)
        return None

    def tell_tie(self, tie: Tie) -> PlanFinding:
        pair = (tie.first, tie.second)
        account = self._showcase.show_account(tie.world, tie.box)
        claims = self._showcase.claim_account(account)
        winner, loser = (claim for claim in claims if claim.territory in pair)
        shown = describe_example(account, self._catalogue)
        sentence = f"{winner.territory} and {loser.territory} both claim accounts such as {shown}, and "
        sentence += f"nothing decides between them: {explain_loss(winner, loser)}."
        return PlanFinding(
            "warning" if tie.is_decisive else "info",
            self._showcase.locate(loser.territory),
            sentence + self._name_third(claims, pair),
            suggestion="Give one of them a higher priority, or narrow one of the rules.",
            kind="tie",
            territory=loser.territory,
            others=(winner.territory,),
            account=account,
        )

    def _name_third(self, claims: Sequence[Claim], pair: tuple[str, str]) -> str:
        winner = claims[0].territory
        return "" if winner in pair else f" {winner} comes before both."

    def _list_rule_parts(self, code: str) -> list[Part]:
        parts = self._ground.by_territory.get(code, [])
        return [part for part in parts if part.cause == "rule" and part.is_possible]

    def _find_meeting(self, first: str, second: str) -> tuple[int, Box]:
        for one, two in product(self._list_rule_parts(first), self._list_rule_parts(second)):
            for number, (mine, theirs) in enumerate(zip(one.boxes, two.boxes, strict=True)):
                box = _intersect(mine, theirs)
                if box is not None:
                    return number, box
        raise AssertionError(f"{first} and {second} were said to meet")

    def _leave(self, number: int, box: Box, parts: Sequence[Part]) -> Box | None:
        covers = (part.covers[number] for part in parts)
        return find_hole(box, [cover for cover in covers if cover is not None])

    def _show_claim(self, code: str) -> tuple[dict[str, object], list[Claim]]:
        """An account that a territory's rule claims."""
        for part in self._list_rule_parts(code):
            for number, box in enumerate(part.boxes):
                if box is not None:
                    account = self._showcase.show_account(number, box)
                    return account, self._showcase.claim_account(account)
        raise AssertionError(f"{code} was said to claim something")


def _say_first(rivals: Sequence[str]) -> str:
    if not rivals:
        return "its own list comes first"
    return f"{join_words(rivals, 'and')} always {'come' if len(rivals) > 1 else 'comes'} first"


def _intersect(first: Box | None, second: Box | None) -> Box | None:
    if first is None or second is None:
        return None
    box = tuple(mine & theirs for mine, theirs in zip(first, second, strict=True))
    return box if all(box) else None
