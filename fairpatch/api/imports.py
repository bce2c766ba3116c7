"""How do files come in: uploaded, mapped, checked, applied or dropped?"""

from datetime import UTC
from typing import Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Router, UploadedFile

from fairpatch.actions.imports import (
    drop_import,
    drop_mapping,
    find_checked_import,
    save_import_mapping,
    upload_import,
)
from fairpatch.actions.jobs import enqueue_job
from fairpatch.api.answers import CSV, answer_csv, answer_json, answer_nothing, answer_page
from fairpatch.api.auth import admit_user, get_scope
from fairpatch.api.once import answer_once
from fairpatch.api.pages import After, Limit, read_mark, write_mark
from fairpatch.api.shapes.imports import (
    ApplyForm,
    EffectMovePage,
    ImportEffect,
    ImportFindingPage,
    ImportPage,
    ImportShape,
    KindShape,
    MappingForm,
    SavedMapping,
    UploadedImport,
)
from fairpatch.api.shapes.names import JobStarted
from fairpatch.core.accounts.kinds import KINDS
from fairpatch.core.people.roles import Right
from fairpatch.records.queries.import_effects import (
    EFFECT_COLUMNS,
    describe_import_effect,
    list_effect_moves,
    stream_effect_moves,
)
from fairpatch.records.queries.imports import (
    FINDING_COLUMNS,
    describe_import,
    describe_kind,
    list_findings,
    list_imports,
    list_mappings,
    stream_findings,
)

router = Router(tags=["imports"])


@router.get("/import_kinds", response=list[KindShape])
def get_import_kinds(request: HttpRequest) -> HttpResponse:
    """What a file may hold, and which columns each kind has."""
    admit_user(request, Right.IMPORT)
    return answer_json([describe_kind(kind) for kind in KINDS.values()])


@router.post("/imports", response={201: UploadedImport})
@answer_once
def post_import(request: HttpRequest, files: File[list[UploadedFile]]) -> HttpResponse:
    """Upload files. They are read and their columns guessed; nothing is stored in the company's records."""
    user = admit_user(request, Right.IMPORT)
    made = upload_import(user, files)
    return answer_json(describe_import(made.id), 201)


@router.get("/imports", response=ImportPage)
def get_imports(request: HttpRequest, after: After = None, limit: Limit = 100) -> HttpResponse:
    """Former and open imports, the newest first."""
    admit_user(request, Right.IMPORT)
    mark = read_mark(after, (int,))
    rows, last = list_imports(mark[0] if mark else None, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/imports/{import_id}", response=ImportShape)
def get_import(request: HttpRequest, import_id: int) -> HttpResponse:
    admit_user(request, Right.IMPORT)
    return answer_json(describe_import(import_id))


@router.put("/imports/{import_id}/mapping", response=ImportShape)
def put_import_mapping(request: HttpRequest, import_id: int, form: MappingForm) -> HttpResponse:
    """Confirm how the columns are read; `save_as` keeps it for the next time."""
    user = admit_user(request, Right.IMPORT)
    save_import_mapping(user, import_id, form.mapping, form.save_as)
    return answer_json(describe_import(import_id))


@router.post("/imports/{import_id}/check", response={202: JobStarted})
@answer_once
def post_import_check(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read everything and list every finding; nothing is applied."""
    user = admit_user(request, Right.IMPORT)
    job = enqueue_job("imports.check", {"import_id": import_id}, user.id, f"import:{import_id}")
    return answer_json({"job_id": job.id}, 202)


@router.get("/imports/{import_id}/findings", response=ImportFindingPage)
def get_import_findings(
    request: HttpRequest,
    import_id: int,
    severity: Literal["error", "warning", "notice"] | None = None,
    file: str | None = None,
    after: After = None,
    limit: Limit = 100,
) -> HttpResponse:
    """What the check found, in the order of the files."""
    admit_user(request, Right.IMPORT)
    mark = read_mark(after, (int,))
    rows, last = list_findings(import_id, severity, file, mark[0] if mark else 0, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/imports/{import_id}/findings.csv", openapi_extra=CSV)
def get_import_findings_csv(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """Every finding, for spreadsheets."""
    admit_user(request, Right.IMPORT)
    describe_import(import_id)  # an unknown import is refused before any line is sent
    return answer_csv(f"import-{import_id}-findings.csv", list(FINDING_COLUMNS), stream_findings(import_id))


@router.get("/imports/{import_id}/effect", response=ImportEffect)
def get_import_effect(request: HttpRequest, import_id: int) -> HttpResponse:
    """Whom the import would move, and where its new accounts would land, before anything is imported."""
    admit_user(request, Right.IMPORT)
    return answer_json(describe_import_effect(get_scope(request), import_id))


@router.post("/imports/{import_id}/effect", response={202: JobStarted})
@answer_once
def post_import_effect(request: HttpRequest, import_id: int) -> HttpResponse:
    """Work it out again: something has happened since the files were checked."""
    user = admit_user(request, Right.IMPORT)
    find_checked_import(import_id)
    job = enqueue_job("imports.foretell", {"import_id": import_id}, user.id, f"import:{import_id}")
    return answer_json({"job_id": job.id}, 202)


@router.get("/imports/{import_id}/effect/moves", response=EffectMovePage)
def get_import_effect_moves(
    request: HttpRequest, import_id: int, layer: str | None = None, after: After = None, limit: Limit = 100
) -> HttpResponse:
    """Every account that the import would move, by account and layer."""
    admit_user(request, Right.IMPORT)
    mark = read_mark(after, (int,))
    rows, last = list_effect_moves(import_id, layer, mark[0] if mark else 0, limit)
    return answer_page(rows, write_mark([last]) if last is not None else None)


@router.get("/imports/{import_id}/effect/moves.csv", openapi_extra=CSV)
def get_import_effect_moves_csv(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """Every account that the import would move, for spreadsheets."""
    admit_user(request, Right.IMPORT)
    describe_import(import_id)  # an unknown import is refused before any line is sent
    name = f"import-{import_id}-moves.csv"
    return answer_csv(name, list(EFFECT_COLUMNS), stream_effect_moves(get_scope(request), import_id))


@router.post("/imports/{import_id}/apply", response={202: JobStarted})
@answer_once
def post_import_application(request: HttpRequest, import_id: int, form: ApplyForm) -> HttpResponse:
    """Bring the checked files in: all of it or nothing."""
    user = admit_user(request, Right.IMPORT)
    seen = form.seen_effect.astimezone(UTC).isoformat() if form.seen_effect else None
    params = {"import_id": import_id, "leave_out_faulty": form.leave_out_faulty, "seen_effect": seen}
    job = enqueue_job("imports.apply", params, user.id, f"import:{import_id}")
    return answer_json({"job_id": job.id}, 202)


@router.delete("/imports/{import_id}", response={204: None})
def delete_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Drop an import that was not applied, with its files."""
    drop_import(admit_user(request, Right.IMPORT), import_id)
    return answer_nothing()


@router.get("/import_mappings", response=list[SavedMapping])
def get_import_mappings(request: HttpRequest) -> HttpResponse:
    """The saved ways to read columns."""
    admit_user(request, Right.IMPORT)
    return answer_json(list_mappings())


@router.delete("/import_mappings/{name}", response={204: None})
def delete_import_mapping(request: HttpRequest, name: str) -> HttpResponse:
    drop_mapping(admit_user(request, Right.IMPORT), name)
    return answer_nothing()
