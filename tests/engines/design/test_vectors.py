"""Do small problems, priced without compiled kernels, get the answers that the kernels would give?"""

import numpy as np
import pytest

from fairpatch.engines.design import vectors
from fairpatch.engines.design.frame import Frame, frame_problem
from fairpatch.engines.design.kernels import SoftKernels, price_block, solve_positive
from fairpatch.engines.design.problem import Codes, Floats
from fairpatch.engines.design.vectors import TINY, SoftRows, cost_pairs, rank_pairs, solve_rows
from tests.engines.design.cases import draw_problem


def draw_prices(frame: Frame, seed: int) -> tuple[Floats, Floats, float]:
    rng = np.random.default_rng(seed)
    centres = frame.unit[rng.choice(len(frame.weight), len(frame.low), replace=False)].copy()
    return centres, rng.normal(0, 0.5, frame.low.shape), float(rng.random())


def list_both(frame: Frame, seed: int, width: int) -> tuple[tuple[Codes, Floats], tuple[Codes, Floats]]:
    n = len(frame.weight)
    first = np.empty((n, width), np.int32), np.empty((n, width))
    second = np.empty((n, width), np.int32), np.empty((n, width))
    price_block(0, n, frame, *draw_prices(frame, seed), *first)
    centres, prices, move_price = draw_prices(frame, seed)
    rank_pairs(frame, cost_pairs(frame, centres), prices, move_price, *second)
    return first, second


@pytest.mark.parametrize("seed", range(30))
def test_cheapest_territories(seed: int) -> None:
    frame, _ = frame_problem(draw_problem(seed))
    width = min(1 + seed % 5, len(frame.low))
    (choice, cost), (other, same) = list_both(frame, seed, width)
    assert (choice == other).all()
    np.testing.assert_allclose(cost, same, rtol=1e-12)


def weigh_left_out(frame: Frame, heat: float) -> float:
    """What shares up to TINY, four choices of every account, could add to one slope between them."""
    size = np.maximum(frame.load.max(axis=1), frame.move_load)
    return float(4 * TINY * (size**2 / (heat * frame.temper)).sum())


@pytest.mark.parametrize("heat", [8.0, 0.3, 0.02])
@pytest.mark.parametrize("seed", range(15))
def test_soft_loads_and_their_slope(seed: int, heat: float, monkeypatch: pytest.MonkeyPatch) -> None:
    frame, _ = frame_problem(draw_problem(seed))
    _, prices, move = draw_prices(frame, seed)
    (choice, cost), _ = list_both(frame, seed, min(4, len(frame.low)))
    compiled = SoftKernels(frame, choice, cost, heat)
    rows = SoftRows(frame, choice, cost, heat)
    for step in (0.0, heat, 20 * heat):  # the last is so far that pairs must be listed anew
        there = prices + step * np.random.default_rng(seed).random(prices.shape)
        value, load = compiled.weigh(there, move + step)
        same, other = rows.weigh(there, move + step)
        assert same == pytest.approx(value)
        slope = compiled.bend()
        np.testing.assert_allclose(other, load, atol=1e-6)
        np.testing.assert_allclose(rows.bend(), slope, atol=1e-6 + weigh_left_out(frame, heat))
        with monkeypatch.context() as patch:
            patch.setattr(vectors, "TINY", 0.0)  # every share counts
            np.testing.assert_allclose(rows.bend(), slope, atol=1e-6 * (1 + np.abs(slope).max()))


def test_equations() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(9, 9))
    matrix = matrix @ matrix.T + np.eye(9)
    right, step, other = rng.normal(size=9), np.empty(9), np.empty(9)
    assert solve_positive(matrix.copy(), right, step)
    assert solve_rows(matrix.copy(), right, other)
    np.testing.assert_allclose(matrix @ other, right)
    np.testing.assert_allclose(other, step)
    assert not solve_rows(-matrix, right, other)
