"""Which territory does each piece of the map belong to?"""

from functools import cache
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from fairpatch.api.answers import answer_json
from fairpatch.api.auth import get_scope
from fairpatch.api.shapes.territories import MapUnits
from fairpatch.engines.geo.units import MapAtlas
from fairpatch.records.queries.map_units import list_map_units

router = Router(tags=["map"])


@cache
def load_atlas() -> MapAtlas:
    """Read once per process: it holds every postal code."""
    return MapAtlas()


@router.get("/map/units", response=MapUnits)
def get_map_units(
    request: HttpRequest,
    level: Literal["state", "county", "country"] = "state",
    plan: Annotated[str, Query("active")] = "active",
    layer: str | None = None,
) -> HttpResponse:
    """Per state (ISO 3166-2), county (FIPS) or country (ISO 3166-1): the territory of most accounts."""
    return answer_json(list_map_units(get_scope(request), load_atlas(), level, plan, layer))
