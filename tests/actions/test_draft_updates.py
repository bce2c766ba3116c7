"""Does a draft take in what became live meanwhile, so that proposing it takes nothing back?"""

import pytest

from fairpatch.actions.draft_updates import update_draft
from fairpatch.actions.plans import create_draft
from fairpatch.actions.realignment import (
    AccountsIntent,
    HandoverIntent,
    PlanIntent,
    approve_realignment,
    execute_realignment,
    preview_realignment,
    propose_realignment,
    rebase_realignment,
)
from fairpatch.core.errors import FairpatchError, FaultyInputError
from fairpatch.records.models import (
    CustomField,
    Layout,
    LayoutTerritory,
    LedgerHead,
    Lock,
    Organisation,
    Plan,
    Realignment,
    Seat,
)
from fairpatch.records.queries.plan_rows import load_core_plan, read_core_plan
from fairpatch.records.visibility import NotFoundError
from tests.worlds.staff import Company, copy_to_draft, found_company, later, seat_rep

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture
def company() -> Company:
    return found_company()


def pass_through(company: Company, proposal: Realignment, hours: float) -> None:
    approve_realignment(company.users["ada"], proposal.pk, now=later(hours))
    execute_realignment(company.users["ada"], proposal.pk, now=later(hours + 0.1))


def propose_plan(company: Company, draft: Plan, hours: float) -> Realignment:
    return propose_realignment(company.users["paul"], PlanIntent(draft.pk), reason="FY27", now=later(hours))


def change_live(company: Company) -> None:
    """WEST passes to cat, and a6 is locked to EAST."""
    intents = (
        HandoverIntent("WEST", company.reps["cat"].pk),
        AccountsIntent((company.accounts["a6"].pk,), "EAST"),
    )
    for place, intent in enumerate(intents):
        proposal = propose_realignment(
            company.users["paul"], intent, reason="meanwhile", now=later(1 + place)
        )
        pass_through(company, proposal, 1.2 + place)


def read_rules(plan: Plan) -> dict[str, str]:
    places = LayoutTerritory.objects.filter(layout=plan.layout_id)
    return dict(places.values_list("territory__code", "rule"))


def snap_draft(draft: Plan) -> tuple[object, ...]:
    """Everything of a plan's rows, down to their ids."""
    return (
        Plan.objects.filter(pk=draft.pk).values().get(),
        list(Seat.objects.filter(plan=draft).order_by("pk").values()),
        list(Lock.objects.filter(plan=draft).order_by("pk").values()),
        read_rules(Plan.objects.get(pk=draft.pk)),
    )


def test_an_outdated_draft_cannot_be_proposed(company: Company) -> None:
    draft = copy_to_draft(company, {"EAST": 'state = "NY" and employees > 1600'})
    change_live(company)
    paul = company.users["paul"]
    for ask in (
        lambda: propose_plan(company, draft, 5),
        lambda: preview_realignment(paul, PlanIntent(draft.pk), now=later(5)),
    ):
        with pytest.raises(FairpatchError) as refused:
            ask()
        assert refused.value.code == "draft_outdated"
        assert "Bring the draft up to date" in refused.value.sentence


def test_an_updated_draft_takes_nothing_back(company: Company) -> None:
    draft = copy_to_draft(company, {"EAST": 'state = "NY" and employees > 1600'})
    change_live(company)
    updated = update_draft(company.users["paul"], draft.pk, expected=0)
    live = Organisation.objects.get().active_plan
    assert live is not None
    assert (updated.base_id, updated.version, updated.status) == (live.pk, 1, "draft")
    assert updated.layout_id == draft.layout_id, "the live boundaries had not changed"
    assert set(Lock.objects.filter(plan=draft).values_list("account_key", "reason")) == {("a6", "meanwhile")}
    proposal = propose_plan(company, draft, 5)
    assert proposal.move_count == 2, "a4 leaves EAST, and a5 stays there by its hybrid rule"
    pass_through(company, proposal, 6)
    assert [company.owner_of(key) for key in ("a1", "a4", "a6")] == ["cat", "queue", "bob"]


def test_boundaries_that_one_side_left_alone_are_shared(company: Company) -> None:
    staffed = create_draft(company.users["paul"], "Staffing")
    seat_rep(company, staffed, "EAST", "cat", "backup")
    drawn = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    pass_through(company, propose_plan(company, drawn, 1), 2)
    layouts = Layout.objects.count()
    updated = update_draft(company.users["paul"], staffed.pk)
    assert updated.layout_id == drawn.layout_id
    assert Layout.objects.count() == layouts
    assert Seat.objects.filter(plan=staffed, rep=company.reps["cat"], kind="backup").count() == 1


