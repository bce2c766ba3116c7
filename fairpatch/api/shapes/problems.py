"""What does an error look like?"""

from typing import Literal

from ninja import Schema


class FindingShape(Schema):
    """One thing noticed in what was sent, with its place and what to do."""

    severity: Literal["error", "warning", "notice"]
    where: str
    sentence: str
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None


class DriftItem(Schema):
    """Something a proposal rested on that has changed since."""

    account_id: int | None
    external_id: str
    name: str
    what: str
    before: str | None
    after: str | None
    sentence: str


class Problem(Schema):
    """RFC 9457 problem details; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    reference: str | None = None
    findings: list[FindingShape] | None = None
    drift: list[DriftItem] | None = None
