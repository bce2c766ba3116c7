"""Who may see which rows? The only place that narrows them; every list, count, export and map begins here.

Scope = one's own seats, the seats of all reports (recursive) and granted subtrees. Planners, administrators
and auditors see the whole company. The published tree (names, owners) is for everybody; account data is not.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right, has_right, sees_whole_company
from fairpatch.core.plans.plan import is_within_days
from fairpatch.records.models import (
    Account,
    Activity,
    Assignment,
    Deal,
    DesignRun,
    Grant,
    Job,
    Move,
    Organisation,
    Plan,
    Realignment,
    Rep,
    Seat,
    User,
)
from fairpatch.records.queries.calendar import read_today
from fairpatch.records.queries.tree import load_tree

NOT_FOUND = "There is nothing here, or you may not see it."


class NotFoundError(FairpatchError):
    """Absent, or out of the asking person's sight: the answer is the same."""

    def __init__(self, what: str = "") -> None:
        super().__init__(
            "not_found", f"There is no {what} here, or you may not see it." if what else NOT_FOUND
        )


@dataclass(frozen=True)
class Scope:
    """What one user may see today. `rep_ids` and `territory_ids` mean nothing when `sees_all`."""

    user: User
    organisation: Organisation | None
    today: date
    sees_all: bool
    rep_ids: frozenset[int] = frozenset()
    territory_ids: frozenset[int] = frozenset()

    @property
    def plan(self) -> Plan | None:
        """The live plan."""
        return self.organisation.active_plan if self.organisation else None

    def may(self, right: Right) -> bool:
        return has_right(self.user.role, right)


def load_company_scope() -> Scope:
    """The whole company as the operator's terminal sees it, where nobody is logged in."""
    organisation = Organisation.objects.select_related("active_plan").first()
    return Scope(User(), organisation, read_today(organisation), sees_all=True)


def load_scope(user: User) -> Scope:
    """The user's scope, worked out from today's reporting lines, seats and grants."""
    organisation = Organisation.objects.select_related("active_plan").first()
    today = read_today(organisation)
    if sees_whole_company(user.role):
        return Scope(user, organisation, today, sees_all=True)
    reps = _find_reports(user.rep_id)
    territories = _find_territories(user, organisation, reps, today)
    return Scope(user, organisation, today, False, reps, territories)


def _find_reports(rep_id: int | None) -> frozenset[int]:
    """A rep and everybody below, in whatever depth."""
    if rep_id is None:
        return frozenset()
    below: dict[int, list[int]] = {}
    for rep, manager in Rep.objects.filter(manager__isnull=False).values_list("id", "manager_id"):
        below.setdefault(manager, []).append(rep)
    found: set[int] = set()
    waiting = [rep_id]
    while waiting:
        rep = waiting.pop()
        if rep not in found:
            found.add(rep)
            waiting.extend(below.get(rep, ()))
    return frozenset(found)


def _find_territories(
    user: User, organisation: Organisation | None, reps: frozenset[int], today: date
) -> frozenset[int]:
    plan = organisation.active_plan if organisation else None
    if plan is None:
        return frozenset()
    granted = Grant.objects.filter(user=user, ended_at__isnull=True).values_list("territory_id", flat=True)
    roots = set(granted)
    seats = Seat.objects.filter(plan=plan, rep_id__in=reps).values_list("territory_id", "from_on", "until_on")
    roots.update(territory for territory, start, end in seats if is_within_days(start, end, today))
    return load_tree(plan).find_subtree_ids(roots)


def visible_accounts(scope: Scope) -> QuerySet[Account]:
    """Accounts that one's people own, or that any layer assigns to a territory in scope."""
    if scope.sees_all:
        return Account.objects.all()
    owned = Account.objects.filter(owner_id__in=scope.rep_ids).values("id")
    covered = Assignment.objects.filter(territory_id__in=scope.territory_ids).values("account_id")
    return Account.objects.filter(id__in=owned.union(covered))


def visible_deals(scope: Scope) -> QuerySet[Deal]:
    """Deals of visible accounts."""
    if scope.sees_all:
        return Deal.objects.all()
    return Deal.objects.filter(account_id__in=visible_accounts(scope).values("id"))


def visible_activities(scope: Scope) -> QuerySet[Activity]:
    """Activities with visible accounts."""
    if scope.sees_all:
        return Activity.objects.all()
    return Activity.objects.filter(account_id__in=visible_accounts(scope).values("id"))


def _touches_scope(scope: Scope) -> Q:
    reps, territories = scope.rep_ids, scope.territory_ids
    return (
        Q(from_rep_id__in=reps)
        | Q(to_rep_id__in=reps)
        | Q(from_territory_id__in=territories)
        | Q(to_territory_id__in=territories)
    )


def visible_realignments(scope: Scope) -> QuerySet[Realignment]:
    """Realignments one proposed, or with a move from or to one's people or territories."""
    if scope.sees_all:
        return Realignment.objects.all()
    touching = Move.objects.filter(_touches_scope(scope), realignment_id=OuterRef("id"))
    return Realignment.objects.filter(Q(proposed_by_id=scope.user.id) | Exists(touching))


def visible_moves(scope: Scope) -> QuerySet[Move]:
    """Moves from or to one's people or territories."""
    return Move.objects.all() if scope.sees_all else Move.objects.filter(_touches_scope(scope))


def visible_plans(scope: Scope) -> QuerySet[Plan]:
    """Everybody sees the live plan; who edits plans, former and own ones; directors and above, all."""
    if scope.sees_all or scope.may(Right.EDIT_TERRITORIES):
        return Plan.objects.all()
    if scope.may(Right.EDIT_PLANS):
        published = Q(status__in=[Plan.Status.ACTIVE, Plan.Status.SUPERSEDED, Plan.Status.STAGED])
        return Plan.objects.filter(published | Q(created_by_id=scope.user.id))
    return Plan.objects.filter(status=Plan.Status.ACTIVE)


def visible_designs(scope: Scope) -> QuerySet[DesignRun]:
    """One's own design runs; who sees the whole company sees all. Runs that were put away are gone."""
    kept = DesignRun.objects.filter(ended_at__isnull=True)
    return kept if scope.sees_all else kept.filter(created_by_id=scope.user.id)


def visible_jobs(scope: Scope) -> QuerySet[Job]:
    """One's own jobs; all of them for those who run the system."""
    if scope.may(Right.SEE_JOBS):
        return Job.objects.all()
    return Job.objects.filter(actor_id=scope.user.id)


def may_reach_territory(scope: Scope, code: str) -> bool:
    """Is the territory of the live plan inside the scope?"""
    if scope.plan is None:
        return False
    node = load_tree(scope.plan).by_code.get(code)
    return node is not None and (scope.sees_all or node.id in scope.territory_ids)
