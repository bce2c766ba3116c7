"""Which jobs check an import, foretell what it moves, and apply it?"""

import datetime as dt
from typing import Any

from fairpatch.actions.imports import apply_import, check_import, foretell_import
from fairpatch.jobs.handle import JobHandle
from fairpatch.records.models import User


def run_check(handle: JobHandle, params: dict[str, Any]) -> dict[str, Any]:
    checked = check_import(params["import_id"], progress=handle)
    return {"import_id": checked.import_id, "counts": checked.counts, "findings": checked.severities}


def run_foretelling(handle: JobHandle, params: dict[str, Any]) -> dict[str, Any]:
    foretell_import(params["import_id"], progress=handle)
    return {"import_id": params["import_id"]}


def run_application(handle: JobHandle, params: dict[str, Any]) -> dict[str, Any]:
    actor = User.objects.get(pk=handle.actor_id) if handle.actor_id is not None else None
    seen = params.get("seen_effect")
    applied = apply_import(
        actor,
        params["import_id"],
        leave_out_faulty=bool(params["leave_out_faulty"]),
        seen_effect=dt.datetime.fromisoformat(seen) if seen else None,
        progress=handle,
    )
    return applied.to_json()
