"""What is said of imports and their column mappings?"""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from fairpatch.api.shapes.accounts import AffectedAccount
from fairpatch.api.shapes.names import OnChange, RepName, TerritoryName
from fairpatch.api.shapes.problems import FindingShape
from fairpatch.api.shapes.territories import PreviewOwner


class GuessedColumn(Schema):
    name: str
    guess: str | None
    confidence: float
    samples: list[str]


class UploadedFile(Schema):
    name: str
    kind_guess: str | None
    confidence: float
    rows: int
    columns: list[GuessedColumn]


class UploadedImport(Schema):
    id: int
    files: list[UploadedFile]
    mappings: list[str]


class ImportRow(Schema):
    id: int
    status: Literal["uploaded", "checked", "applied", "cancelled", "failed"]
    counts: dict[str, Any]
    finding_counts: dict[str, Any]
    created_by: str | None
    created_at: datetime
    applied_at: datetime | None
    batch: int | None


class ImportShape(ImportRow):
    mapping: dict[str, Any]
    files: list[UploadedFile]
    mappings: list[str]
    job_id: int | None  # the check or import that waits or runs now


class ImportPage(Schema):
    items: list[ImportRow]
    next: str | None
    total: int | None


class MappingForm(Schema):
    mapping: dict[str, Any]
    save_as: str | None = None


class ImportFinding(FindingShape):
    file: str
    row: int | None


class ImportFindingPage(Schema):
    items: list[ImportFinding]
    next: str | None
    total: int | None


class EffectLayer(Schema):
    """What moves in one layer, and what its policy makes of it; where new accounts land in it."""

    layer: str
    role: str
    policy: OnChange
    sentence: str
    accounts: int
    revenue_minor: int
    open_deals: int
    pipeline_minor: int
    landed: int
    unassigned: int


class EffectWay(Schema):
    layer: str
    policy: OnChange
    from_territory: TerritoryName | None
    to_territory: TerritoryName | None
    from_rep: RepName | None
    to_rep: RepName | None
    revenue_minor: int
    open_deals: int
    pipeline_minor: int


class EffectFlow(EffectWay):
    """Accounts that would go from one territory and owner to others."""

    accounts: int


class EffectMove(EffectWay):
    """One account that would move in one layer."""

    account: AffectedAccount
    cause: str


class EffectMovePage(Schema):
    items: list[EffectMove]
    next: str | None
    total: int | None


class EffectLanding(Schema):
    """New accounts that would begin in one territory (none: unassigned) with one owner."""

    layer: str
    territory: TerritoryName | None
    rep: RepName | None
    accounts: int
    revenue_minor: int


class ImportEffect(Schema):
    """What applying a checked import would move. `is_current`: nothing has happened since it was foretold."""

    state: Literal["foretold", "not_checked", "no_live_plan", "no_accounts"]
    sentence: str = Field(description="Why nothing is foretold.")
    at: datetime | None
    is_current: bool
    brings_plan: bool = Field(description="The files bring territories. They become a draft.")
    changed: int = Field(description="Accounts that are there and get other data.")
    new: int
    moved: int = Field(description="Accounts that belong elsewhere in some layer.")
    layers: list[EffectLayer]
    flows: list[EffectFlow]
    more_flows: int
    owners: list[PreviewOwner] = Field(description="In the primary layer.")
    landings: list[EffectLanding]
    more_landings: int


class ApplyForm(Schema):
    leave_out_faulty: bool = False
    seen_effect: datetime | None = Field(
        None, description="`at` of the effect that was read. An outdated one is refused."
    )


class SavedMapping(Schema):
    name: str
    content: dict[str, Any]
    updated_at: datetime


class KindColumn(Schema):
    name: str
    label: str
    type: str
    is_required: bool


class KindShape(Schema):
    """A kind of file that can be imported."""

    kind: str
    label: str
    columns: list[KindColumn]
