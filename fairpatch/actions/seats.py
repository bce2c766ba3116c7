"""How is somebody seated in a draft's territory, and taken out?"""

from dataclasses import dataclass
from datetime import date

from fairpatch.actions.drafts import edit_draft
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.plans.plan import do_days_overlap
from fairpatch.records.models import Plan, Rep, Seat, User
from fairpatch.records.visibility import NotFoundError

BACKWARDS = "A seat cannot end before it begins. Nothing was changed."
HAS_LEFT = "{} has left, so nobody can be seated in that name. Nothing was changed."


@dataclass(frozen=True, slots=True)
class NewSeat:
    territory: str
    rep_id: int
    kind: str = "primary"
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A row and the version of its plan."""

    id: int
    version: int


def add_seat(actor: User, plan_id: int, new: NewSeat, expected: int | None) -> SavedRow:
    """Seats a rep. Two primary seats of one territory on one day are a fault."""
    with edit_draft("add_seat", actor, plan_id, expected, is_layout=False) as edit:
        node = edit.tree.by_code.get(new.territory)
        if node is None:
            raise NotFoundError("territory of this code in this plan")
        edit.require_reach(new.territory)
        rep = Rep.objects.filter(id=new.rep_id).first()
        if rep is None:
            raise NotFoundError("rep of this number")
        if rep.status == Rep.Status.LEFT:
            raise FairpatchError("rep_has_left", HAS_LEFT.format(rep.name))
        if new.from_on and new.until_on and new.until_on < new.from_on:
            raise FairpatchError("wrong_value", BACKWARDS)
        _check_free(edit.plan, node.id, new)
        row = Seat.objects.create(
            plan=edit.plan,
            territory_id=node.id,
            rep=rep,
            kind=new.kind,
            from_on=new.from_on,
            until_on=new.until_on,
        )
        edit.act.detail.update(territory=new.territory, rep=rep.id, seat=new.kind)
    return SavedRow(row.id, edit.plan.version)


def _check_free(plan: Plan, territory_id: int, new: NewSeat) -> None:
    """A territory has one primary seat a day."""
    if new.kind != Seat.Kind.PRIMARY:
        return
    others = Seat.objects.filter(plan=plan, territory_id=territory_id, kind=new.kind).select_related("rep")
    for other in others:
        if do_days_overlap((new.from_on, new.until_on), (other.from_on, other.until_on)):
            sentence = f"{other.rep.name} holds the primary seat of {new.territory} in these days already."
            advice = "End that seat first, or choose other days or another kind of seat."
            raise FaultyInputError([Finding("error", "seat", sentence, suggestion=advice)], "seat_taken")


def remove_seat(actor: User, plan_id: int, seat_id: int, expected: int | None) -> int:
    """Takes a seat out; answers the plan's new version."""
    with edit_draft("remove_seat", actor, plan_id, expected, is_layout=False) as edit:
        row = Seat.objects.filter(id=seat_id, plan=edit.plan).select_related("territory").first()
        if row is None:
            raise NotFoundError("seat of this number in this plan")
        edit.require_reach(row.territory.code)
        edit.act.detail.update(territory=row.territory.code, rep=row.rep_id, seat=row.kind)
        row.delete()
    return edit.plan.version
