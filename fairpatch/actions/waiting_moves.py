"""How is written down that accounts belong elsewhere by their data, until something settles it?"""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.deed import Deed
from fairpatch.core.realignment.changes import Effect
from fairpatch.records.models import Move, Organisation, Realignment, WaitingMove
from fairpatch.records.queries.account_changes import OPEN, ChangeFinder
from fairpatch.records.queries.routing import CHUNK, find_day

COLUMNS = ("account_id", "layer_id", "territory_id", "policy", "reason", "since")
OVERTAKEN = "A new plan went live and took these accounts along."
UNDONE = "Realignment {} was undone."


def note_waiting(act: Deed, ids: Sequence[int], effects: Sequence[Effect], reason: str) -> None:
    """Replaces what was known of these accounts: whatever has an effect waits."""
    WaitingMove.objects.filter(account_id__in=ids).delete()
    insert_rows(
        WaitingMove,
        COLUMNS,
        (
            (effect.account_id, effect.layer_id, effect.to_territory_id, effect.policy, reason[:255], act.now)
            for effect in effects
        ),
    )


def end_waiting(act: Deed, realignment: Realignment, *, is_everybody_routed: bool) -> None:
    """After an execution: whoever was moved waits no longer, and what was put back waits again."""
    if realignment.kind == Realignment.Kind.PLAN and is_everybody_routed:
        WaitingMove.objects.all().delete()
        overtaken = Realignment.objects.filter(kind=Realignment.Kind.CHANGES, status__in=OPEN)
        overtaken.update(status=Realignment.Status.CANCELLED, reason=OVERTAKEN)
        return
    moved = Move.objects.filter(realignment=realignment)
    here = moved.filter(account_id=OuterRef("account_id"), layer_id=OuterRef("layer_id"))
    WaitingMove.objects.filter(Exists(here)).delete()
    if realignment.undoes is not None and realignment.undoes.kind == Realignment.Kind.CHANGES:
        _note_again(act, sorted(moved.values_list("account_id", flat=True).distinct()), realignment.undoes.pk)


def _note_again(act: Deed, ids: list[int], undone: int) -> None:
    organisation = Organisation.objects.select_related("active_plan").get()
    finder = ChangeFinder(organisation, find_day(organisation, act.now))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        note_waiting(act, chunk, finder.find_effects(chunk)[0], UNDONE.format(undone))
