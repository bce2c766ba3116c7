"""Who gets which account? Locks, claims, families: one decision per account and layer.

A pure function of plan, accounts and date; the order of territories, rules and accounts never
matters. This is the reference every engine must agree with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fairpatch.core.accounts.families import find_largest, group_families, list_members
from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.plan import Layer, Plan, fold_account_id
from fairpatch.core.routing.claims import ClaimFinder
from fairpatch.core.routing.decisions import Decision
from fairpatch.core.routing.precedence import Claim, is_tied
from fairpatch.core.rules.account import AccountReader, Seen
from fairpatch.core.rules.fields import PLACE_FIELDS
from fairpatch.core.territories.hierarchy import Hierarchy


def route_plan(plan: Plan, accounts: Iterable[Mapping[str, object]], on: dt.date) -> list[Decision]:
    """Decides every account in every layer.

    The plan must be free of faults (`find_plan_faults`). Rows follow the accounts as given, then the
    plan's layers. Raises FaultyInputError for a missing or duplicate id.
    """
    book = read_book(plan, accounts)
    routers = [LayerRouter(plan, layer, on) for layer in plan.layers]
    columns = [router.decide_all(book) for router in routers]
    return [column[account_id] for account_id in book.seen for column in columns]


@dataclass(frozen=True)
class Book:
    """The accounts of one routing: raw ids and compared values by folded id, in the order given."""

    ids: Mapping[str, object]
    seen: Mapping[str, dict[str, Any]]

    @cached_property
    def heads(self) -> dict[str, str]:
        """The ultimate parent of every account."""
        return group_families({account_id: seen.get("parent") for account_id, seen in self.seen.items()})

    @cached_property
    def largest(self) -> dict[str, str]:
        """The member with most revenue, by head of the family."""
        revenue = {account_id: seen.get("annual_revenue") for account_id, seen in self.seen.items()}
        return {head: find_largest(members, revenue) for head, members in list_members(self.heads).items()}

    def change_account(self, account_id: str, seen: dict[str, Any]) -> Book:
        """The same book with other values of one account, whose parent must stay.

        Then nobody's head changes, and another member becomes the largest only by revenue. Both are slow
        to find in a large family, so what is known of them is carried over.
        """
        before = self.seen[account_id]
        assert seen.get("parent") == before.get("parent"), "families stay as they are"
        changed = Book(self.ids, {**self.seen, account_id: seen})
        is_as_large = seen.get("annual_revenue") == before.get("annual_revenue")
        for name in ("heads", "largest") if is_as_large else ("heads",):
            if name in vars(self):
                vars(changed)[name] = vars(self)[name]
        return changed


def read_book(plan: Plan, accounts: Iterable[Mapping[str, object]]) -> Book:
    """Reads raw accounts. Raises FaultyInputError naming every missing and duplicate id."""
    reader = AccountReader(plan.catalogue, plan.regions)
    ids: dict[str, object] = {}
    seen: dict[str, dict[str, Any]] = {}
    findings: list[Finding] = []
    for place, raw in enumerate(accounts):
        values = reader.read(raw)
        account_id = values.get("id")
        if account_id is None:
            findings.append(Finding("error", f"accounts[{place}].id", "The id is missing."))
        elif account_id in seen:
            findings.append(Finding("error", f"accounts[{place}].id", f'The id "{raw["id"]}" appears twice.'))
        else:
            ids[account_id], seen[account_id] = raw["id"], values
    if findings:
        raise FaultyInputError(findings, "accounts_faulty")
    return Book(ids, seen)


class LayerRouter:
    """One layer of a plan on one date, ready to decide accounts."""

    def __init__(self, plan: Plan, layer: Layer, on: dt.date) -> None:
        hierarchy = Hierarchy(plan)
        self.layer = layer
        self.finder = ClaimFinder(plan, hierarchy, layer.code)
        self._excluded = {
            code: frozenset(map(fold_account_id, territory.exclude))
            for code, territory in hierarchy.by_code.items()
            if territory.exclude
        }
        self.locks: dict[str, str] = {}
        for lock in plan.locks:
            if lock.is_live(on) and (lock.layer or hierarchy.layer_of(lock.territory)) == layer.code:
                self.locks[fold_account_id(lock.account)] = lock.territory

    def decide_all(self, book: Book) -> dict[str, Decision]:
        """A decision for every account of the book, by folded id."""
        return {account_id: self.decide(account_id, book) for account_id in book.seen}

    def decide(self, account_id: str, book: Book) -> Decision:
        """The decision for one account, its family taken into account."""
        claims = self.find_claims(account_id, book)
        alone = self._decide_alone(account_id, book, claims)
        if self.layer.families != "together" or alone.cause in ("lock", "named"):
            return alone
        head = book.heads[account_id]
        if head == account_id or any(claim.cause == "named" for claim in claims):
            return alone
        of_head = self._decide_alone(head, book, self.find_claims(head, book))
        if of_head.territory is None or account_id in self._excluded.get(of_head.territory, ()):
            return alone
        others = sum(claim.territory != of_head.territory for claim in claims)
        return replace(of_head, account=alone.account, cause="family", other_claims=others)

    def find_claims(self, account_id: str, book: Book) -> list[Claim]:
        """Every claim to an account, the winning one first, seen from where the layer places it."""
        return self.finder.find_claims(account_id, self.place_account(account_id, book))

    def find_judged(self, account_id: str, book: Book) -> str:
        """Whose claims decide: those of the head of the family when the account follows it, else its own."""
        return book.heads[account_id] if self.decide(account_id, book).cause == "family" else account_id

    def find_placing(self, account_id: str, book: Book) -> str:
        """Whose geography the rules see: its own, its ultimate parent's, or the largest member's."""
        if self.layer.placement == "own":
            return account_id
        head = book.heads[account_id]
        return head if self.layer.placement == "headquarters" else book.largest[head]

    def place_account(self, account_id: str, book: Book) -> Seen:
        """The account as this layer's rules see it: its geography may come from another member."""
        own = book.seen[account_id]
        source = self.find_placing(account_id, book)
        if source == account_id:
            return own
        placed = {name: value for name, value in own.items() if name not in PLACE_FIELDS}
        placed.update((name, value) for name, value in book.seen[source].items() if name in PLACE_FIELDS)
        return placed

    def _decide_alone(self, account_id: str, book: Book, claims: list[Claim]) -> Decision:
        account, layer = book.ids[account_id], self.layer.code
        locked_to = self.locks.get(account_id)
        if locked_to is not None:
            others = sum(claim.territory != locked_to for claim in claims)
            return Decision(account, layer, locked_to, "lock", other_claims=others)
        if not claims:
            return Decision(account, layer, None, "unassigned")
        winner = claims[0]
        return Decision(
            account,
            layer,
            winner.territory,
            winner.cause,
            is_tied(winner, claims[1:]),
            winner.claim_class,
            winner.priority,
            winner.specificity,
            len(claims) - 1,
        )
