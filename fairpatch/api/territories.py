"""How is the market divided, and who covers each part?"""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from fairpatch.api.accounts import AccountQuery, answer_account_page
from fairpatch.api.answers import answer_json
from fairpatch.api.auth import get_scope
from fairpatch.api.pages import After, Limit
from fairpatch.api.shapes.accounts import AccountPage
from fairpatch.api.shapes.carve_outs import CarveOuts, Programmes
from fairpatch.api.shapes.territories import FieldShape, TerritoryShape, TerritoryTree
from fairpatch.records.queries.carve_outs import describe_carve_outs
from fairpatch.records.queries.fields import list_fields
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.queries.programmes import list_programmes
from fairpatch.records.queries.territories import describe_tree
from fairpatch.records.queries.territory import describe_territory

router = Router(tags=["territories"], by_alias=True)

PlanParam = Annotated[str, Query("active", description="`active`, or the id of a plan")]


@router.get("/territories", response=TerritoryTree)
def get_territories(request: HttpRequest, plan: PlanParam = "active") -> HttpResponse:
    """The whole tree, parents first, with roll-ups of what one may see."""
    scope = get_scope(request)
    return answer_json(describe_tree(scope, plan))


@router.get("/territories/{code}", response=TerritoryShape)
def get_territory(request: HttpRequest, code: str, plan: PlanParam = "active") -> HttpResponse:
    """One territory: rule, seats, lists, locks, history."""
    scope = get_scope(request)
    return answer_json(describe_territory(scope, find_plan(scope, plan), code))


@router.get("/territories/{code}/accounts", response=AccountPage)
def get_territory_accounts(
    request: HttpRequest, code: str, filters: Query[AccountQuery], after: After = None, limit: Limit = 100
) -> HttpResponse:
    """The accounts of a territory and all below it."""
    filters.territory, filters.descendants = code, True
    return answer_account_page(request, filters, after, limit)


@router.get("/territories/{code}/carve_outs", response=CarveOuts)
def get_carve_outs(request: HttpRequest, code: str, plan: PlanParam = "active") -> HttpResponse:
    """What a territory with all below it takes from others, and loses to them."""
    scope = get_scope(request)
    return answer_json(describe_carve_outs(scope, find_plan(scope, plan), code))


@router.get("/carve_outs", response=Programmes)
def get_programmes(
    request: HttpRequest, plan: PlanParam = "active", layer: str | None = None, with_rules: bool = False
) -> HttpResponse:
    """Which programmes take accounts from which territories; `with_rules`, whatever holds them."""
    scope = get_scope(request)
    return answer_json(list_programmes(scope, find_plan(scope, plan), layer, with_rules=with_rules))


@router.get("/fields", response=list[FieldShape])
def get_fields(request: HttpRequest, plan: PlanParam = "active") -> HttpResponse:
    """What a rule may test: standard and custom fields with their operators."""
    return answer_json(list_fields(get_scope(request), plan))
