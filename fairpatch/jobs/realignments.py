"""Which job executes a realignment?"""

from typing import Any

from fairpatch.actions.realignment_execution import execute_realignment
from fairpatch.jobs.handle import JobHandle
from fairpatch.records.models import Realignment, User


def run_execution(handle: JobHandle, params: dict[str, Any]) -> dict[str, Any]:
    realignment_id: int = params["realignment_id"]
    found = Realignment.objects.get(pk=realignment_id)
    if handle.attempt == 1 or found.status != Realignment.Status.EXECUTED:
        # A worker may die after its commit and before it could say so: then there is nothing left to do.
        assert handle.actor_id is not None, "somebody executes a realignment"
        actor = User.objects.get(pk=handle.actor_id)
        execute_realignment(actor, realignment_id, progress=handle)
    return {"realignment_id": realignment_id}
