"""How does a batch of facts enter the ledger: one tree, one signed head, on top of all before it?"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from fairpatch.actions.bulk import insert_rows
from fairpatch.actions.ledger_key import (
    name_signing_key,
    read_public_bytes,
    read_signing_key,
    write_signing_key,
)
from fairpatch.core.audit.merkle import TILE, Frontier, compute_root, hash_leaf
from fairpatch.core.audit.records import Head, Leaf, write_head
from fairpatch.core.errors import FairpatchError
from fairpatch.records.ledger import read_newest_head
from fairpatch.records.models import LedgerHead, LedgerKey, LedgerLeaf, LedgerSalt, LedgerTiles, User

# One number that all processes agree on; taken until the transaction ends.
LEDGER_LOCK = 0x6661_6972
CHUNK = 20_000
LEAF_COLUMNS = ("batch", "seq", "account_id", "body", "hash")
SALT_COLUMNS = ("batch", "seq", "salt", "opening")


@dataclass
class Batch:
    """A batch being written. Its number is taken and no other batch can open before the transaction ends."""

    number: int
    at: dt.datetime
    log: Frontier
    key: Ed25519PrivateKey
    known_key: LedgerKey | None = None
    """The public half of `key`, where the newest head was signed with it too."""
    next_seq: int = 0
    waiting: list[tuple[int, Leaf]] = field(default_factory=list, repr=False)
    """Leaves with their numbers, not written yet."""
    new_key: Ed25519PrivateKey | None = field(default=None, repr=False)


def open_batch(now: dt.datetime, newest: LedgerHead | None) -> Batch:
    """Takes the next batch number. Time in the ledger only moves forward, even where a clock was set back.

    `newest` is the head that was newest when this transaction began. On SQLite, where it is the only writer
    from its first statement, that is still so; on PostgreSQL others may have signed since.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
        newest = read_newest_head()
    key = read_signing_key(may_create=newest is None)
    if newest is None:
        return Batch(1, now, Frontier(), key)
    name = name_signing_key(key)
    if name != newest.key.key_id and not LedgerKey.objects.filter(key_id=name).exists():
        raise FairpatchError(
            "signing_key_unknown",
            f"The private key is not one that the ledger knows (newest batch {newest.batch}). Nothing was "
            "changed. Put the former key back; `fairpatch audit rotate-key` then introduces a new one.",
        )
    log = Frontier.load(newest.batch - 1, bytes(newest.log_frontier))
    log.add(bytes(newest.hash))
    known = newest.key if name == newest.key.key_id else None
    return Batch(newest.batch + 1, step_past(now, newest.signed_at), log, key, known)


def step_past(now: dt.datetime, last: dt.datetime) -> dt.datetime:
    """`now`, or the first moment after `last` when a clock was set back."""
    return max(now, last + dt.timedelta(microseconds=1))


def add_leaves(batch: Batch, leaves: Iterable[Leaf]) -> int:
    """Takes leaves in the order given, from `batch.next_seq` on; how many.

    They are written a chunk at a time, the last ones when the batch is closed.
    """
    start = batch.next_seq
    for leaf in leaves:
        batch.waiting.append((batch.next_seq, leaf))
        batch.next_seq += 1
        if len(batch.waiting) == CHUNK:
            _write_waiting(batch)
    return batch.next_seq - start


def _write_waiting(batch: Batch) -> None:
    insert_rows(
        LedgerLeaf,
        LEAF_COLUMNS,
        (
            (batch.number, seq, leaf.account_id, leaf.body, hash_leaf(leaf.body))
            for seq, leaf in batch.waiting
        ),
    )
    insert_rows(
        LedgerSalt,
        SALT_COLUMNS,
        ((batch.number, seq, leaf.salt, leaf.opening) for seq, leaf in batch.waiting if leaf.salt),
    )
    batch.waiting.clear()


def close_batch(
    batch: Batch, *, deed: str, subject: str, actor: User | None, actor_name: str, detail: dict[str, Any]
) -> LedgerHead:
    """Hashes what was written, signs the head and stores it."""
    _write_waiting(batch)
    tiles, tail = [], []
    for run in _read_runs(batch):
        if len(run) == TILE:
            tiles.append(compute_root(run))
        else:
            tail = run
    root = compute_root([*tiles, compute_root(tail)] if tail else tiles)
    key_id = name_signing_key(batch.key)
    head = Head(
        batch=batch.number,
        size=batch.next_seq,
        root=root,
        log_root=batch.log.compute_root(),
        deed=deed,
        subject=subject,
        actor_id=actor.pk if actor else None,
        detail=detail,
        at=batch.at,
        key_id=key_id,
    )
    body = write_head(head)
    if tiles:
        LedgerTiles.objects.create(batch=batch.number, hashes=b"".join(tiles))
    return LedgerHead.objects.create(
        batch=batch.number,
        size=head.size,
        root=root,
        log_root=head.log_root,
        log_frontier=batch.log.pack(),
        hash=hash_leaf(body),
        body=body,
        signature=batch.key.sign(body),
        key=batch.known_key or _keep_public_key(batch.key, batch.at),
        deed=deed,
        actor=actor,
        actor_name=actor_name,
        subject=subject,
        detail=detail,
        signed_at=batch.at,
    )


def _read_runs(batch: Batch) -> Iterator[list[bytes]]:
    """The leaf hashes as stored, in runs of TILE; the last may be shorter."""
    for start in range(0, batch.next_seq, TILE * 64):
        rows = LedgerLeaf.objects.filter(batch=batch.number, seq__gte=start, seq__lt=start + TILE * 64)
        hashes = [bytes(value) for value in rows.order_by("seq").values_list("hash", flat=True)]
        assert len(hashes) == min(TILE * 64, batch.next_seq - start), (
            "a batch's entries are numbered without gaps"
        )
        for i in range(0, len(hashes), TILE):
            yield hashes[i : i + TILE]


def _keep_public_key(key: Ed25519PrivateKey, now: dt.datetime) -> LedgerKey:
    public = read_public_bytes(key)
    kept, _ = LedgerKey.objects.get_or_create(
        key_id=name_signing_key(key), defaults={"public_key": public, "created_at": now}
    )
    return kept


def introduce_key(batch: Batch) -> tuple[str, bytes]:
    """Makes the next key and stores its public half; the old key signs the batch that introduces it."""
    if settings.SIGNING_KEY:
        raise FairpatchError(
            "signing_key_in_environment",
            "The private key comes from FAIRPATCH_SIGNING_KEY, where it cannot be replaced. Nothing was "
            "changed. Move it into a file first.",
        )
    batch.new_key = Ed25519PrivateKey.generate()
    kept = _keep_public_key(batch.new_key, batch.at)
    return kept.key_id, bytes(kept.public_key)


def replace_key_file(key: Ed25519PrivateKey) -> None:
    """After the batch that introduces it is safe, the new key signs from now on."""
    write_signing_key(key, Path(settings.SIGNING_KEY_PATH), is_new=False)
