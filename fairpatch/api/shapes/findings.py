"""What does the check of a plan look like?"""

from typing import Any

from ninja import Field, Schema

from fairpatch.api.shapes.problems import FindingShape
from fairpatch.api.shapes.territories import RuleInput
from fairpatch.core.plans.findings import FindingKind


class PlanFindingShape(FindingShape):
    """`account` shows what was found, by the names of the plan format: it can be routed as it stands."""

    kind: FindingKind
    territory: str | None
    others: list[str]
    account: dict[str, Any]
    is_certain: bool


class FindingCount(Schema):
    """How many there are of a kind; of very many only the first are listed."""

    kind: FindingKind
    title: str
    total: int
    listed: int


class PlanFindings(Schema):
    counts: list[FindingCount]
    findings: list[PlanFindingShape]


class RuleFindingsQuestion(Schema):
    """A territory with what differs from the plan: its rule (null removes it), priority, parent or layer."""

    plan_id: int | None = Field(None, description="The live plan when left out.")
    territory: str
    layer: str | None = None
    parent: str | None = None
    rule: RuleInput | None = None
    priority: int | None = None
