"""What is the REST interface made of?"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

import fairpatch
from fairpatch.api import (
    accounts,
    audit,
    designs,
    downloads,
    edits,
    findings,
    home,
    imports,
    jobs,
    layers,
    lists,
    locks,
    maps,
    people,
    plans,
    realignments,
    reps,
    routing,
    rules,
    session,
    territories,
)
from fairpatch.api.auth import AUTH
from fairpatch.api.once import HEADER
from fairpatch.api.problems import (
    answer_absent,
    answer_denied,
    answer_failure,
    answer_http_error,
    answer_invalid,
    answer_refusal,
)
from fairpatch.api.shapes.problems import Problem
from fairpatch.core.errors import FairpatchError

DESCRIPTION = (
    "Sales territory management. Every list, count and export is narrowed to what the asking person may see. "
    "Errors are problem details (RFC 9457). Version 1 only grows."
)
ERRORS: dict[type[Exception], Any] = {
    FairpatchError: answer_refusal,
    ValidationError: answer_invalid,
    HttpError: answer_http_error,
    Http404: answer_absent,
    PermissionDenied: answer_denied,
    Exception: answer_failure,
}
PROBLEM_REF = "#/components/schemas/Problem"


class FairpatchAPI(NinjaAPI):
    """Ninja, with the view's name as operation id and the problem form on every operation."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*args, **kwargs)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas = schema["components"]["schemas"]
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        for path in schema["paths"].values():
            for method, operation in path.items():
                _complete_operation(method, operation)
        schema["paths"] = dict(sorted(schema["paths"].items()))
        schema["components"]["schemas"] = dict(sorted(schemas.items()))
        return schema


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    operation["responses"] = {str(code): answer for code, answer in operation["responses"].items()}
    operation["responses"]["default"] = {
        "description": "Refused or failed",
        "content": {"application/problem+json": {"schema": {"$ref": PROBLEM_REF}}},
    }
    if method == "post" and operation.get("security"):
        header = {"name": HEADER, "in": "header", "required": False}
        description = "A repeat with the same key answers the same and does nothing."
        schema = {"type": "string", "maxLength": 120}
        operation.setdefault("parameters", []).append(
            {**header, "description": description, "schema": schema}
        )


def build_api() -> FairpatchAPI:
    """The whole interface with its routes and error answers."""
    built = FairpatchAPI(
        title="Fairpatch",
        version=fairpatch.__version__,
        description=DESCRIPTION,
        docs_url=None,
        urls_namespace="api",
        auth=AUTH,
    )
    rooms = (
        session, people, home, plans, edits, territories, rules, findings, downloads, accounts, layers, lists,
        locks, reps, realignments, routing, jobs, imports, audit, maps, designs,
    )  # fmt: skip
    for room in rooms:
        built.add_router("", room.router)
    for error, answer in ERRORS.items():
        built.add_exception_handler(error, answer)
    return built


api = build_api()
