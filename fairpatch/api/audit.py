"""What was done, by whom, and can it be proved?"""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Body, Query, Router

from fairpatch.actions.jobs import enqueue_job
from fairpatch.api.answers import answer_json, answer_page, answer_stream
from fairpatch.api.auth import READING_AUTH, admit_user, get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.audit import BatchShape, HeadShape, KeyShape, LogPage, ProofVerdict
from fairpatch.api.shapes.names import JobStarted
from fairpatch.core.audit.verify import Step, verify_proof
from fairpatch.core.people.roles import Right
from fairpatch.records.ledger import export_ledger
from fairpatch.records.queries.log import (
    LogFilter,
    describe_batch,
    describe_newest_head,
    list_keys,
    list_log,
)

router = Router(tags=["audit"])

JSON_LINES = {
    "responses": {
        200: {"description": "OK", "content": {"application/jsonl": {"schema": {"type": "string"}}}}
    }
}
PROOF_HOLDS = "The proof holds: this entry is in the ledger, unchanged, under the signed head it names."
KEY_HELD = "The key belongs to this ledger."
KEY_UNKNOWN = "The key is not one of this ledger: somebody else signed this."
PROOF_FAILS = "The proof does not hold: {} Do not rely on this entry; ask the auditor."


@router.get("/audit/log", response=LogPage)
def get_audit_log(
    request: HttpRequest,
    deed: str | None = None,
    actor: str | None = None,
    account: int | None = None,
    since: Annotated[date | None, Query(None, alias="from")] = None,
    until: date | None = None,
    after: After = None,
    limit: Limit = 100,
) -> HttpResponse:
    """Every deed, the newest first."""
    admit_user(request, Right.AUDIT)
    mark = read_mark(after, (int,))
    wanted = LogFilter(deed, actor, account, since, until)
    rows, last = list_log(wanted, mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/audit/log/{batch}", response=BatchShape)
def get_audit_batch(
    request: HttpRequest, batch: int, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """One batch: its signed head and its leaves."""
    admit_user(request, Right.AUDIT)
    mark = read_mark(after, (int,))
    shown, last = describe_batch(batch, mark[0] if mark else None, limit)
    return answer_json({**shown, "next": None if last is None else write_mark([last])})


@router.get("/audit/head", response=HeadShape)
def get_audit_head(request: HttpRequest) -> HttpResponse:
    """The newest signed head: keep it elsewhere, and nobody can rewrite what it covers unseen."""
    admit_user(request, Right.AUDIT)
    return answer_json(describe_newest_head())


@router.get("/audit/keys", response=list[KeyShape])
def get_audit_keys(request: HttpRequest) -> HttpResponse:
    """The public keys that signed heads."""
    get_scope(request)
    return answer_json(list_keys())


@router.post("/audit/verify", response={202: JobStarted})
@answer_once
def post_audit_verification(request: HttpRequest) -> HttpResponse:
    """Check the whole ledger in the background."""
    user = admit_user(request, Right.AUDIT)
    job = enqueue_job("audit.verify", {}, user.id, "audit")
    return answer_json({"job_id": job.id}, 202)


@router.post("/audit/verify_proof", response=ProofVerdict, auth=READING_AUTH)
def post_proof(request: HttpRequest, proof: Body[dict[str, Any]]) -> HttpResponse:
    """Check a proof file, step by step, against the keys it names and the ones we hold."""
    steps = verify_proof(proof)
    if steps[0].name != "form":
        held = {key["key_id"] for key in list_keys()}
        is_ours = all(name in held for name in proof["keys"])
        steps.append(Step("key", is_ours, KEY_HELD if is_ours else KEY_UNKNOWN))
    bad = next((step for step in steps if not step.ok), None)
    shaped = [{"name": step.name, "ok": step.ok, "sentence": step.sentence} for step in steps]
    sentence = PROOF_HOLDS if bad is None else PROOF_FAILS.format(bad.sentence)
    return answer_json({"ok": bad is None, "sentence": sentence, "steps": shaped})


@router.get("/audit/export", openapi_extra=JSON_LINES)
def get_audit_export(request: HttpRequest) -> StreamingHttpResponse:
    """The whole ledger as JSON lines, for the verifier that needs no server."""
    admit_user(request, Right.AUDIT)
    return answer_stream("ledger.jsonl", "application/jsonl", export_ledger())
