"""What does a realignment touch, what has shifted under it since, and who may take it further?"""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet

from fairpatch.core.realignment.deals import HeldDeal
from fairpatch.core.realignment.impact import Flow, Load
from fairpatch.core.realignment.lifecycle import Person, Proposal, list_steps
from fairpatch.records.models import Deal, DealMove, Move, Realignment, Rep, User

ROWS = 2_000
# A plus before a column keeps it from choosing the index: an account has few deals, a rep thousands, and
# without statistics the database cannot know.
# Over accounts: how many, revenue, open deals, their sum, activities still to do.
LOAD_COLUMNS = """
    COUNT(*), COALESCE(SUM(a.annual_revenue_minor), 0),
    COALESCE(SUM((SELECT COUNT(*) FROM records_deal d WHERE d.account_id = a.id AND d.outcome = 'open')), 0),
    COALESCE(SUM((SELECT SUM(d.amount_minor) FROM records_deal d
        WHERE d.account_id = a.id AND d.outcome = 'open')), 0),
    COALESCE(SUM((SELECT COUNT(*) FROM records_activity v
        WHERE v.account_id = a.id AND v.done_on IS NULL)), 0)
"""
FLOWS = f"""
    SELECT m.from_rep_id, m.to_rep_id, m.from_territory_id, m.to_territory_id, {LOAD_COLUMNS},
    COALESCE(SUM(CASE WHEN m.change = 'owner' AND (
        EXISTS (SELECT 1 FROM records_activity v WHERE v.account_id = a.id AND +v.rep_id = m.from_rep_id)
        OR EXISTS (SELECT 1 FROM records_deal d WHERE d.account_id = a.id AND +d.owner_id = m.from_rep_id)
    ) THEN 1 ELSE 0 END), 0)
    FROM records_move m JOIN records_account a ON a.id = m.account_id
    WHERE m.realignment_id = %s AND m.layer_id = %s AND m.change <> 'cause'
    GROUP BY m.from_rep_id, m.to_rep_id, m.from_territory_id, m.to_territory_id
"""  # noqa: S608
HELD_DEALS = """
    SELECT d.id, d.account_id, d.version, d.outcome, d.owner_id, m.from_rep_id, m.to_rep_id
    FROM records_move m JOIN records_deal d ON d.account_id = m.account_id
    WHERE m.realignment_id = %s AND m.layer_id = %s AND m.change = 'owner' AND d.outcome = 'open'
    ORDER BY d.id
"""
UNDONE_DEALS = """
    SELECT d.id, d.account_id, d.version, d.outcome, d.owner_id, m.to_rep_id, m.from_rep_id
    FROM records_dealmove m JOIN records_deal d ON d.id = m.deal_id
    WHERE m.realignment_id = %s ORDER BY d.id
"""


def read_held_deals(realignment_id: int, primary_layer_id: int, undone_id: int | None) -> Iterator[HeldDeal]:
    """The open deals of accounts that change owner; for the way back, the deals that had gone along."""
    with connection.cursor() as cursor:
        if undone_id is not None:
            cursor.execute(UNDONE_DEALS, [undone_id])
        else:
            cursor.execute(HELD_DEALS, [realignment_id, primary_layer_id])
        while rows := cursor.fetchmany(ROWS):
            yield from (HeldDeal(*row) for row in rows)


def read_flows(realignment_id: int, primary_layer_id: int) -> list[Flow]:
    """What goes from whom to whom, summed."""
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, [realignment_id, primary_layer_id])
        return [Flow(row[0], row[1], row[2], row[3], Load(*map(int, row[4:]))) for row in cursor.fetchall()]


def read_loads(column: str, ids: set[int]) -> dict[int, Load]:
    """What each of these reps (column "owner_id") or territories ("territory_id") holds now."""
    assert column in ("owner_id", "territory_id")
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.{column}, {LOAD_COLUMNS} FROM records_account a "  # noqa: S608
            f"WHERE a.ended_at IS NULL AND a.{column} IN ({marks}) GROUP BY a.{column}",
            sorted(ids),
        )
        return {row[0]: Load(*map(int, row[1:])) for row in cursor.fetchall()}


def count_changes(realignment_id: int) -> dict[str, int]:
    """How many moves of each kind there are, over all layers."""
    rows = Move.objects.filter(realignment=realignment_id).order_by().values_list("change")
    return dict(rows.annotate(count=Count("id")))


def select_moves(realignment_id: int, layer: str | None = None, rep_id: int | None = None) -> QuerySet[Move]:
    """The moves in their order, with what a list shows of them."""
    moves = Move.objects.filter(realignment=realignment_id).order_by("account_id", "layer_id")
    moves = moves.select_related("account", "layer", "from_rep", "to_rep", "from_territory", "to_territory")
    if layer is not None:
        moves = moves.filter(layer__code=layer)
    if rep_id is not None:
        moves = moves.filter(from_rep=rep_id) | moves.filter(to_rep=rep_id)
    return moves


