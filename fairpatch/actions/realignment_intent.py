"""What may a realignment be asked for, and which plan would then be live?

Every request ends in a target plan. A list of accounts adds locks, a handover changes seats: both share the
live plan's layout, so nothing but seats and locks is copied.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from fairpatch.actions.deed import Deed
from fairpatch.core.errors import FairpatchError, FaultyInputError
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.records.models import (
    Account,
    LayoutTerritory,
    Lock,
    Organisation,
    Plan,
    Realignment,
    Rep,
    Seat,
)
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.plans import is_plan_outdated
from fairpatch.records.queries.routing import PlanRouter


@dataclass(frozen=True)
class PlanIntent:
    """Make this draft the live plan."""

    plan_id: int


@dataclass(frozen=True)
class AccountsIntent:
    """Give these accounts to this territory, by lock where routing would not."""

    account_ids: tuple[int, ...]
    territory: str
    layer: str | None = None
    until_on: dt.date | None = None


@dataclass(frozen=True)
class HandoverIntent:
    """Give this territory to this rep."""

    territory: str
    rep_id: int


@dataclass(frozen=True)
class UndoIntent:
    """Restore what was before this executed realignment."""

    realignment_id: int


@dataclass(frozen=True)
class ChangesIntent:
    """Let these accounts go where their own data say, in these layers. The plan stays the live one."""

    account_ids: tuple[int, ...]
    layers: tuple[str, ...]


Intent = PlanIntent | AccountsIntent | HandoverIntent | UndoIntent | ChangesIntent
KINDS: dict[type, str] = {
    PlanIntent: Realignment.Kind.PLAN,
    AccountsIntent: Realignment.Kind.ACCOUNTS,
    HandoverIntent: Realignment.Kind.HANDOVER,
    UndoIntent: Realignment.Kind.UNDO,
    ChangesIntent: Realignment.Kind.CHANGES,
}


OUTDATED = (
    "The live plan has changed since the draft “{}” was made. Nothing was changed. Bring the draft up to "
    "date first, and then propose it."
)


def write_intent(intent: Intent) -> dict[str, Any]:
    """The intent as it is kept, for a rebase."""
    content = asdict(intent)
    if isinstance(intent, AccountsIntent):
        content["account_ids"] = list(intent.account_ids)
        content["until_on"] = intent.until_on.isoformat() if intent.until_on else None
    if isinstance(intent, ChangesIntent):
        content = {"account_ids": list(intent.account_ids), "layers": list(intent.layers)}
    return content


def read_intent(realignment: Realignment) -> Intent:
    """The intent of a realignment, to ask for the same again."""
    content = dict(realignment.intent)
    if realignment.kind == Realignment.Kind.ACCOUNTS:
        until = content["until_on"]
        content["until_on"] = dt.date.fromisoformat(until) if until else None
        content["account_ids"] = tuple(content["account_ids"])
    if realignment.kind == Realignment.Kind.CHANGES:
        content = {name: tuple(values) for name, values in content.items()}
    kinds = {kind: intent for intent, kind in KINDS.items()}
    return kinds[realignment.kind](**content)  # type: ignore[no-any-return]


def prepare_target(
    act: Deed, intent: Intent, base: Plan | None, on: dt.date, organisation: Organisation, reason: str
) -> Plan:
    """The plan that would be live; a draft still."""
    if isinstance(intent, PlanIntent):
        return _take_draft(intent.plan_id, base)
    if base is None:
        raise FairpatchError(
            "no_live_plan", "There is no live plan yet. Nothing was changed. Propose a draft plan first."
        )
    if isinstance(intent, UndoIntent):
        undone = Realignment.objects.get(pk=intent.realignment_id)
        if undone.base_plan is None:
            raise FairpatchError(
                "first_plan", "Before this realignment there was no plan, so there is nothing to go back to."
            )
        return undone.base_plan
    if isinstance(intent, ChangesIntent):
        return base
    place = _find_place(base, intent.territory)
    target = copy_plan(act, base)
    if isinstance(intent, HandoverIntent):
        _seat_rep(target, place, intent, on)
    else:
        _lock_accounts(target, place, intent, on, organisation, reason)
    return target


def lock_proposable(plan_id: int) -> Plan:
    """The draft's row, locked; refuses a plan that is none (any more)."""
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None or plan.status != Plan.Status.DRAFT:
        raise FairpatchError(
            "not_a_draft", "Only a draft plan can be proposed. Nothing was changed. Copy the plan to a draft."
        )
    return plan


def _take_draft(plan_id: int, live: Plan | None) -> Plan:
    plan = lock_proposable(plan_id)
    if is_plan_outdated(plan, live):
        # As it stands, its difference to the live plan would take back what others changed meanwhile.
        raise FairpatchError("draft_outdated", OUTDATED.format(plan.name))
    faults = [fault for fault in find_plan_faults(load_core_plan(plan)) if fault.is_error]
    if faults:
        raise FaultyInputError(faults, "plan_faulty")
    return plan


