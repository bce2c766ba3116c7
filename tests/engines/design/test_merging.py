"""Do few merged accounts stand for all, and do two designs join into one with every territory once?"""

from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpatch.engines.design.centres import group_alike, match_cells, propose_centres
from fairpatch.engines.design.crossing import find_crosses, join_parents
from fairpatch.engines.design.frame import Frame, frame_problem
from fairpatch.engines.design.merging import merge_neighbours
from fairpatch.engines.design.prices import start_prices
from fairpatch.engines.design.pricing import settle_centres
from fairpatch.engines.design.problem import DesignProblem, Floats, Measure, state_problem
from tests.engines.design.cases import draw_problem


def sum_kinds(frame: Frame) -> dict[tuple[int, int], tuple[float, ...]]:
    """Totals per owner and access."""
    sums: dict[tuple[int, int], Floats] = {}
    figures = np.column_stack((frame.weight, frame.load, frame.move_cost, frame.move_load))
    for owner, access, row in zip(frame.owner, frame.access, figures, strict=True):
        kind = int(owner), int(access)
        sums[kind] = sums.get(kind, 0.0) + row
    return {kind: tuple(np.round(total, 9)) for kind, total in sums.items()}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), most=st.integers(1, 40))
def test_nothing_is_lost_or_mixed(seed: int, most: int) -> None:
    frame, _ = frame_problem(draw_problem(seed))
    merged = merge_neighbours(frame, most)
    assert sum_kinds(merged) == sum_kinds(frame)
    assert len(merged.weight) <= max(most, len(sum_kinds(frame)))
    np.testing.assert_allclose(np.linalg.norm(merged.unit, axis=1), 1.0)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_accounts_at_one_place_merge_for_good(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.uniform(30, 45, (5, 2))[rng.integers(0, 5, 60)]
    frame, _ = frame_problem(spread_accounts(places[:, 0], places[:, 1], 2, rng))
    merged = merge_neighbours(frame, 30)
    assert len(merged.weight) == len(np.unique(places, axis=0))


def spread_accounts(
    latitude: Floats, longitude: Floats, k: int, rng: np.random.Generator, **options: object
) -> DesignProblem:
    return state_problem(
        latitude=latitude,
        longitude=longitude,
        measures=[Measure("potential", 0.1)],
        values=rng.lognormal(0, 0.5, len(latitude))[:, None],
        capacity=np.ones(k),
        **options,  # type: ignore[arg-type]
    )


def test_merged_accounts_cost_what_their_accounts_cost() -> None:
    """Beside the constant spread within: far closer than a sample of as many."""
    rng = np.random.default_rng(5)
    frame, _ = frame_problem(spread_accounts(rng.uniform(30, 45, 6000), rng.uniform(0, 20, 6000), 10, rng))
    merged = merge_neighbours(frame, 300)
    rows = rng.choice(6000, 300, replace=False)
    off, sampled_off = [], []
    for _ in range(20):
        centres = frame.unit[rng.choice(6000, 10, replace=False)]
        whole = weigh_nearest(frame.unit, frame.weight, centres)
        off.append(weigh_nearest(merged.unit, merged.weight, centres) - whole)
        sampled_off.append(weigh_nearest(frame.unit[rows], frame.weight[rows] * 20, centres) - whole)
    assert np.std(off) < np.std(sampled_off) / 5


def weigh_nearest(unit: Floats, weight: Floats, centres: Floats) -> float:
    square = ((unit[:, None, :] - centres[None]) ** 2).sum(axis=2)
    return float(weight @ square.min(axis=1))


@pytest.mark.parametrize("seed", range(12))
def test_joined_designs_have_every_territory_once_and_on_its_groups_ground(seed: int) -> None:
    rng = np.random.default_rng(seed)
    masks = np.array([[True] * 8, [True] * 4 + [False] * 4])  # the second kind goes to the first four only
    problem = spread_accounts(
        rng.uniform(30, 45, 300),
        rng.uniform(-110, -80, 300),
        8,
        rng,
        access=rng.integers(0, 2, 300).astype(np.int32),
        masks=masks,
    )
    frame, _ = frame_problem(problem)
    group = group_alike(problem)
    assert len(set(group[:4])) == len(set(group[4:])) == 1
    assert group[0] != group[4]
    parents = [
        settle_centres(frame, centres, start_prices(frame), 2)
        for centres in propose_centres(problem, frame, rng, 4)
    ]
    crosses = find_crosses(frame, parents, group, rng)
    assert [cross.cost for cross in crosses] == sorted(cross.cost for cross in crosses)
    for cross in crosses:
        first, second = parents[cross.first][1], parents[cross.second][1]
        expected = np.concatenate(
            (
                first[first @ cross.normal <= cross.at],
                second[second @ cross.normal > cross.at],
            )
        )
        joined, prices = join_parents(problem, frame, parents, group, cross)
        assert {tuple(centre) for centre in joined} == {tuple(centre) for centre in expected}
        assert prices.load.shape == parents[0][2].load.shape
        for each in (0, 1):
            own = {tuple(centre) for parent in parents for centre in parent[1][group == each]}
            assert {tuple(centre) for centre in joined[group == each]} <= own


@pytest.mark.parametrize("seed", range(8))
def test_territories_start_nearest_to_what_is_locked_to_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lock = np.full(60, -1, np.int32)
    lock[:10] = np.repeat(np.arange(5), 2)
    problem = spread_accounts(rng.uniform(30, 45, 60), rng.uniform(-110, -80, 60), 5, rng, lock=lock)
    frame, _ = frame_problem(problem)
    centres = frame.unit[rng.choice(60, 5, replace=False)]

    def weigh(cells: Sequence[int]) -> float:
        square = ((frame.unit[:10] - centres[list(cells)][lock[:10]]) ** 2).sum(axis=1)
        return float(frame.weight[:10] @ square)

    found = weigh(match_cells(problem, frame, centres).tolist())
    assert found == pytest.approx(min(weigh(cells) for cells in permutations(range(5))))


def test_locked_accounts_do_not_part_equal_territories() -> None:
    """Every territory has a locked account; starts must still lie all over the map."""
    rng = np.random.default_rng(3)
    lock = np.full(200, -1, np.int32)
    lock[:6] = np.arange(6)
    problem = spread_accounts(rng.uniform(30, 45, 200), rng.uniform(-110, -80, 200), 6, rng, lock=lock)
    assert (group_alike(problem) == 0).all()
    frame, _ = frame_problem(problem)
    (centres,) = propose_centres(problem, frame, rng, 1)
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 9 * np.eye(6)
    assert apart.min() > 0.05
