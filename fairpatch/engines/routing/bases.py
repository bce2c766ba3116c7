"""Who would have an account if the territory that holds it claimed nothing?

Territories are put in groups, and each account is decided as if one group claimed nothing and no lock led
there. They stay in the tree, so that rules below them are as narrow as before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fairpatch.core.plans.plan import Plan
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing.columns import AccountColumns, Codes, Rows
from fairpatch.engines.routing.families import FamilyColumns
from fairpatch.engines.routing.lookup import NONE, Ints, Postings
from fairpatch.engines.routing.tables import NOBODY, LayerRun, LayerTables

Mask = npt.NDArray[np.bool_]

BLOCK = 2**16
"""Accounts decided together."""


class BaseTables:
    """One layer of a plan on one day, compiled; good for any table of accounts."""

    def __init__(self, plan: Plan, layer: str, on: dt.date) -> None:
        self.plan = plan
        self.hierarchy = Hierarchy(plan)
        self.layer = next(item for item in plan.layers if item.code == layer)
        self.codes = sorted(self.hierarchy.by_code)
        self.on = on
        self.whole = LayerTables(plan, self.hierarchy, self.layer, on, self.codes)

    def compile_some(self, codes: frozenset[str]) -> LayerTables:
        """Only these territories, locks aside."""
        free = replace(self.plan, locks=())
        return LayerTables(free, self.hierarchy, self.layer, self.on, self.codes, codes)


class BaseRouter:
    """Compiled tables over the accounts, ready to be asked what would be without some territories."""

    def __init__(self, tables: BaseTables, columns: AccountColumns, families: FamilyColumns) -> None:
        self._tables, self._columns, self._families = tables, columns, families
        self.codes = tables.codes
        self._run = LayerRun(tables.whole, columns, families)
        self._named = _Pairs(*self._run.named)
        self._excluded = _Pairs(*self._run.excluded)
        locks = tables.whole.locks
        locked = columns.find_rows(list(locks)) if locks else np.empty(0, np.int64)
        held = np.fromiter(locks.values(), np.int64, len(locks))
        self._locked = _Pairs(locked[locked >= 0], held[locked >= 0])

    def find_claimed(self, codes: frozenset[str]) -> Mask:
        """The accounts that some territories might have if others left them: claimed, locked there, or
        related to such an account in a layer that keeps families together.
        """
        run = LayerRun(self._tables.compile_some(codes), self._columns, self._families)
        is_claimed: Mask = run.find_ranks() != NOBODY
        is_asked = np.array([code in codes for code in self.codes], bool)
        is_claimed[self._locked.rows[is_asked[self._locked.values]]] = True
        if self._tables.layer.families == "together":
            is_claimed |= is_claimed[self._families.heads]
        return is_claimed

    def find_ways(self, rows: Rows) -> tuple[Mask, Mask]:
        """Which of these accounts are locked today, and which of the others are claimed by name."""
        is_locked = np.isin(rows, self._locked.rows)
        return is_locked, np.isin(rows, self._named.rows) & ~is_locked

    def route_without(self, rows: Rows, groups: Codes, gone: Codes) -> Codes:
        """The territory of each account when all of one group claim nothing; -1 when nobody claims it.

        `groups` holds the group of each territory by its place in `codes`, -1 for those that always stay;
        `gone` the group that is missing for each account, -2 for none. Rows may appear more than once.
        """
        parts = [np.empty(0, np.int32)]
        for start in range(0, len(rows), BLOCK):
            where = slice(start, start + BLOCK)
            parts.append(self._route_block(rows[where], groups, gone[where]))
        return np.concatenate(parts)

    def _route_block(self, rows: Rows, groups: Codes, gone: Codes) -> Codes:
        territory, is_held = self._route_alone(rows, groups, gone)
        if self._tables.layer.families == "apart":
            return territory
        heads = self._families.heads[rows]
        asked = np.flatnonzero((heads != rows) & ~is_held)
        width = int(gone.max(initial=0)) + 3
        pairs, at = np.unique(heads[asked] * width + gone[asked] + 2, return_inverse=True)
        of_pair, _ = self._route_alone(pairs // width, groups, (pairs % width - 2).astype(np.int32))
        of_head = of_pair[at]
        is_kept = (of_head != NOBODY) & ~self._run.find_banned(rows[asked], of_head)
        territory[asked[is_kept]] = of_head[is_kept]
        return territory

    def _route_alone(self, rows: Rows, groups: Codes, gone: Codes) -> tuple[Codes, Mask]:
        """The same, families aside, and which accounts a lock or a name holds."""
        tables = self._run.tables
        of_claimant = groups[tables.territory]
        rank = self._rank_by_rules(rows, of_claimant, gone)
        places, named = self._named.join(rows)
        is_there = of_claimant[named] != gone[places]
        np.minimum.at(rank, places[is_there], tables.named_rank[named[is_there]])
        is_held = np.zeros(len(rows), bool)
        is_held[places[is_there]] = True
        territory = np.full(len(rows), NOBODY, np.int32)
        is_won = rank != NONE
        territory[is_won] = tables.territory[tables.compiled.ranks.claimant[rank[is_won]]]
        places, locked = self._locked.join(rows)
        is_there = groups[locked] != gone[places]
        territory[places[is_there]] = locked[is_there]
        is_held[places[is_there]] = True
        return territory, is_held

    def _rank_by_rules(self, rows: Rows, of_claimant: Codes, gone: Codes) -> Ints:
        """The best rank of a claim by rule, NONE without one."""
        index, encoder = self._run.index, self._run.encoder
        of_rank = np.append(of_claimant[self._run.tables.compiled.ranks.claimant], np.int32(-1))
        best = np.full(len(rows), len(of_rank) - 1, np.int64)
        for table in index.tables:
            found = table.find_rows(encoder, rows, len(rows))
            rank = np.minimum(table.marks[found] >> 1, len(of_rank) - 1)
            is_gone = of_rank[rank] == gone
            np.minimum(best, np.where(is_gone, len(of_rank) - 1, rank), out=best)
            asked = np.flatnonzero(is_gone & (rank < best))
            np.minimum.at(best, *self._rank_others(table.all, found[asked], asked, of_claimant, gone))
        matches = index.list_matches(encoder, rows, len(rows), only_asked=True)
        is_kept = ~index.is_tight[matches.entries]
        is_kept &= of_claimant[index.claimant[matches.entries]] != gone[matches.places]
        np.minimum.at(best, matches.places[is_kept], index.rank[matches.entries[is_kept]])
        best[best == len(of_rank) - 1] = NONE
        asked = np.flatnonzero(np.isin(rows, self._excluded.rows))
        best[asked] = self._rank_excluded(rows[asked], of_claimant, gone[asked])
        return best

    def _rank_others(
        self, postings: Postings, found: Rows | Codes, asked: Rows, of_claimant: Codes, gone: Codes
    ) -> tuple[Rows, Ints]:
        """The accounts whose rows of a table have a claim besides the best one, and its rank."""
        index = self._run.index
        at, end = postings.starts[found], postings.starts[found + 1]
        places, ranks = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        while len(asked):
            is_left = at < end
            asked, at, end = asked[is_left], at[is_left], end[is_left]
            entries = postings.entries[at]
            is_good = index.is_tight[entries] & (of_claimant[index.claimant[entries]] != gone[asked])
            places.append(asked[is_good])
            ranks.append(index.rank[entries[is_good]])
            asked, at, end = asked[~is_good], at[~is_good] + 1, end[~is_good]
        return np.concatenate(places), np.concatenate(ranks)

    def _rank_excluded(self, rows: Rows, of_claimant: Codes, gone: Codes) -> Ints:
        """The same for accounts that some territory excludes, from all that matches them."""
        index = self._run.index
        found = index.list_matches(self._run.encoder, rows, len(rows))
        claimants = index.claimant[found.entries]
        width = len(of_claimant)
        is_kept = of_claimant[claimants] != gone[found.places]
        excluded = self._excluded.rows * width + self._excluded.values
        is_kept &= ~np.isin(rows[found.places] * width + claimants, excluded)
        best = np.full(len(rows), NONE, np.int64)
        np.minimum.at(best, found.places[is_kept], index.rank[found.entries[is_kept]])
        return best


class _Pairs:
    """Rows with a value each; a row may have several."""

    def __init__(self, rows: Rows, values: Rows) -> None:
        order = np.argsort(rows, kind="stable")
        self.rows, self.values = rows[order], values[order]

    def join(self, rows: Rows) -> tuple[Rows, Rows]:
        """(place among the rows asked for, value) of every pair with one of them."""
        first = np.searchsorted(self.rows, rows)
        counts = np.searchsorted(self.rows, rows, "right") - first
        places = np.repeat(np.arange(len(rows)), counts)
        offsets = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return places, self.values[np.repeat(first, counts) + offsets]
