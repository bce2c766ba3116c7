"""Are whole units kept in one piece per territory, islands included?"""

import numpy as np
import pytest

from fairpatch.engines.design.run import design
from fairpatch.engines.geo.adjacency import count_fragments, link_neighbours
from tests.engines.design.cases import draw_grid


@pytest.mark.parametrize(
    ("side", "k", "seed"),
    [
        (12, 5, 0),
        pytest.param(16, 8, 1, marks=pytest.mark.slow),
        pytest.param(20, 12, 2, marks=pytest.mark.slow),
    ],
)
def test_grid_has_no_extra_fragments(side: int, k: int, seed: int) -> None:
    problem = draw_grid(side, k, seed)
    result = design(problem, seed)
    assert result.status == "ok"
    assert result.territory is not None
    assert problem.neighbours is not None
    graph = link_neighbours(problem.neighbours, side * side)
    assert count_fragments(graph, result.territory, k).sum() == 0


def test_islands_are_components_of_their_own() -> None:
    whole = draw_grid(10, 4, 3)
    assert whole.neighbours is not None
    cut = whole.neighbours[~((whole.neighbours < 30).any(axis=1) & (whole.neighbours >= 30).any(axis=1))]
    result = design(draw_grid(10, 4, 3, neighbours=cut), 0)
    assert result.status == "ok"
    assert result.fragments is not None
    assert result.fragments.sum() == 0


def test_fragments_are_counted_per_component() -> None:
    pairs = np.array([(0, 1), (1, 2), (3, 4)])
    graph = link_neighbours(pairs, 6)
    assert count_fragments(graph, np.array([0, 1, 0, 0, 0, 0], np.int32), 2).tolist() == [1, 0]
