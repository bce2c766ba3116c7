"""What must a territory charge for its load so that everybody's cheapest choice is balanced?

The Lagrangian dual of the fractional assignment, softened: each account spreads over its cheapest territories
by temperature; damped Newton steps climb the concave dual while the temperature falls (optimiser evidence).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame
from fairpatch.engines.design.problem import Codes, Floats
from fairpatch.engines.design.vectors import SoftRows, cost_pairs, rank_pairs, solve_rows

COLD_HEATS = (8.0, 3.0, 1.0, 0.3)
COOL_HEAT, COOL_STEPS, NARROW = 0.02, 8, 8
ASTRAY = 0.5  # a misfit of loads, in shares of a band's top, that cool steps cannot mend
REHEATS, MOST_REHEATS, REHEAT_WIDTH = (20.0, 5.0, 1.0), 2, 64
FIT, FINE, FINE_FIT = 0.03, 0.025, 4e-3  # how well loads must fit, and how well at temperatures below
FEW_CELLS = 600_000  # accounts × territories × columns² that are priced sooner than kernels are loaded


@dataclass(frozen=True)
class Prices:
    """One price per territory and column, of either sign, and the price of moving one unit of move value."""

    load: Floats
    move: float = 0.0


@dataclass(frozen=True)
class Choices:
    """Each account's cheapest territories at some prices, best first, and what they cost without prices."""

    territory: Codes
    cost: Floats


def _is_small(frame: Frame) -> bool:
    """By the size alone, never by what is loaded: the same problem is always solved the same way."""
    return frame.load.size * frame.low.size <= FEW_CELLS


class Listing:
    """Everybody's choices at some centres. Of small problems, what hangs on no price is measured once."""

    def __init__(self, frame: Frame, centres: Floats) -> None:
        self._frame, self._centres = frame, centres
        self._pair_cost = cost_pairs(frame, centres) if _is_small(frame) else None

    def choose(self, prices: Prices, width: int) -> Choices:
        """Price every allowed pair and keep the `width` cheapest of each account."""
        frame, centres = self._frame, self._centres
        n, k = len(frame.weight), len(centres)
        width = min(width, k)
        territory, cost = np.empty((n, width), np.int32), np.empty((n, width))
        if self._pair_cost is not None:
            rank_pairs(frame, self._pair_cost, prices.load, prices.move, territory, cost)
            return Choices(territory, cost)
        from fairpatch.engines.design.compiled import run_rows
        from fairpatch.engines.design.kernels import price_block

        run_rows(
            lambda first, last: price_block(
                first, last, frame, centres, prices.load, prices.move, territory, cost
            ),
            n,
        )
        return Choices(territory, cost)


def list_choices(frame: Frame, centres: Floats, prices: Prices, width: int) -> Choices:
    """Everybody's `width` cheapest territories at these centres and prices."""
    return Listing(frame, centres).choose(prices, width)


def value_choices(frame: Frame, choices: Choices, prices: Prices) -> Floats:
    """Cost plus prices of each listed choice, n × width; infinite where there is no such choice."""
    value = choices.cost.copy()
    for slot in range(value.shape[1]):  # one at a time: all at once would fill the memory
        territory = choices.territory[:, slot]
        at = np.maximum(territory, 0)
        value[:, slot] += np.where(territory != frame.owner, prices.move * frame.move_load, 0.0)
        for column in range(frame.load.shape[1]):
            value[:, slot] += prices.load[at, column] * frame.load[:, column]
        value[territory < 0, slot] = np.inf
    return value


class SoftLoads(Protocol):
    """The softened minimum over listed choices at one temperature."""

    def weigh(self, prices: Floats, move_price: float) -> tuple[float, Floats]:
        """What everybody pays, and the expected loads (flat, moves last)."""

    def bend(self) -> Floats:
        """How those loads answer to prices, at the point last weighed."""


class _Toll:
    """The price of the limits themselves: Σ (p>0 ? high : low)·p, its kink at zero rounded off."""

    def __init__(self, frame: Frame) -> None:
        has_budget = frame.budget < WITHOUT_BUDGET
        top = max(frame.budget, 1e-6) if has_budget else 1.0
        self.middle = np.append(((frame.high + frame.low) / 2).ravel(), top / 2)
        self.half = np.append(((frame.high - frame.low) / 2).ravel(), top / 2)
        self.half = np.maximum(self.half, 1e-6)
        self.typical = np.maximum(np.append(frame.high.ravel(), top), 1e-3)
        self.rounding = 0.02
        self.is_free = np.ones(len(self.middle), np.bool_)
        self.is_free[-1] = has_budget

    def set_heat(self, heat: float) -> None:
        """Round less as it cools, and less where the band is wide: the loss is half × rounding."""
        self.rounding = np.minimum(0.02, 0.02 * max(heat, 0.01) ** 0.5 * 0.02 / self.half)

    def measure(self, y: Floats) -> tuple[float, Floats, Floats]:
        root = np.sqrt(y * y + self.rounding**2)
        value = float((self.middle * y + self.half * root).sum())
        return value, self.middle + self.half * y / root, self.half * self.rounding**2 / root**3


