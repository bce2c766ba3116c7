"""How does a request become the exact, frozen list of moves that will be executed?

Accounts are read and decided in chunks, moves are written as they are found: memory does not grow with the
company. Leaf bytes are written here, once; execution copies them.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from django.db import connection

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.core.audit.merkle import hash_leaf
from fairpatch.core.audit.records import (
    SALT_BYTES,
    OwnershipFact,
    write_deal_leaf,
    write_json,
    write_ownership_leaf,
)
from fairpatch.core.realignment.deals import DealPolicy, HeldDeal, select_deals
from fairpatch.core.realignment.moves import (
    Change,
    Grounds,
    Ruling,
    Shift,
    Standing,
    decide_shift,
    reverse_shift,
)
from fairpatch.records.models import (
    Account,
    Assignment,
    DealMove,
    LayoutTerritory,
    Lock,
    Move,
    Organisation,
    Plan,
    Realignment,
    Rep,
)
from fairpatch.records.queries.routing import (
    CHUNK,
    OwnerBook,
    PlanRouter,
    iterate_changed_accounts,
    iterate_ids,
    list_layers,
    read_standings,
)
from fairpatch.records.queries.verdicts import CompanyRouter

MOVE_COLUMNS = (
    "realignment_id",
    "position",
    "change",
    "account_id",
    "layer_id",
    "from_rep_id",
    "to_rep_id",
    "from_territory_id",
    "to_territory_id",
    "is_interim",
    "from_version",
    "cause",
    "tie",
    "claim_class",
    "priority",
    "specificity",
    "other_claims",
    "before",
    "reason",
    "leaf_body",
    "leaf_hash",
    "leaf_salt",
    "leaf_opening",
)
DEAL_MOVE_COLUMNS = (
    "realignment_id",
    "position",
    "deal_id",
    "from_rep_id",
    "to_rep_id",
    "from_version",
    "leaf_body",
    "leaf_hash",
)


@dataclass(frozen=True)
class Asked:
    """Accounts named in the request: in that layer they go to the decided owner in any case."""

    layer_id: int = 0
    account_ids: frozenset[int] = frozenset()


class Derivation:
    """Decides accounts under a target plan and compares with how they stand."""

    def __init__(
        self,
        base: Plan | None,
        target: Plan,
        on: dt.date,
        organisation: Organisation,
        asked: Asked | None = None,
        is_following_data: bool = False,
    ) -> None:
        self.base, self.target, self.asked = base, target, asked or Asked()
        self.on, self.organisation = on, organisation
        self._is_following_data = is_following_data
        self._whole: CompanyRouter | None = None
        layers = {pk: role for pk, _, role in [*(list_layers(base) if base else []), *list_layers(target)]}
        self.primary_layer_id = next(pk for pk, _, role in list_layers(target) if role == "primary")
        self.layer_ids = sorted(layers)

    @cached_property
    def is_routing(self) -> bool:
        """Must accounts be routed anew, or did only people change seats?"""
        return self._is_following_data or self.base is None or not has_same_routing(self.base, self.target)

    @cached_property
    def router(self) -> PlanRouter | None:
        return PlanRouter(self.target, self.on, self.organisation) if self.is_routing else None

    @cached_property
    def before(self) -> OwnerBook:
        return OwnerBook(self.base, self.on, self.organisation)

    @cached_property
    def after(self) -> OwnerBook:
        return OwnerBook(self.target, self.on, self.organisation)

    def iterate_affected(self) -> Iterator[list[int]]:
        """The accounts whose decision can differ, in chunks by id."""
        if self.is_routing:
            self._whole = CompanyRouter(self.target, self.on, self.organisation, self.after)
            yield from self._whole.find_affected(self.before, self.layer_ids)
            return
        places = LayoutTerritory.objects.filter(layout_id=self.target.layout_id)
        others = [
            pk
            for pk in places.values_list("territory_id", flat=True)
            if self.before.find_owner(pk) != self.after.find_owner(pk)
        ]
        held = Assignment.objects.filter(territory_id__in=others).values("account_id")
        yield from iterate_ids(Account.objects.filter(id__in=held, ended_at=None))

    def derive(self, ids: list[int]) -> list[Shift]:
        """The moves of some accounts, ordered by account and layer."""
        standings = read_standings(ids, self.layer_ids, self.primary_layer_id)
        router = self._whole or self.router
        rulings = router.rule_accounts(ids) if router else {}
        shifts = []
        for place in sorted(standings):
            shift = self._derive_one(standings[place], rulings.get(place))
            if shift is not None:
                shifts.append(shift)
        return shifts

    def _derive_one(self, standing: Standing, ruling: Ruling | None) -> Shift | None:
        is_primary = standing.layer_id == self.primary_layer_id
        if ruling is None:
            # Seats alone changed: everything stays where it is. Or the layer is gone: nothing is left of it.
            territory_id = None if self.is_routing else standing.territory_id
            grounds = Grounds("unassigned") if self.is_routing else standing.grounds
            if grounds is None:
                return None
            rep_id, is_interim = self.after.find_owner(territory_id, is_primary=is_primary)
            ruling = Ruling(territory_id, rep_id, grounds._replace(is_interim=is_interim))
        rep_before, _ = self.before.find_owner(standing.territory_id, is_primary=is_primary)
        asked = self.asked
        is_asked_for = standing.layer_id == asked.layer_id and standing.account_id in asked.account_ids
        return decide_shift(standing, ruling, rep_before, is_asked_for=is_asked_for)


def lock_accounts(mode: str) -> None:
    """Makes other writers of accounts wait, so that no change slips between looking and deciding.

    SQLite has one writer anyway. Taken before anything else, so that nobody waits in a circle.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE records_account IN {mode} MODE")


