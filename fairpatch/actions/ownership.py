"""How do accounts get a first owner, and do the records agree?

Only a realignment changes an owner or a territory. What is here begins ownership: imports and new accounts.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.deed import Deed
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.core.audit.records import (
    SALT_BYTES,
    Leaf,
    OwnershipFact,
    write_json,
    write_ownership_leaf,
)
from fairpatch.core.errors import FairpatchError
from fairpatch.core.realignment.moves import Ruling
from fairpatch.records.models import Account, Assignment, Organisation, Ownership, Plan, Rep
from fairpatch.records.queries.routing import (
    CHUNK,
    PlanRouter,
    find_day,
    iterate_ids,
    list_layers,
)

ASSIGNMENT_COLUMNS = (
    "account_id",
    "layer_id",
    "territory_id",
    "cause",
    "tie",
    "claim_class",
    "priority",
    "specificity",
    "other_claims",
)
OWNERSHIP_COLUMNS = (
    "account_id",
    "layer_id",
    "effective_at",
    "recorded_at",
    "rep_id",
    "territory_id",
    "is_interim",
    "batch",
    "leaf_seq",
)


@dataclass(frozen=True)
class OwnershipCounts:
    """What beginning ownership came to, in the primary layer."""

    accounts: int = 0
    unassigned: int = 0
    tied: int = 0
    misplaced: int = 0
    interim: int = 0

    def __add__(self, other: "OwnershipCounts") -> "OwnershipCounts":
        return OwnershipCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


class Newcomer(NamedTuple):
    """An account whose ownership begins. Nothing was ever decided or recorded for it."""

    id: int
    version: int
    owner_id: int
    external_id: str
    name: str


@dataclass(frozen=True)
class Fact:
    """One ownership record to be written."""

    account: Newcomer
    layer_id: int
    ruling: Ruling
    rep_id: int | None


def activate_first_plan(act: Deed, plan: Plan) -> None:
    """Makes a draft the live plan while there is none. Every later change is a realignment."""
    organisation = Organisation.objects.select_for_update().get()
    if organisation.active_plan_id is not None:
        raise FairpatchError(
            "already_live",
            "There is a live plan already. Nothing was changed. Propose the draft as a realignment.",
        )
    assert plan.status == Plan.Status.DRAFT, "only a draft can go live"
    plan.status = Plan.Status.ACTIVE
    plan.save(update_fields=["status"])
    organisation.active_plan = plan
    organisation.save(update_fields=["active_plan"])
    act.detail["plan"] = plan.pk


def record_initial_ownership(
    act: Deed, account_ids: Sequence[int] | None = None, progress: Progress = SILENT
) -> OwnershipCounts:
    """Begins ownership of the accounts (None: all) that have none, by the live plan.

    An account's owner is whoever its file named. One whose owner is the queue keeper named nobody and goes
    to its territory's owner.
    """
    keeper = _Keeper(act, _open_router(act))
    unowned = Account.objects.filter(~Exists(Ownership.objects.filter(account=OuterRef("pk"))), ended_at=None)
    total = OwnershipCounts()
    for newcomers in _iterate_asked(unowned, account_ids):
        progress.check_cancelled()
        total += keeper.begin(newcomers)
        progress.report(total.accounts, 0, f"{total.accounts} accounts have an owner")
    keeper.copy_to_accounts(account_ids)
    act.detail["accounts"] = act.detail.get("accounts", 0) + total.accounts
    return total


def begin_ownership(act: Deed, account: Account, router: PlanRouter) -> None:
    """The same for an account that this deed has just made. `router` is the live plan's."""
    keeper = _Keeper(act, router)
    named = Newcomer(account.pk, account.version, account.owner_id, account.external_id, account.name)
    act.detail["accounts"] = act.detail.get("accounts", 0) + keeper.begin([named]).accounts
    keeper.copy_to_accounts([account.pk])


