"""Which lists can be taken away as a file?"""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from fairpatch.api.accounts import AccountQuery
from fairpatch.api.answers import CSV, answer_csv, answer_json
from fairpatch.api.auth import get_scope
from fairpatch.records.ledger import build_proof
from fairpatch.records.models import Ownership
from fairpatch.records.queries.account import find_account
from fairpatch.records.queries.accounts import EXPORT_COLUMNS, stream_account_rows
from fairpatch.records.queries.passages import MOVE_COLUMNS, find_realignment, stream_moves
from fairpatch.records.visibility import NotFoundError

router = Router(tags=["downloads"])

PROOF = {
    "responses": {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
}


@router.get("/accounts/export.csv", openapi_extra=CSV, url_name="accounts-export")
def get_accounts_csv(request: HttpRequest, filters: Query[AccountQuery]) -> StreamingHttpResponse:
    """The filtered accounts, for spreadsheets."""
    rows = stream_account_rows(get_scope(request), filters.to_filter())
    return answer_csv("accounts.csv", EXPORT_COLUMNS, rows)


@router.get("/accounts/{account_id}/proof", openapi_extra=PROOF)
def get_account_proof(request: HttpRequest, account_id: int, batch: int, seq: int) -> HttpResponse:
    """The proof of one entry of the account's timeline; anybody can check it without this server."""
    account = find_account(get_scope(request), account_id)
    if not Ownership.objects.filter(account_id=account.id, batch=batch, leaf_seq=seq).exists():
        raise NotFoundError("such entry in this account's timeline")
    response = answer_json(build_proof(batch, seq))
    response["Content-Disposition"] = f'attachment; filename="proof-{batch}-{seq}.json"'
    return response


@router.get("/realignments/{realignment_id}/moves.csv", openapi_extra=CSV)
def get_moves_csv(request: HttpRequest, realignment_id: int) -> StreamingHttpResponse:
    """Every move of a realignment that one may see, for spreadsheets."""
    scope = get_scope(request)
    found = find_realignment(scope, realignment_id)
    return answer_csv(f"realignment-{found.id}-moves.csv", MOVE_COLUMNS, stream_moves(scope, found.id))
