"""Can files be uploaded, guessed, confirmed, checked and applied, by those who may?"""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fairpatch.actions.imports import (
    apply_import,
    check_import,
    drop_import,
    drop_mapping,
    import_folder,
    save_import_mapping,
    upload_import,
)
from fairpatch.actions.jobs import cancel_job, enqueue_job
from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import (
    Account,
    Import,
    ImportMapping,
    LedgerHead,
    User,
)
from fairpatch.records.queries.imports import (
    count_findings,
    describe_import,
    list_findings,
    list_imports,
    list_mappings,
    stream_findings,
)
from tests.worlds.import_files import read_small_mapping, write_files

database = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "files")


@database
def test_upload_guess_confirm_check_apply(folder: Path) -> None:
    import_folder(folder, read_small_mapping())
    planner = User.objects.create(email="p@example.com", name="P", role="admin", created_at=timezone.now())
    text = "Account ID,Company Name,Zip Code,Country\nB1,=Elm,98101,USA\nB2,,98101,US\n"
    row = upload_import(planner, [SimpleUploadedFile("../new accounts.csv", text.encode())])
    described = describe_import(row.pk)
    assert [file["name"] for file in described["files"]] == ["new accounts.csv"]
    assert described["files"][0]["kind_guess"] == "accounts"
    assert [column["guess"] for column in described["files"][0]["columns"]] == [
        "id",
        "name",
        "postal_code",
        "country",
    ]
    with pytest.raises(FairpatchError, match="Check the files first"):
        apply_import(planner, row.pk)
    save_import_mapping(planner, row.pk, described["mapping"], "Old CRM")
    assert [mapping["name"] for mapping in list_mappings()] == ["Old CRM"]
    checked = check_import(row.pk)
    assert checked.counts["accounts"]["faulty"] == 1
    errors, _ = list_findings(row.pk, "error", None, 0, 10)
    assert [(error["file"], error["row"], error["where"]) for error in errors] == [
        ("new accounts.csv", 3, "name")
    ]
    first, mark = list_findings(row.pk, None, None, 0, 1)
    rest, end = list_findings(row.pk, None, "new accounts.csv", mark or 0, 100)
    assert (
        len(first + rest)
        == len(list(stream_findings(row.pk)))
        == sum(f["count"] for f in count_findings(row.pk))
    )
    assert end is None
    job = enqueue_job("imports.apply", {"import_id": row.pk}, planner.id, f"import:{row.pk}")
    assert describe_import(row.pk)["job_id"] == job.id
    cancel_job(job.id)
    assert describe_import(row.pk)["job_id"] is None
    applied = apply_import(planner, row.pk, leave_out_faulty=True)
    assert applied.kinds["accounts"] == {"added": 1, "changed": 0}
    assert Account.objects.get(key="b1").owner.key == "r1"
    assert LedgerHead.objects.order_by("-batch").first().actor == planner  # type: ignore[union-attr]
    assert describe_import(row.pk)["status"] == "applied"
    # What was found can still be read; the rows themselves are gone.
    assert list_findings(row.pk, "error", None, 0, 10)[0] == errors
    with pytest.raises(FairpatchError, match="applied already"):
        apply_import(planner, row.pk)
    rows, mark = list_imports(None, 1)
    assert rows[0]["id"] == row.pk
    assert list_imports(mark, 5)[0][0]["id"] < row.pk
    drop_mapping(planner, "Old CRM")
    assert not ImportMapping.objects.exists()


@database
def test_an_upload_that_cannot_be_read_leaves_nothing() -> None:
    admin = User.objects.create(email="p@example.com", name="P", role="admin", created_at=timezone.now())
    for name, content in (("a.exe", b"x"), ("a.csv", b""), ("a.parquet", b"x")):
        with pytest.raises(FairpatchError):
            upload_import(admin, [SimpleUploadedFile(name, content)])
    with pytest.raises(FairpatchError, match="Two files"):
        upload_import(admin, [SimpleUploadedFile("a.csv", b"id\n"), SimpleUploadedFile("x/a.csv", b"id\n")])
    assert not Import.objects.exists()


@database
def test_a_dropped_import_is_closed(folder: Path) -> None:
    admin = User.objects.create(email="p@example.com", name="P", role="admin", created_at=timezone.now())
    row = upload_import(admin, [SimpleUploadedFile("a.csv", b"id,name\n1,x\n")])
    drop_import(admin, row.pk)
    with pytest.raises(FairpatchError, match="dropped"):
        check_import(row.pk)


@database
@pytest.mark.parametrize("role", ["rep", "manager", "auditor"])
def test_who_may_not_import_is_refused(folder: Path, role: str) -> None:
    user = User.objects.create(email="p@example.com", name="P", role=role, created_at=timezone.now())
    for attempt in (
        lambda: upload_import(user, [SimpleUploadedFile("a.csv", b"id\n")]),
        lambda: import_folder(folder, read_small_mapping(), actor=user),
    ):
        with pytest.raises(FairpatchError) as refused:
            attempt()
        assert refused.value.code == "forbidden"
