"""How does ownership change: propose, approve, and take back? (Execution has its own file.)

Deciding and applying are two steps. A proposal holds a target plan and the exact list of moves that leads
there; nothing moves before somebody else has approved it and it is executed as it stands.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairpatch.actions.deed import Deed, deed, explain_database_errors, require_right
from fairpatch.actions.draft_updates import bring_up_to_date
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.actions.realignment_execution import DriftedError, execute_realignment, note_realignment
from fairpatch.actions.realignment_intent import (
    KINDS,
    AccountsIntent,
    ChangesIntent,
    HandoverIntent,
    Intent,
    PlanIntent,
    UndoIntent,
    lock_proposable,
    prepare_target,
    read_intent,
    write_intent,
)
from fairpatch.actions.realignment_staging import (
    Asked,
    Derivation,
    analyse_moves,
    derive_asked,
    derive_changes,
    derive_undo,
    lock_accounts,
    write_deal_moves,
    write_moves,
)
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.core.realignment.impact import Flow, measure_impact
from fairpatch.core.realignment.lifecycle import Step, require_step
from fairpatch.core.realignment.moves import Shift
from fairpatch.records.models import (
    Account,
    Approval,
    LayoutTerritory,
    Lock,
    Move,
    Organisation,
    Plan,
    Realignment,
    Rep,
    User,
)
from fairpatch.records.queries.plan_cache import forget_contents
from fairpatch.records.queries.realignments import (
    count_changes,
    describe_person,
    describe_proposal,
    read_flows,
    read_held_deals,
    read_loads,
    read_managers,
    select_moves,
)
from fairpatch.records.queries.routing import find_change_position, find_day

__all__ = [
    "AccountsIntent",
    "DriftedError",
    "HandoverIntent",
    "Intent",
    "PlanIntent",
    "Preview",
    "approve_realignment",
    "cancel_realignment",
    "execute_realignment",
    "preview_realignment",
    "propose_realignment",
    "rebase_realignment",
    "reject_realignment",
    "undo_realignment",
]
FOLLOW = "follow_territory"


@dataclass(frozen=True)
class Preview:
    """What a realignment would do."""

    impact: dict[str, Any]
    move_count: int
    deal_move_count: int
    moves_sample: list[dict[str, Any]]


def propose_realignment(
    actor: User,
    intent: Intent,
    *,
    reason: str,
    title: str = "",
    deal_policy: str = FOLLOW,
    now: dt.datetime | None = None,
    progress: Progress = SILENT,
) -> Realignment:
    """Decides what would move and keeps it as a proposal. Nothing moves yet."""
    with deed("propose_realignment", actor=actor, right=Right.PROPOSE, now=now) as act:
        return stage_proposal(act, intent, reason, title, deal_policy, progress)


def preview_realignment(
    actor: User,
    intent: Intent,
    *,
    deal_policy: str = FOLLOW,
    sample: int = 50,
    now: dt.datetime | None = None,
) -> Preview:
    """What such a proposal would hold. Made in full and dropped again: it cannot differ from the real one."""
    require_right(actor, Right.PROPOSE)
    with explain_database_errors(), transaction.atomic():
        act = Deed("preview_realignment", actor, now or timezone.now(), "")
        realignment = stage_proposal(act, intent, "", "", deal_policy)
        preview = Preview(
            realignment.impact,
            realignment.move_count,
            realignment.deal_move_count,
            [_sample_move(move) for move in select_moves(realignment.pk)[:sample]],
        )
        transaction.set_rollback(True)
    return preview


def _sample_move(move: Move) -> dict[str, Any]:
    return {
        "account_id": move.account_id,
        "external_id": move.account.external_id,
        "name": move.account.name,
        "layer": move.layer.code,
        "change": move.change,
        "from_rep_id": move.from_rep_id,
        "to_rep_id": move.to_rep_id,
        "from_territory": move.from_territory.code if move.from_territory else None,
        "to_territory": move.to_territory.code if move.to_territory else None,
        "cause": move.cause,
        "is_interim": move.is_interim,
        "reason": move.reason,
    }


def stage_proposal(
    act: Deed,
    intent: Intent,
    reason: str,
    title: str = "",
    deal_policy: str = FOLLOW,
    progress: Progress = SILENT,
    first_seq: int = 0,
) -> Realignment:
    """Target plan, moves, deals that go along, impact: everything that execution will apply.

    `first_seq`: where the leaves will begin in the batch that executes it.
    """
    if deal_policy not in Realignment.DealPolicy.values:
        raise FairpatchError("unknown_policy", f"There is no deal policy {deal_policy}.")
    lock_accounts("SHARE")
    organisation = Organisation.objects.select_related("active_plan").get()
    on = find_day(organisation, act.now)
    base = organisation.active_plan
    target = prepare_target(act, intent, base, on, organisation, reason)
    undone = Realignment.objects.get(pk=intent.realignment_id) if isinstance(intent, UndoIntent) else None
    realignment = Realignment.objects.create(
        title=title or _make_title(intent),
        reason=reason,
        kind=KINDS[type(intent)],
        deal_policy=undone.deal_policy if undone else deal_policy,
        intent=write_intent(intent),
        base_plan=base,
        target_plan=target,
        undoes=undone,
        proposed_by=act.actor,
        proposed_at=act.now,
        decided_on=on,
        change_position=find_change_position(),
    )
    is_following_data = isinstance(intent, ChangesIntent)
    derivation = Derivation(base, target, on, organisation, _read_asked(intent, target), is_following_data)
    realignment.move_count = write_moves(
        realignment, _derive(derivation, intent, undone), progress, first_seq
    )
    held = read_held_deals(realignment.pk, derivation.primary_layer_id, undone.pk if undone else None)
    realignment.deal_move_count = write_deal_moves(realignment, held, first_seq + realignment.move_count)
    if realignment.move_count == 0 and not isinstance(intent, PlanIntent | UndoIntent | HandoverIntent):
        raise FairpatchError("nothing_to_change", "These accounts are already there. Nothing was changed.")
    analyse_moves()
    _finish_staging(realignment, target, read_flows(realignment.pk, derivation.primary_layer_id))
    note_realignment(act, realignment)
    act.personal.update(title=realignment.title, reason=reason)
    return realignment


def _read_asked(intent: Intent, target: Plan) -> Asked:
    if not isinstance(intent, AccountsIntent):
        return Asked()
    place = LayoutTerritory.objects.get(layout_id=target.layout_id, territory__code=intent.territory)
    return Asked(place.layer_id, frozenset(intent.account_ids))


def _derive(derivation: Derivation, intent: Intent, undone: Realignment | None) -> Iterator[list[Shift]]:
    if undone is not None:
        yield from derive_undo(derivation, undone)
    elif isinstance(intent, AccountsIntent):
        yield from derive_asked(derivation)
    elif isinstance(intent, ChangesIntent):
        yield from derive_changes(derivation, intent.account_ids, intent.layers)
    else:
        for ids in derivation.iterate_affected():
            yield derivation.derive(ids)


def _finish_staging(realignment: Realignment, target: Plan, flows: list[Flow]) -> None:
    reps = {pk for flow in flows for pk in (flow.from_rep_id, flow.to_rep_id) if pk}
    places = {pk for flow in flows for pk in (flow.from_territory_id, flow.to_territory_id) if pk}
    realignment.impact = measure_impact(
        flows,
        read_loads("owner_id", reps),
        read_loads("territory_id", places),
        count_changes(realignment.pk),
    )
    realignment.status = Realignment.Status.PROPOSED
    realignment.save()
    Plan.objects.filter(pk=target.pk, status=Plan.Status.DRAFT).update(status=Plan.Status.STAGED)


def _make_title(intent: Intent) -> str:
    if isinstance(intent, PlanIntent):
        return f"Activate {Plan.objects.get(pk=intent.plan_id).name}"[:200]
    if isinstance(intent, HandoverIntent):
        return f"{intent.territory} to {Rep.objects.get(pk=intent.rep_id).name}"[:200]
    if isinstance(intent, AccountsIntent):
        count = len(set(intent.account_ids))
        return f"{count} account{'s' if count > 1 else ''} to {intent.territory}"[:200]
    if isinstance(intent, ChangesIntent):
        return _title_changes(intent)
    return f"Undo {Realignment.objects.get(pk=intent.realignment_id).title}"[:200]


def _title_changes(intent: ChangesIntent) -> str:
    if len(intent.account_ids) == 1:
        name = Account.objects.values_list("name", flat=True).get(pk=intent.account_ids[0])
        return f"{name[:160]} follows its changed data"
    return f"{len(intent.account_ids):,} accounts follow their changed data"


def load_for_step(actor: User, realignment_id: int, step: Step) -> Realignment:
    """The realignment, its row locked, if the actor may take the step."""
    realignment = Realignment.objects.select_for_update().filter(pk=realignment_id).first()
    if realignment is None:
        raise FairpatchError("not_found", "There is no such realignment.")
    require_step(step, describe_person(actor), describe_proposal(realignment), read_managers())
    return realignment


def approve_realignment(
    actor: User, realignment_id: int, comment: str = "", now: dt.datetime | None = None
) -> Realignment:
    """Says yes to somebody else's proposal."""
    subject = f"realignment:{realignment_id}"
    with deed("approve_realignment", actor=actor, right=Right.APPROVE, now=now, subject=subject) as act:
        realignment = load_for_step(actor, realignment_id, Step.APPROVE)
        _record_verdict(act, realignment, Approval.Verdict.APPROVED, comment)
        realignment.status = Realignment.Status.APPROVED
        realignment.save(update_fields=["status"])
        if realignment.kind == Realignment.Kind.ACCOUNTS:
            _name_approver(realignment, actor)
            # The locks were read without the name, and a frozen plan keeps its version.
            act.after_commit(forget_contents)
        return realignment


