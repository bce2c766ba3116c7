"""Who stands at the head of each account's family, and whose place counts, for a whole table at once?"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow.compute as pc

from fairpatch.core.plans.plan import Placement
from fairpatch.engines.routing.columns import AccountColumns, Rows


class FamilyColumns:
    """Families of a table of accounts, worked out only when a layer asks. Accounts are rows."""

    def __init__(self, columns: AccountColumns) -> None:
        self._columns = columns
        self.size = columns.size

    def find_sources(self, placement: Placement) -> Rows | None:
        """From whom each account takes its place; None when each has its own."""
        if placement == "own":
            return None
        return self.heads if placement == "headquarters" else self.largest[self.heads]

    @cached_property
    def heads(self) -> Rows:
        """The ultimate parent of every account; those whose parents lead into a circle stand alone."""
        parents = self._columns.fold("parent")
        found = self._columns.find_rows([value or "" for value in parents.values])
        found[0] = -1
        return find_heads(found[parents.codes])

    @cached_property
    def largest(self) -> Rows:
        """By head, the member with most revenue: a missing one counts lowest, of equals the smaller id."""
        revenue = self._columns.fold("annual_revenue")
        present = sorted(revenue.values[1:], reverse=True)
        place_of = {amount: place for place, amount in enumerate(present)}
        place = np.array([len(present), *(place_of[amount] for amount in revenue.values[1:])])
        by_id = pc.sort_indices(self._columns.folded_ids).to_numpy()
        id_place = np.empty(self.size, np.int64)
        id_place[by_id] = np.arange(self.size)
        order = np.lexsort((id_place, place[revenue.codes], self.heads))
        heads, first = np.unique(self.heads[order], return_index=True)
        largest = np.arange(self.size, dtype=np.int64)
        largest[heads] = order[first]
        return largest


def find_heads(above: Rows) -> Rows:
    """The ultimate parent of every row, from the row of its parent (-1 for none).

    Rows whose parents lead into a circle are their own heads.
    """
    own = np.arange(len(above), dtype=np.int64)
    is_top = above < 0
    heads = np.where(is_top, own, above)
    for _ in range(max(1, len(above)).bit_length() + 1):
        further = heads[heads]
        if np.array_equal(further, heads):
            break
        heads = further
    return np.where(is_top[heads], heads, own)
