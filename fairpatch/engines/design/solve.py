"""How is a design found: centres on a sample, prices on all accounts, whole accounts, and round again?

Weight-balanced bisection gives start centres; prices and middles improve each other; the fractional optimum
over border accounts (HiGHS) gives the tightest prices and a nearly whole assignment; shifts, swaps and an
exact search where they fail finish it. Everything is seeded, and no result depends on the number of cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import itemgetter

import numpy as np

from fairpatch.engines.design.centres import find_middles, overshoot_middles
from fairpatch.engines.design.diving import Opening, dive_border, dive_widening
from fairpatch.engines.design.exact import open_border, polish_border
from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame
from fairpatch.engines.design.merging import merge_neighbours
from fairpatch.engines.design.prices import (
    Choices,
    Prices,
    bound_cost,
    list_choices,
    start_prices,
    value_choices,
)
from fairpatch.engines.design.pricing import (
    BORDER_REACH,
    EASY_PAIRS,
    LAST_HEATS,
    LIGHT_WIDTH,
    ROUGH_FIT,
    WIDTH,
    Heats,
    Priced,
    Settled,
    count_border_rows,
    find_prices,
    price_centres,
)
from fairpatch.engines.design.problem import Codes, DesignProblem, Floats
from fairpatch.engines.design.screening import find_centres, find_free_centres
from fairpatch.engines.design.standing import (
    NEAR_PER_LIMIT,
    Standing,
    measure_excess,
    stand_assignment,
    weigh_choices,
)
from fairpatch.engines.design.stopping import Clock

FEW_ACCOUNTS = 5000
TRIES, MOST_TRIES = 3, 4  # each with twice the penalty of the one before
PROPOSALS_PER_ACCOUNT = 60
MANY_PROPOSALS = 300_000
MOST_PROPOSALS = 6_000_000
SPARE = 0.005  # of a budget, kept back for mending bands
EXACT_NODES = 300
ALL_SLOTS = 2**31
NEARBY = (BORDER_REACH, WIDTH), (10 * BORDER_REACH, WIDTH), (100 * BORDER_REACH, ALL_SLOTS)
EVERYWHERE = ((np.inf, ALL_SLOTS),)
LIGHT_ROUNDS, WARM_ROUNDS = 12, 1  # prices and middles only, at most
FIXED_HEATS, FIRST_HEATS, WARM_HEATS = (20.0, 6.0, 2.0, 0.6, 0.2), (0.3,), (0.1,)
LIGHT_HEATS, STEADY = (0.1,), 3e-3
EXACT_HEATS = (*LIGHT_HEATS, *LAST_HEATS)
FULL_ROUNDS, MOST_ROUNDS, LONG_ROUNDS = 2, 4, 10  # whole accounts too; most: while a limit is broken
WIDE, STALLED = 0.01, 0.003  # rounds go on while the bound is further than this and the last one gained this
NEAR_ENOUGH = 5e-4  # above the bound: another try gains too little
MODEST_PAIRS = 300_000  # so few that it is worth its seconds while a limit is broken
MANY_ACCOUNTS = 250_000  # a round of whole accounts takes so long that one is enough
MIDDLE_PAIRS, MIDDLE_PER_TERRITORY = 2_000_000, 50  # merged: at least this tells where middles lie
NEARLY_MET = 1e-11  # loads summed in another order differ in their last bits


@dataclass(frozen=True)
class Solution:
    """A whole assignment with the centres and prices it was found at; `bound` is in the frame's unit."""

    territory: Codes
    centres: Floats
    prices: Prices
    objective: float
    excess: float
    hard_excess: float

    def beats(self, other: Solution | None) -> bool:
        """Hard limits first, then bands, then the objective."""
        if other is None:
            return True
        mine = (max(self.hard_excess, NEARLY_MET), max(self.excess, NEARLY_MET), self.objective)
        return mine < (max(other.hard_excess, NEARLY_MET), max(other.excess, NEARLY_MET), other.objective)

    @property
    def is_kept(self) -> bool:
        """Every band and every hard limit holds."""
        return max(self.excess, self.hard_excess) <= NEARLY_MET

    def is_near(self, proven: float) -> bool:
        """Nothing is broken and the bound is so close that searching on gains too little."""
        return self.is_kept and self.objective < aim_near(proven, NEAR_ENOUGH)


def aim_near(proven: float, share: float) -> float:
    """The objective that is only `share` of the bound above it."""
    return proven + share * abs(proven)


