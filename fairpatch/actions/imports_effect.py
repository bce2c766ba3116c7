"""Whom would a checked import move, and where would its new accounts land?

The same decision as applying makes, over the rows that would change and their families alone, in columns.
Nothing is written but a file beside the import's staged rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairpatch.actions.imports_apply import heed_cancel
from fairpatch.actions.imports_foreseen import Foreseen, foresee_records
from fairpatch.actions.imports_sql import attach_stage
from fairpatch.actions.progress import Progress
from fairpatch.connectors.stage_effect import write_effect
from fairpatch.connectors.staging import Stage
from fairpatch.core.accounts.mapping import ImportSpec
from fairpatch.core.errors import FairpatchError
from fairpatch.core.realignment.moves import CAUSES
from fairpatch.core.units import count_minor_digits
from fairpatch.engines.routing.families import find_heads
from fairpatch.records.models import Organisation
from fairpatch.records.queries.import_effects import find_effect_mark
from fairpatch.records.queries.plan_rows import load_core_plan
from fairpatch.records.queries.routed import code_snapshot
from fairpatch.records.queries.routing import OwnerBook, find_day, list_layers
from fairpatch.records.queries.snapshot import load_snapshot
from fairpatch.records.queries.verdicts import decide_columns, map_owners
from fairpatch.records.routing_engine import Mask
from fairpatch.records.snapshot import Figures, Ids, Positions, Snapshot, patch_snapshot
from fairpatch.records.snapshot_reading import read_accounts, read_layer_owners

ATTACHED = ("reps", "accounts", "deals")
_CAUSES = tuple(CAUSES)
_LISTED_AT_ONCE = 20_000
STALE = "Accounts came to an end while this was worked out. Nothing was changed. Ask again."


def foretell_stage(stage: Stage, spec: ImportSpec, now: dt.datetime, progress: Progress) -> None:
    """Works out what applying would move, and keeps it beside the staged rows."""
    organisation = Organisation.objects.select_related("active_plan").first()
    home = stage.path.parent
    about: dict[str, Any] = {"at": now.astimezone(dt.UTC).isoformat(), "brings_plan": _brings_plan(spec)}
    if organisation is None or organisation.active_plan is None:
        write_effect(home, {**about, "state": "no_live_plan"})
        return
    if not spec.select_kind("accounts"):
        write_effect(home, {**about, "state": "no_accounts"})
        return
    progress.check_cancelled()
    progress.report(0, 0, "Working out what this moves")
    today = find_day(organisation, now)
    about |= {
        "state": "foretold",
        "plan_id": organisation.active_plan.pk,
        "mark": find_effect_mark(organisation.active_plan, today),
    }
    with attach_stage(stage, ATTACHED), heed_cancel(progress):
        foreseen = foresee_records(spec, organisation)
    progress.check_cancelled()
    forecast = _Forecast(organisation, today, foreseen)
    moves = forecast.find_moves()
    about |= {
        "changed": int(np.count_nonzero(~foreseen.is_new)),
        "new": int(np.count_nonzero(foreseen.is_new)),
        "moved": len(np.unique(moves[0])),
        "new_reps": foreseen.new_reps,
    }
    progress.check_cancelled()
    write_effect(home, about, _list_rows(moves), forecast.list_landings())


def _brings_plan(spec: ImportSpec) -> bool:
    return bool(spec.select_kind("plan") or spec.select_kind("territories"))


def _list_rows(columns: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Moves by account and layer, with the cause in its word."""
    order = np.lexsort((columns[1], columns[0]))
    for start in range(0, len(order), _LISTED_AT_ONCE):
        places = order[start : start + _LISTED_AT_ONCE]
        for row in zip(*(column[places].tolist() for column in columns), strict=True):
            yield (*row[:6], _CAUSES[row[6]], *row[7:])


@dataclass(frozen=True)
class _Concerned:
    """Accounts that are there and may move, and those without which their families could not be told."""

    ids: Ids
    relatives: Ids


