"""Are bands kept where the move budget allows hardly more than what balance needs?"""

from dataclasses import replace

import pytest

from fairpatch.engines.design.run import design
from fairpatch.engines.design.surplus import find_least_moves
from tests.engines.design.cases import draw_nearest_books

ROOM = 1.1  # times what must move at least


@pytest.mark.parametrize("seed", range(5))
def test_bands_and_budget_both_hold(seed: int) -> None:
    problem = draw_nearest_books(seed)
    least = find_least_moves(problem)[0] / float(problem.move_value[problem.owned].sum())
    asked = replace(problem, budget_share=ROOM * least)
    result = design(asked, 0)
    assert result.status == "ok"
    assert result.moved_share is not None
    assert least <= result.moved_share <= ROOM * least * (1 + 1e-9)
