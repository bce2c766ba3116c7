"""How does a planner's question become the arrays that the design engine solves?

The engine's libraries are loaded at the first call: a server that nobody asks for a design does not pay for
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairpatch.core.designs.book import NOBODY, DesignBook
from fairpatch.core.designs.settings import DesignSettings

if TYPE_CHECKING:
    from fairpatch.engines.design.problem import DesignProblem
    from fairpatch.engines.design.sweep import Scenario


def state_book_problem(book: DesignBook, asked: DesignSettings) -> DesignProblem:
    """The engine's problem for a book. Without an owned account a move budget limits nothing."""
    from fairpatch.engines.design.problem import NO_LIMIT, Measure, state_problem

    k = len(book.places)
    is_owned = bool((book.owner != NOBODY).any())
    limit = NO_LIMIT if asked.max_accounts is None else asked.max_accounts
    return state_problem(
        latitude=book.latitude,
        longitude=book.longitude,
        measures=[Measure(m.name, m.tolerance, m.kind) for m in asked.measures],
        values=book.values,
        capacity=np.array([place.capacity for place in book.places], np.float64),
        accounts=book.keys,
        codes=[place.code for place in book.places],
        relationship=book.relationship if is_owned else None,
        owner=book.owner,
        lock=book.lock,
        max_accounts=np.full(k, limit, np.int64),
        hold_owned=asked.is_holding,
        budget_share=asked.move_budget if is_owned else None,
        disruption=asked.disruption,
    )


def list_design_scenarios(asked: DesignSettings) -> list[Scenario]:
    """The grid that was asked for; one cell when no sweep was."""
    from fairpatch.engines.design.sweep import list_scenarios

    axes = [("tolerance", asked.tolerances), ("disruption", asked.disruptions)]
    return list_scenarios([axis for axis in axes if axis[1]])
