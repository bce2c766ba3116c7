"""What is said of imports and their column mappings?"""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from fairpatch.api.shapes.problems import FindingShape


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


class ApplyForm(Schema):
    leave_out_faulty: bool = False


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
