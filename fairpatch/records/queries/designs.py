"""Which design runs are there, what did each find, and what would move?"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairpatch.core.designs.words import name_measure, tell_design
from fairpatch.core.people.roles import Right
from fairpatch.core.units import count_minor_digits
from fairpatch.records.models import DesignRun, DesignScenario, Job, Plan
from fairpatch.records.queries.design_files import load_account_ids, load_design_report, load_place_codes
from fairpatch.records.queries.tasks import describe_job
from fairpatch.records.visibility import NotFoundError, Scope, visible_accounts, visible_designs

DECIMALS = 5  # about a metre
READ_AT_ONCE = 2_000
MOVE_COLUMNS = ["account", "name", "city", "state", "from", "to", "annual_revenue"]
FIGURES = (
    "number", "tolerance", "disruption", "status", "stopped", "is_pareto", "max_deviation", "rms_km", "gap",
    "moved_share", "moved_accounts",
)  # fmt: skip


def find_design(scope: Scope, run_id: int) -> DesignRun:
    """The run, when it may be seen."""
    found = visible_designs(scope).filter(id=run_id).select_related("layer", "created_by").first()
    if found is None:
        raise NotFoundError("design of this number")
    return found


def find_scenario(run: DesignRun, number: int) -> DesignScenario:
    """One scenario of a run."""
    found = DesignScenario.objects.filter(run=run, number=number).select_related("draft").first()
    if found is None:
        raise NotFoundError("scenario of this number")
    return found


def list_designs(scope: Scope, before: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Runs as cards, the newest first, and the last id when more follow."""
    rows = visible_designs(scope).select_related("layer", "created_by").order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    shown = found[:limit]
    scenarios: dict[int, list[DesignScenario]] = {run.pk: [] for run in shown}
    for scenario in DesignScenario.objects.filter(run__in=shown).select_related("draft").order_by("number"):
        scenarios[scenario.run_id].append(scenario)
    jobs = _find_jobs([run.pk for run in shown])
    cards = [_shape_run(run, scenarios[run.pk], jobs.get(run.pk)) for run in shown]
    return cards, shown[-1].pk if len(found) > limit else None


def _find_jobs(run_ids: list[int]) -> dict[int, Job]:
    """The newest job of each run."""
    subjects = {f"design:{run_id}": run_id for run_id in run_ids}
    return {subjects[job.subject]: job for job in Job.objects.filter(subject__in=subjects).order_by("id")}


def describe_design(scope: Scope, run_id: int) -> dict[str, Any]:
    """One run with its question, its territories and the figures of every scenario."""
    run = find_design(scope, run_id)
    scenarios = list(run.scenarios.select_related("draft").order_by("number"))
    shown = _shape_run(run, scenarios, _find_jobs([run.pk]).get(run.pk))
    return {
        **shown,
        "settings": run.settings,
        "places": [_shape_place(place) for place in run.places],
        "left_out": run.notes.get("left_out", []),
        "doubts": run.notes.get("doubts", []),
        "scenarios": [_shape_scenario(scenario) for scenario in scenarios],
        "may_accept": scope.may(Right.EDIT_PLANS),
    }


def _shape_run(run: DesignRun, scenarios: list[DesignScenario], job: Job | None) -> dict[str, Any]:
    """A run as a card: its state, and the figures of the scenario one would look at first."""
    return {
        "id": run.pk,
        "name": run.name,
        "mode": run.settings["mode"],
        "layer": run.layer.code,
        "territories": len(run.places),
        "accounts": run.account_count,
        "state": "done" if run.solved_at else job.status if job else "failed",
        "job": describe_job(job) if job else None,
        "scenario_count": len(scenarios),
        "best": _shape_scenario(_choose_best(scenarios)) if scenarios else None,
        "created_by": run.created_by.name,
        "created_at": run.created_at,
        "solved_at": run.solved_at,
    }


def _choose_best(scenarios: list[DesignScenario]) -> DesignScenario:
    """The most even one worth a look; else the first."""
    worth = [s for s in scenarios if s.is_pareto and s.max_deviation is not None]
    return min(worth, key=lambda s: (s.max_deviation or 0.0, s.number)) if worth else scenarios[0]


def _shape_place(place: dict[str, Any]) -> dict[str, Any]:
    names = ("code", "name", "rep", "capacity", "capacity_note")
    return {**{name: place[name] for name in names}, "is_new": place["territory_id"] is None}


