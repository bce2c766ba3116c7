"""Does ownership pass exactly as proposed, and back?"""

import pytest

from fairpatch.actions.deed import deed
from fairpatch.actions.ownership import check_ownership, record_initial_ownership
from fairpatch.actions.realignment import (
    AccountsIntent,
    DriftedError,
    HandoverIntent,
    PlanIntent,
    approve_realignment,
    cancel_realignment,
    execute_realignment,
    preview_realignment,
    propose_realignment,
    rebase_realignment,
    reject_realignment,
    undo_realignment,
)
from fairpatch.core.audit.verify import verify_export, verify_proof
from fairpatch.core.errors import FairpatchError
from fairpatch.records.ledger import build_proof, export_ledger
from fairpatch.records.models import (
    Account,
    AccountChange,
    Assignment,
    Deal,
    LedgerHead,
    Lock,
    Move,
    Organisation,
    Ownership,
    Plan,
    Realignment,
    Seat,
)
from fairpatch.records.queries.realignments import list_may
from tests.worlds.staff import Company, add_accounts, add_deal, copy_to_draft, found_company, later, seat_rep

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture
def company() -> Company:
    return found_company()


def pass_through(company: Company, proposal: Realignment, hours: float = 2) -> Realignment:
    approve_realignment(company.users["ada"], proposal.pk, "fine", now=later(hours))
    done = execute_realignment(company.users["ada"], proposal.pk, now=later(hours + 0.1))
    assert_sound()
    return done


def assert_sound() -> None:
    assert check_ownership() == []
    report = verify_export(export_ledger())
    assert report.ok, report.sentence


def hand_over(company: Company, hours: float = 1) -> Realignment:
    intent = HandoverIntent("WEST", company.reps["cat"].pk)
    return propose_realignment(company.users["mona"], intent, reason="leave", now=later(hours))


def read_state() -> list[object]:
    return [
        list(Account.objects.order_by("id").values_list("id", "owner_id", "territory_id")),
        list(
            Assignment.objects.order_by("account_id", "layer_id").values_list(
                "account_id",
                "layer_id",
                "territory_id",
                "cause",
                "tie",
                "claim_class",
                "priority",
                "specificity",
            )
        ),
        list(Deal.objects.order_by("id").values_list("id", "owner_id")),
        Organisation.objects.get().active_plan_id,
    ]


def test_first_ownership_follows_routing(company: Company) -> None:
    owners = [company.owner_of(f"a{number}") for number in range(1, 7)]
    assert owners == ["ann", "ann", "ann", "bob", "bob", "queue"]
    overlay = Ownership.objects.filter(layer=company.layers["cloud"])
    big = {row.account.key: row.rep.key for row in overlay if row.rep}
    assert big == dict.fromkeys(("a3", "a4", "a5", "a6"), "cat")
    assert_sound()


def test_handover_moves_accounts_and_the_owners_open_deals(company: Company) -> None:
    own = add_deal(company, "a1", "own", "ann")
    colleagues = add_deal(company, "a1", "colleague's", "bob")
    closed = add_deal(company, "a1", "closed", "ann", outcome="won")
    proposal = hand_over(company)
    assert (proposal.move_count, proposal.deal_move_count) == (3, 1)
    assert proposal.impact["accounts"] == 3
    assert proposal.impact["open_deals"] == 2
    assert company.owner_of("a1") == "ann", "nothing moves before execution"
    done = pass_through(company, proposal)
    assert [company.owner_of(f"a{n}") for n in (1, 2, 3, 4)] == ["cat", "cat", "cat", "bob"]
    owners = {deal.key: deal.owner.key for deal in Deal.objects.all()}
    assert owners == {own.key: "cat", colleagues.key: "bob", closed.key: "ann"}
    live = Organisation.objects.get().active_plan
    assert live == done.target_plan
    assert live.layout_id == company.plan.layout_id, "boundaries are not copied"
    assert Plan.objects.get(pk=company.plan.pk).status == "superseded"
    head = LedgerHead.objects.get(batch=done.batch)
    assert (head.size, head.deed, head.actor) == (5, "execute_realignment", company.users["ada"])


