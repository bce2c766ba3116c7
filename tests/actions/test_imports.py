"""Does an import bring in everything or nothing, once, and never move an owner?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from fairpatch.actions.imports import (
    apply_import,
    check_folder,
    check_import,
    drop_import,
    drop_mapping,
    import_folder,
    save_import_mapping,
    upload_import,
)
from fairpatch.actions.progress import JobCancelled
from fairpatch.core.accounts.mapping import ImportSpec, read_mapping
from fairpatch.core.errors import FairpatchError, FaultyInputError
from fairpatch.records.models import (
    Account,
    Activity,
    Assignment,
    CustomField,
    Deal,
    Import,
    ImportMapping,
    LedgerHead,
    Organisation,
    Ownership,
    Plan,
    Quota,
    Rep,
    Territory,
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
from fairpatch.records.queries.misplaced import count_company_misplaced, count_misplaced, list_misplaced

database = pytest.mark.django_db(databases=["default", "jobs"])
NAMES = [
    "id",
    "name",
    "owner",
    "country",
    "state",
    "city",
    "postal_code",
    "employees",
    "annual_revenue",
    "parent",
    "custom.floor",
    "product_lines",
]
FILES = {
    "reps.csv": "id,name,manager\nM,Mia,\nR1,Ann,M\nR2,Bob,M\n",
    "accounts.csv": (
        "id,name,owner,country,state,city,postal_code,employees,annual_revenue,parent,custom.floor,product_lines\n"
        "A1,Alder,,US,WA,Seattle,98101,10,1000.50,,7,cloud|sensors\n"
        "A2,Birch,,US,CA,Los Angeles,90017,20,2000,A1,8,\n"
        "A3,Cedar,R2,US,WA,Seattle,98101,30,3000,,,\n"
        "A4,Dover,,FR,,Lyon,,40,4000,,,\n"
    ),
    "territories.csv": (
        'code,name,rule\nWEST,West,"state in [""WA"", ""OR""]"\nCAL,California,"state = ""CA"""\n'
    ),
    "seats.csv": "territory,rep\nWEST,R1\nCAL,R2\n",
    "deals.csv": (
        "id,account,name,stage,amount,close_on\n"
        "D1,A1,Pilot,Proposal,500,2027-03-01\nD2,A2,Renewal,Closed won,70,\n"
    ),
    "activities.csv": "id,account,kind,due_on\nT1,A1,call,2027-01-05\nT2,A2,visit,2027-01-06\n",
    "quotas.csv": "rep,territory,starts_on,amount\nR1,,2027-01-01,90000\n,west,2027-01-01,120000\n",
}
MAPPING = {
    "name": "Small",
    "system": "crm",
    "organisation": {"name": "Acme", "currency": "USD", "time_zone": "UTC"},
    "files": [
        {"file": "reps.csv", "kind": "reps", "columns": {name: name for name in ("id", "name", "manager")}},
        {
            "file": "accounts.csv",
            "kind": "accounts",
            "columns": {n: {"column": n, "type": "number"} if n.startswith("custom") else n for n in NAMES},
        },
        {
            "file": "territories.csv",
            "kind": "territories",
            "columns": {n: n for n in ("code", "name", "rule")},
        },
        {"file": "seats.csv", "kind": "seats", "columns": {"territory": "territory", "rep": "rep"}},
        {
            "file": "deals.csv",
            "kind": "deals",
            "columns": {n: n for n in ("id", "account", "name", "stage", "amount", "close_on")},
        },
        {
            "file": "activities.csv",
            "kind": "activities",
            "columns": {n: n for n in ("id", "account", "kind", "due_on")},
        },
        {
            "file": "quotas.csv",
            "kind": "quotas",
            "period": "quarter",
            "columns": {n: n for n in ("rep", "territory", "starts_on", "amount")},
        },
    ],
}
RECORDS = (
    Account,
    Rep,
    Deal,
    Activity,
    Quota,
    Plan,
    Territory,
    Organisation,
    Ownership,
    Assignment,
    LedgerHead,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "files"
    home.mkdir()
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    return home


def small() -> ImportSpec:
    return read_mapping(MAPPING)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def count_records() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in RECORDS}