def _iterate_asked(accounts: QuerySet[Account], ids: Sequence[int] | None) -> Iterator[list[Newcomer]]:
    if ids is None:
        for part in iterate_ids(accounts):
            yield _read_newcomers(Account.objects.filter(id__in=part))
        return
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        if found := _read_newcomers(accounts.filter(id__in=wanted[start : start + CHUNK])):
            yield found


def _read_newcomers(accounts: QuerySet[Account]) -> list[Newcomer]:
    return [Newcomer(*row) for row in accounts.order_by("id").values_list(*Newcomer._fields)]


def _open_router(act: Deed) -> PlanRouter:
    organisation = Organisation.objects.select_related("active_plan").get()
    if organisation.active_plan is None:
        raise FairpatchError("no_live_plan", "There is no live plan yet, so nobody can own anything.")
    return PlanRouter(organisation.active_plan, find_day(organisation, act.now), organisation)


class _Keeper:
    """Writes assignments, ownership records and their leaves for one deed."""

    def __init__(self, act: Deed, router: PlanRouter) -> None:
        self.act = act
        self.router = router
        self.queue_keeper_id = router.owners.queue_keeper_id
        self.first_seq: int | None = None

    def begin(self, newcomers: list[Newcomer]) -> OwnershipCounts:
        known = {account.id: account for account in newcomers}
        rulings = self.router.rule_accounts(list(known))
        facts: list[Fact] = []
        counts = OwnershipCounts()
        for place in sorted(rulings):
            account, ruling = known[place[0]], rulings[place]
            if place[1] != self.router.primary_layer_id:
                if ruling.rep_id is not None:
                    facts.append(Fact(account, place[1], ruling, ruling.rep_id))
                continue
            is_named = account.owner_id != self.queue_keeper_id
            fact = Fact(account, place[1], ruling, account.owner_id if is_named else ruling.rep_id)
            facts.append(fact)
            counts += _count(fact)
        self._insert_assignments(rulings)
        self._write_facts(facts)
        return counts

    def _insert_assignments(self, rulings: dict[tuple[int, int], Ruling]) -> None:
        insert_rows(
            Assignment,
            ASSIGNMENT_COLUMNS,
            ((*place, rulings[place].territory_id, *rulings[place].grounds[:6]) for place in sorted(rulings)),
        )

    def _write_facts(self, facts: list[Fact]) -> None:
        if not facts:
            return
        batch = self.act.open_batch()
        if self.first_seq is None:
            self.first_seq = batch.next_seq
        first = batch.next_seq
        insert_rows(
            Ownership,
            OWNERSHIP_COLUMNS,
            (
                (
                    fact.account.id,
                    fact.layer_id,
                    batch.at,
                    batch.at,
                    fact.rep_id,
                    fact.ruling.territory_id if fact.rep_id is not None else None,
                    _is_interim(fact),
                    batch.number,
                    seq,
                )
                for seq, fact in enumerate(facts, first)
            ),
        )
        self.act.add_leaves(list(self._make_leaves(facts, first)))

    def _make_leaves(self, facts: list[Fact], first: int) -> Iterator[Leaf]:
        reps = {fact.rep_id for fact in facts if fact.rep_id is not None}
        names = dict(Rep.objects.filter(id__in=reps).values_list("id", "name"))
        for seq, fact in enumerate(facts, first):
            account = fact.account
            rep_name = names.get(fact.rep_id or 0)
            opening = write_json(
                {"account": account.external_id, "name": account.name, "from": None, "to": rep_name}
            )
            salt = secrets.token_bytes(SALT_BYTES)
            about = OwnershipFact(
                seq,
                account.id,
                fact.layer_id,
                None,
                fact.rep_id,
                None,
                fact.ruling.territory_id,
                account.version,
                _is_interim(fact),
                fact.ruling.grounds.cause,
            )
            yield Leaf(write_ownership_leaf(about, salt, opening), account.id, salt, opening)

    def copy_to_accounts(self, account_ids: Sequence[int] | None) -> None:
        """Owner and territory of the accounts themselves, from the records just written."""
        if self.first_seq is None:
            return
        values = {"batch": self.act.batch, "layer": self.router.primary_layer_id, "first": self.first_seq}
        statement = COPY_TO_ACCOUNTS
        if account_ids:
            # Records have an index by account, none by batch: one new account does not read all of them.
            statement += AMONG_ACCOUNTS
            values.update(lowest=min(account_ids), highest=max(account_ids))
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


