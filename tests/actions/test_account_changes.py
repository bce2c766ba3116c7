"""Does an account's own change move it as the layer's policy says, with its family and never unseen?"""

from typing import Any

import pytest

from fairpatch.actions.accounts import create_account, edit_account, preview_account
from fairpatch.actions.ownership import check_ownership
from fairpatch.actions.realignment import (
    AccountsIntent,
    PlanIntent,
    approve_realignment,
    execute_realignment,
    propose_realignment,
    undo_realignment,
)
from fairpatch.core.audit.verify import verify_export
from fairpatch.records.ledger import export_ledger
from fairpatch.records.models import (
    Account,
    LayoutLayer,
    LedgerHead,
    Move,
    Ownership,
    Realignment,
    WaitingMove,
)
from fairpatch.records.queries.account_changes import list_account_waits
from fairpatch.records.queries.plan_cache import forget_contents
from fairpatch.records.visibility import load_scope
from tests.worlds.staff import Company, add_deal, copy_to_draft, draw_layers, found_company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture
def company() -> Company:
    return found_company()


def found_with(**layer: str) -> Company:
    """The company, with a sales layer that says this."""
    with draw_layers(**layer):
        return found_company()


def change(company: Company, account: str, user: str = "mona", **fields: Any) -> Any:
    row = Account.objects.get(key=account)
    person = company.users[user]
    return edit_account(person, load_scope(person), row.pk, fields, row.version).settled


def territory_of(account: str) -> str | None:
    row = Account.objects.select_related("territory").get(key=account)
    return row.territory.code if row.territory else None


def assert_sound() -> None:
    assert check_ownership() == []
    report = verify_export(export_ledger())
    assert report.ok, report.sentence


def carry_out(company: Company, made: Realignment) -> None:
    approve_realignment(company.users["ada"], made.pk)
    execute_realignment(company.users["ada"], made.pk)


def test_by_default_a_change_is_proposed_and_then_carried_out(company: Company) -> None:
    deal = add_deal(company, "a1", "one", "ann")
    settled = change(company, "a1", state="NY")
    assert (company.owner_of("a1"), territory_of("a1")) == ("ann", "WEST")
    assert settled.executed is None
    assert (settled.proposed.kind, settled.proposed.status, settled.proposed.move_count) == (
        "changes",
        "proposed",
        1,
    )
    assert settled.proposed.reason == "Account 1: state changed."
    carry_out(company, settled.proposed)
    assert (company.owner_of("a1"), territory_of("a1")) == ("bob", "EAST")
    deal.refresh_from_db()
    assert deal.owner.key == "bob", "open deals go along"
    assert not WaitingMove.objects.exists()
    assert_sound()


def test_at_once_moves_in_the_same_transaction_with_one_signed_batch() -> None:
    company = found_with(on_change="at_once")
    add_deal(company, "a1", "one", "ann")
    settled = change(company, "a1", state="NY")
    assert settled.proposed is None
    assert (settled.executed.status, settled.executed.executed_by.name) == ("executed", "Mona")
    assert (company.owner_of("a1"), territory_of("a1")) == ("bob", "EAST")
    head = LedgerHead.objects.order_by("-batch").first()
    assert head is not None
    assert (head.deed, head.subject) == ("edit_account", f"account:{company.accounts['a1'].pk}")
    assert head.detail["realignments"][str(settled.executed.pk)]["deals"] == 1
    assert settled.executed.batch == head.batch
    assert Ownership.objects.filter(batch=head.batch, realignment=settled.executed).count() == 1
    assert not WaitingMove.objects.exists()
    assert_sound()


def test_at_the_next_cycle_an_account_waits_until_a_plan_takes_it_along() -> None:
    company = found_with(on_change="next_cycle")
    settled = change(company, "a1", state="NY")
    assert (settled.executed, settled.proposed) == (None, None)
    [wait] = list_account_waits(load_scope(company.users["ada"]), company.accounts["a1"].pk)
    assert (wait["to_territory"]["code"], wait["policy"], wait["realignment_id"]) == (
        "EAST",
        "next_cycle",
        None,
    )
    draft = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    made = propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="spring")
    moved = dict(Move.objects.filter(realignment=made).values_list("account__key", "to_territory__code"))
    assert moved == {"a1": "EAST", "a6": "WEST"}
    carry_out(company, made)
    assert territory_of("a1") == "EAST"
    assert not WaitingMove.objects.exists()
    assert_sound()


def test_repeated_changes_join_the_open_proposal_of_the_same_person(company: Company) -> None:
    first = change(company, "a1", state="NY").proposed
    second = change(company, "a2", state="NY").proposed
    first.refresh_from_db()
    assert (first.status, second.rebased_from_id, second.move_count) == ("cancelled", first.pk, 2)
    others = change(company, "a3", user="ada", state="NY").proposed
    assert others.move_count == 1, "nobody's change slips into what somebody else proposed"
    carry_out(company, second)
    assert [territory_of(key) for key in ("a1", "a2", "a3")] == ["EAST", "EAST", "WEST"]


