"""Does a program come to the same optimum wherever its prices start, and do its duals prove it?"""

import numpy as np
import pytest

from fairpatch.engines.design.exact import Optimum, open_border, solve_border
from fairpatch.engines.design.frame import WITHOUT_BUDGET, Frame, frame_problem
from fairpatch.engines.design.prices import (
    Prices,
    bound_cost,
    list_choices,
    start_prices,
    value_choices,
)
from fairpatch.engines.design.pricing import settle_centres
from fairpatch.engines.design.problem import Measure, state_problem
from fairpatch.engines.design.recutting import recut_neighbours
from fairpatch.engines.design.standing import stand_assignment
from tests.engines.design.cases import draw_problem


def draw_start(frame: Frame, seed: int) -> Prices:
    rng = np.random.default_rng(seed)
    load = np.where(rng.random(frame.low.shape) < 0.3, 0.0, rng.normal(0, 2, frame.low.shape))
    load[:, frame.is_hard] = np.abs(load[:, frame.is_hard])
    return Prices(load, float(rng.random()) if frame.budget < WITHOUT_BUDGET else 0.0)


def solve_all(frame: Frame, seed: int, prices: Prices) -> tuple[Optimum, float]:
    """The optimum over every pair, and what its prices prove."""
    centres = frame.unit[np.random.default_rng(seed).choice(len(frame.weight), len(frame.low), replace=False)]
    choices = list_choices(frame, centres, prices, len(centres))
    values = value_choices(frame, choices, prices)
    border = open_border(frame, choices, values, np.inf, len(values), len(centres))
    standing = stand_assignment(frame, choices, np.ascontiguousarray(choices.territory[:, 0]))
    found = solve_border(frame, choices, prices, standing, border)
    assert found is not None
    return found, bound_cost(frame, list_choices(frame, centres, found.prices, len(centres)), found.prices)


@pytest.mark.parametrize("seed", range(60))
def test_the_start_changes_nothing_but_the_way(seed: int) -> None:
    frame, _ = frame_problem(draw_problem(seed))
    plain, proven = solve_all(frame, seed, start_prices(frame))
    priced, same = solve_all(frame, seed, draw_start(frame, seed))
    assert priced.misses == plain.misses
    if plain.misses:  # then missing costs more where prices are dearer
        return
    assert priced.cost == pytest.approx(plain.cost, rel=1e-6)
    assert proven == pytest.approx(plain.cost, rel=1e-6)
    assert same == pytest.approx(plain.cost, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_cutting_anew_does_not_cost_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = 400, 8
    problem = state_problem(
        latitude=rng.uniform(30, 45, n),
        longitude=rng.uniform(-120, -70, n),
        measures=[Measure("potential", 0.05)],
        values=rng.lognormal(0, 0.5, (n, 1)),
        capacity=np.ones(k),
    )
    frame, _ = frame_problem(problem)
    start = frame.unit[rng.choice(n, k, replace=False)].copy()
    _, centres, prices = settle_centres(frame, start, start_prices(frame), 6)
    before, *_ = settle_centres(frame, centres, prices, 4)
    after, *_ = settle_centres(frame, *recut_neighbours(frame, centres, prices, rng), 4)
    assert after <= before * 1.005
