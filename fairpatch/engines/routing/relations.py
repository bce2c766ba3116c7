"""Which relations of whole numbers say everything a layer needs to be decided?

What `lookup` keeps as arrays: ranks, one best row per key and signature, conjuncts one by one, lists,
exclusions and locks. `sql` writes the SELECT over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from fairpatch.engines.routing.columns import Codes
from fairpatch.engines.routing.levels import Level
from fairpatch.engines.routing.lookup import NONE, Ints, LayerIndex, SignatureTable
from fairpatch.engines.routing.tables import LayerTables

SPREAD = 2**31
LATEST = 2**63 - 1
"""The edge of no claim at all."""


Columns: TypeAlias = dict[str, npt.NDArray[Any] | list[str]]


@dataclass(frozen=True)
class Relation:
    """A relation the SELECT reads: whole numbers, or text where the name is `id`."""

    name: str
    columns: Columns


class LayerRelations:
    """One layer's relations; their names are prefixed with its number."""

    def __init__(self, number: int, tables: LayerTables) -> None:
        self.number = number
        self.tables = tables
        self.index: LayerIndex = tables.index
        self.shapes: dict[tuple[Level, ...], int] = {}
        """By number, the levels that some conjuncts leave to be tested after the look-up."""
        self.shape_of = np.array(
            [
                self.shapes.setdefault(tuple(sorted(conjunct.rest, key=repr)), len(self.shapes))
                for conjunct in self.index.conjuncts
            ],
            np.int64,
        )
        levels = dict.fromkeys(level for table in self.index.tables for level in table.signature)
        levels.update(dict.fromkeys(level for shape in self.shapes for level in shape))
        self.code_columns = {level: f"l{number}_c{place}" for place, level in enumerate(levels)}
        """The column of each level in the relation `accounts`."""
        layer, claimants = tables.layer, tables.compiled.claimants
        self.is_together = layer.families == "together"
        self.has_named = any(claimant.named - claimant.excluded for claimant in claimants)
        self.has_excluded = any(claimant.excluded for claimant in claimants)
        self.has_own = self.is_together or bool(tables.locks)
        """Whether an account may lie in a territory for another reason than its own claims."""

    def call(self, name: str) -> str:
        """The name of one of this layer's relations or steps."""
        return f"l{self.number}_{name}"

    def name_rest(self, level: Level) -> str:
        """The relation of what conjuncts want of a level that they leave to be tested."""
        return f"{self.code_columns[level]}_rest"

    def list_all(self) -> Iterator[Relation]:
        """Ranks, signatures with one best row per key, conjuncts one by one, lists and locks."""
        index, ranks = self.index, self.tables.compiled.ranks
        yield Relation(
            self.call("ranks"),
            {
                "rank": np.arange(len(ranks.claimant)),
                "territory": self.tables.territory[ranks.claimant],
                "class": ranks.claim_class,
                "priority": ranks.priority,
                "specificity": ranks.specificity,
            },
        )
        for place, table in enumerate(index.tables):
            yield Relation(self.call(f"best{place}"), self._list_best(table))
            if len(table.asked.entries):
                yield Relation(self.call(f"asked{place}"), self._list_asked(table))
        for level in dict.fromkeys(level for shape in self.shapes for level in shape):
            yield Relation(self.name_rest(level), self._list_wanted([level], "rest"))
        if self.has_named or self.has_excluded or self.has_own:
            yield Relation(self.call("conjuncts"), self._list_conjuncts())
            yield Relation(self.call("wanted"), self._list_wanted(list(self.code_columns), "whole"))
            yield Relation(self.call("levels"), {"level": np.arange(len(self.code_columns))})
        yield from self._list_lists()

    def _list_best(self, table: SignatureTable) -> Columns:
        marks, counts = table.marks[1:], table.counts[1:]
        is_kept = (marks != NONE) | (counts != 0)
        rank = np.where(marks == NONE, NONE, marks >> 1).astype(np.int64)[is_kept]
        is_tied = (marks[is_kept] & 1) == 0
        keys = {f"k{n}": codes[is_kept] for n, codes in enumerate(table.list_keys())}
        return {**keys, "rank": rank, "edge": self._spread(rank, is_tied), "claims": counts[is_kept]}

    def _list_asked(self, table: SignatureTable) -> Columns:
        """Conjuncts that no table counts, one by one."""
        index, postings = self.index, table.asked
        entries = postings.entries
        row = np.repeat(np.arange(len(postings.starts) - 1), np.diff(postings.starts))
        rank = index.rank[entries]
        return {
            **{f"k{n}": codes[row - 1] for n, codes in enumerate(table.list_keys())},
            "entry": entries,
            "claimant": index.claimant[entries],
            "rank": rank,
            "edge": self._spread(rank, np.zeros(len(rank), bool)),
            "shape": self.shape_of[entries],
        }

    def _list_conjuncts(self) -> Columns:
        """All of them, each with the number of levels it wants something of."""
        index = self.index
        needs = [len(conjunct.keys) + len(conjunct.rest) for conjunct in index.conjuncts]
        return {
            "entry": np.arange(len(needs)),
            "claimant": index.claimant,
            "rank": index.rank,
            "edge": self._spread(index.rank, np.zeros(len(needs), bool)),
            "needs": np.array(needs, np.int64),
        }

    def _list_wanted(self, levels: list[Level], part: Literal["rest", "whole"]) -> Columns:
        """The codes each conjunct allows, of the rest of it or of the whole."""
        found: list[tuple[int, int, Codes]] = []
        for entry, conjunct in enumerate(self.index.conjuncts):
            wanted = conjunct.rest if part == "rest" else {**conjunct.keys, **conjunct.rest}
            found += [(entry, n, wanted[level]) for n, level in enumerate(levels) if level in wanted]
        sizes = [len(codes) for _, _, codes in found]
        return {
            "entry": np.repeat(np.array([entry for entry, _, _ in found], np.int64), sizes),
            "level": np.repeat(np.array([level for _, level, _ in found], np.int64), sizes),
            "code": np.concatenate([np.empty(0, np.int32), *(codes for _, _, codes in found)]),
        }

    def _spread(self, rank: Ints, is_tied: npt.NDArray[np.bool_]) -> Ints:
        """Numbers whose least tells the best group and whether several ranks of it are there.

        Within a group the largest rank comes first, and a tie counts as one more; so the account's best
        claim is tied where the rank this tells is not the best rank itself.
        """
        group = np.append(self.tables.compiled.ranks.group, 0).astype(np.int64)
        known = np.minimum(rank, len(group) - 1)
        edge = group[known] * SPREAD + (SPREAD - 1) - rank - is_tied
        return np.where(rank == NONE, LATEST, edge)

    def _list_lists(self) -> Iterator[Relation]:
        claimants = self.tables.compiled.claimants
        if self.has_named:
            named = _flatten([sorted(claimant.named - claimant.excluded) for claimant in claimants])
            rank_of = self.tables.compiled.named_rank
            rank = np.array([rank_of[place] for place in named[1].tolist()], np.int64)
            edge = self._spread(rank, np.zeros(len(rank), bool))
            columns: Columns = {"id": named[0], "claimant": named[1], "rank": rank, "edge": edge}
            yield Relation(self.call("named"), columns)
        if self.has_excluded:
            ids, places = _flatten([sorted(claimant.excluded) for claimant in claimants])
            yield Relation(self.call("excluded"), {"id": ids, "claimant": places})
        if self.has_own:
            locks = self.tables.locks
            territories = np.array(list(locks.values()), np.int64)
            yield Relation(self.call("locks"), {"id": list(locks), "territory": territories})
            places = np.arange(len(claimants))
            yield Relation(self.call("claimants"), {"claimant": places, "territory": self.tables.territory})
        if self.is_together:
            banned = self.tables.banned
            ids, order = _flatten([sorted(accounts) for accounts in banned.values()])
            territories = np.array(list(banned), np.int64)[order]
            yield Relation(self.call("banned"), {"id": ids, "territory": territories})


def _flatten(lists: list[list[str]]) -> tuple[list[str], Ints]:
    """All ids, and beside each the place of its list."""
    sizes = [len(each) for each in lists]
    places = np.repeat(np.arange(len(lists)), sizes).astype(np.int64)
    return [account for each in lists for account in each], places
