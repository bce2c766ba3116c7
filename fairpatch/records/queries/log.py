"""What does the ledger say was done, and by whom?"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from fairpatch.records.models import LedgerHead, LedgerKey, LedgerLeaf, Organisation
from fairpatch.records.queries.calendar import find_midnight
from fairpatch.records.visibility import NotFoundError


@dataclass(frozen=True)
class LogFilter:
    """Which deeds to list; days are the organisation's, both included."""

    deed: str | None = None
    actor: str | None = None  # part of a name
    account: int | None = None
    since: date | None = None
    until: date | None = None


def list_log(wanted: LogFilter, before: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Deeds, the newest first, and the last batch when more follow."""
    organisation = Organisation.objects.first()
    rows = LedgerHead.objects.select_related("key", "actor")
    if wanted.deed:
        rows = rows.filter(deed__icontains=wanted.deed.strip().replace(" ", "_"))
    if wanted.actor:
        name = wanted.actor.strip()
        rows = rows.filter(Q(actor_name__icontains=name) | Q(actor__name__icontains=name))
    if wanted.account is not None:
        batches = LedgerLeaf.objects.filter(account_id=wanted.account).values("batch")
        rows = rows.filter(batch__in=batches)
    if wanted.since is not None:
        rows = rows.filter(signed_at__gte=find_midnight(organisation, wanted.since))
    if wanted.until is not None:
        rows = rows.filter(signed_at__lt=find_midnight(organisation, wanted.until + timedelta(days=1)))
    if before is not None:
        rows = rows.filter(batch__lt=before)
    found = list(rows.order_by("-batch")[: limit + 1])
    shown = [_shape_entry(row) for row in found[:limit]]
    return shown, shown[-1]["batch"] if len(found) > limit else None


def _shape_entry(row: LedgerHead) -> dict[str, Any]:
    return {
        "batch": row.batch,
        "deed": row.deed,
        "actor": _name_actor(row),
        "subject": row.subject,
        "sentence": _say_deed(row),
        "size": row.size,
        "signed_at": row.signed_at,
        "key_id": row.key.key_id,
    }


def _name_actor(row: LedgerHead) -> str:
    """A user's name is looked up, never signed; the operator and agents carry theirs in the head."""
    return row.actor.name if row.actor else row.actor_name


def _say_deed(row: LedgerHead) -> str:
    what = row.deed.replace("_", " ")
    about = f" ({row.subject.replace(':', ' ')})" if row.subject else ""
    entries = "1 entry" if row.size == 1 else f"{row.size} entries"
    return f"{_name_actor(row)}: {what}{about}, {entries}."


def _shape_head(row: LedgerHead) -> dict[str, Any]:
    return {
        "batch": row.batch,
        "size": row.size,
        "root": bytes(row.root).hex(),
        "log_root": bytes(row.log_root).hex(),
        "signature": bytes(row.signature).hex(),
        "key_id": row.key.key_id,
        "signed_at": row.signed_at,
        "body": bytes(row.body).decode(errors="replace"),
    }


def describe_newest_head() -> dict[str, Any]:
    """The head that covers everything so far."""
    row = LedgerHead.objects.select_related("key", "actor").order_by("-batch").first()
    if row is None:
        raise NotFoundError("signed head yet")
    return _shape_head(row)


def describe_batch(batch: int, after: int | None, limit: int) -> tuple[dict[str, Any], int | None]:
    """A batch with a page of its leaves, and the last place when more follow."""
    row = (
        LedgerHead.objects.select_related("key", "actor").filter(batch=batch).first()
        if batch < 2**63
        else None
    )
    if row is None:
        raise NotFoundError("batch of this number")
    leaves = LedgerLeaf.objects.filter(batch=batch).order_by("seq")
    if after is not None:
        leaves = leaves.filter(seq__gt=after)
    found = list(leaves.values_list("seq", "account_id", "body", "hash")[: limit + 1])
    shown: list[dict[str, Any]] = [
        {
            "seq": seq,
            "account_id": account,
            "body": bytes(body).decode(errors="replace"),
            "hash": bytes(digest).hex(),
        }
        for seq, account, body, digest in found[:limit]
    ]
    page = {"entry": _shape_entry(row), "head": _shape_head(row), "leaves": shown}
    return page, shown[-1]["seq"] if len(found) > limit else None


def list_keys() -> list[dict[str, Any]]:
    """Every public key that signed heads."""
    rows = LedgerKey.objects.order_by("id").values_list("key_id", "public_key", "created_at")
    return [{"key_id": key, "public_key": bytes(public).hex(), "created_at": at} for key, public, at in rows]
