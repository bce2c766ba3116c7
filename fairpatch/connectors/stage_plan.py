"""Which plan do the staged territories, maps and seats describe?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairpatch.connectors.staging import Stage
from fairpatch.core.accounts.mapping import ImportSpec
from fairpatch.core.accounts.patches import MapRow, PatchFiles, PatchRow, SeatRow, compose_plan
from fairpatch.core.errors import FaultyInputError, Finding
from fairpatch.core.plans.faults import find_plan_faults
from fairpatch.core.plans.plan import Plan
from fairpatch.core.plans.text import read_plan
from fairpatch.core.rules.fields import Field

DEFAULT_NAME = "Imported"


def read_staged_plan(
    stage: Stage, spec: ImportSpec, folder: Path, currency: str, name_country: Callable[[str], str]
) -> Plan | None:
    """The plan of the import, None when it brings none. FaultyInputError names every fault of it."""
    files = spec.select_kind("plan")
    has_territories = bool(spec.select_kind("territories"))
    if len(files) > 1 or (files and has_territories):
        sentence = "An import brings one plan: either a plan file or a list of territories."
        raise FaultyInputError([Finding("error", "files", sentence)], "plan_faulty")
    if files:
        return read_plan((folder / files[0].file).read_text(encoding="utf-8-sig"), files[0].file)
    if not has_territories:
        return None
    plan = compose_plan(_gather(stage, spec), spec.name or DEFAULT_NAME, currency, name_country)
    faults = find_plan_faults(plan)
    if faults:
        raise FaultyInputError((fault.at(file="plan made of the files") for fault in faults), "plan_faulty")
    return plan


def _gather(stage: Stage, spec: ImportSpec) -> PatchFiles:
    run = stage.connection.execute
    is_leaf_per_rep = any(entry.is_leaf_per_rep for entry in spec.files)
    owned: dict[str, list[str]] = {}
    if is_leaf_per_rep:
        for owner, account in run(
            "SELECT owner_key, id FROM stage_accounts"
            " WHERE owner_key IS NOT NULL AND is_faulty = 0 ORDER BY rowid"
        ):
            owned.setdefault(owner, []).append(account)
    return PatchFiles(
        territories=[
            _read_patch(row)
            for row in run(
                "SELECT code, name, parent, layer, type, description, rule, priority, country,"
                " level_1, level_2, level_3 FROM stage_territories WHERE is_faulty = 0 ORDER BY rowid"
            )
        ],
        states=[
            MapRow(*row)
            for row in run(
                "SELECT territory_key, country, state FROM stage_state_map WHERE is_faulty = 0 ORDER BY rowid"
            )
        ],
        postal=[
            MapRow(*row)
            for row in run(
                "SELECT territory_key, country, postal_code, postal_code_to FROM stage_postal_map"
                " WHERE is_faulty = 0 ORDER BY rowid"
            )
        ],
        seats=[
            SeatRow(territory, rep, seat or "primary", _read_day(start), _read_day(end))
            for territory, rep, seat, start, end in run(
                'SELECT territory, rep, seat, "from", "until" FROM stage_seats'
                " WHERE is_faulty = 0 ORDER BY rowid"
            )
        ],
        owned=owned,
        rep_names=dict(run("SELECT id_key, name FROM stage_reps WHERE is_faulty = 0")),
        fields=list_custom_fields(spec),
        is_leaf_per_rep=is_leaf_per_rep,
    )


def _read_patch(row: tuple[Any, ...]) -> PatchRow:
    code, name, parent, layer, type_, description, rule, priority, country, *levels = row
    return PatchRow(code, name, parent, layer, type_, description, rule, priority, country, tuple(levels))


def list_custom_fields(spec: ImportSpec) -> list[Field]:
    """The custom fields that the mapping's account files bring."""
    fields: dict[str, Field] = {}
    for entry in spec.select_kind("accounts"):
        for name, source in entry.custom.items():
            type_ = source.type or "text"
            fields[name] = Field(name, type_, source.label or None, source.dimension or None)  # type: ignore[arg-type]
    return list(fields.values())


def _read_day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
