"""How does an approved list of moves become the truth, all of it or none of it?

One transaction, set-based: look whether anything the list rests on has shifted, then apply exactly that list
to accounts, assignments, ownership, deals and the plan pointer, and copy its leaves into one signed batch.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Min, Q

from fairpatch.actions.deed import Deed, deed
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.actions.realignment_intent import AccountsIntent, read_intent
from fairpatch.actions.realignment_staging import Derivation, lock_accounts
from fairpatch.actions.waiting_moves import end_waiting
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.core.realignment.lifecycle import Step, require_step
from fairpatch.records.models import (
    Account,
    Lock,
    Move,
    Organisation,
    Plan,
    Realignment,
    Seat,
    User,
)
from fairpatch.records.queries.realignments import (
    describe_person,
    describe_proposal,
    find_account_drift,
    find_deal_drift,
    read_managers,
    write_new_drift,
    write_plan_drift,
)
from fairpatch.records.queries.routing import find_day, iterate_changed_accounts

MOST_NEW = 1_000
Items = list[dict[str, Any]]


class DriftedError(FairpatchError):
    """What the list rests on has shifted. `drift` says exactly what."""

    def __init__(self, drift: Items) -> None:
        self.drift = drift
        many = "s have" if len(drift) > 1 else " has"
        super().__init__(
            "drifted",
            f"{len(drift)} thing{many} changed since this was proposed. Nothing was moved. Rebase it to "
            "decide anew on today's data.",
        )


def execute_realignment(
    actor: User, realignment_id: int, *, now: dt.datetime | None = None, progress: Progress = SILENT
) -> Realignment:
    """Applies an approved realignment. DriftedError, and everything as it was, if it no longer fits."""
    subject = f"realignment:{realignment_id}"
    try:
        with deed("execute_realignment", actor=actor, right=Right.EXECUTE, now=now, subject=subject) as act:
            lock_accounts("SHARE ROW EXCLUSIVE")
            realignment = Realignment.objects.select_for_update().filter(pk=realignment_id).first()
            if realignment is None:
                raise FairpatchError("not_found", "There is no such realignment.")
            require_step(
                Step.EXECUTE, describe_person(actor), describe_proposal(realignment), read_managers()
            )
            apply_realignment(act, realignment, progress)
            return realignment
    except DriftedError as error:
        _mark_stale(actor, realignment_id, error.drift, now)
        raise


def _mark_stale(actor: User, realignment_id: int, drift: Items, now: dt.datetime | None) -> None:
    """Remembers, in a deed of its own, that the proposal no longer fits and why."""
    with deed(
        "refuse_realignment",
        actor=actor,
        right=Right.EXECUTE,
        now=now,
        subject=f"realignment:{realignment_id}",
    ) as act:
        Realignment.objects.filter(pk=realignment_id, status=Realignment.Status.APPROVED).update(
            status=Realignment.Status.STALE, drift=drift
        )
        act.detail["drift"] = len(drift)


def apply_realignment(act: Deed, realignment: Realignment, progress: Progress = SILENT) -> None:
    """Applies an approved list inside a deed whose batch goes on where the list's leaves begin."""
    first = Move.objects.filter(realignment=realignment).aggregate(first=Min("position"))["first"]
    assert first in (None, act.open_batch().next_seq), "leaves are written with their place in the batch"
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("active_plan").get()
    on = find_day(organisation, act.now)
    derivation = _rebuild_derivation(realignment, organisation, on)
    drift = find_drift(realignment, organisation, derivation)
    if drift:
        raise DriftedError(drift)
    values = {
        "realignment": realignment.pk,
        "primary": derivation.primary_layer_id,
        "batch": act.batch,
        "now": act.now,
        "deal_seq": realignment.move_count,
    }
    expected = _count_expected(realignment, derivation.primary_layer_id)
    for done, (name, statement) in enumerate(STATEMENTS.items()):
        progress.check_cancelled()
        progress.report(done, len(STATEMENTS), name)
        count = _run(statement, values)
        if name in expected and count != expected[name]:
            raise DriftedError(
                find_drift(realignment, organisation, derivation)
                or [
                    write_plan_drift(
                        name, str(expected[name]), str(count), f"{name}: other rows than proposed."
                    )
                ]
            )
    act.count_leaves(realignment.move_count + realignment.deal_move_count)
    _switch_plan(organisation, realignment)
    realignment.status = Realignment.Status.EXECUTED
    realignment.executed_at = act.now
    realignment.executed_by = act.actor
    realignment.batch = act.batch
    realignment.save(update_fields=["status", "executed_at", "executed_by", "batch"])
    end_waiting(act, realignment, is_everybody_routed=derivation.is_routing)
    note_realignment(act, realignment)