def _find_place(plan: Plan, code: str) -> LayoutTerritory:
    place = (
        LayoutTerritory.objects.select_related("territory", "layer")
        .filter(layout_id=plan.layout_id, territory__code=code)
        .first()
    )
    if place is None:
        raise FairpatchError("not_found", f"The live plan has no territory {code}. Nothing was changed.")
    return place


def copy_plan(act: Deed, base: Plan) -> Plan:
    """A draft that shares the layout of another plan and has its own copy of the seats and locks."""
    target = Plan.objects.create(
        name=base.name,
        status=Plan.Status.DRAFT,
        layout_id=base.layout_id,
        base=base,
        effective_on=base.effective_on,
        currency=base.currency,
        created_by=act.actor,
        created_at=act.now,
    )
    for model in (Seat, Lock):
        columns = [f.column for f in model._meta.concrete_fields if f.column not in ("id", "plan_id")]
        names = ", ".join(map(str, columns))
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (plan_id, {names}) SELECT %s, {names} "  # noqa: S608
                f"FROM {table} WHERE plan_id = %s ORDER BY id",
                [target.pk, base.pk],
            )
    return target


def _seat_rep(target: Plan, place: LayoutTerritory, intent: HandoverIntent, on: dt.date) -> None:
    rep = Rep.objects.filter(pk=intent.rep_id).exclude(status=Rep.Status.LEFT).first()
    if rep is None:
        raise FairpatchError("not_found", "This rep does not exist or has left. Nothing was changed.")
    seats = Seat.objects.filter(plan=target, territory=place.territory, kind=Seat.Kind.PRIMARY)
    live = seats.filter(Q(from_on=None) | Q(from_on__lte=on), Q(until_on=None) | Q(until_on__gte=on))
    if live.filter(rep=rep).exists():
        raise FairpatchError(
            "nothing_to_change", f"{rep.name} already holds {intent.territory}. Nothing was changed."
        )
    live.filter(from_on=on).delete()
    live.update(until_on=on - dt.timedelta(days=1))
    coming = seats.filter(from_on__gt=on).order_by("from_on").first()
    until = coming.from_on - dt.timedelta(days=1) if coming and coming.from_on else None
    Seat.objects.create(
        plan=target, territory=place.territory, rep=rep, kind=Seat.Kind.PRIMARY, from_on=on, until_on=until
    )


def _lock_accounts(
    target: Plan,
    place: LayoutTerritory,
    intent: AccountsIntent,
    on: dt.date,
    organisation: Organisation,
    reason: str,
) -> None:
    """Pins those accounts that routing alone would not put there. Other locks of theirs in that time go."""
    if intent.layer not in (None, place.layer.code):
        raise FairpatchError(
            "wrong_layer", f"{intent.territory} belongs to layer {place.layer.code}, not {intent.layer}."
        )
    is_inner = LayoutTerritory.objects.filter(layout_id=target.layout_id, parent=place.territory).exists()
    if place.is_assignable is False or (is_inner and not place.is_assignable):
        raise FairpatchError(
            "not_assignable", f"{intent.territory} holds no accounts of its own. Choose a territory below it."
        )
    if intent.until_on is not None and intent.until_on < on:
        raise FairpatchError("past_date", "The last day lies in the past. Nothing was changed.")
    accounts = {
        pk: (external_id, key)
        for pk, external_id, key in Account.objects.filter(
            id__in=intent.account_ids, ended_at=None
        ).values_list("id", "external_id", "key")
    }
    if not accounts or len(accounts) < len(set(intent.account_ids)):
        missing = sorted(set(intent.account_ids) - set(accounts))
        raise FairpatchError("not_found", f"These accounts do not exist or have ended: {missing}.")
    rulings = PlanRouter(target, on, organisation).rule_accounts(sorted(accounts))
    pinned = [pk for pk in accounts if rulings[pk, place.layer_id].territory_id != place.territory_id]
    _drop_locks(target, place.layer_id, [accounts[pk][1] for pk in pinned], on, intent.until_on)
    Lock.objects.bulk_create(
        Lock(
            plan=target,
            account_id_text=accounts[pk][0],
            account_key=accounts[pk][1],
            layer_id=place.layer_id,
            territory_id=place.territory_id,
            reason=reason[:255],
            from_on=on,
            until_on=intent.until_on,
        )
        for pk in pinned
    )
    # What was read of the plan for routing no longer holds.
    target.version += 1
    target.save(update_fields=["version"])


def _drop_locks(target: Plan, layer_id: int, keys: Iterable[str], on: dt.date, until: dt.date | None) -> None:
    locks = Lock.objects.filter(plan=target, layer_id=layer_id, account_key__in=list(keys))
    locks = locks.filter(Q(until_on=None) | Q(until_on__gte=on))
    if until is not None:
        locks = locks.filter(Q(from_on=None) | Q(from_on__lte=until))
    locks.delete()