def _shape_scenario(row: DesignScenario) -> dict[str, Any]:
    draft = row.draft
    shown = {name: getattr(row, name) for name in FIGURES}
    is_open = draft is not None and draft.status != Plan.Status.ARCHIVED
    shown["draft"] = (
        {"id": draft.pk, "name": draft.name, "status": draft.status} if draft and is_open else None
    )
    return shown


def describe_scenario(scope: Scope, run_id: int, number: int) -> dict[str, Any]:
    """One scenario: sentences, measures, every territory before and after, and what flows where."""
    run = find_design(scope, run_id)
    scenario = find_scenario(run, number)
    report = load_design_report(scenario.report_digest)
    return {
        **_shape_scenario(scenario),
        "sentences": tell_design(report),
        "measures": [{**measure, "label": name_measure(measure["name"])} for measure in report["measures"]],
        "territories": [
            {
                **_shape_place(place),
                "accounts": said["accounts"],
                "latitude": said["latitude"],
                "longitude": said["longitude"],
                "measures": said["measures"],
            }
            for place, said in zip(run.places, report["territories"], strict=True)
        ],
        "flows": report["flows"],
    }


def _load_arrays(
    run: DesignRun, scenario: DesignScenario
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Account ids, place before, place after; the latter is nowhere when nothing could be assigned."""
    ids, before = load_account_ids(run.accounts_digest), load_place_codes(run.before_digest)
    if not scenario.assignments_digest:
        return ids, before, np.full(len(ids), -1, np.int32)
    return ids, before, load_place_codes(scenario.assignments_digest)


def list_design_points(scope: Scope, run_id: int, number: int) -> dict[str, Any]:
    """Where the accounts in sight are, and their places before and after, as columns for the map."""
    run = find_design(scope, run_id)
    ids, before, after = _load_arrays(run, find_scenario(run, number))
    at = {key: place for place, key in enumerate(ids.tolist())}
    rows = visible_accounts(scope).filter(latitude__isnull=False).order_by("id")
    answer: dict[str, list[Any]] = {"id": [], "lon": [], "lat": [], "before": [], "after": []}
    for key, longitude, latitude in rows.values_list("id", "longitude", "latitude").iterator(READ_AT_ONCE):
        place = at.get(key)
        if place is None or latitude is None or longitude is None:
            continue
        answer["id"].append(key)
        answer["lon"].append(round(longitude, DECIMALS))
        answer["lat"].append(round(latitude, DECIMALS))
        answer["before"].append(int(before[place]))
        answer["after"].append(int(after[place]))
    return answer


def list_design_moves(
    scope: Scope, run_id: int, number: int, mark: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Accounts in sight that get another territory, from a place in the run's list on; the next place."""
    run = find_design(scope, run_id)
    ids, before, after = _load_arrays(run, find_scenario(run, number))
    moved = np.flatnonzero((before != after) & (after >= 0))
    later = moved[moved >= mark]
    chunk = later[:limit]
    rows = visible_accounts(scope).filter(id__in=ids[chunk].tolist())
    columns = ("id", "external_id", "name", "city", "state", "annual_revenue_minor")
    known = {row[0]: row for row in rows.values_list(*columns)}
    codes = [place["code"] for place in run.places]
    shown = []
    for place in chunk.tolist():
        row = known.get(int(ids[place]))
        if row is not None:
            shown.append(
                {
                    **dict(zip(columns, row, strict=True)),
                    "from": codes[before[place]] if before[place] >= 0 else None,
                    "to": codes[after[place]],
                }
            )
    return shown, int(later[limit]) if len(later) > limit else None


def stream_design_moves(scope: Scope, run_id: int, number: int) -> Iterator[list[Any]]:
    """Every move in sight, in the order of MOVE_COLUMNS."""
    digits = count_minor_digits(scope.organisation.currency) if scope.organisation else 2
    rows, mark = list_design_moves(scope, run_id, number, 0, READ_AT_ONCE)
    return _stream_moves(scope, run_id, number, digits, rows, mark)


def _stream_moves(
    scope: Scope, run_id: int, number: int, digits: int, rows: list[dict[str, Any]], mark: int | None
) -> Iterator[list[Any]]:
    while True:
        for row in rows:
            minor = row["annual_revenue_minor"]
            revenue = None if minor is None else minor / 10**digits
            yield [row["external_id"], row["name"], row["city"], row["state"], row["from"] or "", row["to"],
                   revenue]  # fmt: skip
        if mark is None:
            return
        rows, mark = list_design_moves(scope, run_id, number, mark, READ_AT_ONCE)
