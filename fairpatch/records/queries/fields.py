"""What may a rule test under a plan?"""

from typing import Any

from fairpatch.core.rules.fields import STANDARD, Catalogue
from fairpatch.records.queries.plan_rows import list_organisation_fields, load_core_plan
from fairpatch.records.queries.plans import find_plan
from fairpatch.records.visibility import Scope


def list_fields(scope: Scope, asked: str) -> list[dict[str, Any]]:
    """Standard fields, the plan's own, and how each may be compared."""
    if asked == "active" and scope.plan is None:
        custom = list_organisation_fields()
        catalogue, regions = (Catalogue(custom) if custom else STANDARD), []
    else:
        plan = load_core_plan(find_plan(scope, asked))
        catalogue, regions = plan.catalogue, sorted(plan.regions)
    shown = []
    for field in catalogue.fields:
        choices = regions if field.name == "region" else list(field.choices)
        shown.append(
            {
                "name": field.name,
                "label": field.title,
                "type": field.type,
                "dimension": field.dimension_name,
                "operators": list(field.operators),
                "choices": choices or None,
            }
        )
    return shown
