"""Are bands kept where the move budget allows hardly more than what balance needs?"""

from dataclasses import replace

import numpy as np
import pytest

from fairpatch.engines.design.problem import DesignProblem, Measure, state_problem
from fairpatch.engines.design.run import design
from fairpatch.engines.design.surplus import find_least_moves

ROOM = 1.1  # times what must move at least


def draw_nearest_books(seed: int, n: int = 1500, k: int = 12) -> DesignProblem:
    """Each account is owned by the territory nearest to it, however full that is."""
    rng = np.random.default_rng(seed)
    latitude, longitude = rng.uniform(30, 45, n), rng.uniform(-120, -75, n)
    homes = rng.choice(n, k, replace=False)
    apart = (latitude[:, None] - latitude[homes]) ** 2 + (0.8 * (longitude[:, None] - longitude[homes])) ** 2
    return state_problem(
        latitude=latitude,
        longitude=longitude,
        measures=[Measure("potential", 0.02)],
        values=rng.lognormal(0, 1, (n, 1)),
        capacity=np.ones(k),
        owner=apart.argmin(axis=1).astype(np.int32),
    )


@pytest.mark.parametrize("seed", range(5))
def test_bands_and_budget_both_hold(seed: int) -> None:
    problem = draw_nearest_books(seed)
    least = find_least_moves(problem)[0] / float(problem.move_value[problem.owned].sum())
    asked = replace(problem, budget_share=ROOM * least)
    result = design(asked, 0)
    assert result.status == "ok"
    assert result.moved_share is not None
    assert least <= result.moved_share <= ROOM * least * (1 + 1e-9)