def _choose_kernels(
    frame: Frame, choices: Choices, heat: float
) -> tuple[SoftLoads, Callable[[Floats, Floats, Floats], bool]]:
    if _is_small(frame):
        return SoftRows(frame, choices.territory, choices.cost, heat), solve_rows
    from fairpatch.engines.design.kernels import SoftKernels, solve_positive  # slow to load

    return SoftKernels(frame, choices.territory, choices.cost, heat), solve_positive


def climb_prices(
    frame: Frame, choices: Choices, prices: Prices, heat: float, steps: int, enough: float
) -> tuple[Prices, float]:
    """Damped Newton on the softened dual over the listed choices, until loads fit to `enough`.

    Also returned: the worst misfit left, as a share of a band's top.
    """
    soft, solve = _choose_kernels(frame, choices, heat)
    toll = _Toll(frame)
    toll.set_heat(heat)
    y = np.append(prices.load.ravel(), prices.move)
    size, columns = len(y), prices.load.shape[1]
    reach = max(1.5, 8 * heat)

    def weigh(point: Floats) -> tuple[float, Floats]:
        return soft.weigh(point[:-1].reshape(-1, columns), float(point[-1]))

    if not toll.is_free[-1]:
        y[-1] = 0.0
    value, load = weigh(y)
    damping = 1e-3
    for _ in range(steps):
        fee, wanted, bend = toll.measure(y)
        rise = np.where(toll.is_free, load - wanted, 0.0)
        if np.abs(rise / toll.typical).max() < enough:
            break
        slope = soft.bend()
        diagonal = slope.diagonal() + bend
        accepted = False
        for _try in range(7):
            matrix = slope.copy()
            if not toll.is_free[-1]:
                matrix[-1, :-1] = matrix[:-1, -1] = 0.0
            matrix[np.diag_indices(size)] += bend + damping * (diagonal + 0.05 * diagonal.mean()) + 1e-9
            step = np.empty(size)
            if not solve(matrix, rise, step):
                damping = max(damping, 1e-6) * 30
                continue
            step = np.where(toll.is_free, np.clip(step, -reach, reach), 0.0)
            trial = y + step
            trial_value, trial_load = weigh(trial)
            if trial_value - toll.measure(trial)[0] > value - fee + 1e-5 * float(rise @ step):
                accepted = True
                break
            damping = max(damping, 1e-4) * 8
        if not accepted:
            break
        y, damping = trial, max(damping * 0.2, 1e-7)
        value, load = trial_value, trial_load
    left = np.where(toll.is_free, load - toll.measure(y)[1], 0.0)
    return Prices(y[:-1].reshape(-1, columns), float(y[-1])), float(np.abs(left / toll.typical).max())


def settle_prices(
    frame: Frame,
    centres: Floats,
    prices: Prices,
    heats: Sequence[float],
    *,
    width: int,
    steps: int = 10,
) -> tuple[Prices, Listing]:
    """Re-list the choices at each temperature and climb; also what lists them at these centres.

    Where prices stay far from fitting, because centres have moved much, they are heated up and cooled again.
    """
    reheats = MOST_REHEATS
    listing = Listing(frame, centres)
    for heat in heats:
        prices, misfit = _settle_at(heat, frame, listing, prices, width, steps)
        if misfit < ASTRAY or reheats == 0:
            continue
        for factor in REHEATS:
            wide = max(width, REHEAT_WIDTH)  # a starved territory must stand on somebody's list
            prices, misfit = _settle_at(heat * factor, frame, listing, prices, wide, steps)
        if misfit >= ASTRAY:
            reheats -= 1  # where nothing fits, however warm, limits may exclude one another
    return prices, listing


def _settle_at(
    heat: float, frame: Frame, listing: Listing, prices: Prices, width: int, steps: int
) -> tuple[Prices, float]:
    choices = listing.choose(prices, width)
    return climb_prices(frame, choices, prices, heat, steps, FIT if heat > FINE else FINE_FIT)


def start_prices(frame: Frame) -> Prices:
    """No prices at all."""
    return Prices(np.zeros(frame.low.shape))


def bound_cost(frame: Frame, choices: Choices, prices: Prices) -> float:
    """The lower bound these prices prove, in the frame's unit; `choices` must be listed at these prices."""
    best = value_choices(frame, Choices(choices.territory[:, :1], choices.cost[:, :1]), prices)
    return float(best.sum()) - charge_limits(frame, prices)


def charge_limits(frame: Frame, prices: Prices) -> float:
    """What prices charge for all that limits allow: what everybody pays at least, less this, is proven."""
    fee = np.where(prices.load > 0, frame.high, frame.low) * prices.load
    budget = frame.budget * prices.move if frame.budget < WITHOUT_BUDGET else 0.0
    return float(fee.sum()) + budget


def choose_prices(frame: Frame, centres: Floats, prices: Prices) -> tuple[Prices, float]:
    """Those given or those settled from them, whichever prove more at these centres, and how much."""
    given = list_choices(frame, centres, prices, NARROW)
    settled, _ = climb_prices(frame, given, prices, COOL_HEAT, COOL_STEPS, FINE_FIT)
    proven = bound_cost(frame, list_choices(frame, centres, settled, 1), settled)
    before = bound_cost(frame, given, prices)
    return (prices, before) if before > proven else (settled, proven)
