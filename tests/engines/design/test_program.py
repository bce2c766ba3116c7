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