def test_boundaries_that_both_drew_are_written_anew(company: Company) -> None:
    CustomField.objects.create(name="tier", type="text")
    draft = copy_to_draft(company, {"EAST": 'state = "NY" and tier = "A"'})
    drawn = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    pass_through(company, propose_plan(company, drawn, 1), 2)
    updated = update_draft(company.users["paul"], draft.pk)
    assert updated.layout_id not in (draft.layout_id, drawn.layout_id)
    assert read_rules(updated) == {
        "WEST": 'state in ["CA", "TX"]',
        "EAST": 'state = "NY" and tier = "A"',
        "BIG": "employees >= 1000",
    }
    assert Layout.objects.get(pk=updated.layout_id).fields == [], "the organisation's field is not the plan's"
    assert read_rules(Plan.objects.get(pk=drawn.pk))["EAST"] == 'state = "NY"', "the live plan is as it was"


def test_a_conflict_leaves_the_draft_as_it_was(company: Company) -> None:
    draft = copy_to_draft(company, {"WEST": 'state = "NV"', "EAST": 'state = "NJ"'})
    drawn = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    pass_through(company, propose_plan(company, drawn, 1), 2)
    before, heads = snap_draft(draft), LedgerHead.objects.count()
    with pytest.raises(FaultyInputError) as refused:
        update_draft(company.users["paul"], draft.pk)
    assert refused.value.code == "conflict"
    assert [finding.where for finding in refused.value.findings] == ["WEST"]
    assert snap_draft(draft) == before
    assert LedgerHead.objects.count() == heads


def test_who_may_update_what(company: Company) -> None:
    draft = copy_to_draft(company)
    own = create_draft(company.users["mona"], "Mine")
    with pytest.raises(FairpatchError, match="already rests on the live plan"):
        update_draft(company.users["paul"], draft.pk)
    change_live(company)
    for name, kind in (("ann", "forbidden"), ("mona", "not_found")):
        with pytest.raises(FairpatchError) as refused:
            update_draft(company.users[name], draft.pk)
        assert refused.value.code == kind, name
    with pytest.raises(FairpatchError) as stale:
        update_draft(company.users["paul"], draft.pk, expected=7)
    assert stale.value.code == "stale"
    assert update_draft(company.users["mona"], own.pk).version == 1


def test_rebase_of_a_plan_brings_it_up_to_date(company: Company) -> None:
    draft = copy_to_draft(company, {"EAST": 'state = "NY" and employees > 1600'})
    waiting = propose_plan(company, draft, 0.5)
    change_live(company)
    fresh = rebase_realignment(company.users["paul"], waiting.pk, now=later(5))
    assert (fresh.target_plan_id, fresh.rebased_from_id, fresh.move_count) == (draft.pk, waiting.pk, 2)
    waiting.refresh_from_db()
    assert waiting.status == "stale"
    pass_through(company, fresh, 6)
    assert [company.owner_of(key) for key in ("a1", "a4", "a6")] == ["cat", "queue", "bob"]


def test_a_conflict_leaves_the_old_proposal_as_it_was(company: Company) -> None:
    draft = copy_to_draft(company, {"WEST": 'state = "NV"'})
    waiting = propose_plan(company, draft, 0.5)
    drawn = copy_to_draft(company, {"WEST": 'state in ["CA", "TX"]'})
    pass_through(company, propose_plan(company, drawn, 1), 2)
    before = snap_draft(draft)
    with pytest.raises(FaultyInputError) as refused:
        rebase_realignment(company.users["paul"], waiting.pk, now=later(5))
    assert refused.value.code == "conflict"
    waiting.refresh_from_db()
    assert waiting.status == "proposed"
    assert snap_draft(draft) == before
    assert Plan.objects.get(pk=draft.pk).status == "staged"


def test_a_failed_rebase_leaves_no_memory_of_the_draft_it_made(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = copy_to_draft(company, {"EAST": 'state = "NY" and employees > 1600'})
    waiting = propose_plan(company, draft, 0.5)
    change_live(company)

    def fail(*_: object) -> None:
        raise RuntimeError("no statistics")

    monkeypatch.setattr("fairpatch.actions.realignment.analyse_moves", fail)
    with pytest.raises(RuntimeError):
        rebase_realignment(company.users["paul"], waiting.pk, now=later(5))
    Plan.objects.filter(pk=draft.pk).update(version=1)
    again = Plan.objects.get(pk=draft.pk)
    assert load_core_plan(again) == read_core_plan(again)
    assert load_core_plan(again).locks == ()


def test_missing_plan_is_not_found(company: Company) -> None:
    with pytest.raises(NotFoundError):
        update_draft(company.users["paul"], 999_999)