def assign_accounts(frame: Frame, centres: Floats, priced: Priced, *, seed: int, tries: int) -> Solution:
    """Whole accounts for these prices: the best of `tries`, fewer if the bound is nearly reached."""
    choices, prices = priced.choices, priced.prices
    territory = _make_whole(frame, choices, prices, priced.territory, NEARBY)
    best = weigh_standing(frame, centres, prices, choices, stand_assignment(frame, choices, territory))
    if best.is_near(priced.proven):
        return best
    proposals = min(PROPOSALS_PER_ACCOUNT * len(territory), MOST_PROPOSALS)
    if tries > 1:
        proposals = max(proposals, min(10 * proposals, MANY_PROPOSALS))
    from fairpatch.engines.design.settling import repair_standing  # compiled: slow to load, not always needed

    for attempt in range(MOST_TRIES):
        if best.is_near(priced.proven) or (attempt >= tries and best.is_kept):
            break
        if attempt and not best.is_kept and frame.budget < WITHOUT_BUDGET:  # a spent one mends nothing
            thrifty = frame._replace(budget=frame.budget * (1 - SPARE * attempt))
            territory = _make_whole(thrifty, choices, prices, priced.territory, NEARBY)
        standing = stand_assignment(frame, choices, territory.copy())
        standing = repair_standing(
            frame,
            choices,
            prices,
            standing,
            seed + attempt,
            proposals,
            force=2.0 ** (attempt + 1),
            enough=aim_near(priced.proven, NEAR_ENOUGH),
        )
        found = weigh_standing(frame, centres, prices, choices, standing)
        if found.beats(best):
            best = found
    if not best.is_kept and len(territory) * len(centres) <= MODEST_PAIRS:
        choices = list_choices(frame, centres, prices, len(centres))
        territory = _make_whole(frame, choices, prices, best.territory, EVERYWHERE)
        found = weigh_standing(frame, centres, prices, choices, stand_assignment(frame, choices, territory))
        best = found if found.beats(best) else best
    if not best.is_kept:
        best = _search_exactly(frame, centres, choices, best)
    return best


def _make_whole(
    frame: Frame, choices: Choices, prices: Prices, territory: Codes, steps: tuple[tuple[float, int], ...]
) -> Codes:
    """The rounded optimum with its cut accounts decided one after the other.

    An overdrawn budget is drawn tighter once.
    """
    values = value_choices(frame, choices, prices)
    standing = stand_assignment(frame, choices, np.ascontiguousarray(choices.territory[:, 0]))
    opening = Opening(steps, count_border_rows(frame), NEAR_PER_LIMIT)
    dived = dive_widening(frame, choices, prices, values, standing, opening)
    if dived is None:
        return territory
    over = float(frame.move_load[dived.territory != frame.owner].sum()) - frame.budget
    if over > 0:
        thrifty = frame._replace(budget=frame.budget - over)
        dived = dive_border(thrifty, choices, prices, standing, dived.border) or dived
    return dived.territory


def _search_exactly(frame: Frame, centres: Floats, choices: Choices, best: Solution) -> Solution:
    """Branch and bound where shifts and swaps left a limit broken and the problem is small."""
    if len(best.territory) * len(centres) > EASY_PAIRS / 5:
        return best
    standing = stand_assignment(frame, choices, best.territory.copy())
    values = value_choices(frame, choices, best.prices)
    border = open_border(frame, choices, values, np.inf, len(values), len(centres))
    if len(border.rows) == 0 or (standing.slot < 0).any():
        return best
    territory = polish_border(frame, choices, best.prices, standing, border, EXACT_NODES)
    if territory is None:
        return best
    standing = stand_assignment(frame, choices, territory)
    found = weigh_standing(frame, centres, best.prices, choices, standing)
    return found if found.beats(best) else best


def weigh_standing(
    frame: Frame, centres: Floats, prices: Prices, choices: Choices, standing: Standing
) -> Solution:
    """What an assignment costs at the centres it was found at."""
    over = max(0.0, float(standing.moved[0]) - frame.budget) if frame.budget < WITHOUT_BUDGET else 0.0
    return Solution(
        territory=standing.territory,
        centres=centres,
        prices=prices,
        objective=weigh_choices(choices, standing),
        excess=measure_excess(frame, standing.load, hard=False),
        hard_excess=measure_excess(frame, standing.load, hard=True) + over,
    )


def solve_design(
    problem: DesignProblem,
    frame: Frame,
    seed: int,
    clock: Clock,
    warm: Solution | None = None,
    *,
    is_possible: bool = True,
) -> Solution:
    """The best solution found; with `warm`, starting from its centres and prices.

    Prices of limits that exclude one another grow without end: where that is proven, one round is enough.
    """
    centres, prices, heats = _find_start(problem, frame, seed, clock, warm, is_possible=is_possible)
    best: Solution | None = None
    priced = price_centres(frame, centres, prices, (*heats, *EXACT_HEATS))
    is_brief = problem.has_fixed_centres or warm is not None or len(frame.weight) > MANY_ACCOUNTS
    rounds = 1 if is_brief else FULL_ROUNDS
    most = LONG_ROUNDS if is_possible else 1
    tries = TRIES if len(problem.accounts) <= FEW_ACCOUNTS else 1
    gain = np.inf
    for turn in range(most):
        if best is not None and (
            problem.has_fixed_centres
            or _is_enough(best, priced.proven, gain, turn, rounds)
            or clock.is_over("Accounts", 0.5 + 0.4 * turn / most)
        ):
            break
        found = assign_accounts(frame, centres, priced, seed=seed + turn, tries=tries)
        found, priced = recentre_solution(problem, frame, found)
        gain = best.objective - found.objective if best is not None and best.is_kept else np.inf
        if found.beats(best):
            best = found
        centres = found.centres
    assert best is not None
    return best


