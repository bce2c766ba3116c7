"""Which territory gets one account, asked a thousand times a second?

The tables of the layer as plain dictionaries: one look-up per signature. The answer is that of the
reference for a table holding this account alone.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Mapping

from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.plan import Plan
from fairpatch.core.routing.decisions import ClaimClass, Decision
from fairpatch.core.routing.precedence import CLASS_ORDER
from fairpatch.core.rules.account import AccountReader, Seen
from fairpatch.engines.routing.levels import Level
from fairpatch.engines.routing.lookup import NONE, LayerIndex, SignatureTable
from fairpatch.engines.routing.tables import LayerTables, TableRouter

_NOBODY = NONE >> 1
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
    """One table in plain numbers, which the garbage collector need not look through."""

    def __init__(self, table: SignatureTable, places: dict[Level, int]) -> None:
        additions = table.list_additions()
        self.parts = [(places[level], adds) for level, adds in zip(table.signature, additions, strict=True)]
        self.row_of = table.index_keys()
        self.marks = table.marks.tolist()
        self.counts = table.counts.tolist()
        self.all = table.all
        self.asked = table.asked
        self.has_asked = bool(len(table.asked.entries))

    def find_row(self, coded: list[int]) -> int:
        key = 0
        for place, adds in self.parts:
            part = adds[coded[place]]
            if not part:
                return 0
            key += part
        return self.row_of.get(key, 0)


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
        self.rules = compiled.conjuncts
        self.place_of = compiled.place_of
        self.group = index.group.tolist()
        self.last = len(self.group) - 1
        """Where the list of groups says that there is none."""
        self.claimant_of_rank = compiled.ranks.claimant.tolist()
        self.named_rank = compiled.named_rank
        used = list(dict.fromkeys(level for table in index.tables for level in table.signature))
        places = {level: place for place, level in enumerate(used)}
        self.tables = [_SingleTable(table, places) for table in index.tables]
        self.places = places
        self.encoders = [(level.field, compiled.levels.choose_encoder(level)) for level in used]
        self.locks = {account: codes[place] for account, place in tables.locks.items()}
        self.naming: dict[str, list[int]] = {}
        self.excluding: dict[str, set[int]] = {}
        for place, claimant in enumerate(self.claimants):
            for account in claimant.named - claimant.excluded:
                self.naming.setdefault(account, []).append(place)
            for account in claimant.excluded:
                self.excluding.setdefault(account, set()).add(place)

    def decide(self, given: object, seen: Seen) -> Decision:
        account_id, find = seen["id"], seen.get
        coded = [encode(find(name)) for name, encode in self.encoders]
        excluding = self.excluding.get(account_id)
        if excluding and any(self._match_claimant(claimant, seen, coded) for claimant in excluding):
            rank, is_tied, count = self._list_claims(excluding, seen, coded)
        else:
            rank, is_tied, count = self._look_up(seen, coded)
        naming = self.naming.get(account_id)
        if naming:
            count += sum(not self._match_claimant(claimant, seen, coded) for claimant in naming)
            rank, is_tied = self._find_first(self.named_rank[claimant] for claimant in naming)
        locked_to = self.locks.get(account_id)
        if locked_to is not None:
            place = self.place_of.get(locked_to)
            is_own = place is not None and (
                place in (naming or ())
                or (place not in (excluding or ()) and self._match_claimant(place, seen, coded))
            )
            return Decision(given, self.code, locked_to, "lock", other_claims=count - is_own)
        if rank == _NOBODY:
            return Decision(given, self.code, None, "unassigned")
        return self._tell(given, rank, is_tied, count - 1)

    def _look_up(self, seen: Seen, coded: list[int]) -> tuple[int, bool, int]:
        """The best rank by rule, whether it is tied, and how many territories' rules match."""
        best = second = NONE
        count = 0
        asked: list[int] = []
        for table in self.tables:
            key = 0
            for place, adds in table.parts:
                part = adds[coded[place]]
                if not part:
                    break
                key += part
            else:
                row = table.row_of.get(key)
                if row is None:
                    continue
                mark = table.marks[row]
                count += table.counts[row]
                if table.has_asked:
                    asked += table.asked.list_entries(row)
                if (mark ^ best) > 1:
                    second = min(second, max(best, mark))
                if mark < best:
                    best = mark
        ranks = [best >> 1, second >> 1]
        is_tied = best != NONE and not best & 1
        if asked:
            claimants = set()
            for entry in asked:
                conjunct = self.conjuncts[entry]
                if not conjunct.rest:
                    claimants.add(conjunct.claimant)
                elif self._match_rest(entry, seen, coded):
                    claimants.add(conjunct.claimant)
                    is_tied = is_tied and conjunct.rank >= ranks[0]
                    ranks = sorted({*ranks, conjunct.rank})[:2]
            count += len(claimants)
        if len(ranks) < 2 or ranks[0] == _NOBODY:
            return ranks[0], False, count
        return ranks[0], is_tied or self.group[ranks[0]] == self.group[min(ranks[1], self.last)], count

    def _list_claims(self, excluding: set[int], seen: Seen, coded: list[int]) -> tuple[int, bool, int]:
        """The same without the territories that exclude the account."""
        best: dict[int, int] = {}
        for table in self.tables:
            for entry in table.all.list_entries(table.find_row(coded)):
                conjunct = self.conjuncts[entry]
                if conjunct.claimant not in excluding and self._match_rest(entry, seen, coded):
                    known = best.get(conjunct.claimant, conjunct.rank)
                    best[conjunct.claimant] = min(known, conjunct.rank)
        return *self._find_first(best.values()), len(best)

    def _find_first(self, ranks: Iterable[int]) -> tuple[int, bool]:
        """The best of the ranks of several territories, and whether it is tied."""
        first = heapq.nsmallest(2, ranks)
        if not first:
            return _NOBODY, False
        return first[0], len(first) > 1 and self.group[first[0]] == self.group[first[1]]

    def _match_claimant(self, claimant: int, seen: Seen, coded: list[int]) -> bool:
        """Whether a territory's rule matches."""
        for conjunct in self.rules[claimant]:
            for part in (conjunct.keys, conjunct.rest):
                if any(self._code(level, seen, coded) not in codes for level, codes in part.items()):
                    break
            else:
                return True
        return False

    def _code(self, level: Level, seen: Seen, coded: list[int]) -> int:
        place = self.places.get(level)
        return self.levels.encode(level, seen.get(level.field)) if place is None else coded[place]

    def _match_rest(self, entry: int, seen: Seen, coded: list[int]) -> bool:
        return all(self._code(level, seen, coded) in codes for level, codes in self.rest[entry])

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
