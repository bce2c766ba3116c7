"""Does the diagnosis tell, before any run, how the book stands and what cannot be?"""

import json

import numpy as np
import pytest

from fairpatch.engines.design.diagnosis import diagnose
from fairpatch.engines.design.problem import COUNT, Measure
from fairpatch.engines.design.run import design
from tests.engines.design.cases import draw_grid, draw_problem
from tests.seeds import list_seeds

OWNER = np.where(np.arange(36) < 24, 0, np.where(np.arange(36) < 33, 1, -1)).astype(np.int32)
EVEN = {"measures": [Measure(COUNT, 0.05)], "values": np.ones((36, 1)), "neighbours": None}


def test_book_is_measured_as_it_stands() -> None:
    told = diagnose(draw_grid(6, 3, 0, owner=OWNER, **EVEN))
    balance = told.balances[0]
    assert balance.loads.tolist() == [24, 9, 0]
    assert balance.deviations.tolist() == pytest.approx([1.0, -0.25, -1.0])
    assert (balance.outside, balance.outside_usual, balance.orphaned) == (3, 3, 3.0)
    assert told.owned == 33
    asked, usual = told.moves
    assert asked.share == pytest.approx((24 - 12.6) / 33)
    assert usual.share == pytest.approx((24 - 13.2) / 33)
    text = " ".join(told.sentences)
    assert "3 accounts without an owner" in text
    assert "3 of 3 territories are outside ±5.0 %" in text
    assert "T1 is furthest, 100.0 % above its share" in text
    assert "at least 32.7 % of the owned activity must change hands to reach ±10.0 %" in text
    assert "No constraint by itself" in text
    json.dumps(told.to_record(), allow_nan=False)


def test_fresh_start_has_nothing_to_move() -> None:
    told = diagnose(draw_grid(6, 3, 0, **EVEN))
    assert told.moves[0].share is None
    assert "fresh start" in told.sentences[0]
    assert told.is_possible


def test_impossible_requests_say_which_constraint() -> None:
    lock = np.where(np.arange(36) < 15, 0, -1).astype(np.int32)
    told = diagnose(draw_grid(6, 3, 0, lock=lock, owner=OWNER, **EVEN))
    assert [found.constraint for found in told.binding] == ["locks"]
    assert told.balances[0].floor == pytest.approx(0.25)
    assert any(sentence.startswith("Impossible as asked: 15 accounts") for sentence in told.sentences)


def test_owners_that_may_not_stay_are_counted() -> None:
    lock = np.where(np.arange(36) < 4, 1, -1).astype(np.int32)
    told = diagnose(draw_grid(6, 3, 0, lock=lock, owner=OWNER, **EVEN))
    assert told.forced == 4
    assert any("4 accounts may not stay" in sentence for sentence in told.sentences)


@pytest.mark.parametrize("seed", list_seeds(20, quick=6))
def test_no_design_moves_less_than_was_proven_or_does_what_is_impossible(seed: int) -> None:
    problem = draw_problem(seed + 40)
    told, result = diagnose(problem), design(problem, 0)
    if result.status != "ok":
        return
    assert told.is_possible
    assert result.territory is not None
    moved = problem.owned & (result.territory != problem.owner)
    assert problem.move_value[moved].sum() >= told.moves[0].value - 1e-9