def _find_start(
    problem: DesignProblem,
    frame: Frame,
    seed: int,
    clock: Clock,
    warm: Solution | None,
    *,
    is_possible: bool,
) -> tuple[Floats, Prices, Heats]:
    """Settled centres, their prices, and how hot prices are to be found there at first."""
    if problem.has_fixed_centres:
        if warm is not None:
            return warm.centres, warm.prices, WARM_HEATS
        return *find_centres(problem, frame, seed, clock), FIXED_HEATS
    if warm is not None:
        _, centres, prices = _settle_softly(frame, warm.centres, warm.prices, WARM_HEATS, WARM_ROUNDS, clock)
        return centres, prices, LIGHT_HEATS
    starts = [find_centres(problem, frame, seed, clock)]
    is_tight = is_possible and frame.budget < WITHOUT_BUDGET
    if is_tight and not problem.held.any() and len(frame.weight) <= MANY_ACCOUNTS:
        starts.append((find_free_centres(problem, frame, seed, clock), start_prices(frame)))
    rounds = LIGHT_ROUNDS if is_possible else WARM_ROUNDS
    settled = [_settle_softly(frame, *start, FIRST_HEATS, rounds, clock) for start in starts]
    if is_tight:  # soft prices hardly tell who is to move
        exactly = (EXACT_HEATS, EXACT_HEATS)
        settled = [
            _settle_middles(frame, price_centres, *start[1:], exactly, rounds, clock) for start in settled
        ]
    _, centres, prices = min(settled, key=itemgetter(0))
    return centres, prices, LIGHT_HEATS


def _settle_softly(
    frame: Frame, centres: Floats, prices: Prices, heats: Heats, rounds: int, clock: Clock
) -> Settled:
    """Middles by soft prices; very many accounts are merged for it."""
    k = len(centres)
    merged = merge_neighbours(frame, max(MIDDLE_PAIRS // k, MIDDLE_PER_TERRITORY * k))
    return _settle_middles(merged, _price_softly, centres, prices, (heats, LIGHT_HEATS), rounds, clock)


def _settle_middles(
    frame: Frame,
    price: Callable[[Frame, Floats, Prices, Heats], Priced],
    centres: Floats,
    prices: Prices,
    heats: tuple[Heats, Heats],  # of the first round, of those after it
    rounds: int,
    clock: Clock,
) -> Settled:
    """Prices and middles in turn until the bound hardly falls."""
    proven = np.inf
    for turn in range(rounds):
        if clock.is_over("Centres", 0.3 + 0.2 * turn / rounds):
            break
        priced = price(frame, centres, prices, heats[min(turn, 1)])
        prices = priced.prices
        before, proven = proven, priced.proven
        middles = find_middles(frame, priced.territory, centres)
        is_settled = before - proven < STEADY * abs(before)
        is_plain = is_settled or turn in (0, rounds - 1)  # at first too far off to go beyond
        centres = middles if is_plain else overshoot_middles(centres, middles)
        if is_settled:
            break
    return proven, centres, prices


def _price_softly(frame: Frame, centres: Floats, prices: Prices, heats: Heats) -> Priced:
    """Prices good enough to tell where middles lie."""
    prices, choices = find_prices(frame, centres, prices, heats, LIGHT_WIDTH, ROUGH_FIT)
    return Priced(prices, choices, choices.territory[:, 0], bound_cost(frame, choices, prices))


def _is_enough(best: Solution, proven: float, gain: float, turn: int, rounds: int) -> bool:
    """Whether another round of middles and accounts is not worth its time; `gain` is the last one's."""
    if best.is_near(proven):
        return True
    if not best.is_kept:
        return turn >= MOST_ROUNDS
    is_close = best.objective - proven < WIDE * abs(proven)
    return turn >= rounds and (is_close or gain < STALLED * best.objective)


def recentre_solution(problem: DesignProblem, frame: Frame, found: Solution) -> tuple[Solution, Priced]:
    """The same assignment at its own middles, with prices for those: what the report states."""
    centres = found.centres
    if not problem.has_fixed_centres:
        centres = find_middles(frame, found.territory, centres)
    priced = price_centres(frame, centres, found.prices, LAST_HEATS)
    objective = weigh_moves(frame, centres, found.territory)
    return replace(found, centres=centres, prices=priced.prices, objective=objective), priced


def weigh_moves(frame: Frame, centres: Floats, territory: Codes) -> float:
    """What an assignment costs at any centres, moves included, in the frame's unit."""
    angle = 2 * np.arcsin(np.minimum(1.0, np.linalg.norm(frame.unit - centres[territory], axis=1) / 2))
    moved = territory != frame.owner
    return float((frame.weight * (angle / frame.scale) ** 2 + np.where(moved, frame.move_cost, 0.0)).sum())