def note_realignment(act: Deed, realignment: Realignment) -> None:
    """Says in the deed which realignment it is, or which ones it brought about."""
    said = {
        "kind": realignment.kind,
        "moves": realignment.move_count,
        "deals": realignment.deal_move_count,
        "plan": realignment.target_plan_id,
    }
    subject = f"realignment:{realignment.pk}"
    if act.subject in ("", subject):
        act.subject = subject
        act.detail.update(said)
    else:
        act.detail.setdefault("realignments", {})[str(realignment.pk)] = said


def _count_expected(realignment: Realignment, primary_layer_id: int) -> dict[str, int]:
    moves = Move.objects.filter(realignment=realignment)
    owned = moves.exclude(change=Move.Change.CAUSE)
    return {
        "accounts": owned.filter(layer=primary_layer_id).count(),
        "assignments": realignment.move_count,
        "ownership": owned.count(),
        "deals": realignment.deal_move_count,
        "leaves": realignment.move_count,
        "salts": realignment.move_count,
        "deal leaves": realignment.deal_move_count,
    }


# In this order; the first two also refuse, by their row counts, whatever slipped past the look for drift.
# A WHERE before ON CONFLICT is what tells SQLite that the clause belongs to the insert.
STATEMENTS = {
    "accounts": """
        UPDATE records_account SET owner_id = m.to_rep_id, territory_id = m.to_territory_id,
            version = records_account.version + 1, updated_at = %(now)s
        FROM records_move m
        WHERE m.realignment_id = %(realignment)s AND m.layer_id = %(primary)s AND m.change <> 'cause'
            AND m.account_id = records_account.id AND records_account.version = m.from_version
    """,
    "deals": """
        UPDATE records_deal SET owner_id = m.to_rep_id, version = records_deal.version + 1
        FROM records_dealmove m
        WHERE m.realignment_id = %(realignment)s AND m.deal_id = records_deal.id
            AND records_deal.version = m.from_version AND records_deal.outcome = 'open'
    """,
    "assignments": """
        INSERT INTO records_assignment (account_id, layer_id, territory_id, cause, tie, claim_class, priority,
            specificity, other_claims)
        SELECT m.account_id, m.layer_id, m.to_territory_id, m.cause, m.tie, m.claim_class, m.priority,
            m.specificity, m.other_claims
        FROM records_move m WHERE m.realignment_id = %(realignment)s
        ON CONFLICT (account_id, layer_id) DO UPDATE SET territory_id = excluded.territory_id,
            cause = excluded.cause, tie = excluded.tie, claim_class = excluded.claim_class,
            priority = excluded.priority, specificity = excluded.specificity,
            other_claims = excluded.other_claims
    """,
    "ownership": """
        INSERT INTO records_ownership (account_id, layer_id, effective_at, recorded_at, rep_id, territory_id,
            is_interim, realignment_id, batch, leaf_seq)
        SELECT m.account_id, m.layer_id, %(now)s, %(now)s, m.to_rep_id, m.to_territory_id, m.is_interim,
            m.realignment_id, %(batch)s, m.position
        FROM records_move m WHERE m.realignment_id = %(realignment)s AND m.change <> 'cause'
        ORDER BY m.account_id, m.layer_id
    """,
    "leaves": """
        INSERT INTO records_ledgerleaf (batch, seq, account_id, body, hash)
        SELECT %(batch)s, m.position, m.account_id, m.leaf_body, m.leaf_hash
        FROM records_move m WHERE m.realignment_id = %(realignment)s ORDER BY m.account_id, m.layer_id
    """,
    "salts": """
        INSERT INTO records_ledgersalt (batch, seq, salt, opening)
        SELECT %(batch)s, m.position, m.leaf_salt, m.leaf_opening
        FROM records_move m WHERE m.realignment_id = %(realignment)s ORDER BY m.account_id, m.layer_id
    """,
    "deal leaves": """
        INSERT INTO records_ledgerleaf (batch, seq, account_id, body, hash)
        SELECT %(batch)s, m.position, d.account_id, m.leaf_body, m.leaf_hash
        FROM records_dealmove m JOIN records_deal d ON d.id = m.deal_id
        WHERE m.realignment_id = %(realignment)s ORDER BY m.deal_id
    """,
}


