"""Are bands kept where the move budget allows hardly more than what balance needs?"""

from dataclasses import replace

import numpy as np
import pytest

from fairpatch.engines.design.centres import find_middles
from fairpatch.engines.design.exact import open_border, solve_border
from fairpatch.engines.design.frame import Frame, frame_problem
from fairpatch.engines.design.prices import COLD_HEATS, list_choices, start_prices, value_choices
from fairpatch.engines.design.pricing import EASY_PAIRS, LAST_HEATS, price_centres
from fairpatch.engines.design.problem import Floats, Measure
from fairpatch.engines.design.run import design
from fairpatch.engines.design.standing import stand_assignment
from fairpatch.engines.design.surplus import find_least_moves
from tests.engines.design.cases import draw_nearest_books
from tests.seeds import list_seeds

ROOM, TIGHT = 1.1, 1.03  # times what must move at least


@pytest.mark.parametrize("seed", list_seeds(5, quick=2))
def test_bands_and_budget_both_hold(seed: int) -> None:
    problem = draw_nearest_books(seed)
    least = find_least_moves(problem)[0] / float(problem.move_value[problem.owned].sum())
    asked = replace(problem, budget_share=ROOM * least)
    result = design(asked, 0)
    assert result.status == "ok"
    assert result.moved_share is not None
    assert least <= result.moved_share <= ROOM * least * (1 + 1e-9)


def test_progress_never_goes_back() -> None:
    """Two starts are settled one after the other under a budget."""
    shares: list[float] = []

    def stop(stage: str, share: float) -> str | None:
        shares.append(share)
        return None

    design(replace(draw_nearest_books(0), budget_share=0.5), 0, stop)
    assert len(set(shares)) > 2
    assert shares == sorted(shares)


@pytest.mark.parametrize("seed", list_seeds(4, quick=1))
def test_a_tight_budget_is_priced_to_the_optimum(seed: int) -> None:
    """Who is needed here is not near any border; and the whole is too large to be priced at once."""
    problem = draw_nearest_books(seed, 2000, 30, (Measure("potential", 0.1), Measure("work", 0.1)))
    least = find_least_moves(problem)[0] / float(problem.move_value[problem.owned].sum())
    frame, _ = frame_problem(replace(problem, budget_share=TIGHT * least))
    assert frame.load.shape[0] * len(frame.low) > EASY_PAIRS
    centres = find_middles(frame, frame.owner, frame.unit[:30])
    priced = price_centres(frame, centres, start_prices(frame), (*COLD_HEATS, *LAST_HEATS))
    assert priced.proven == pytest.approx(solve_whole(frame, centres), rel=1e-4)


def solve_whole(frame: Frame, centres: Floats) -> float:
    """The cost of the best fractional assignment of every account to any territory."""
    choices = list_choices(frame, centres, start_prices(frame), len(centres))
    values = value_choices(frame, choices, start_prices(frame))
    border = open_border(frame, choices, values, np.inf, len(values), len(centres))
    standing = stand_assignment(frame, choices, np.ascontiguousarray(choices.territory[:, 0]))
    found = solve_border(frame, choices, start_prices(frame), standing, border)
    assert found is not None
    assert not found.misses
    return found.cost
