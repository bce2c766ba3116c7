"""Do accounts larger than a band is wide find their places at little cost?"""

from dataclasses import replace

import numpy as np
import pytest

from fairpatch.engines.design import diving
from fairpatch.engines.design.problem import DesignProblem, Measure, state_problem
from fairpatch.engines.design.run import design

ACCOUNTS, TERRITORIES = 600, 6
MOST_GAP = 0.02


def draw_skewed(seed: int) -> DesignProblem:
    """Potential of heavy tail, work that follows it, six fixed centres, ±2 % on both."""
    rng = np.random.default_rng(seed)
    potential = rng.lognormal(0, 1.3, ACCOUNTS)
    work = rng.gamma(2, 1, ACCOUNTS) * (0.5 + 0.5 * potential**0.3)
    return state_problem(
        latitude=rng.uniform(32, 44, ACCOUNTS),
        longitude=rng.uniform(-115, -80, ACCOUNTS),
        measures=[Measure("potential", 0.02), Measure("work", 0.02)],
        values=np.column_stack((potential, work)),
        capacity=np.ones(TERRITORIES),
        home=np.column_stack((rng.uniform(33, 43, TERRITORIES), rng.uniform(-113, -82, TERRITORIES))),
        has_fixed_centres=True,
    )


@pytest.mark.parametrize("seed", [0, 9, 13, 15])
def test_the_gap_stays_small(seed: int) -> None:
    result = design(draw_skewed(seed), 0)
    assert result.status == "ok"
    assert result.gap is not None
    assert result.gap < MOST_GAP


def test_they_are_weighed_against_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made whole one after the other, they cost several times as much here."""
    together = design(draw_skewed(13), 0)
    monkeypatch.setattr(diving, "MOST_PLACED", 0)
    singly = design(draw_skewed(13), 0)
    assert together.gap is not None
    assert singly.gap is not None
    assert together.gap < singly.gap / 2


def test_none_are_weighed_where_one_fits_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Branch and bound would search for long for what is not there."""
    problem = draw_skewed(13)
    values = problem.values.copy()
    values[0] = problem.values.sum(axis=0) / 2  # larger than any territory's share

    def refuse(*_: object) -> None:
        raise AssertionError("branch and bound was asked")

    monkeypatch.setattr(diving, "place_large", refuse)
    assert design(replace(problem, values=values), 0).status == "infeasible"