class _Forecast:
    """The live plan's decision on accounts as they would be, beside how they stand."""

    def __init__(self, organisation: Organisation, on: dt.date, foreseen: Foreseen) -> None:
        plan = organisation.active_plan
        assert plan is not None, "only a live plan can rule"
        self._foreseen = foreseen
        self._standing = load_snapshot()
        self._keeper = organisation.queue_keeper_id
        self._layers = list_layers(plan)
        core = load_core_plan(plan)
        has_families = any(layer.families == "together" or layer.placement != "own" for layer in core.layers)
        if (self._standing.find_rows(self._list_changed().ids) < 0).any():
            raise FairpatchError("import_stale", STALE)
        concerned = self._find_concerned() if has_families else self._list_changed()
        self._ids = concerned.ids
        self._after = _join_relatives(foreseen.accounts, concerned.relatives)
        self._owners = OwnerBook(plan, on, organisation, people=foreseen.people)
        columns = code_snapshot(self._after, core, count_minor_digits(organisation.currency))
        self._decided = decide_columns(plan, core, columns, on)

    def _list_changed(self) -> _Concerned:
        changed = self._foreseen.accounts.ids[~self._foreseen.is_new]
        return _Concerned(changed, np.empty(0, np.int64))

    def _find_concerned(self) -> _Concerned:
        """Whoever is or becomes a relative of a changed or new account, and the relatives these will have."""
        staged, standing = self._foreseen.accounts, self._standing
        new = staged.ids[self._foreseen.is_new]
        ids = np.concatenate([standing.ids, new])
        before = np.concatenate([standing.figures["parent"], np.zeros(len(new), np.int64)])
        after = before.copy()
        rows = np.searchsorted(ids, staged.ids)
        after[rows] = staged.figures["parent"]
        was, becomes = (find_heads(_find_parents(ids, parents)) for parents in (before, after))
        is_concerned = _find_related(was, rows) | _find_related(becomes, rows)
        is_needed = _find_related(becomes, np.flatnonzero(is_concerned)) | is_concerned
        is_needed[rows] = False
        is_concerned[len(standing.ids) :] = False
        return _Concerned(ids[is_concerned], ids[is_needed])

    def find_moves(self) -> list[Any]:
        """The columns of `effect_move`, one entry for each account and layer that would move."""
        standing, after = self._standing.find_rows(self._ids), self._after.find_rows(self._ids)
        found = [self._find_layer_moves(pk, role, standing, after) for pk, _, role in self._layers]
        return [np.concatenate(parts) for parts in zip(*found, strict=True)]

    def _find_layer_moves(self, layer_id: int, role: str, standing: Ids, after: Ids) -> list[Any]:
        stands, decided = self._standing.read_layer(layer_id), self._decided[layer_id]
        is_moving = (stands["cause"][standing] >= 0) & (
            stands["territory"][standing] != decided["territory"][after]
        )
        ids, standing, after = self._ids[is_moving], standing[is_moving], after[is_moving]
        figures = self._standing.figures
        is_primary = role == "primary"
        territory = decided["territory"][after]
        deals = self._count_deals(ids)
        return [
            ids,
            np.full(len(ids), layer_id, np.int64),
            stands["territory"][standing],
            territory,
            figures["owner"][standing] if is_primary else read_layer_owners(ids, layer_id),
            map_owners(territory, self._owners, is_primary=is_primary),
            decided["cause"][after],
            self._after.revenue[after],
            figures["open_deals"][standing] + deals[0],
            figures["pipeline"][standing] + deals[1],
        ]

    def _count_deals(self, ids: Ids) -> tuple[Figures, Figures]:
        """What the import changes about open deals and pipeline of these accounts."""
        known, deals, pipeline = self._foreseen.deals
        at = np.searchsorted(known, ids)
        is_there = np.isin(ids, known)
        at[~is_there] = 0
        if not len(known):
            return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.int64)
        return np.where(is_there, deals[at], 0), np.where(is_there, pipeline[at], 0)

    def list_landings(self) -> list[tuple[int, ...]]:
        """The rows of `effect_landing`: new accounts by layer, territory and owner."""
        new = self._foreseen.accounts.ids[self._foreseen.is_new]
        rows = self._after.find_rows(new)
        named = self._after.figures["owner"][rows]
        revenue = self._after.revenue[rows]
        landings = []
        for layer_id, _, role in self._layers:
            territory = self._decided[layer_id]["territory"][rows]
            owner = map_owners(territory, self._owners, is_primary=role == "primary")
            if role == "primary":
                # An account that a file gives to somebody begins with them.
                owner = np.where(named == self._keeper, owner, named)
            groups, places = np.unique(np.stack([territory, owner]), axis=1, return_inverse=True)
            places = places.reshape(-1)
            counts, sums = (np.zeros(groups.shape[1], np.int64) for _ in range(2))
            np.add.at(counts, places, 1)
            np.add.at(sums, places, revenue)
            found = zip(*groups.tolist(), counts.tolist(), sums.tolist(), strict=True)
            landings += [(layer_id, *group) for group in found]
        return landings


def _join_relatives(staged: Snapshot, relatives: Ids) -> Snapshot:
    """The staged accounts, and these as the tables hold them."""
    if not len(relatives):
        return staged
    return patch_snapshot(read_accounts(relatives), staged.ids, staged, Positions())


def _find_parents(ids: Ids, parents: Figures) -> Ids:
    """The row of each account's parent; -1 where there is none, or it has ended."""
    if not len(ids):
        return np.empty(0, np.int64)
    rows = np.minimum(np.searchsorted(ids, parents), len(ids) - 1)
    return np.where((ids[rows] == parents) & (parents > 0), rows, -1)


def _find_related(heads: Ids, rows: Ids) -> Mask:
    is_head = np.zeros(len(heads), bool)
    is_head[heads[rows]] = True
    related: Mask = is_head[heads]
    return related