def has_same_routing(base: Plan, target: Plan) -> bool:
    """Do two plans route alike, whoever sits where? The same layout and the same locks."""
    if base.layout_id != target.layout_id:
        return False
    columns = ("account_key", "layer_id", "territory_id", "from_on", "until_on")
    first, second = (
        sorted(map(str, Lock.objects.filter(plan=plan).values_list(*columns))) for plan in (base, target)
    )
    return first == second


def derive_asked(derivation: Derivation) -> Iterator[list[Shift]]:
    """Moves of the accounts asked for and of the relatives whose decision may hang on theirs."""
    ids = sorted(derivation.asked.account_ids)
    if derivation.router is not None:
        ids = derivation.router.expand_families(ids)
    for start in range(0, len(ids), CHUNK):
        yield derivation.derive(ids[start : start + CHUNK])


def derive_changes(
    derivation: Derivation, account_ids: Iterable[int], layers: Iterable[str]
) -> Iterator[list[Shift]]:
    """Moves of accounts that by their data belong elsewhere, in some layers only."""
    codes = set(layers)
    wanted = {pk for pk, code, _ in list_layers(derivation.target) if code in codes}
    ids = sorted(set(account_ids))
    for start in range(0, len(ids), CHUNK):
        yield [
            shift
            for shift in derivation.derive(ids[start : start + CHUNK])
            if shift.standing.layer_id in wanted and shift.standing.territory_id != shift.to_territory_id
        ]


def derive_undo(derivation: Derivation, undone: Realignment) -> Iterator[list[Shift]]:
    """The way back: every executed move reversed; what changed since then is decided by the restored plan."""
    moved = Move.objects.filter(realignment=undone)
    ids = moved.values("account_id")
    touched: set[int] = set()
    for chunk in iterate_changed_accounts(undone.change_position):
        touched.update(chunk)
    everyone = Account.objects.filter(id__in=ids, ended_at=None) | Account.objects.filter(
        id__in=sorted(touched), ended_at=None
    )
    for chunk in iterate_ids(everyone):
        standings = read_standings(chunk, derivation.layer_ids, derivation.primary_layer_id)
        shifts: dict[tuple[int, int], Shift | None] = {}
        for move in moved.filter(account_id__in=chunk):
            place = (move.account_id, move.layer_id)
            shifts[place] = reverse_shift(_read_shift(move), standings[place])
        fresh = [pk for pk in chunk if pk in touched]
        for shift in derivation.derive(fresh) if fresh else ():
            shifts.setdefault((shift.standing.account_id, shift.standing.layer_id), shift)
        yield [shift for _, shift in sorted(shifts.items()) if shift is not None]