def test_deals_stay_with_the_rep_if_asked(company: Company) -> None:
    deal = add_deal(company, "a1", "own", "ann")
    intent = HandoverIntent("WEST", company.reps["cat"].pk)
    proposal = propose_realignment(
        company.users["mona"], intent, reason="leave", deal_policy="stay_with_rep", now=later(1)
    )
    pass_through(company, proposal)
    deal.refresh_from_db()
    assert deal.owner == company.reps["ann"]


def test_plan_moves_only_what_is_decided_otherwise(company: Company) -> None:
    draft = copy_to_draft(
        company, {"WEST": 'state in ["CA", "TX"]', "EAST": 'state = "NY" and employees > 1600'}
    )
    proposal = propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="FY27", now=later(1))
    changes = {
        move.account.key: move.change
        for move in Move.objects.filter(realignment=proposal, layer__code="sales")
    }
    assert changes == {"a4": "owner", "a6": "owner", "a5": "cause"}
    pass_through(company, proposal)
    assert company.owner_of("a6") == "ann"
    assert company.owner_of("a4") == "queue"
    assert Assignment.objects.get(account=company.accounts["a5"], layer__code="sales").claim_class == "hybrid"


def test_misplaced_account_stays_until_asked_for(company: Company) -> None:
    company.accounts["a7"] = Account.objects.create(
        external_id="a7",
        key="a7",
        name="Misplaced",
        state="CA",
        owner=company.reps["bob"],
        created_at=later(0),
        updated_at=later(0),
    )
    with deed("import", actor=None, now=later(0.5)) as act:
        counts = record_initial_ownership(act)
    assert (counts.accounts, counts.misplaced) == (1, 1)
    draft = copy_to_draft(company, {"EAST": 'state in ["NY", "TX"]'})
    pass_through(
        company, propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(1))
    )
    assert company.owner_of("a7") == "bob"
    wanted = AccountsIntent((company.accounts["a7"].pk,), "WEST")
    proposal = propose_realignment(company.users["mona"], wanted, reason="where it belongs", now=later(5))
    assert not Lock.objects.exists(), "routing alone puts it there"
    pass_through(company, proposal, 6)
    assert company.owner_of("a7") == "ann"


def test_accounts_are_locked_where_routing_would_not_put_them(company: Company) -> None:
    wanted = AccountsIntent((company.accounts["a1"].pk, company.accounts["a6"].pk), "EAST")
    proposal = propose_realignment(company.users["mona"], wanted, reason="contract", now=later(1))
    pass_through(company, proposal)
    assert [company.owner_of(key) for key in ("a1", "a2", "a6")] == ["bob", "ann", "bob"]
    assert set(Assignment.objects.filter(territory__code="EAST").values_list("cause", flat=True)) == {
        "lock",
        "rule",
    }
    lock = Lock.objects.get(plan=proposal.target_plan, account_key="a1")
    assert (lock.reason, lock.approver) == ("contract", "ada")
    with pytest.raises(FairpatchError, match="already there"):
        propose_realignment(company.users["mona"], wanted, reason="again", now=later(5))


def test_undo_restores_everything(company: Company) -> None:
    add_deal(company, "a1", "own", "ann")
    before = read_state()
    draft = copy_to_draft(
        company, {"WEST": 'state in ["CA", "TX"] and employees > 500', "BIG": "employees > 10"}
    )
    done = pass_through(
        company, propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(1))
    )
    assert read_state() != before
    undo = undo_realignment(company.users["paul"], done.pk, reason="mistake", now=later(5))
    assert undo.kind == "undo"
    back = pass_through(company, undo, 6)
    assert read_state() == before
    assert Ownership.objects.filter(realignment=back).exists(), "the way back is on record"
    assert Plan.objects.get(pk=company.plan.pk).status == "active"
    again = undo_realignment(company.users["paul"], back.pk, reason="no, right", now=later(9))
    pass_through(company, again, 10)


