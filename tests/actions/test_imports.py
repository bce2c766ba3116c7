"""Does an import bring everything in once, and never move an owner?"""

import json
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest
from django.utils import timezone

from fairpatch.actions.imports import (
    apply_import,
    check_folder,
    import_folder,
)
from fairpatch.core.accounts.mapping import read_mapping
from fairpatch.core.errors import FairpatchError, FaultyInputError
from fairpatch.records.models import (
    Account,
    CustomField,
    Deal,
    Import,
    LedgerHead,
    Organisation,
    Ownership,
    Plan,
    Quota,
    Realignment,
    Rep,
    User,
)
from fairpatch.records.queries.misplaced import count_company_misplaced, count_misplaced, list_misplaced
from tests.worlds.import_files import (
    MAPPING,
    count_records,
    edit_file,
    read_small_mapping,
    write_files,
)

database = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "files")


@database
def test_a_folder_becomes_a_company(folder: Path) -> None:
    checked, applied = import_folder(folder, read_small_mapping())
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
    import_folder(folder, read_small_mapping())
    before = count_records()
    versions = dict(Account.objects.values_list("key", "version"))
    _, applied = import_folder(folder, read_small_mapping())
    assert (applied.changes, applied.batch) == (0, None)
    assert count_records() == before
    assert dict(Account.objects.values_list("key", "version")) == versions


@database
def test_a_dry_run_touches_nothing(folder: Path) -> None:
    before = count_records()
    checked = check_folder(folder, read_small_mapping())
    assert checked.counts["accounts"] == {"rows": 4, "sound": 4, "faulty": 0, "skipped": 0}
    assert count_records() == before


@database
def test_changed_rows_are_updated_and_what_they_move_is_proposed_once(folder: Path) -> None:
    import_folder(folder, read_small_mapping())
    untouched = Account.objects.get(key="a2").version
    edit_file(
        folder,
        "accounts.csv",
        "A1,Alder,,US,WA,Seattle,98101,10",
        "A1,Alder & Sons,R2,US,CA,Los Angeles,90017,10",
    )
    edit_file(folder, "deals.csv", "Proposal,500", "Negotiation,650")
    checked, applied = import_folder(folder, read_small_mapping())
    assert applied.kinds["accounts"] == {"added": 0, "changed": 1}
    assert applied.kinds["deals"] == {"added": 0, "changed": 1}
    assert applied.reassigned == 1
    moved = Account.objects.get(key="a1")
    assert (moved.name, moved.state, moved.owner.key, moved.territory and moved.territory.code) == (
        "Alder & Sons", "CA", "r1", "WEST",
    )  # fmt: skip
    proposed = Realignment.objects.get(pk=applied.realignment_ids[0])
    assert (proposed.status, proposed.proposer_name, proposed.move_count, proposed.deal_move_count) == (
        "proposed", "the operator", 1, 1,
    )  # fmt: skip
    assert proposed.title == f"Accounts changed by import {checked.import_id}"
    assert checked.by_code["owner_kept"] == 1
    assert set(Ownership.objects.filter(account=moved).values_list("rep__key", flat=True)) == {"r1"}
    assert Account.objects.get(key="a2").version == untouched
    admin = User.objects.create(email="a@example.com", name="A", role="admin", created_at=timezone.now())
    rows, _ = list_misplaced(admin)
    assert [(row["external_id"], row["misplaced"]["belongs_to"][0]["code"]) for row in rows] == [
        ("A1", "CAL"), ("A3", "WEST"),
    ]  # fmt: skip
    assert rows[0]["misplaced"]["reason"] == ("It is held in West, but by its data it belongs to California.")
    assert count_misplaced(admin) == count_company_misplaced() == 2
    page, mark = list_misplaced(admin, limit=1)
    assert [row["external_id"] for row in page + list_misplaced(admin, after=mark)[0]] == ["A1", "A3"]
    rep = User.objects.create(
        email="b@example.com", name="B", role="rep", rep=Rep.objects.get(key="r1"), created_at=timezone.now()
    )
    assert count_misplaced(rep) <= 2


@database
def test_columns_that_are_not_mapped_are_left_alone(folder: Path) -> None:
    import_folder(folder, read_small_mapping())
    Account.objects.filter(key="a1").update(segment="kept", custom={"floor": 7, "other": "kept"})
    edit_file(folder, "accounts.csv", "10,1000.50,,7", "11,1000.50,,9")
    import_folder(folder, read_small_mapping())
    account = Account.objects.get(key="a1")
    assert (account.employees, account.segment, account.custom) == (11, "kept", {"floor": 9, "other": "kept"})


@database
def test_a_given_position_is_not_replaced_by_a_found_one(folder: Path) -> None:
    import_folder(folder, read_small_mapping())
    Account.objects.filter(key="a1").update(latitude=47.0, longitude=-122.0, position_origin="given")
    _, applied = import_folder(folder, read_small_mapping())
    assert applied.changes == 0
    assert Account.objects.get(key="a1").latitude == 47.0


@database
def test_faulty_rows_hold_everything_back_until_they_may_be_left_out(folder: Path) -> None:
    edit_file(folder, "accounts.csv", "A3,Cedar,R2", "A3,Cedar,R9")
    edit_file(folder, "deals.csv", "D2,A2", "D2,A3")
    before = count_records()
    with pytest.raises(FairpatchError) as refused:
        import_folder(folder, read_small_mapping())
    assert refused.value.code == "import_faulty"
    assert count_records() == before
    checked, applied = import_folder(folder, read_small_mapping(), leave_out_faulty=True)
    # The deal of an account that is left out is left out too, and said so.
    assert checked.by_code["unknown_rep"] == 1
    assert checked.by_code["unknown_account"] == 1
    assert (applied.kinds["accounts"]["added"], applied.kinds["deals"]["added"]) == (3, 1)
    assert Import.objects.get(pk=checked.import_id).is_leaving_out_faulty


@database
def test_a_faulty_plan_is_a_finding(folder: Path) -> None:
    edit_file(folder, "territories.csv", 'state = ""CA""', "stat = 3")
    checked = check_folder(folder, read_small_mapping())
    assert checked.by_code["plan_fault"] >= 1
    assert checked.faulty >= 1
    with pytest.raises(FairpatchError):
        apply_import(None, checked.import_id, folder=folder)


@database
def test_a_second_plan_waits_as_a_draft(folder: Path) -> None:
    _, first = import_folder(folder, read_small_mapping())
    edit_file(folder, "territories.csv", '""OR""', '""OR"", ""ID""')
    _, second = import_folder(folder, read_small_mapping())
    assert (first.is_plan_active, second.is_plan_active) == (True, False)
    assert second.plan_id is not None
    draft = Plan.objects.get(pk=second.plan_id)
    assert (draft.status, draft.base_id) == (Plan.Status.DRAFT, first.plan_id)
    assert Organisation.objects.get().active_plan_id == first.plan_id


@database
def test_parquet_gives_the_same_company(folder: Path) -> None:
    import_folder(folder, read_small_mapping())
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
    import_folder(folder, read_small_mapping())
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