def _read_shift(move: Move) -> Shift:
    before = None if move.before is None else Grounds(*move.before)
    standing = Standing(
        move.account_id, move.layer_id, move.from_version, move.from_rep_id, move.from_territory_id, before
    )
    grounds = Grounds(
        move.cause,
        move.tie,
        move.claim_class,
        move.priority,
        move.specificity,
        move.other_claims,
        move.is_interim,
    )
    return Shift(
        standing, cast(Change, move.change), move.to_rep_id, move.to_territory_id, grounds, move.reason
    )


def write_moves(
    realignment: Realignment, found: Iterable[list[Shift]], progress: Progress = SILENT, first: int = 0
) -> int:
    """Writes the list, numbered in order from `first` on; how many moves."""
    names = dict(Rep.objects.values_list("id", "name"))
    position = first
    for shifts in found:
        progress.check_cancelled()
        ids = {shift.standing.account_id for shift in shifts}
        accounts = {
            pk: (external_id, name)
            for pk, external_id, name in Account.objects.filter(id__in=ids).values_list(
                "id", "external_id", "name"
            )
        }
        rows = [
            _write_row(realignment.pk, place, shift, accounts[shift.standing.account_id], names)
            for place, shift in enumerate(shifts, position)
        ]
        position += insert_rows(Move, MOVE_COLUMNS, rows)
        progress.report(position - first, 0, f"{position - first} moves found")
    return position - first


def _write_row(
    realignment_id: int, position: int, shift: Shift, account: tuple[str, str], names: dict[int, str]
) -> tuple[object, ...]:
    was, grounds = shift.standing, shift.grounds
    salt = secrets.token_bytes(SALT_BYTES)
    opening = write_json(
        {
            "account": account[0],
            "name": account[1],
            "from": names.get(was.rep_id or 0),
            "to": names.get(shift.to_rep_id or 0),
        }
    )
    fact = OwnershipFact(
        position,
        was.account_id,
        was.layer_id,
        was.rep_id,
        shift.to_rep_id,
        was.territory_id,
        shift.to_territory_id,
        was.version,
        grounds.is_interim,
        grounds.cause,
    )
    body = write_ownership_leaf(fact, salt, opening)
    return (
        realignment_id,
        position,
        shift.change,
        was.account_id,
        was.layer_id,
        was.rep_id,
        shift.to_rep_id,
        was.territory_id,
        shift.to_territory_id,
        grounds.is_interim,
        was.version,
        grounds.cause,
        grounds.tie,
        grounds.claim_class,
        grounds.priority,
        grounds.specificity,
        grounds.other_claims,
        None if was.grounds is None else list(was.grounds),
        shift.reason,
        body,
        hash_leaf(body),
        salt,
        opening,
    )


def write_deal_moves(realignment: Realignment, held: Iterable[HeldDeal], first: int) -> int:
    """Writes which open deals go along; how many. They follow the moves, from `first` on."""
    policy = cast(DealPolicy, realignment.deal_policy)

    def rows() -> Iterator[tuple[object, ...]]:
        for position, deal in enumerate(select_deals(policy, held), first):
            assert deal.to_rep_id is not None
            body = write_deal_leaf(position, deal.deal_id, deal.account_id, deal.owner_id, deal.to_rep_id)
            yield (
                realignment.pk,
                position,
                deal.deal_id,
                deal.owner_id,
                deal.to_rep_id,
                deal.version,
                body,
                hash_leaf(body),
            )

    return insert_rows(DealMove, DEAL_MOVE_COLUMNS, rows())


def analyse_moves() -> None:
    """Lets PostgreSQL know how many moves there are now; without it execution plans for an empty table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE records_move")
            cursor.execute("ANALYZE records_dealmove")