def read_managers() -> dict[int, int | None]:
    """Everybody's manager."""
    return dict(Rep.objects.values_list("id", "manager_id"))


def describe_proposal(realignment: Realignment) -> Proposal:
    """What the lifecycle asks about a realignment. Pools and the queue have no manager and no say."""
    sides: set[int] = set()
    moves = Move.objects.filter(realignment=realignment, change=Move.Change.OWNER).order_by()
    for column in ("from_rep_id", "to_rep_id"):
        sides.update(pk for pk in moves.values_list(column, flat=True).distinct() if pk)
    people = Rep.objects.filter(id__in=sides).exclude(kind=Rep.Kind.POOL)
    return Proposal(
        realignment.status, realignment.proposed_by_id, frozenset(people.values_list("id", flat=True))
    )


def describe_person(user: User) -> Person:
    """A user as the lifecycle knows people."""
    return Person(user.pk, user.role, user.rep_id)


def list_may(user: User, realignment: Realignment) -> list[str]:
    """The steps this user may take now."""
    steps = list_steps(describe_person(user), describe_proposal(realignment), read_managers())
    return [step.value for step in steps]


MOST_DRIFT = 1_000


def find_account_drift(realignment_id: int) -> list[dict[str, Any]]:
    """Accounts of the list that are no longer what they were when it was made."""
    moves = (
        Move.objects.filter(realignment=realignment_id)
        .exclude(account__version=F("from_version"))
        .select_related("account", "account__owner", "from_rep", "layer")
        .order_by("account_id", "layer_id")
    )
    items: dict[int, dict[str, Any]] = {}
    for move in moves[: MOST_DRIFT * 2]:
        account = move.account
        is_owned_elsewhere = move.from_rep_id != account.owner_id and account.ended_at is None
        before = (
            move.from_rep.name if is_owned_elsewhere and move.from_rep else f"version {move.from_version}"
        )
        after = account.owner.name if is_owned_elsewhere else f"version {account.version}"
        if account.ended_at is not None:
            sentence = f"{account.name} has ended since."
        elif is_owned_elsewhere:
            sentence = f"{account.name} belongs to {account.owner.name} since."
        else:
            sentence = f"{account.name} was changed since."
        items.setdefault(
            account.pk,
            _write_drift(account.pk, account.external_id, account.name, "account", before, after, sentence),
        )
    return list(items.values())[:MOST_DRIFT]


def find_deal_drift(realignment: Realignment, primary_layer_id: int) -> list[dict[str, Any]]:
    """Deals of the list that changed, and open ones of the accounts' owners that are not on it."""
    changed = (
        DealMove.objects.filter(realignment=realignment)
        .exclude(deal__version=F("from_version"))
        .select_related("deal", "deal__account")
        .order_by("deal_id")
    )
    items = [
        _write_deal_drift(move.deal, f"The deal {move.deal.name} was changed since.")
        for move in changed[:MOST_DRIFT]
    ]
    is_following = realignment.deal_policy == Realignment.DealPolicy.FOLLOW_TERRITORY
    if is_following and realignment.kind != Realignment.Kind.UNDO:
        with connection.cursor() as cursor:
            cursor.execute(NEW_DEALS, [realignment.pk, primary_layer_id, MOST_DRIFT])
            fresh = [row[0] for row in cursor.fetchall()]
        for deal in Deal.objects.filter(id__in=fresh).select_related("account").order_by("id"):
            items.append(_write_deal_drift(deal, f"The deal {deal.name} was opened or taken over since."))
    return items


NEW_DEALS = """
    SELECT d.id FROM records_move m JOIN records_deal d ON d.account_id = m.account_id
    WHERE m.realignment_id = %s AND m.layer_id = %s AND m.change = 'owner' AND d.outcome = 'open'
    AND +d.owner_id = m.from_rep_id AND NOT EXISTS (SELECT 1 FROM records_dealmove x
        WHERE x.realignment_id = m.realignment_id AND x.deal_id = d.id)
    ORDER BY d.id LIMIT %s
"""


def _write_deal_drift(deal: Deal, sentence: str) -> dict[str, Any]:
    account = deal.account
    return _write_drift(account.pk, account.external_id, account.name, "deal", "", deal.name, sentence)


def _write_drift(
    account_id: int | None, external_id: str, name: str, what: str, before: str, after: str, sentence: str
) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "external_id": external_id,
        "name": name,
        "what": what,
        "before": before,
        "after": after,
        "sentence": sentence,
    }


def write_plan_drift(what: str, before: str, after: str, sentence: str) -> dict[str, Any]:
    """Drift that concerns no single account."""
    return _write_drift(None, "", "", what, before, after, sentence)


def write_new_drift(account_id: int, external_id: str, name: str, after: str) -> dict[str, Any]:
    """An account that was added or changed since and would now have to be on the list."""
    return _write_drift(
        account_id,
        external_id,
        name,
        "account",
        "",
        after,
        f"{name} was added or changed since and would move too.",
    )
