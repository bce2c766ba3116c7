"""Who gets which account, decided for a whole table at once?

The same answers as the reference in `core.routing.route`, all result columns included, from one look-up
per signature and account. Families, locks, lists and exclusions are settled on whole columns.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairpatch.core.plans.plan import Layer, Plan, fold_account_id
from fairpatch.core.realignment.moves import CAUSES as CAUSE_WORDS
from fairpatch.core.territories.hierarchy import Hierarchy
from fairpatch.engines.routing.columns import AccountColumns, Codes, Rows, look_up
from fairpatch.engines.routing.compile import CompiledLayer, compile_layer
from fairpatch.engines.routing.encode import Encoder
from fairpatch.engines.routing.families import FamilyColumns
from fairpatch.engines.routing.lookup import (
    NONE,
    LayerIndex,
    Matches,
    SignatureTable,
    count_claimants,
    mark_matches,
    merge_marks,
)

BLOCK = 2**15
"""Accounts looked at together, so that what is in hand stays in the processor's cache."""
CAUSES = tuple(CAUSE_WORDS)
_LOCK, _NAMED, _RULE, _FAMILY, _UNASSIGNED = range(len(CAUSES))
NOBODY = -1


@dataclass
class LayerDecisions:
    """One layer's result, by account. A rank of -1 means that class, priority and specificity are empty."""

    territory: Codes
    """The place in the sorted codes of all territories of the plan, -1 when unassigned."""
    cause: npt.NDArray[np.int8]
    is_tie: npt.NDArray[np.bool_]
    rank: Codes
    other_claims: Codes


class TableRouter:
    """A plan on one date, ready to decide tables of accounts."""

    def __init__(self, plan: Plan, on: dt.date) -> None:
        hierarchy = Hierarchy(plan)
        self.plan = plan
        self.codes = sorted(hierarchy.by_code)
        self.layers = [LayerTables(plan, hierarchy, layer, on, self.codes) for layer in plan.layers]

    def decide(self, columns: AccountColumns) -> list[LayerDecisions]:
        """The decisions of every layer, in the plan's order."""
        families = FamilyColumns(columns)
        return [layer.decide(columns, families) for layer in self.layers]


class LayerTables:
    """One layer, or `only` some of its territories: tables, lists and the locks that are live."""

    def __init__(
        self,
        plan: Plan,
        hierarchy: Hierarchy,
        layer: Layer,
        on: dt.date,
        codes: list[str],
        only: frozenset[str] | None = None,
    ) -> None:
        self.layer = layer
        self.compiled: CompiledLayer = compile_layer(plan, hierarchy, layer, only)
        self.index = LayerIndex(self.compiled)
        place_of = {code: place for place, code in enumerate(codes)}
        claimants = self.compiled.claimants
        self.named = _flatten([claimant.named - claimant.excluded for claimant in claimants])
        self.excluded = _flatten([claimant.excluded for claimant in claimants])
        self.named_rank = np.array(
            [self.compiled.named_rank.get(place, NONE) for place in range(len(claimants))], np.int64
        )
        self.has_rule = np.array([bool(conjuncts) for conjuncts in self.compiled.conjuncts], bool)
        self.territory = np.array([place_of[claimant.code] for claimant in claimants], np.int32)
        self.claimant_of = np.full(len(codes), NOBODY, np.int32)
        self.claimant_of[self.territory] = np.arange(len(claimants))
        self.locks = {
            fold_account_id(lock.account): place_of[lock.territory]
            for lock in plan.locks
            if lock.is_live(on) and (lock.layer or hierarchy.layer_of(lock.territory)) == layer.code
        }
        self.banned = {
            place_of[code]: frozenset(map(fold_account_id, territory.exclude))
            for code, territory in hierarchy.by_code.items()
            if territory.exclude
        }

    def decide(self, columns: AccountColumns, families: FamilyColumns) -> LayerDecisions:
        return LayerRun(self, columns, families).decide()