def test_a_change_taken_back_withdraws_what_was_proposed(company: Company) -> None:
    change(company, "a1", state="NY")
    both = change(company, "a2", state="NY").proposed
    left = change(company, "a1", state="CA").proposed
    assert list(Move.objects.filter(realignment=left).values_list("account__key", flat=True)) == ["a2"]
    assert change(company, "a2", state="CA").proposed is None
    assert not Realignment.objects.filter(status="proposed").exists()
    assert both.pk != left.pk
    assert not WaitingMove.objects.exists()


def test_a_change_that_moves_nothing_proposes_nothing(company: Company) -> None:
    settled = change(company, "a1", city="Fresno", name="New name")
    assert (settled.effects, settled.proposed) == ([], None)
    assert not Realignment.objects.exists()


def test_the_family_moves_along() -> None:
    company = found_with(families="together")
    Account.objects.filter(key="a2").update(parent=company.accounts["a1"])
    forget_contents()
    shown = preview_account(
        company.users["ada"], load_scope(company.users["ada"]), company.accounts["a1"].pk, {"state": "NY"}
    )
    assert [(one["account"]["external_id"], one["is_relative"]) for one in shown["effects"]] == [
        ("a1", False),
        ("a2", True),
    ]
    assert Account.objects.get(key="a1").state == "CA", "a preview stores nothing"
    settled = change(company, "a1", state="NY")
    assert settled.proposed.move_count == 2
    leaving = change(company, "a2", parent_id=None).proposed
    assert leaving.move_count == 1, "alone it belongs where it is"


def test_an_office_that_joins_moves_what_hangs_on_the_largest_one() -> None:
    company = found_with(placement="majority_revenue")
    ada = company.users["ada"]
    fields = {
        "name": "Large office",
        "country": "US",
        "state": "NY",
        "annual_revenue_minor": 10**9,
        "parent_id": company.accounts["a1"].pk,
    }
    made = Account.objects.get(pk=create_account(ada, load_scope(ada), fields))
    assert made.owner.key == "bob"
    [proposal] = Realignment.objects.filter(kind="changes")
    assert list(
        Move.objects.filter(realignment=proposal).values_list("account__key", "to_territory__code")
    ) == [("a1", "EAST")]


def test_a_preview_says_who_would_own_a_new_account(company: Company) -> None:
    ada = company.users["ada"]
    shown = preview_account(ada, load_scope(ada), None, {"name": "N", "state": "CA", "employees": 5_000})
    assert [
        (one["layer"], one["to_territory"]["code"], one["to_rep"]["name"]) for one in shown["effects"]
    ] == [
        ("sales", "WEST", "Ann"),
        ("cloud", "BIG", "Cat"),
    ]
    assert shown["effects"][0]["account"] == {
        "id": None,
        "external_id": shown["effects"][0]["account"]["external_id"],
        "name": "N",
    }
    assert Account.objects.count() == 6


def test_a_preview_tells_of_hidden_relatives_only_how_many() -> None:
    company = found_with(families="together")
    Account.objects.filter(key="a1").update(parent=company.accounts["a3"])
    forget_contents()
    mike = company.users["mike"]  # he sees a3 as an account of the overlay, and a1 not at all
    shown = preview_account(mike, load_scope(mike), company.accounts["a3"].pk, {"state": "NY"})
    assert {one["account"]["external_id"] for one in shown["effects"]} == {"a3"}
    assert shown["hidden"] == 1


def test_an_undone_change_waits_again() -> None:
    company = found_with(on_change="at_once")
    done = change(company, "a1", state="NY").executed
    back = undo_realignment(company.users["paul"], done.pk, reason="wrong address")
    carry_out(company, back)
    assert territory_of("a1") == "WEST"
    assert WaitingMove.objects.get().reason == f"Realignment {done.pk} was undone."
    assert_sound()


def test_an_older_change_is_not_undone_over_a_newer_one() -> None:
    company = found_with(on_change="at_once")
    first = change(company, "a1", state="NY").executed
    change(company, "a1", state="TX")
    with pytest.raises(Exception, match="came after this one"):
        undo_realignment(company.users["paul"], first.pk, reason="x")


def test_another_change_is_no_drift_of_a_list_of_accounts(company: Company) -> None:
    intent = AccountsIntent((company.accounts["a4"].pk,), "WEST")
    listed = propose_realignment(company.users["paul"], intent, reason="known there")
    change(company, "a1", state="NY")
    carry_out(company, listed)
    assert territory_of("a4") == "WEST"
    assert territory_of("a1") == "WEST", "it waits for its own proposal"


def test_two_layers_follow_their_own_policies() -> None:
    company = found_with(on_change="at_once")
    settled = change(company, "a1", state="NY", employees=9_000)
    assert settled.executed.move_count == 1
    assert list(Move.objects.filter(realignment=settled.proposed).values_list("layer__code", flat=True)) == [
        "cloud"
    ]
    assert LayoutLayer.objects.get(layer__code="cloud").on_change == ""
