"""How is anything done at all: who may, in one transaction, with its proof?

Every deed runs inside `deed(...)`. It refuses whoever may not before anything is touched, holds one
transaction, and ends with a signed batch in the ledger. If it fails, nothing happened.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from django.db import Error, connection, transaction
from django.utils import timezone

from fairpatch.actions import ledger
from fairpatch.actions.ledger import Batch, step_past
from fairpatch.core.audit.records import SALT_BYTES, Leaf, write_deed_leaf, write_json, write_key_leaf
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right, has_right
from fairpatch.records.ledger import read_newest_head
from fairpatch.records.models import LedgerHead, User

OPERATOR = "operator"
_current: ContextVar["Deed | None"] = ContextVar("deed", default=None)


class Deed:
    """What runs inside one transaction and is proved by one batch."""

    def __init__(self, name: str, actor: User | None, now: dt.datetime, subject: str) -> None:
        """To be made inside its transaction."""
        self.name = name
        self.actor = actor
        self.subject = subject
        # Signed and kept for ever: ids, codes and counts, never names or free text.
        self.detail: dict[str, Any] = {}
        # Only a salted hash of it is signed, so it can be erased.
        self.personal: dict[str, str] = {}
        self.head: LedgerHead | None = None
        self._newest = read_newest_head()
        self._now = step_past(now, self._newest.signed_at) if self._newest else now
        self._batch: Batch | None = None

    @property
    def now(self) -> dt.datetime:
        """The moment of the deed, UTC, later than every signed head."""
        return self._batch.at if self._batch else self._now

    @property
    def batch(self) -> int:
        """The number of this deed's batch. Asking for it makes other deeds wait until this one ends."""
        return self.open_batch().number

    def open_batch(self) -> Batch:
        if self._batch is None:
            self._batch = ledger.open_batch(self._now, self._newest)
        return self._batch

    def add_leaves(self, leaves: Iterable[Leaf]) -> int:
        """Adds facts to the batch, in order; how many."""
        return ledger.add_leaves(self.open_batch(), leaves)

    def count_leaves(self, count: int) -> None:
        """Says that `count` leaves were copied into the batch by SQL, numbered on from the last one."""
        self.open_batch().next_seq += count

    def after_commit(self, notice: Callable[[], object]) -> None:
        """Runs `notice` once everything is safe."""
        transaction.on_commit(notice)

    def close(self) -> None:
        batch = self.open_batch()
        salt = secrets.token_bytes(SALT_BYTES)
        opening = write_json(self.personal)
        body = write_deed_leaf(batch.next_seq, self.name, self.subject, salt, opening)
        ledger.add_leaves(batch, [Leaf(body, None, salt, opening)])
        self.head = ledger.close_batch(
            batch,
            deed=self.name,
            subject=self.subject,
            actor=self.actor,
            actor_name="" if self.actor else OPERATOR,
            detail=self.detail,
        )


@contextmanager
def deed(
    name: str,
    *,
    actor: User | None,
    right: Right | None = None,
    now: dt.datetime | None = None,
    subject: str = "",
) -> Iterator[Deed]:
    """Runs a deed. `actor` None is the operator on the machine, who may do everything."""
    assert _current.get() is None, f"{name} was begun inside another deed"
    require_right(actor, right)
    with explain_database_errors(), transaction.atomic():
        act = Deed(name, actor, (now or timezone.now()).astimezone(dt.UTC), subject)
        token = _current.set(act)
        try:
            yield act
            act.close()
        finally:
            _current.reset(token)


def require_right(actor: User | None, right: Right | None) -> None:
    """Refuses whoever may not begin such a deed. How far a right reaches is the deed's own question."""
    if actor is None:
        return
    if not actor.is_active:
        raise FairpatchError("forbidden", "This log-in is no longer active. Nothing was changed.")
    if right is not None and not has_right(actor.role, right):
        raise FairpatchError(
            "forbidden",
            f"As {actor.role} you may not do this ({right.value}). Nothing was changed. Ask an admin.",
        )


def rotate_signing_key(actor: User | None, now: dt.datetime | None = None) -> LedgerHead:
    """Lets the present key introduce the next one, which signs from then on."""
    with deed("rotate_signing_key", actor=actor, right=Right.MANAGE_PEOPLE, now=now) as act:
        batch = act.open_batch()
        key_id, public = ledger.introduce_key(batch)
        act.add_leaves([Leaf(write_key_leaf(batch.next_seq, key_id, public))])
        act.detail["key"] = key_id
        assert batch.new_key is not None
        act.after_commit(partial(ledger.replace_key_file, batch.new_key))
    assert act.head is not None
    return act.head


FULL = FairpatchError(
    "storage_full",
    "The disk is full. Nothing was changed. Free some space on the database's disk and do it again.",
)
BUSY = FairpatchError(
    "busy", "Someone else is changing the same data. Nothing was changed. Do it again in a moment."
)
# PostgreSQL's codes (its manual, appendix A).
BY_SQLSTATE = {"53100": FULL, "40001": BUSY, "40P01": BUSY, "55P03": BUSY}
BY_SQLITE_WORDS = {"disk is full": FULL, "database is locked": BUSY}


@contextmanager
def explain_database_errors() -> Iterator[None]:
    """Names the database's refusals that are nobody's bug: a full disk, a busy writer."""
    try:
        yield
    except Error as error:
        known = BY_SQLSTATE.get(getattr(error.__cause__, "sqlstate", None) or "")
        if known is None and connection.vendor == "sqlite":
            known = next((to for words, to in BY_SQLITE_WORDS.items() if words in str(error)), None)
        if known is None:
            raise
        raise FairpatchError(known.code, known.sentence) from error