class _BaseMarks:
    """What the tables that look at one base say together of each of its values."""

    def __init__(self, tables: list[SignatureTable], encoder: Encoder) -> None:
        self._level = tables[0].signature[0]
        self._encoder = encoder
        rows = [table.find_rows_of_base(encoder) for table in tables]
        self.marks = np.full(len(rows[0]), NONE, np.int32)
        self.seconds = self.marks.copy()
        self.counts = np.zeros(len(rows[0]), np.int32)
        for table, row in zip(tables, rows, strict=True):
            merge_marks(self.marks, self.seconds, table.marks[row])
            self.counts += table.counts[row]
        self._has_seconds = bool((self.seconds != NONE).any())

    def merge(self, best: Codes, seconds: Codes, total: Codes, where: slice, only_best: bool) -> None:
        """Takes what is said of some accounts into what is known of them."""
        codes = self._encoder.take_base(self._level, where)
        if only_best:
            np.minimum(best, self.marks[codes], out=best)
            return
        merge_marks(best, seconds, self.marks[codes])
        if self._has_seconds:
            np.minimum(seconds, self.seconds[codes], out=seconds)
        total += self.counts[codes]


class LayerRun:
    """One layer over one table."""

    def __init__(self, tables: LayerTables, columns: AccountColumns, families: FamilyColumns) -> None:
        self.tables = tables
        self.index = tables.index
        self.columns = columns
        self.families = families
        self.size = columns.size
        source = families.find_sources(tables.layer.placement)
        self.encoder = Encoder(columns, tables.compiled.levels, source)
        self.named = self._find_pairs(*tables.named)
        self.excluded = self._find_pairs(*tables.excluded)

    def decide(self) -> LayerDecisions:
        marks, is_tie, counts = self._decide_by_rules()
        self._settle_exclusions(marks, is_tie, counts)
        self._settle_names(marks, is_tie, counts)
        self.counts = counts
        ranks = self.tables.compiled.ranks
        rank = marks >> 1
        rank[marks == NONE] = NOBODY
        is_won = rank != NOBODY
        # What each rank means; the last place, that of -1, is for who won nothing.
        territories = np.append(self.tables.territory[ranks.claimant], np.int32(NOBODY))
        causes = np.append(np.where(ranks.claim_class == 0, _NAMED, _RULE), _UNASSIGNED).astype(np.int8)
        territory = look_up(territories, rank, np.empty(self.size, np.int32))
        cause = look_up(causes, rank, np.empty(self.size, np.int8))
        result = LayerDecisions(territory, cause, is_tie & is_won, rank, counts - is_won)
        self._settle_locks(result)
        if self.tables.layer.families == "together":
            self._settle_families(result)
        return result

    def find_ranks(self) -> Codes:
        """Only the best rank of each account, locks and families aside; -1 without a claim."""
        marks = self._decide_by_rules(only_best=True)[0]
        is_tie, counts = np.zeros(self.size, bool), np.zeros(self.size, np.int32)
        self._settle_exclusions(marks, is_tie, counts)
        self._settle_names(marks, is_tie, counts)
        marks >>= 1
        marks[marks == NONE >> 1] = NOBODY
        return marks

    def _decide_by_rules(self, only_best: bool = False) -> tuple[Codes, npt.NDArray[np.bool_], Codes]:
        """Marks, ties and counts of claims by rule, as if no territory excluded anybody.

        With `only_best` a mark is only good for its rank, and there are neither ties nor counts.
        """
        index, size = self.index, self.size
        marks, is_tie = np.full(size, NONE, np.int32), np.zeros(size, bool)
        counts = np.zeros(size, np.int32)
        has_asked = any(len(table.asked.entries) for table in index.tables)
        single, several = self._split_tables()
        for start in range(0, size, BLOCK):
            where = slice(start, min(start + BLOCK, size))
            length = where.stop - start
            best, total = marks[where], counts[where]
            seconds = np.full(length, NONE, np.int32)
            for base in single:
                base.merge(best, seconds, total, where, only_best)
            for table in several:
                rows = table.find_rows(self.encoder, where, length)
                if only_best:
                    np.minimum(best, table.marks[rows], out=best)
                    continue
                merge_marks(best, seconds, table.marks[rows])
                total += table.counts[rows]
            if has_asked:
                asked = index.list_matches(self.encoder, where, length, only_asked=True)
                total += count_claimants(asked, length, index)
                is_loose = ~index.is_tight[asked.entries]
                if is_loose.any():
                    loose = Matches(asked.places[is_loose], asked.entries[is_loose])
                    merge_marks(best, seconds, mark_matches(loose, length, index))
            if not only_best:
                is_tie[where] = self._find_ties(best, seconds)
        return marks, is_tie, counts

    def _split_tables(self) -> tuple[list[_BaseMarks], list[SignatureTable]]:
        """Tables that look at one base only are merged once per value of it, the others per account."""
        by_base: dict[tuple[str, bool], list[SignatureTable]] = {}
        several: list[SignatureTable] = []
        for table in self.index.tables:
            bases = {self.encoder.find_base(level) for level in table.signature}
            if len(bases) == 1 and "position" not in {level.field for level in table.signature}:
                by_base.setdefault(bases.pop(), []).append(table)
            else:
                several.append(table)
        return [_BaseMarks(tables, self.encoder) for tables in by_base.values()], several

    def _find_ties(self, marks: Codes, seconds: Codes) -> npt.NDArray[np.bool_]:
        group, last = self.index.group, len(self.index.group) - 1
        best = np.minimum(marks >> 1, last)
        second = np.minimum(seconds >> 1, last)
        is_tied: npt.NDArray[np.bool_] = ((marks & 1) == 0) | (group[best] == group[second])
        is_tied &= best < last
        return is_tied

    def _find_pairs(self, listed: pa.Array, claimants: Rows) -> tuple[Rows, Rows]:
        """(rows, claimants) of the listed accounts that are in the table, by claimant."""
        rows = self.columns.find_rows(listed) if len(listed) else np.empty(0, np.int64)
        return rows[rows >= 0], claimants[rows >= 0]

    def _match_pairs(self, rows: Rows, claimants: Rows) -> npt.NDArray[np.bool_]:
        """Whether each account is matched by the rule of the claimant beside it."""
        is_matched = np.zeros(len(rows), bool)
        asked = np.flatnonzero((claimants != NOBODY) & np.append(self.tables.has_rule, False)[claimants])
        if not len(asked):
            return is_matched
        order = asked[np.argsort(claimants[asked], kind="stable")]
        distinct, first = np.unique(claimants[order], return_index=True)
        for claimant, places in zip(distinct, np.split(order, first[1:]), strict=True):
            is_matched[places] = self.index.match_claimant(int(claimant), self.encoder, rows[places])
        return is_matched

    def _settle_exclusions(self, marks: Codes, is_tie: npt.NDArray[np.bool_], counts: Codes) -> None:
        """Decides again, without the territories that exclude them, the accounts this concerns."""
        rows, claimants = self.excluded
        is_matched = self._match_pairs(rows, claimants)
        if not is_matched.any():
            return
        rows, claimants = rows[is_matched], claimants[is_matched]
        asked = np.unique(rows)
        found = self.index.list_matches(self.encoder, asked, len(asked))
        width = len(self.tables.compiled.claimants)
        pairs = found.places * width + self.index.claimant[found.entries]
        is_kept = ~np.isin(pairs, np.searchsorted(asked, rows) * width + claimants)
        kept = Matches(found.places[is_kept], found.entries[is_kept])
        marks[asked] = mark_matches(kept, len(asked), self.index)
        is_tie[asked] = (marks[asked] & 1) == 0
        counts[asked] = count_claimants(kept, len(asked), self.index)

    def _settle_names(self, marks: Codes, is_tie: npt.NDArray[np.bool_], counts: Codes) -> None:
        """Claims by name come before all others; a territory that names and matches claims once."""
        rows, claimants = self.named
        if not len(rows):
            return
        np.add.at(counts, rows[~self._match_pairs(rows, claimants)], np.int32(1))
        rank = self.tables.named_rank[claimants]
        width = len(self.index.group)
        rows, rank = np.divmod(np.sort(rows * width + rank), width)  # by row, then rank
        is_first = np.ones(len(rows), bool)
        is_first[1:] = rows[1:] != rows[:-1]
        first = np.flatnonzero(is_first)
        second = np.minimum(first + 1, len(rows) - 1)
        is_tied = (second > first) & (rows[second] == rows[first])
        is_tied &= self.index.group[rank[second]] == self.index.group[rank[first]]
        marks[rows[first]] = 2 * rank[first]
        is_tie[rows[first]] = is_tied

    def rank_without(self, rows: Rows, claimants: list[int]) -> Codes:
        """The best rank of some accounts if some territories claimed nothing; -1 without a claim."""
        found = self.index.list_matches(self.encoder, rows, len(rows))
        width = len(self.tables.compiled.claimants)
        of_pair = rows[found.places] * width + self.index.claimant[found.entries]
        is_kept = ~np.isin(self.index.claimant[found.entries], claimants)
        is_kept &= ~np.isin(of_pair, self.excluded[0] * width + self.excluded[1])
        marks = mark_matches(Matches(found.places[is_kept], found.entries[is_kept]), len(rows), self.index)
        rank = np.where(marks == NONE, NONE, marks >> 1).astype(np.int64)
        names = np.isin(self.named[0], rows) & ~np.isin(self.named[1], claimants)
        named_rank = self.tables.named_rank[self.named[1][names]]
        np.minimum.at(rank, np.searchsorted(rows, self.named[0][names]), named_rank)
        return np.where(rank == NONE, NOBODY, rank).astype(np.int32)

    def _count_others(self, rows: Rows, territory: Codes) -> Codes:
        """How many territories other than the given one claim each account."""
        claimants = self.tables.claimant_of[territory].astype(np.int64)
        is_claim = self._match_pairs(rows, claimants)
        width = len(self.tables.compiled.claimants) + 1
        pairs = rows * width + claimants
        is_claim |= np.isin(pairs, self.named[0] * width + self.named[1])
        is_claim &= ~np.isin(pairs, self.excluded[0] * width + self.excluded[1])
        return (self.counts[rows] - is_claim).astype(np.int32)

    def _settle_locks(self, result: LayerDecisions) -> None:
        accounts = list(self.tables.locks)
        rows = self.columns.find_rows(accounts) if accounts else np.empty(0, np.int64)
        territory = np.array(list(self.tables.locks.values()), np.int32)[rows >= 0]
        rows = rows[rows >= 0]
        if not len(rows):
            return
        result.territory[rows] = territory
        result.cause[rows] = _LOCK
        result.is_tie[rows] = False
        result.rank[rows] = NOBODY
        result.other_claims[rows] = self._count_others(rows, territory)

    def _settle_families(self, result: LayerDecisions) -> None:
        """Accounts neither locked nor named copy what was decided for their ultimate parent alone."""
        heads = self.families.heads
        is_free = (result.cause == _RULE) | (result.cause == _UNASSIGNED)
        is_asked = is_free & (heads != np.arange(self.size)) & (result.territory[heads] != NOBODY)
        rows = np.flatnonzero(is_asked)
        territory = result.territory[heads[rows]]
        is_kept = ~self.find_banned(rows, territory)
        rows, territory = rows[is_kept], territory[is_kept]
        of_head = heads[rows]
        is_tie, rank = result.is_tie[of_head], result.rank[of_head]
        result.other_claims[rows] = self._count_others(rows, territory)
        result.territory[rows], result.is_tie[rows], result.rank[rows] = territory, is_tie, rank
        result.cause[rows] = _FAMILY

    def find_banned(self, rows: Rows, territory: Codes) -> npt.NDArray[np.bool_]:
        """Which accounts the territory beside them excludes."""
        is_banned = np.zeros(len(rows), bool)
        for place, accounts in self.tables.banned.items():
            asked = np.flatnonzero(territory == place)
            if len(asked):
                is_banned[asked] = np.isin(rows[asked], self.columns.find_rows(list(accounts)))
        return is_banned


def _flatten(lists: list[frozenset[str]]) -> tuple[pa.Array, Rows]:
    """All ids, and beside each the place of its list."""
    places = np.repeat(np.arange(len(lists)), list(map(len, lists))).astype(np.int64)
    return pa.array([account for each in lists for account in each], pa.string()), places
