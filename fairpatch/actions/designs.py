"""How does a design run begin, keep what it found, and end? Nothing here touches live data.

`start_design` writes the question down; the background job reads the books, solves in a process of its own,
and hands its scenarios to `keep_design`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from fairpatch.actions.deed import deed
from fairpatch.actions.design_figures import complete_report
from fairpatch.actions.design_files import keep_account_ids, keep_design_report, keep_place_codes
from fairpatch.core.designs.book import NOBODY, DesignBook
from fairpatch.core.designs.settings import DesignSettings
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right, has_right
from fairpatch.records.models import DesignRun, DesignScenario, Job, User
from fairpatch.records.queries.design_book import find_ground, list_places
from fairpatch.records.visibility import NotFoundError, load_scope, visible_designs

LONG_NAME = "A design's name has at most 200 characters. Nothing was started."
MAY_NOT_ADD = (
    "As {} you may not add territories, which this design needs. Nothing was started. Design with the "
    "territories you have, or ask a director."
)
STILL_RUNNING = "This design is still running. Stop it first, then put it away."


@dataclass(frozen=True)
class FoundScenario:
    """One scenario as the solver hands it back: `codes` is None where no assignment keeps the hard limits."""

    tolerance: float
    disruption: float
    is_pareto: bool
    report: dict[str, Any]
    codes: NDArray[np.int32] | None


def start_design(actor: User, name: str, asked: DesignSettings) -> DesignRun:
    """Writes a run down, ready to be enqueued. Refused when its territories lie outside the actor's scope."""
    scope = load_scope(actor)
    if asked.is_adding and not has_right(actor.role, Right.EDIT_TERRITORIES):
        raise FairpatchError("forbidden", MAY_NOT_ADD.format(actor.role))
    ground = find_ground(scope, asked)
    places = list_places(scope, ground, asked)
    title = name.strip() or f"Design of {scope.today.isoformat()}"
    if len(title) > 200:
        raise FairpatchError("wrong_value", LONG_NAME)
    with deed("start_design", actor=actor, right=Right.EDIT_PLANS) as act:
        run = DesignRun.objects.create(
            name=title,
            layer_id=ground.layer.id,
            plan=ground.plan,
            settings=asked.to_json(),
            places=[asdict(place) for place in places],
            created_by=actor,
            created_at=act.now,
        )
        act.subject = f"design:{run.id}"
        act.detail.update(mode=asked.mode, territories=len(places))
    return run


def keep_design(
    run_id: int,
    book: DesignBook,
    asked: DesignSettings,
    found: Sequence[FoundScenario],
    now: dt.datetime | None = None,
) -> None:
    """Keeps every scenario of a run, in place of what an interrupted attempt had kept: all or none."""
    files = [_keep_files(scenario, book, asked) for scenario in found]
    accounts, before = keep_account_ids(book.ids), keep_place_codes(book.owner)
    with transaction.atomic():
        run = DesignRun.objects.select_for_update().get(id=run_id)
        DesignScenario.objects.filter(run=run).delete()
        DesignScenario.objects.bulk_create(
            _describe_scenario(run, number, scenario, book, *digests)
            for number, (scenario, digests) in enumerate(zip(found, files, strict=True), start=1)
        )
        run.places = [asdict(place) for place in book.places]
        run.notes = {"left_out": book.left_out, "doubts": book.doubts, "unplaced": len(book.unplaced_ids)}
        run.account_count = len(book.ids)
        run.accounts_digest, run.before_digest = accounts, before
        run.change_position = book.change_position
        run.solved_at = now or timezone.now()
        run.save()


def _keep_files(scenario: FoundScenario, book: DesignBook, asked: DesignSettings) -> tuple[str, str]:
    codes = "" if scenario.codes is None else keep_place_codes(scenario.codes)
    return codes, keep_design_report(complete_report(scenario.report, book, asked, scenario.codes))


def _describe_scenario(
    run: DesignRun, number: int, found: FoundScenario, book: DesignBook, codes: str, report: str
) -> DesignScenario:
    said = found.report
    worst = [measure["max_deviation"] for measure in said["measures"] if measure["kind"] == "balance"]
    moved = None
    if found.codes is not None:
        moved = int(((book.owner != NOBODY) & (found.codes != book.owner)).sum())
    return DesignScenario(
        run=run,
        number=number,
        tolerance=found.tolerance,
        disruption=found.disruption,
        status=said["status"],
        stopped=said["stopped"] or "",
        is_pareto=found.is_pareto,
        max_deviation=None if found.codes is None else max(worst),
        rms_km=said["rms_km"],
        gap=said["gap"],
        moved_share=said["moved_share"],
        moved_accounts=moved,
        assignments_digest=codes,
        report_digest=report,
    )


def put_design_away(actor: User, run_id: int) -> None:
    """Takes a run off the list. What was kept of it stays, as the drafts made of it do."""
    with deed("put_design_away", actor=actor, right=Right.EDIT_PLANS, subject=f"design:{run_id}"):
        run = visible_designs(load_scope(actor)).select_for_update().filter(id=run_id).first()
        if run is None:
            raise NotFoundError("design of this number")
        is_open = Job.objects.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
        if is_open.filter(subject=f"design:{run_id}").exists():
            raise FairpatchError("design_running", STILL_RUNNING)
        run.ended_at = timezone.now()
        run.save(update_fields=["ended_at"])