def test_undo_of_an_older_one_is_refused(company: Company) -> None:
    first = pass_through(company, hand_over(company))
    wanted = AccountsIntent((company.accounts["a6"].pk,), "EAST")
    pass_through(company, propose_realignment(company.users["paul"], wanted, reason="", now=later(4)), 5)
    with pytest.raises(FairpatchError) as refused:
        undo_realignment(company.users["paul"], first.pk, reason="late", now=later(8))
    assert refused.value.code == "not_newest"


def test_undo_decides_accounts_that_came_since(company: Company) -> None:
    draft = copy_to_draft(company, {"WEST": 'state = "TX"'})
    done = pass_through(
        company, propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(1))
    )
    add_accounts(company, 1, first=7)  # in CA, which belongs to nobody now
    with deed("import", actor=None, now=later(4)) as act:
        record_initial_ownership(act)
    assert company.owner_of("a7") == "queue"
    pass_through(company, undo_realignment(company.users["paul"], done.pk, reason="", now=later(5)), 6)
    assert company.owner_of("a7") == "ann"


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda c: Account.objects.filter(key="a1").update(state="NV"), "account"),
        (lambda c: Account.objects.filter(key="a1").update(owner=c.reps["bob"]), "account"),
        (lambda c: Account.objects.filter(key="a1").update(ended_at=later(1.5)), "account"),
        (lambda c: Deal.objects.update(outcome="won"), "deal"),
        (lambda c: add_deal(c, "a2", "new", "ann"), "deal"),
    ],
)
def test_drift_is_refused_with_its_list(company: Company, edit: object, what: str) -> None:
    add_deal(company, "a1", "own", "ann")
    proposal = hand_over(company)
    approve_realignment(company.users["dana"], proposal.pk, now=later(1.2))
    edit(company)  # type: ignore[operator]
    before = read_state()
    heads = LedgerHead.objects.count()
    with pytest.raises(DriftedError) as refused:
        execute_realignment(company.users["dana"], proposal.pk, now=later(2))
    assert [item["what"] for item in refused.value.drift] == [what]
    assert read_state() == before
    stale = Realignment.objects.get(pk=proposal.pk)
    assert (stale.status, stale.drift) == ("stale", refused.value.drift)
    assert LedgerHead.objects.count() == heads + 1, "the refusal itself is on record"


def test_account_that_would_now_move_too_is_drift(company: Company) -> None:
    proposal = hand_over(company)
    approve_realignment(company.users["dana"], proposal.pk, now=later(1.2))
    add_accounts(company, 1, first=7)
    with deed("import", actor=None, now=later(1.5)) as act:
        record_initial_ownership(act)
    with pytest.raises(DriftedError) as refused:
        execute_realignment(company.users["dana"], proposal.pk, now=later(2))
    assert [item["external_id"] for item in refused.value.drift] == ["a7"]
    fresh = rebase_realignment(company.users["mona"], proposal.pk, now=later(3))
    assert (fresh.move_count, fresh.rebased_from_id) == (4, proposal.pk)
    pass_through(company, fresh, 4)
    assert company.owner_of("a7") == "cat"


def test_unrelated_change_is_no_drift(company: Company) -> None:
    proposal = hand_over(company)
    Account.objects.filter(key="a4").update(name="Renamed")
    assert AccountChange.objects.filter(id__gt=proposal.change_position).exists()
    pass_through(company, proposal)


def test_plan_switched_meanwhile_is_drift_and_rebase_decides_anew(company: Company) -> None:
    wanted = AccountsIntent((company.accounts["a6"].pk,), "WEST")
    waiting = propose_realignment(company.users["paul"], wanted, reason="", now=later(1))
    pass_through(company, hand_over(company, 1.1))
    approve_realignment(company.users["ada"], waiting.pk, now=later(3))
    with pytest.raises(DriftedError) as refused:
        execute_realignment(company.users["ada"], waiting.pk, now=later(4))
    assert [item["what"] for item in refused.value.drift] == ["plan"]
    pass_through(company, rebase_realignment(company.users["paul"], waiting.pk, now=later(5)), 6)
    assert company.owner_of("a6") == "cat"