def _name_approver(realignment: Realignment, actor: User) -> None:
    """Writes who approved into the locks that this realignment adds."""
    approver = (actor.rep.external_id if actor.rep else actor.email)[:120]
    older = Lock.objects.filter(plan=realignment.base_plan_id)
    known = set(older.values_list("account_key", "layer_id", "territory_id", "from_on"))
    added = [
        lock.pk
        for lock in Lock.objects.filter(plan=realignment.target_plan_id, approver="")
        if (lock.account_key, lock.layer_id, lock.territory_id, lock.from_on) not in known
    ]
    Lock.objects.filter(id__in=added).update(approver=approver)


def reject_realignment(
    actor: User, realignment_id: int, comment: str, now: dt.datetime | None = None
) -> Realignment:
    """Says no. A draft plan that was proposed can be edited again."""
    subject = f"realignment:{realignment_id}"
    with deed("reject_realignment", actor=actor, right=Right.APPROVE, now=now, subject=subject) as act:
        realignment = load_for_step(actor, realignment_id, Step.REJECT)
        _record_verdict(act, realignment, Approval.Verdict.REJECTED, comment)
        close_proposal(realignment, Realignment.Status.REJECTED)
        return realignment


def _record_verdict(act: Deed, realignment: Realignment, verdict: str, comment: str) -> None:
    assert act.actor is not None, "a verdict is somebody's"
    Approval.objects.create(
        realignment=realignment, user=act.actor, verdict=verdict, comment=comment, given_at=act.now
    )
    act.personal["comment"] = comment


