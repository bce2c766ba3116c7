"""What is said of jobs and of the ledger?"""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema


class JobShape(Schema):
    id: int
    kind: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    message: str
    result: dict[str, Any]
    error: dict[str, Any]
    subject: str
    created_at: datetime
    finished_at: datetime | None


class JobList(Schema):
    items: list[JobShape]
    next: str | None
    total: int | None


class LogEntry(Schema):
    batch: int
    deed: str
    actor: str
    subject: str
    sentence: str
    size: int
    signed_at: datetime
    key_id: str


class LogPage(Schema):
    items: list[LogEntry]
    next: str | None
    total: int | None


class HeadShape(Schema):
    """A signed tree head: `root` over the batch's leaves, `log_root` over all heads before it. Hex."""

    batch: int
    size: int
    root: str
    log_root: str
    signature: str
    key_id: str
    signed_at: datetime
    body: str


class LeafShape(Schema):
    seq: int
    account_id: int | None
    body: str
    hash: str


class BatchShape(Schema):
    entry: LogEntry
    head: HeadShape
    leaves: list[LeafShape]
    next: str | None


class KeyShape(Schema):
    key_id: str
    public_key: str
    created_at: datetime


class ProofStep(Schema):
    name: str
    ok: bool
    sentence: str


class ProofVerdict(Schema):
    ok: bool
    sentence: str
    steps: list[ProofStep]