def _run(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            moment = connection.ops.adapt_datetimefield_value(values["now"])
            values = {**values, "now": moment}
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _switch_plan(organisation: Organisation, realignment: Realignment) -> None:
    if organisation.active_plan_id == realignment.target_plan_id:
        return
    if organisation.active_plan_id is not None:
        Plan.objects.filter(pk=organisation.active_plan_id).update(status=Plan.Status.SUPERSEDED)
    Plan.objects.filter(pk=realignment.target_plan_id).update(status=Plan.Status.ACTIVE)
    organisation.active_plan_id = realignment.target_plan_id
    organisation.save(update_fields=["active_plan"])


def _rebuild_derivation(realignment: Realignment, organisation: Organisation, on: dt.date) -> Derivation:
    return Derivation(realignment.base_plan, realignment.target_plan, on, organisation)


def find_drift(realignment: Realignment, organisation: Organisation, derivation: Derivation) -> Items:
    """Everything the proposal rests on that is no longer so."""
    if organisation.active_plan_id != realignment.base_plan_id:
        live = organisation.active_plan.name if organisation.active_plan else "none"
        base = realignment.base_plan.name if realignment.base_plan else "none"
        return [write_plan_drift("plan", base, live, "Another plan has become the live one since.")]
    checks: list[Callable[[], Items]] = [
        lambda: _find_date_drift(realignment, derivation.after.on),
        lambda: find_account_drift(realignment.pk),
        lambda: find_deal_drift(realignment, derivation.primary_layer_id),
        lambda: _find_new_drift(realignment, derivation),
    ]
    return [item for check in checks for item in check()]


def _find_date_drift(realignment: Realignment, on: dt.date) -> Items:
    """Seats and locks of the target plan that begin or end between the day of deciding and this one."""
    decided = realignment.decided_on
    if on == decided:
        return []
    begins = Q(from_on__gt=min(decided, on), from_on__lte=max(decided, on))
    ends = Q(until_on__gte=min(decided, on), until_on__lt=max(decided, on))
    items = []
    for seat in Seat.objects.filter(begins | ends, plan=realignment.target_plan_id).select_related(
        "territory"
    ):
        sentence = f"A seat in {seat.territory.code} begins or ends between the proposal and today."
        items.append(write_plan_drift("date", str(decided), str(on), sentence))
    for lock in Lock.objects.filter(begins | ends, plan=realignment.target_plan_id):
        sentence = f"The lock of {lock.account_id_text} begins or ends between the proposal and today."
        items.append(write_plan_drift("date", str(decided), str(on), sentence))
    return items


def _find_new_drift(realignment: Realignment, derivation: Derivation) -> Items:
    """Accounts added or changed since that are not on the list but would be if it were made now."""
    items: Items = []
    concerned = _find_concerned(realignment, derivation)
    for chunk in iterate_changed_accounts(realignment.change_position):
        listed = set(
            Move.objects.filter(realignment=realignment, account_id__in=chunk).values_list(
                "account_id", flat=True
            )
        )
        fresh = [pk for pk in chunk if pk not in listed and (concerned is None or pk in concerned)]
        moving = {shift.standing.account_id for shift in derivation.derive(fresh)}
        for account in Account.objects.filter(id__in=moving).order_by("id"):
            items.append(write_new_drift(account.pk, account.external_id, account.name, "on the list"))
        if len(items) >= MOST_NEW:
            break
    return items[:MOST_NEW]


def _find_concerned(realignment: Realignment, derivation: Derivation) -> set[int] | None:
    """The accounts a list of accounts is about, with their families; None: it is about everybody.

    Whoever else changed meanwhile is settled by the policy for changed accounts, not by this list.
    """
    intent = read_intent(realignment)
    if not isinstance(intent, AccountsIntent):
        return None
    if derivation.router is None:
        return set(intent.account_ids)
    return set(derivation.router.expand_families(intent.account_ids))
