"""What follows when accounts' own data make them belong elsewhere?

Nothing is left stale: an account that stays gets its new grounds, one that would move is written down as
waiting, and the layer's policy decides whether it moves with the change, as a proposal, or with the next one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.deed import Deed
from fairpatch.actions.ownership import ASSIGNMENT_COLUMNS
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.actions.realignment import close_proposal, stage_proposal
from fairpatch.actions.realignment_execution import apply_realignment
from fairpatch.actions.realignment_intent import ChangesIntent, read_intent
from fairpatch.actions.waiting_moves import note_waiting
from fairpatch.core.plans.plan import OnChange
from fairpatch.core.realignment.changes import Effect
from fairpatch.core.realignment.moves import Ruling
from fairpatch.records.models import Account, Assignment, Organisation, Ownership, Realignment
from fairpatch.records.queries.account_changes import ChangeFinder, Place
from fairpatch.records.queries.routing import CHUNK, find_day

MOST_JOINED = 500
"""Accounts of one person's open proposal, beyond which further changes begin another: each joining decides
all of them anew."""


@dataclass
class Settled:
    """What came of changes. `executed` moved with them, `proposed` waits for somebody's yes."""

    effects: list[Effect] = field(default_factory=list)
    executed: Realignment | None = None
    proposed: Realignment | None = None

    @property
    def moved(self) -> int:
        """Accounts that belong elsewhere in some layer."""
        return len({effect.account_id for effect in self.effects})


def open_finder(act: Deed) -> ChangeFinder:
    """What compares accounts with the live plan as of this deed."""
    organisation = Organisation.objects.select_related("active_plan").get()
    return ChangeFinder(organisation, find_day(organisation, act.now))


def settle_changes(
    act: Deed,
    account_ids: Iterable[int],
    *,
    reason: str,
    title: str = "",
    is_joining: bool = True,
    progress: Progress = SILENT,
) -> Settled:
    """Settles accounts whose data were changed in this deed, relatives included by the caller.

    `is_joining`: what is to be proposed goes into the actor's open proposal of this kind, if there is one.
    """
    finder = open_finder(act)
    settled = Settled()
    ids = sorted(set(account_ids))
    for chunk in _iterate_owned(ids):
        progress.check_cancelled()
        effects, regrounded = finder.find_effects(chunk)
        settled.effects += effects
        _replace_grounds(regrounded)
        note_waiting(act, chunk, effects, reason)
    settled.executed = _execute(act, finder, settled.effects, reason, title, progress)
    settled.proposed = _propose(
        act, finder, settled.effects, ids if is_joining else [], reason, title, progress
    )
    act.detail["belong_elsewhere"] = settled.moved
    return settled


def _iterate_owned(ids: list[int]) -> Iterator[list[int]]:
    """In chunks, the accounts whose ownership has begun. The others are routed when it does."""
    owned = Account.objects.filter(Exists(Ownership.objects.filter(account=OuterRef("pk"))), ended_at=None)
    for start in range(0, len(ids), CHUNK):
        part = owned.filter(id__in=ids[start : start + CHUNK]).order_by("id")
        if found := list(part.values_list("id", flat=True)):
            yield found


def _replace_grounds(rulings: dict[Place, Ruling]) -> None:
    """Why accounts are where they stay. Neither owner nor territory changes, so this is no move."""
    for layer in {layer_id for _, layer_id in rulings}:
        ids = [account_id for account_id, layer_id in rulings if layer_id == layer]
        Assignment.objects.filter(layer_id=layer, account_id__in=ids).delete()
    insert_rows(
        Assignment,
        ASSIGNMENT_COLUMNS,
        ((*place, rulings[place].territory_id, *rulings[place].grounds[:6]) for place in sorted(rulings)),
    )


def _select(effects: list[Effect], policy: OnChange) -> list[int]:
    return sorted({effect.account_id for effect in effects if effect.policy == policy})


def _list_layers(finder: ChangeFinder, policy: OnChange) -> tuple[str, ...]:
    return tuple(sorted(finder.codes[pk] for pk, said in finder.policies.items() if said == policy))


def _execute(
    act: Deed, finder: ChangeFinder, effects: list[Effect], reason: str, title: str, progress: Progress
) -> Realignment | None:
    """The realignment that the policy approves, carried out in this very transaction."""
    ids = _select(effects, "at_once")
    if not ids:
        return None
    intent = ChangesIntent(tuple(ids), _list_layers(finder, "at_once"))
    made = stage_proposal(
        act,
        intent,
        f"{reason} The layer's policy: at once.",
        title,
        progress=progress,
        first_seq=act.open_batch().next_seq,
    )
    made.status = Realignment.Status.APPROVED
    made.save(update_fields=["status"])
    apply_realignment(act, made, progress)
    return made


def _propose(
    act: Deed,
    finder: ChangeFinder,
    effects: list[Effect],
    touched: list[int],
    reason: str,
    title: str,
    progress: Progress,
) -> Realignment | None:
    """One proposal for everything that is to be proposed, together with what the actor's open one held."""
    ids = set(_select(effects, "propose"))
    older = _find_joinable(act, touched, bool(ids))
    if older is not None:
        older_intent = read_intent(older)
        assert isinstance(older_intent, ChangesIntent)
        before = set(older_intent.account_ids) - set(touched)
        ids |= {effect.account_id for effect in finder.find_effects(sorted(before))[0]}
        close_proposal(older, Realignment.Status.CANCELLED)
    if not ids:
        return None
    intent = ChangesIntent(tuple(sorted(ids)), _list_layers(finder, "propose"))
    if older is not None:
        reason, title = _join_reasons(older.reason, reason), ""
    made = stage_proposal(act, intent, reason, title, progress=progress)
    if older is not None:
        made.rebased_from = older
        made.save(update_fields=["rebased_from"])
        act.detail["goes_on_from"] = older.pk
    return made


def _find_joinable(act: Deed, touched: list[int], has_news: bool) -> Realignment | None:
    """The actor's newest open proposal of this kind, if these changes go into it or take from it."""
    if act.actor is None or not touched:
        return None
    older = (
        Realignment.objects.select_for_update()
        .filter(
            kind=Realignment.Kind.CHANGES,
            status=Realignment.Status.PROPOSED,
            proposed_by=act.actor,
        )
        .order_by("-id")
        .first()
    )
    if older is None:
        return None
    held = set(older.intent["account_ids"])
    is_touched = bool(held & set(touched))
    return older if is_touched or (has_news and len(held) < MOST_JOINED) else None


def _join_reasons(older: str, newer: str) -> str:
    return older if newer in older else f"{older} {newer}"
