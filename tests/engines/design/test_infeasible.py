"""Does an impossible request say which constraint makes it so, and keep what can be kept?"""

import numpy as np
import pytest

from fairpatch.engines.design.problem import COUNT, Measure, state_problem
from fairpatch.engines.design.result import DesignResult
from fairpatch.engines.design.run import design
from tests.engines.design.cases import draw_grid

n, k = 24, 4
latitude, longitude = 35 + np.arange(n) % 6 * 0.5, -100 + np.arange(n) // 6 * 0.5


def ask(**options: object) -> DesignResult:
    arguments = {
        "latitude": latitude,
        "longitude": longitude,
        "measures": [Measure("potential", 0.1)],
        "values": np.ones((n, 1)),
        "capacity": np.ones(k),
        **options,
    }
    return design(state_problem(**arguments), 0)  # type: ignore[arg-type]


def test_account_larger_than_a_share() -> None:
    values = np.ones((n, 1))
    values[5] = 25.0
    result = ask(values=values)
    assert result.status == "infeasible"
    assert result.binding[0].constraint == "account_size"
    assert result.binding[0].accounts == ("6",)
    assert result.floors[0] == pytest.approx(25 / 12 - 1)
    assert result.territory is not None, "only a band fails, so the best design is still given"
    assert result.lower_bound is None
    assert result.prices is None


def test_locks_that_overfill() -> None:
    lock = np.where(np.arange(n) < 9, 2, -1).astype(np.int32)
    result = ask(lock=lock)
    assert [binding.constraint for binding in result.binding] == ["locks"]
    assert result.binding[0].territory == "T3"
    assert result.floors[0] == pytest.approx(0.5)


def test_eligibility_that_overfills_two() -> None:
    masks = np.ones((2, k), np.bool_)
    masks[1, 2:] = False
    result = ask(access=(np.arange(n) < 15).astype(np.int32), masks=masks)
    assert result.binding[0].constraint == "eligibility"
    assert result.floors[0] == pytest.approx(0.25)


def test_whole_counts_cannot_be_cut() -> None:
    result = ask(measures=[Measure(COUNT, 0.01)], capacity=np.ones(5))
    assert result.status == "infeasible"
    assert result.floors[0] == pytest.approx(max(5 / 4.8 - 1, 1 - 4 / 4.8))


def test_nobody_may_have_an_account() -> None:
    masks = np.ones((2, k), np.bool_)
    masks[1] = False
    result = ask(access=(np.arange(n) == 3).astype(np.int32), masks=masks)
    assert result.status == "infeasible"
    assert result.territory is None
    assert result.binding[0].accounts == ("4",)


def test_too_little_room() -> None:
    result = ask(max_accounts=np.full(k, 5))
    assert result.territory is None
    assert (result.binding[0].constraint, result.binding[0].needs, result.binding[0].allows) == (
        "max_accounts",
        24.0,
        20.0,
    )


def test_budget_below_what_balance_needs() -> None:
    owner = np.where(np.arange(n) < 12, 0, np.arange(n) % 3 + 1).astype(np.int32)
    result = ask(owner=owner, budget_share=0.05)
    assert [binding.constraint for binding in result.binding] == ["move_budget"]
    assert result.territory is not None
    assert (result.territory != owner).sum() <= 1


def test_locked_moves_beyond_the_budget() -> None:
    owner, lock = np.zeros(n, np.int32), np.full(n, -1, np.int32)
    lock[:6] = 1
    result = ask(owner=owner, lock=lock, budget_share=0.1, measures=[Measure("potential", 5.0)])
    assert result.territory is None
    assert result.binding[0].constraint == "move_budget"


def test_ties_that_no_path_connects() -> None:
    lock = np.full(36, -1, np.int32)
    lock[[0, 12]] = 0
    lock[6:12] = 1  # a whole row between them
    problem = draw_grid(6, 3, 0, lock=lock, measures=[Measure("potential", 0.9)])
    result = design(problem, 0)
    assert result.territory is None
    assert result.binding[0].constraint == "contiguity"
