"""Which territory gets one account, asked a thousand times a second?

The tables of the layer as plain dictionaries: one look-up per signature. The answer is that of the
reference for a table holding this account alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.decisions import ClaimClass, Decision
from fairpatch.core.routing.precedence import CLASS_ORDER
from fairpatch.core.rules.account import AccountReader, Seen
from fairpatch.engines.routing.levels import Level
from fairpatch.engines.routing.lookup import NONE, LayerIndex, SignatureTable
from fairpatch.engines.routing.tables import LayerTables, TableRouter

_CLASSES: tuple[ClaimClass, ...] = tuple(CLASS_ORDER)


class SingleRouter:
    """A plan on one date, ready for one account at a time."""

    def __init__(self, plan: Plan, on: dt.date) -> None:
        router = TableRouter(plan, on)
        self._reader = AccountReader(plan.catalogue, plan.regions)
        self._layers = [_SingleLayer(tables, router.codes) for tables in router.layers]

    def decide_account(self, account: Mapping[str, object]) -> list[Decision]:
        """A decision per layer. Raises FaultyInputError without an id."""
        seen = self._reader.read(account)
        if "id" not in seen:
            finding = Finding("error", "accounts[0].id", "The id is missing.")
            raise FaultyInputError([finding], "accounts_faulty")
        return [layer.decide(account["id"], seen) for layer in self._layers]


class _SingleTable:
    def __init__(self, table: SignatureTable) -> None:
        self.signature = table.signature
        self.row_of = table.index_keys()
        self.marks = table.marks.tolist()
        self.counts = table.counts.tolist()
        self.all = _list_postings(table.all.starts.tolist(), table.all.entries.tolist())
        self.asked = _list_postings(table.asked.starts.tolist(), table.asked.entries.tolist())


class _SingleLayer:
    def __init__(self, tables: LayerTables, codes: list[str]) -> None:
        index: LayerIndex = tables.index
        compiled = tables.compiled
        self.code = tables.layer.code
        self.levels = compiled.levels
        self.claimants = compiled.claimants
        self.conjuncts = index.conjuncts
        self.rest = [
            [(level, frozenset(codes.tolist())) for level, codes in conjunct.rest.items()]
            for conjunct in index.conjuncts
        ]
        self.ranks = compiled.ranks
        self.group = index.group.tolist()
        self.claimant_of_rank = compiled.ranks.claimant.tolist()
        self.named_rank = compiled.named_rank
        self.tables = [_SingleTable(table) for table in index.tables]
        self.used = list(dict.fromkeys(level for table in self.tables for level in table.signature))
        self.locks = {account: codes[place] for account, place in tables.locks.items()}
        self.naming: dict[str, list[int]] = {}
        self.excluding: dict[str, set[int]] = {}
        for place, claimant in enumerate(self.claimants):
            for account in claimant.named - claimant.excluded:
                self.naming.setdefault(account, []).append(place)
            for account in claimant.excluded:
                self.excluding.setdefault(account, set()).add(place)

    def decide(self, given: object, seen: Seen) -> Decision:
        account_id = seen["id"]
        coded = {level: self.encode(level, seen) for level in self.used}
        if account_id in self.locks or account_id in self.naming or account_id in self.excluding:
            return self._decide_closely(given, account_id, seen, coded)
        best = second = NONE
        count = 0
        asked: list[int] = []
        for table in self.tables:
            row = table.row_of.get(tuple([coded[level] for level in table.signature]), 0)
            if not row:
                continue
            mark = table.marks[row]
            count += table.counts[row]
            if row in table.asked:
                asked += table.asked[row]
            if (mark ^ best) > 1:
                second = min(second, max(best, mark))
            best = min(best, mark)
        is_tied = best != NONE and not best & 1
        best_rank = best >> 1
        second_rank = second >> 1
        claimants = set()
        for entry in asked:
            conjunct = self.conjuncts[entry]
            if conjunct.rest:
                if not self._match_rest(entry, seen, coded):
                    continue
                if conjunct.rank < best_rank:
                    best_rank, second_rank, is_tied = conjunct.rank, best_rank, False
                elif conjunct.rank != best_rank:
                    second_rank = min(second_rank, conjunct.rank)
            claimants.add(conjunct.claimant)
        count += len(claimants)
        if best_rank == NONE >> 1:
            return Decision(given, self.code, None, "unassigned")
        is_tied = is_tied or (second_rank != NONE >> 1 and self.group[second_rank] == self.group[best_rank])
        return self._tell(given, best_rank, is_tied, count - 1)

    def encode(self, level: Level, seen: Seen) -> int:
        return self.levels.encode(level, seen.get(level.field))

    def _match_rest(self, entry: int, seen: Seen, coded: dict[Level, int]) -> bool:
        for level, codes in self.rest[entry]:
            if level not in coded:
                coded[level] = self.encode(level, seen)
            if coded[level] not in codes:
                return False
        return True

    def _decide_closely(
        self, given: object, account_id: str, seen: Seen, coded: dict[Level, int]
    ) -> Decision:
        """By the list of all claims: for accounts that are locked, named or excluded somewhere."""
        excluding = self.excluding.get(account_id, set())
        best: dict[int, int] = {}
        for table in self.tables:
            row = table.row_of.get(tuple([coded[level] for level in table.signature]), 0)
            for entry in table.all.get(row, ()):
                conjunct = self.conjuncts[entry]
                if conjunct.claimant not in excluding and self._match_rest(entry, seen, coded):
                    known = best.get(conjunct.claimant, conjunct.rank)
                    best[conjunct.claimant] = min(known, conjunct.rank)
        for claimant in self.naming.get(account_id, ()):
            best[claimant] = self.named_rank[claimant]
        locked_to = self.locks.get(account_id)
        if locked_to is not None:
            others = sum(self.claimants[claimant].code != locked_to for claimant in best)
            return Decision(given, self.code, locked_to, "lock", other_claims=others)
        if not best:
            return Decision(given, self.code, None, "unassigned")
        ranks = sorted(best.values())
        is_tied = len(ranks) > 1 and self.group[ranks[0]] == self.group[ranks[1]]
        return self._tell(given, ranks[0], is_tied, len(best) - 1)

    def _tell(self, given: object, rank: int, is_tied: bool, others: int) -> Decision:
        claim_class = _CLASSES[self.ranks.claim_class[rank]]
        return Decision(
            given,
            self.code,
            self.claimants[self.claimant_of_rank[rank]].code,
            "named" if claim_class == "named" else "rule",
            is_tied,
            claim_class,
            int(self.ranks.priority[rank]),
            int(self.ranks.specificity[rank]),
            others,
        )


def _list_postings(starts: list[int], entries: list[int]) -> dict[int, list[int]]:
    """The conjuncts of each row that has any."""
    rows: dict[int, list[Any]] = {}
    for row in range(1, len(starts) - 1):
        if starts[row + 1] > starts[row]:
            rows[row] = entries[starts[row] : starts[row + 1]]
    return rows