class Stop:
    """Stops the work when a message comes up."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.is_due = False

    def report(self, done: int, total: int, message: str = "") -> None:
        self.is_due = self.is_due or message.startswith(self.at)

    def check_cancelled(self) -> None:
        if self.is_due:
            raise JobCancelled


@database
def test_a_folder_becomes_a_company(folder: Path) -> None:
    checked, applied = import_folder(folder, small())
    assert checked.faulty == 0
    assert {kind: counts["added"] for kind, counts in applied.kinds.items()} == {
        "reps": 3, "accounts": 4, "deals": 2, "activities": 2, "quotas": 2,
    }  # fmt: skip
    organisation = Organisation.objects.get()
    assert organisation.active_plan_id == applied.plan_id
    held = {
        a.external_id: (a.owner.external_id, a.territory and a.territory.code) for a in Account.objects.all()
    }
    assert held == {
        "A1": ("R1", "WEST"), "A2": ("R2", "CAL"), "A3": ("R2", "WEST"), "A4": ("queue", None),
    }  # fmt: skip
    first = Account.objects.get(external_id="A1")
    assert (first.annual_revenue_minor, first.product_lines, first.custom) == (
        100050,
        ["cloud", "sensors"],
        {"floor": 7},
    )
    assert (first.metro, first.position_origin) == ("42660", "postal_code")
    assert Account.objects.get(external_id="A2").parent == first
    assert Account.objects.get(external_id="A4").position_origin == "city"
    assert CustomField.objects.get().name == "floor"
    assert Rep.objects.get(key="r1").manager == Rep.objects.get(key="m")
    assert Ownership.objects.count() == 4
    assert LedgerHead.objects.count() == 1
    deals = {
        deal.external_id: (deal.outcome, deal.owner.external_id, deal.currency) for deal in Deal.objects.all()
    }
    assert deals == {"D1": ("open", "R1", "USD"), "D2": ("won", "R2", "USD")}
    quotas = {
        (q.rep and q.rep.external_id, q.territory and q.territory.code, str(q.ends_on))
        for q in Quota.objects.all()
    }
    assert quotas == {("R1", None, "2027-03-31"), (None, "WEST", "2027-03-31")}


@database
def test_without_a_plan_accounts_wait_for_the_first_one(folder: Path) -> None:
    whole = read_mapping(MAPPING)
    accounts = read_mapping({**MAPPING, "files": MAPPING["files"][:2]})  # type: ignore[index]
    _, applied = import_folder(folder, accounts)
    assert (applied.is_routed, applied.accounts_owned, Ownership.objects.count()) == (False, 0, 0)
    assert {a.owner.key for a in Account.objects.all()} == {"queue", "r2"}
    _, applied = import_folder(folder, whole)
    assert (applied.is_routed, applied.accounts_owned) == (True, 4)
    assert Account.objects.get(key="a1").owner.key == "r1"


@database
def test_importing_again_does_nothing(folder: Path) -> None:
    import_folder(folder, small())
    before = count_records()
    versions = dict(Account.objects.values_list("key", "version"))
    _, applied = import_folder(folder, small())
    assert (applied.changes, applied.batch) == (0, None)
    assert count_records() == before
    assert dict(Account.objects.values_list("key", "version")) == versions


@database
def test_a_dry_run_touches_nothing(folder: Path) -> None:
    before = count_records()
    checked = check_folder(folder, small())
    assert checked.counts["accounts"] == {"rows": 4, "sound": 4, "faulty": 0, "skipped": 0}
    assert count_records() == before


@database
def test_changed_rows_are_updated_and_owners_stay(folder: Path) -> None:
    import_folder(folder, small())
    untouched = Account.objects.get(key="a2").version
    edit(
        folder,
        "accounts.csv",
        "A1,Alder,,US,WA,Seattle,98101,10",
        "A1,Alder & Sons,R2,US,CA,Los Angeles,90017,10",
    )
    edit(folder, "deals.csv", "Proposal,500", "Negotiation,650")
    checked, applied = import_folder(folder, small())
    assert applied.kinds["accounts"] == {"added": 0, "changed": 1}
    assert applied.kinds["deals"] == {"added": 0, "changed": 1}
    assert applied.reassigned == 1
    moved = Account.objects.get(key="a1")
    assert (moved.name, moved.state, moved.owner.key, moved.territory and moved.territory.code) == (
        "Alder & Sons", "CA", "r1", "CAL",
    )  # fmt: skip
    assert checked.by_code["owner_kept"] == 1
    assert set(Ownership.objects.filter(account=moved).values_list("rep__key", flat=True)) == {"r1"}
    assert Account.objects.get(key="a2").version == untouched
    admin = User.objects.create(email="a@example.com", name="A", role="admin", created_at=timezone.now())
    rows, _ = list_misplaced(admin)
    assert [(row["external_id"], row["misplaced"]["belongs_to"][0]["code"]) for row in rows] == [
        ("A1", "CAL"), ("A3", "WEST"),
    ]  # fmt: skip
    assert rows[0]["misplaced"]["reason"] == "Ann owns it without a seat in California."
    assert count_misplaced(admin) == count_company_misplaced() == 2
    page, mark = list_misplaced(admin, limit=1)
    assert [row["external_id"] for row in page + list_misplaced(admin, after=mark)[0]] == ["A1", "A3"]
    rep = User.objects.create(
        email="b@example.com", name="B", role="rep", rep=Rep.objects.get(key="r1"), created_at=timezone.now()
    )
    assert count_misplaced(rep) <= 2


@database
def test_columns_that_are_not_mapped_are_left_alone(folder: Path) -> None:
    import_folder(folder, small())
    Account.objects.filter(key="a1").update(segment="kept", custom={"floor": 7, "other": "kept"})
    edit(folder, "accounts.csv", "10,1000.50,,7", "11,1000.50,,9")
    import_folder(folder, small())
    account = Account.objects.get(key="a1")
    assert (account.employees, account.segment, account.custom) == (11, "kept", {"floor": 9, "other": "kept"})


@database
def test_a_given_position_is_not_replaced_by_a_found_one(folder: Path) -> None:
    import_folder(folder, small())
    Account.objects.filter(key="a1").update(latitude=47.0, longitude=-122.0, position_origin="given")
    _, applied = import_folder(folder, small())
    assert applied.changes == 0
    assert Account.objects.get(key="a1").latitude == 47.0


@database
def test_faulty_rows_hold_everything_back_until_they_may_be_left_out(folder: Path) -> None:
    edit(folder, "accounts.csv", "A3,Cedar,R2", "A3,Cedar,R9")
    edit(folder, "deals.csv", "D2,A2", "D2,A3")
    before = count_records()
    with pytest.raises(FairpatchError) as refused:
        import_folder(folder, small())
    assert refused.value.code == "import_faulty"
    assert count_records() == before
    checked, applied = import_folder(folder, small(), leave_out_faulty=True)
    # The deal of an account that is left out is left out too, and said so.
    assert checked.by_code["unknown_rep"] == 1
    assert checked.by_code["unknown_account"] == 1
    assert (applied.kinds["accounts"]["added"], applied.kinds["deals"]["added"]) == (3, 1)
    assert Import.objects.get(pk=checked.import_id).is_leaving_out_faulty


@database
def test_a_faulty_plan_is_a_finding(folder: Path) -> None:
    edit(folder, "territories.csv", 'state = ""CA""', "stat = 3")
    checked = check_folder(folder, small())
    assert checked.by_code["plan_fault"] >= 1
    assert checked.faulty >= 1
    with pytest.raises(FairpatchError):
        apply_import(None, checked.import_id, folder=folder)


@database
def test_a_second_plan_waits_as_a_draft(folder: Path) -> None:
    _, first = import_folder(folder, small())
    edit(folder, "territories.csv", '""OR""', '""OR"", ""ID""')
    _, second = import_folder(folder, small())
    assert (first.is_plan_active, second.is_plan_active) == (True, False)
    assert second.plan_id is not None
    draft = Plan.objects.get(pk=second.plan_id)
    assert (draft.status, draft.base_id) == (Plan.Status.DRAFT, first.plan_id)
    assert Organisation.objects.get().active_plan_id == first.plan_id


@database
def test_parquet_gives_the_same_company(folder: Path) -> None:
    import_folder(folder, small())
    for name in ("accounts", "deals"):
        table = pyarrow.csv.read_csv(folder / f"{name}.csv")
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
    text = (
        json.dumps(MAPPING).replace("accounts.csv", "accounts.parquet").replace("deals.csv", "deals.parquet")
    )
    _, applied = import_folder(folder, read_mapping(json.loads(text)))
    assert applied.changes == 0


@database
def test_amounts_in_another_currency_are_refused(folder: Path) -> None:
    import_folder(folder, small())
    with pytest.raises(FaultyInputError, match="convert them first"):
        check_folder(folder, read_mapping({**MAPPING, "currency": "EUR"}))


@database
def test_without_an_organisation_the_import_says_what_to_do(folder: Path) -> None:
    with pytest.raises(FairpatchError) as refused:
        check_folder(
            folder, read_mapping({key: part for key, part in MAPPING.items() if key != "organisation"})
        )
    assert refused.value.code == "not_set_up"
    assert not Import.objects.exists()


# --- in the browser


@database
def test_upload_guess_confirm_check_apply(folder: Path) -> None:
    import_folder(folder, small())
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
        lambda: import_folder(folder, small(), actor=user),
    ):
        with pytest.raises(FairpatchError) as refused:
            attempt()
        assert refused.value.code == "forbidden"


# --- all or nothing


@pytest.mark.parametrize(
    "at", ["Reading", "Checking", "Writing accounts", "Writing the plan", "Routing", "Writing quotas"]
)
def test_a_cancelled_import_leaves_nothing(own_database: str, folder: Path, at: str) -> None:
    before = count_records()
    with pytest.raises(JobCancelled):
        import_folder(folder, small(), progress=Stop(at))
    assert count_records() == before
    import_folder(folder, small())
    assert Account.objects.count() == 4


def test_a_full_disk_leaves_the_old_state(own_database: str, folder: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL cannot be told that its disk is full")
    with (folder / "accounts.csv").open("a") as stream:
        stream.writelines(f"X{n},More of it,,US,WA,Seattle,98101,1,1,,,\n" for n in range(1_000))
    checked = check_folder(folder, small())
    before = count_records()
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(FairpatchError) as refused:
        apply_import(None, checked.import_id, folder=folder)
    assert refused.value.code == "storage_full"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    assert count_records() == before
    apply_import(None, checked.import_id, folder=folder)
    assert Account.objects.count() == 1_004


CRASH = """
import json, os, sys
from pathlib import Path
import django
django.setup()
from fairpatch.actions.imports import import_folder
from fairpatch.core.accounts.mapping import read_mapping