def test_seat_that_begins_meanwhile_is_drift(company: Company) -> None:
    draft = copy_to_draft(company)
    Seat.objects.create(
        plan=draft,
        territory=company.territories["EAST"],
        rep=company.reps["cat"],
        kind="backup",
        from_on=later(48).date(),
    )
    Seat.objects.filter(plan=draft, territory=company.territories["EAST"], kind="primary").update(
        rep=company.reps["cat"]
    )
    proposal = propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(1))
    approve_realignment(company.users["ada"], proposal.pk, now=later(2))
    with pytest.raises(DriftedError) as refused:
        execute_realignment(company.users["ada"], proposal.pk, now=later(72))
    assert [item["what"] for item in refused.value.drift] == ["date"]


def test_vacant_seat_falls_to_backup_then_manager(company: Company) -> None:
    draft = copy_to_draft(company)
    Seat.objects.filter(plan=draft, territory__code="WEST").update(until_on=later(-48).date())
    Seat.objects.filter(plan=draft, territory__code="EAST").delete()
    seat_rep(company, draft, "EAST", "cat", "backup")
    proposal = propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(1))
    pass_through(company, proposal)
    assert [company.owner_of(key) for key in ("a1", "a4")] == ["mona", "cat"]
    newest = Ownership.objects.filter(realignment=proposal, layer__code="sales")
    assert newest.count() == 5
    assert all(row.is_interim for row in newest)


def test_who_may_do_what(company: Company) -> None:
    proposal = hand_over(company)
    may = {name: list_may(user, proposal) for name, user in company.users.items()}
    assert may["mona"] == ["cancel", "rebase"], "nobody approves a proposal of their own"
    assert may["mike"] == may["otto"] == may["ann"] == may["cat"] == []
    assert may["dana"] == ["approve", "reject", "rebase"]
    assert may["ada"] == may["paul"] == ["approve", "reject", "cancel", "rebase"]
    for name, code in (("mona", "own_proposal"), ("mike", "forbidden"), ("ann", "forbidden")):
        with pytest.raises(FairpatchError) as refused:
            approve_realignment(company.users[name], proposal.pk, now=later(2))
        assert refused.value.code == code
    with pytest.raises(FairpatchError) as refused:
        execute_realignment(company.users["dana"], proposal.pk, now=later(2))
    assert refused.value.code == "wrong_status"


def test_rejected_plan_is_a_draft_again(company: Company) -> None:
    draft = copy_to_draft(company, {"EAST": 'state = "NY" or state = "TX"'})
    proposal = propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(1))
    draft.refresh_from_db()
    assert draft.status == "staged"
    reject_realignment(company.users["ada"], proposal.pk, "not now", now=later(2))
    draft.refresh_from_db()
    assert draft.status == "draft"
    second = propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="", now=later(3))
    cancel_realignment(company.users["paul"], second.pk, now=later(4))
    assert Realignment.objects.get(pk=second.pk).status == "cancelled"


def test_executed_once_only(company: Company) -> None:
    proposal = hand_over(company)
    pass_through(company, proposal)
    with pytest.raises(FairpatchError) as refused:
        execute_realignment(company.users["ada"], proposal.pk, now=later(5))
    assert refused.value.code == "wrong_status"


def test_preview_says_the_same_and_keeps_nothing(company: Company) -> None:
    before = read_state(), Plan.objects.count(), LedgerHead.objects.count()
    intent = HandoverIntent("WEST", company.reps["cat"].pk)
    preview = preview_realignment(company.users["mona"], intent, now=later(1))
    assert (read_state(), Plan.objects.count(), LedgerHead.objects.count()) == before
    proposal = hand_over(company)
    assert preview.impact == proposal.impact
    assert preview.move_count == proposal.move_count == len(preview.moves_sample)


def test_every_ownership_record_can_be_proved(company: Company) -> None:
    pass_through(company, hand_over(company))
    for row in Ownership.objects.all():
        steps = verify_proof(build_proof(row.batch, row.leaf_seq))
        assert all(step.ok for step in steps), steps
    damaged = build_proof(row.batch, row.leaf_seq)
    damaged["leaf"]["body"] = damaged["leaf"]["body"].replace('"layer":', '"layer": ')
    assert not verify_proof(damaged)[0].ok
