"""Which lists does a plan hold, who uses them, and how have they changed?"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from fairpatch.api.answers import answer_json
from fairpatch.api.auth import get_scope
from fairpatch.api.shapes.names import TerritoryName
from fairpatch.records.queries.lists import describe_value_set, list_account_lists, list_value_sets
from fairpatch.records.queries.plans import find_plan

router = Router(tags=["lists"])


class ListedSet(Schema):
    """`added` and `removed` count values against the live plan."""

    name: str
    size: int
    territories: list[TerritoryName]
    added: int
    removed: int
    is_removed: bool


class AccountsOfTerritory(Schema):
    code: str
    name: str
    named: int
    excluded: int


class PlanLists(Schema):
    value_sets: list[ListedSet]
    accounts: list[AccountsOfTerritory]


class SetChange(Schema):
    at: datetime
    actor: str
    is_removal: bool
    size: int | None
    batch: int


class SetHistory(Schema):
    """At most 500 values of each kind, and the newest 50 changes."""

    name: str
    added: list[str]
    removed: list[str]
    history: list[SetChange]


@router.get("/plans/{plan_id}/lists", response=PlanLists)
def get_lists(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Value sets with their users and what a draft changes of them; territories with account lists."""
    scope = get_scope(request)
    plan = find_plan(scope, plan_id)
    return answer_json({"value_sets": list_value_sets(scope, plan), "accounts": list_account_lists(plan)})


@router.get("/plans/{plan_id}/lists/{name}", response=SetHistory)
def get_list_history(request: HttpRequest, plan_id: int, name: str) -> HttpResponse:
    """One value set against the live plan's, and who changed it when."""
    scope = get_scope(request)
    return answer_json(describe_value_set(scope, find_plan(scope, plan_id), name))