class Crash:
    def report(self, done, total, message=""):
        if message.startswith(sys.argv[2]):
            os._exit(9)
    def check_cancelled(self):
        pass

import_folder(Path(sys.argv[1]), read_mapping(json.loads(sys.argv[3])), progress=Crash())
"""


@pytest.mark.parametrize("at", ["Writing deals", "Writing quotas"])
def test_a_crash_leaves_the_old_state(own_database: str, folder: Path, at: str) -> None:
    before = count_records()
    connection.close()
    environment = {
        **os.environ,
        "DATABASE_URL": own_database,
        "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(folder), at, json.dumps(MAPPING)],
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 9, done.stderr.decode()
    # The record of the attempt remains; nothing of the company does.
    assert count_records() == before
    import_folder(folder, small())
    assert Account.objects.count() == 4


def test_what_changed_since_the_check_is_refused_not_lost(own_database: str, folder: Path) -> None:
    import_folder(folder, small())
    (folder / "deals.csv").write_text("id,account,name,stage,amount,close_on\nD9,A1,New,Proposal,1,\n")
    spec = read_mapping({**MAPPING, "files": [MAPPING["files"][4]]})  # type: ignore[index]
    checked = check_folder(folder, spec)
    Account.objects.filter(key="a1").update(key="a1-renamed")
    with pytest.raises(FairpatchError) as refused:
        apply_import(None, checked.import_id, folder=folder)
    assert refused.value.code == "import_stale"
    assert not Deal.objects.filter(key="d9").exists()