COPY_TO_ACCOUNTS = """
    UPDATE records_account SET owner_id = o.rep_id, territory_id = o.territory_id,
        version = records_account.version + 1
    FROM records_ownership o
    WHERE o.account_id = records_account.id AND o.batch = %(batch)s AND o.layer_id = %(layer)s
        AND o.leaf_seq >= %(first)s
        AND (records_account.owner_id <> o.rep_id
            OR COALESCE(records_account.territory_id, 0) <> COALESCE(o.territory_id, 0))
"""
AMONG_ACCOUNTS = " AND o.account_id BETWEEN %(lowest)s AND %(highest)s"


def _is_interim(fact: Fact) -> bool:
    return fact.ruling.grounds.is_interim and fact.rep_id == fact.ruling.rep_id


def _count(fact: Fact) -> OwnershipCounts:
    is_assigned = fact.ruling.territory_id is not None
    return OwnershipCounts(
        accounts=1,
        unassigned=int(not is_assigned),
        tied=int(fact.ruling.grounds.tie),
        misplaced=int(is_assigned and fact.rep_id != fact.ruling.rep_id),
        interim=int(_is_interim(fact)),
    )


@dataclass(frozen=True)
class OwnershipFault:
    """An account whose own columns say something else than the records."""

    account_id: int
    external_id: str
    sentence: str


# For each account the record that holds now: the latest moment, and for it the latest record.
FIND_FAULTS = """
    SELECT a.id, a.external_id, a.owner_id, a.territory_id, o.rep_id, o.territory_id, s.territory_id,
        o.account_id IS NULL
    FROM records_account a
    LEFT JOIN (
        SELECT account_id, rep_id, territory_id, ROW_NUMBER() OVER (
            PARTITION BY account_id ORDER BY effective_at DESC, recorded_at DESC) AS place
        FROM records_ownership WHERE layer_id = %(layer)s
    ) o ON o.account_id = a.id AND o.place = 1
    LEFT JOIN records_assignment s ON s.account_id = a.id AND s.layer_id = %(layer)s
    WHERE a.ended_at IS NULL AND (o.account_id IS NULL OR o.rep_id IS NULL OR o.rep_id <> a.owner_id
        OR COALESCE(o.territory_id, 0) <> COALESCE(a.territory_id, 0)
        OR COALESCE(s.territory_id, 0) <> COALESCE(a.territory_id, 0))
    ORDER BY a.id LIMIT 1000
"""


def check_ownership() -> list[OwnershipFault]:
    """Accounts (at most 1,000) whose owner or territory is not what the records say. There should be none."""
    organisation = Organisation.objects.select_related("active_plan").first()
    if organisation is None or organisation.active_plan is None:
        return []
    primary = next(pk for pk, _, role in list_layers(organisation.active_plan) if role == "primary")
    with connection.cursor() as cursor:
        cursor.execute(FIND_FAULTS, {"layer": primary})
        return [_describe_fault(row) for row in cursor.fetchall()]


def _describe_fault(row: tuple[Any, ...]) -> OwnershipFault:
    account_id, external_id, owner_id, territory_id, rep_id, recorded_id, assigned_id, is_missing = row
    if is_missing:
        sentence = "It has an owner, but no record says since when."
    elif rep_id != owner_id:
        sentence = f"Its owner is rep {owner_id}, but the latest record says {rep_id}."
    elif recorded_id != territory_id:
        sentence = f"Its territory is {territory_id}, but the latest record says {recorded_id}."
    else:
        sentence = f"Its territory is {territory_id}, but the live plan's assignment says {assigned_id}."
    return OwnershipFault(account_id, external_id, sentence)
