"""What does the whole company look like right now, without reading it again?

One snapshot per database and process, shared by its threads, brought up to date from the logs of changes
whenever it is asked for, and kept in a file so that the next process need not start from the tables. What a
transaction sees before it commits never gets out of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from django.conf import settings
from django.db import connection

from fairpatch.core.rules.fields import STANDARD
from fairpatch.records.models import LedgerHead
from fairpatch.records.routing_engine import Mask
from fairpatch.records.snapshot import Ids, Snapshot, patch_snapshot
from fairpatch.records.snapshot_files import SnapshotFile
from fairpatch.records.snapshot_reading import (
    NUMBERS,
    TEXTS,
    count_accounts,
    read_accounts,
    read_changes,
    read_keys,
)
from fairpatch.records.visibility import Scope

MOST_PATCHED = 100_000
"""Entries in the logs beyond which the tables are read again."""
WRITTEN_AFTER = 2_000
"""Patched accounts after which the file is written again."""

_lock = Lock()
_kept: dict[str, Snapshot] = {}
_oids: WeakKeyDictionary[Any, int] = WeakKeyDictionary()  # PostgreSQL's number of a connection's database


def load_snapshot() -> Snapshot:
    """All accounts that have not ended, as they are now."""
    database = _identify_database()
    if connection.in_atomic_block:
        # The transaction may have written what nobody else may see, and may still be rolled back.
        known = _kept.get(database) or _read_file(database)
        if known is None:
            return _read_tables()
        return _bring_forward(known, is_private=True) or _read_tables()
    with _lock:
        known = _kept.get(database)
        fresh = _bring_forward(known) if known is not None else None
        if fresh is None:
            fresh = _restore_or_read(database)
        elif fresh.unwritten > WRITTEN_AFTER:
            fresh = _write_file(database, fresh)
        _kept.clear()
        _kept[database] = fresh
        return fresh


def forget_snapshots() -> None:
    """Drops what this process holds; the file stays."""
    with _lock:
        _kept.clear()


def find_visible_rows(scope: Scope, snapshot: Snapshot) -> Mask | None:
    """The accounts one may see, as `visible_accounts` says; None when all of them."""
    if scope.sees_all:
        return None
    is_seen: Mask = np.isin(snapshot.figures["owner"], sorted(scope.rep_ids))
    territories = sorted(scope.territory_ids)
    for figures in snapshot.layers.values():
        is_seen |= np.isin(figures["territory"], territories)
    return is_seen


def _identify_database() -> str:
    """Which database this is; another file or database of the same name is another one."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        about = Path(str(given["NAME"])).stat()
        return f"sqlite {given['NAME']} {about.st_dev} {about.st_ino}"
    connection.ensure_connection()
    oid = _oids.get(connection.connection)
    if oid is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            (oid,) = cursor.fetchone()
        _oids[connection.connection] = oid
    return f"{connection.vendor} {given['HOST']} {given['PORT']} {given['NAME']} {oid}"


def _open_file(database: str) -> SnapshotFile:
    """The catalogue of standard fields is part of the shape; an organisation's own fields are all kept."""
    fields = [(field.name, field.type, field.dimension_name) for field in STANDARD.fields]
    shape = hashlib.blake2b(repr((fields, TEXTS, sorted(map(str, NUMBERS.items())))).encode(), digest_size=12)
    return SnapshotFile(Path(settings.DATA) / "snapshots", database, shape.hexdigest())


def _restore_or_read(database: str) -> Snapshot:
    """From the file, when it fits; else from the tables, by one process at a time."""
    file = _open_file(database)
    with file.lock():
        found = _read_file(database)
        fresh = _bring_forward(found) if found is not None else None
        if fresh is not None and fresh.size == count_accounts():
            return fresh
        fresh = _read_tables()
        file.write(fresh, _describe_head())
        return fresh


def _read_file(database: str) -> Snapshot | None:
    """What the file holds, if it was written in this database's own past."""
    found = _open_file(database).read()
    if found is None:
        return None
    snapshot, head = found
    if head and not LedgerHead.objects.filter(
        batch=head["batch"], signature=bytes.fromhex(head["signature"])
    ):
        return None
    return snapshot


def _describe_head() -> dict[str, Any]:
    """The newest deed: a database that was put back to an older state has another one, or none."""
    newest = LedgerHead.objects.order_by("-batch").values_list("batch", "signature").first()
    return {"batch": newest[0], "signature": bytes(newest[1]).hex()} if newest else {}


def _write_file(database: str, snapshot: Snapshot) -> Snapshot:
    file = _open_file(database)
    with file.lock():
        file.write(snapshot, _describe_head())
    return replace(snapshot, unwritten=0)


def _read_tables() -> Snapshot:
    positions, _ = read_changes(None, MOST_PATCHED)
    return replace(read_accounts(), positions=positions)


def _bring_forward(known: Snapshot, *, is_private: bool = False) -> Snapshot | None:
    """The same snapshot when nothing changed, a patched one, or None when reading afresh is cheaper."""
    positions, changed = read_changes(known.positions, MOST_PATCHED)
    if changed is None:
        return None
    if not len(changed):
        return known if positions == known.positions else replace(known, positions=positions)
    if is_private:
        known = replace(known, books=known.books.fork())
    changed = _add_offices(known, changed)
    return patch_snapshot(known, changed, read_accounts(changed), positions)


def _add_offices(known: Snapshot, changed: Ids) -> Ids:
    """The changed accounts, and the offices of those whose key is another one now: it is their parent's."""
    parents = known.figures["parent"]
    above = changed[np.isin(changed, parents)]
    if not len(above):
        return changed
    keys = read_keys(above)
    rows = np.flatnonzero(np.isin(parents, above))
    spelled = known.columns["parent"]
    said = spelled.values.take(spelled.codes[rows]).to_pylist()
    stale = [row for row, key in zip(rows.tolist(), said, strict=True) if keys.get(int(parents[row])) != key]
    return np.union1d(changed, known.ids[stale])
