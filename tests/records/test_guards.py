"""Does the database itself refuse what must never be, whoever writes to it?"""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from fairpatch.actions.realignment import HandoverIntent, approve_realignment, propose_realignment
from fairpatch.records import models
from tests.worlds.staff import START, Company, add_deal, copy_to_draft, found_company, later, seat_rep

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture
def company() -> Company:
    return found_company()


def refuse(statement: str, *values: object) -> str:
    """Runs SQL that must fail; what the database said."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(refused.value)


HISTORY = ("ownership", "ledgerhead", "ledgerleaf", "ledgerkey", "accountchange", "standingchange")


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_append_only(company: Company, table: str) -> None:
    column = {"ledgerkey": "key_id", "accountchange": "account_id", "standingchange": "account_id"}.get(
        table, "batch"
    )
    assert "append-only" in refuse(f"UPDATE records_{table} SET {column} = {column}")
    assert "append-only" in refuse(f"DELETE FROM records_{table}")


def test_approval_is_append_only(company: Company) -> None:
    intent = HandoverIntent("WEST", company.reps["cat"].pk)
    proposal = propose_realignment(company.users["mona"], intent, reason="", now=later(1))
    approve_realignment(company.users["ada"], proposal.pk, now=later(2))
    assert "append-only" in refuse("UPDATE records_approval SET verdict = 'rejected'")
    assert "append-only" in refuse("DELETE FROM records_approval")


def test_a_salt_may_be_erased_never_changed(company: Company) -> None:
    assert "never changed" in refuse("UPDATE records_ledgersalt SET opening = ''")
    assert models.LedgerSalt.objects.all().delete()[0] > 0


def test_moves_of_a_proposal_are_frozen(company: Company) -> None:
    add_deal(company, "a1", "own", "ann")
    intent = HandoverIntent("WEST", company.reps["cat"].pk)
    proposal = propose_realignment(company.users["mona"], intent, reason="", now=later(1))
    for table in ("move", "dealmove"):
        assert "frozen" in refuse(f"UPDATE records_{table} SET to_rep_id = %s", company.reps["bob"].pk)
        assert "frozen" in refuse(f"DELETE FROM records_{table}")
    deal = add_deal(company, "a2", "late", "ann")
    columns = "position, from_rep_id, to_rep_id, from_version, leaf_body, leaf_hash, realignment_id"
    said = refuse(
        f"INSERT INTO records_dealmove ({columns}, deal_id) SELECT {columns}, {deal.pk} FROM records_dealmove"
    )
    assert "frozen" in said
    models.Move.objects.filter(realignment=proposal).update(leaf_opening="", leaf_salt=b"")  # erasure


def write_ownership(
    company: Company, effective: dt.datetime, recorded: dt.datetime, rep: str = "bob"
) -> None:
    with transaction.atomic():
        models.Ownership.objects.create(
            account=company.accounts["a1"],
            layer=company.layers["sales"],
            effective_at=effective,
            recorded_at=recorded,
            rep=company.reps[rep] if rep else None,
            territory=company.territories["WEST"],
            batch=1,
            leaf_seq=0,
        )


def test_two_owners_at_one_moment_cannot_be_written_down(company: Company) -> None:
    held = models.Ownership.objects.get(account=company.accounts["a1"], layer=company.layers["sales"])
    with pytest.raises(IntegrityError):
        write_ownership(company, held.effective_at, held.recorded_at)
    write_ownership(company, held.effective_at, later(1))  # a correction, recorded later, is seen as one


def test_ownership_is_never_of_the_future_nor_recorded_in_the_past(company: Company) -> None:
    with pytest.raises(IntegrityError, match="ownership_not_in_future"):
        write_ownership(company, later(2), later(1))
    write_ownership(company, later(1), later(2))
    with pytest.raises(IntegrityError, match="never goes back"):
        write_ownership(company, later(1), later(1.5))
    with pytest.raises(IntegrityError, match="ownership_territory_has_rep"):
        write_ownership(company, later(3), later(3), rep="")


ROUTING = {
    "name": "x",
    "country": "CA",
    "state": "TX",
    "metro": "1",
    "city": "x",
    "postal_code": "1",
    "industry": "52",
    "sic": "1",
    "employees": 1,
    "annual_revenue_minor": 1,
    "product_lines": ["x"],
    "segment": "x",
    "source": "x",
    "status": "x",
    "custom": {"x": 1},
    "ended_at": START,
    "external_id": "x",
    "key": "x",
}


@pytest.mark.parametrize("column", sorted(ROUTING))
def test_every_routing_column_raises_version_and_sequence(company: Company, column: str) -> None:
    account = models.Account.objects.get(key="a1")
    position = models.AccountChange.objects.count()
    setattr(account, column, ROUTING[column])
    account.save()
    account.refresh_from_db()
    assert account.version == company.accounts["a1"].version + 2, "owned once, changed once"
    assert models.AccountChange.objects.count() == position + 1
    account.save()
    assert models.AccountChange.objects.count() == position + 1, "nothing changed, nothing is noted"


def test_position_and_parent_count_too(company: Company) -> None:
    accounts = models.Account.objects.filter(key="a1")
    before = accounts.get().version
    accounts.update(latitude=1.0, longitude=2.0)
    accounts.update(parent=company.accounts["a2"])
    assert accounts.get().version == before + 2


def test_owner_raises_version_but_not_the_routing_sequence(company: Company) -> None:
    position = models.AccountChange.objects.count()
    before = models.Account.objects.get(key="a1").version
    models.Account.objects.filter(key="a1").update(owner=company.reps["bob"])
    assert models.Account.objects.get(key="a1").version == before + 1
    models.Account.objects.filter(key="a1").update(owner=company.reps["cat"], version=before + 2)
    assert models.Account.objects.get(key="a1").version == before + 2, "the statement did it itself"
    assert models.AccountChange.objects.count() == position
    assert "never goes back" in refuse("UPDATE records_account SET version = 0 WHERE key = 'a1'")


def test_deal_version_grows_with_what_a_move_rests_on(company: Company) -> None:
    deal = add_deal(company, "a1", "own", "ann")
    for column, value in (
        ("owner", company.reps["bob"]),
        ("outcome", "won"),
        ("account", company.accounts["a2"]),
    ):
        setattr(deal, column, value)
        deal.save(update_fields=[column])
    deal.name = "renamed"
    deal.save(update_fields=["name"])
    deal.refresh_from_db()
    assert deal.version == 3


def test_one_primary_seat_a_day(company: Company) -> None:
    draft = copy_to_draft(company)
    with pytest.raises(IntegrityError, match="already has a primary seat"), transaction.atomic():
        seat_rep(company, draft, "WEST", "bob")
    seat_rep(company, draft, "WEST", "bob", "backup")
    held = models.Seat.objects.get(plan=draft, territory__code="WEST", kind="primary")
    held.until_on = dt.date(2026, 6, 30)
    held.save()
    seat = models.Seat.objects.create(
        plan=draft, territory=held.territory, rep=held.rep, kind="primary", from_on=dt.date(2026, 7, 1)
    )
    seat.from_on = dt.date(2026, 6, 30)
    with pytest.raises(IntegrityError, match="already has a primary seat"), transaction.atomic():
        seat.save()


def test_a_plan_that_is_live_cannot_be_edited(company: Company) -> None:
    draft = copy_to_draft(company)
    models.ValueSet.objects.create(layout=draft.layout, name="s")
    live = company.plan
    with pytest.raises(IntegrityError, match="no longer a draft"), transaction.atomic():
        seat_rep(company, live, "WEST", "bob", "backup")
    for model in (models.Seat, models.LayoutLayer, models.LayoutTerritory):
        table = model._meta.db_table
        owner = "plan_id" if model is models.Seat else "layout_id"
        of_live = live.pk if model is models.Seat else live.layout_id
        of_draft = draft.pk if model is models.Seat else draft.layout_id
        assert "no longer a draft" in refuse(f"DELETE FROM {table} WHERE {owner} = %s", of_live)
        assert "no longer a draft" in refuse(f"UPDATE {table} SET id = id WHERE {owner} = %s", of_live)
        said = refuse(f"UPDATE {table} SET {owner} = %s WHERE {owner} = %s", of_live, of_draft)
        assert "no longer a draft" in said, "nor moved into it"
    assert "no longer a draft" in refuse(
        "UPDATE records_layout SET areas = areas WHERE id = %s", live.layout_id
    )
    assert "cannot be edited again" in refuse(
        "UPDATE records_plan SET status = 'draft' WHERE id = %s", live.pk
    )
    said = refuse("UPDATE records_plan SET layout_id = %s WHERE id = %s", draft.layout_id, live.pk)
    assert "cannot be edited again" in said


def test_one_live_plan(company: Company) -> None:
    draft = copy_to_draft(company)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Plan.objects.filter(pk=draft.pk).update(status="active")


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite checks foreign keys and bytes its own way"
)
def test_hot_keys_are_checked_at_once_and_paths_compare_by_bytes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text || '.' || a.attname FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE contype = 'f' AND condeferrable AND conrelid::regclass::text IN ("
            "'records_account', 'records_assignment', 'records_ownership', 'records_deal', 'records_move', "
            "'records_dealmove', 'records_activity')"
        )
        assert cursor.fetchall() == [("records_account.parent_id",)]
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'records_layoutterritory' "
            "AND column_name = 'path' AND collation_name = 'C'"
        )
        assert cursor.fetchone() == (1,)