def cancel_realignment(actor: User, realignment_id: int, now: dt.datetime | None = None) -> Realignment:
    """Takes a proposal back."""
    subject = f"realignment:{realignment_id}"
    with deed("cancel_realignment", actor=actor, right=Right.PROPOSE, now=now, subject=subject):
        realignment = load_for_step(actor, realignment_id, Step.CANCEL)
        close_proposal(realignment, Realignment.Status.CANCELLED)
        return realignment


def close_proposal(realignment: Realignment, status: str) -> None:
    """Ends a proposal that will not be executed and lets go of its plan."""
    realignment.status = status
    realignment.save(update_fields=["status"])
    kept = Plan.Status.DRAFT if realignment.kind == Realignment.Kind.PLAN else Plan.Status.ARCHIVED
    Plan.objects.filter(pk=realignment.target_plan_id, status=Plan.Status.STAGED).update(status=kept)


def undo_realignment(
    actor: User,
    realignment_id: int,
    *,
    reason: str,
    now: dt.datetime | None = None,
    progress: Progress = SILENT,
) -> Realignment:
    """Proposes the way back of the newest executed one: owners, assignments, deals and plan as they were."""
    with deed("propose_realignment", actor=actor, right=Right.PROPOSE, now=now) as act:
        undone = load_for_step(actor, realignment_id, Step.UNDO)
        _require_newest(undone)
        return stage_proposal(act, UndoIntent(realignment_id), reason, "", undone.deal_policy, progress)


def _require_newest(undone: Realignment) -> None:
    newer = Realignment.objects.filter(
        status=Realignment.Status.EXECUTED, executed_at__gt=undone.executed_at
    ).order_by("-executed_at")
    if Organisation.objects.get().active_plan_id == undone.target_plan_id:
        # The plan is still the same; only what moved these very accounts since stands in the way.
        moved = Move.objects.filter(realignment=undone).values("account_id")
        newer = newer.filter(moves__account_id__in=moved).distinct()
        if not newer:
            return
    names = ", ".join(f"#{pk} {title}" for pk, title in newer.values_list("id", "title")[:5])
    raise FairpatchError(
        "not_newest",
        f"Other realignments came after this one ({names}). Nothing was changed. Undo them first, the newest "
        "first, or propose the change you want.",
    )


def rebase_realignment(
    actor: User, realignment_id: int, *, now: dt.datetime | None = None, progress: Progress = SILENT
) -> Realignment:
    """Asks for the same again on today's ground: a new proposal, to be approved anew.

    A draft plan is first brought up to date; where that meets a conflict, the old proposal stays as it was.
    """
    with deed("propose_realignment", actor=actor, right=Right.PROPOSE, now=now) as act:
        old = load_for_step(actor, realignment_id, Step.REBASE)
        if old.kind == Realignment.Kind.UNDO and old.undoes is not None:
            _require_newest(old.undoes)
        close_proposal(old, Realignment.Status.STALE)
        fresh = _stage_again(act, old, progress)
        fresh.rebased_from = old
        fresh.save(update_fields=["rebased_from"])
        act.detail["rebased_from"] = old.pk
        return fresh


def _stage_again(act: Deed, old: Realignment, progress: Progress) -> Realignment:
    intent = read_intent(old)
    try:
        if isinstance(intent, PlanIntent):
            bring_up_to_date(act, lock_proposable(intent.plan_id))
        return stage_proposal(act, intent, old.reason, old.title, old.deal_policy, progress)
    except BaseException:
        # The draft's next version may have been read already, and it will not come to be.
        forget_contents()
        raise
