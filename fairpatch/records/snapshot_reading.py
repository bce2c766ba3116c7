"""What do the tables say now, in the columns of a snapshot?

For all accounts, or for some of them: a patch reads exactly as a whole snapshot does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from django.db import connection

from fairpatch.core.realignment.moves import CAUSES
from fairpatch.core.routing.precedence import CLASS_ORDER
from fairpatch.records.snapshot import (
    LAYER_FIGURES,
    UNSAID,
    Figures,
    Ids,
    Positions,
    Snapshot,
    ValueColumn,
    encode_values,
    make_empty_layer,
)

CHUNK = 20_000
TEXTS = (
    *("key", "name", "country", "state", "metro", "city", "postal_code", "industry", "sic", "segment"),
    *("source", "status"),
)
NUMBERS = {
    "latitude": pa.float64(),
    "longitude": pa.float64(),
    "employees": pa.int64(),
    "annual_revenue_minor": pa.int64(),
}
CUSTOM = "custom."
"""What the names of the organisation's own fields begin with."""
_JSON = ("product_lines", "custom")
_WHOLE = ("id", "owner_id", "COALESCE(territory_id, 0)", "COALESCE(parent_id, 0)")


def _number_words(column: str, words: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(words))
    return f"CASE {column} {cases} ELSE -1 END"


_ASSIGNED = ", ".join(
    (
        "account_id, layer_id, COALESCE(territory_id, 0)",
        _number_words("cause", tuple(CAUSES)),
        "CAST(tie AS integer)",
        _number_words("claim_class", tuple(CLASS_ORDER)),
        f"COALESCE(priority, {UNSAID}), COALESCE(specificity, {UNSAID}), other_claims",
    )
)


def read_accounts(ids: Ids | None = None) -> Snapshot:
    """A snapshot of these accounts (None: all) that have not ended."""
    among, values = _narrow("id", ids)
    names = (*_WHOLE, *TEXTS, *NUMBERS, *(f"CAST({name} AS text)" for name in _JSON))
    sql = f"SELECT {', '.join(names)} FROM records_account WHERE ended_at IS NULL {among} ORDER BY id"  # noqa: S608
    account_ids, columns, figures = gather_accounts(_fetch_rows(sql, values))
    columns["parent"] = _read_parents(np.asarray(figures["parent"], np.int64))
    figures.update(_read_deals(account_ids, ids))
    return Snapshot(account_ids, columns, figures, _read_assignments(account_ids, ids))


def gather_accounts(
    batches: Iterable[Sequence[tuple[Any, ...]]],
) -> tuple[Ids, dict[str, ValueColumn], dict[str, Figures]]:
    """Ids, columns and figures of rows that hold id, owner, territory and parent (0 for none), `TEXTS`,
    `NUMBERS`, and as JSON product lines and custom fields.
    """
    names = (*_WHOLE, *TEXTS, *NUMBERS, *_JSON)
    types = [*[pa.int64()] * len(_WHOLE), *[pa.string()] * len(TEXTS), *NUMBERS.values(), *[pa.string()] * 2]
    arrays: list[list[pa.Array]] = [[] for _ in names]
    for rows in batches:
        for place, column in enumerate(zip(*rows, strict=True)):
            arrays[place].append(pa.array(column, types[place]))
    whole = [
        pa.concat_arrays(parts) if parts else pa.array([], kind)
        for parts, kind in zip(arrays, types, strict=True)
    ]
    account_ids, owner, territory, parent = (column.to_numpy() for column in whole[: len(_WHOLE)])
    plain = dict(zip((*TEXTS, *NUMBERS, *_JSON), whole[len(_WHOLE) :], strict=True))
    custom = encode_values(plain.pop("custom"))
    columns = {name: encode_values(array) for name, array in plain.items()}
    columns.update(_split_custom(custom))
    return account_ids, columns, {"owner": owner, "territory": territory, "parent": parent}


def _narrow(column: str, ids: Ids | None) -> tuple[str, list[Any]]:
    if ids is None:
        return "", []
    if connection.vendor == "sqlite":
        among = f"AND {column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return among, [orjson.dumps(ids.tolist()).decode()]
    return f"AND {column} = ANY(%s)", [ids.tolist()]


def _fetch_rows(sql: str, values: list[Any]) -> Iterator[list[tuple[Any, ...]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _read_parents(parent: Ids) -> ValueColumn:
    """The parents' keys, also of parents that have ended: a rule may ask whether there is one."""
    distinct, codes = np.unique(parent, return_inverse=True)
    if not len(distinct) or distinct[0] != 0:
        distinct, codes = np.insert(distinct, 0, 0), codes + 1
    keys = read_keys(distinct[1:])
    spelled = [keys[pk] for pk in distinct[1:].tolist()]
    return ValueColumn(pa.array([None, *spelled], pa.string()), codes.astype(np.int32))


def read_keys(ids: Ids) -> dict[int, str]:
    """The keys of accounts, also of such as have ended."""
    among, values = _narrow("id", ids)
    sql = f"SELECT id, key FROM records_account WHERE TRUE {among}"  # noqa: S608
    return {pk: key for rows in _fetch_rows(sql, values) for pk, key in rows} if len(ids) else {}


def _split_custom(whole: ValueColumn) -> dict[str, ValueColumn]:
    """One column for every name that any account has a value for, each value as JSON."""
    found: dict[str, tuple[dict[bytes, int], dict[int, int]]] = {}
    for place, text in enumerate(whole.values.to_pylist()):
        for name, value in orjson.loads(text or b"{}").items():
            if value is not None:
                codes, at = found.setdefault(name, ({}, {}))
                at[place] = codes.setdefault(orjson.dumps(value), len(codes) + 1)
    columns = {}
    for name, (codes, at) in found.items():
        lut = np.zeros(len(whole.values), np.int32)
        lut[list(at)] = list(at.values())
        values = pa.array([None, *(value.decode() for value in codes)], pa.string())
        columns[CUSTOM + name] = ValueColumn(values, lut[whole.codes])
    return columns


def _find_places(account_ids: Ids, wanted: Ids) -> tuple[Ids, Ids]:
    """Rows of the accounts that are there, and which of those wanted they are."""
    if not len(account_ids):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    rows = np.minimum(np.searchsorted(account_ids, wanted), len(account_ids) - 1)
    there = np.flatnonzero(account_ids[rows] == wanted)
    return rows[there], there


def _read_deals(account_ids: Ids, ids: Ids | None) -> dict[str, Figures]:
    among, values = _narrow("account_id", ids)
    sql = (
        "SELECT account_id, COUNT(*), CAST(SUM(amount_minor) AS bigint) FROM records_deal"  # noqa: S608
        f" WHERE outcome = 'open' {among} GROUP BY account_id"
    )
    found: dict[str, Figures] = {
        name: np.zeros(len(account_ids), np.int64) for name in ("open_deals", "pipeline")
    }
    for rows in _fetch_rows(sql, values):
        table = np.array(rows, np.int64)
        places, there = _find_places(account_ids, table[:, 0])
        found["open_deals"][places], found["pipeline"][places] = table[there, 1], table[there, 2]
    return found


def _read_assignments(account_ids: Ids, ids: Ids | None) -> dict[int, dict[str, Figures]]:
    among, values = _narrow("account_id", ids)
    sql = f"SELECT {_ASSIGNED} FROM records_assignment WHERE TRUE {among}"  # noqa: S608
    layers: dict[int, dict[str, Figures]] = {}
    for rows in _fetch_rows(sql, values):
        table = np.array(rows, np.int64)
        for layer in np.unique(table[:, 1]).tolist():
            part = table[table[:, 1] == layer]
            columns = layers.setdefault(layer, make_empty_layer(len(account_ids)))
            places, there = _find_places(account_ids, part[:, 0])
            for place, name in enumerate(LAYER_FIGURES, 2):
                columns[name][places] = part[there, place]
    return layers


def read_layer_owners(ids: Ids, layer_id: int) -> Figures:
    """By account (ids ascending) who owns it in a layer by the newest record; 0 for nobody."""
    among, values = _narrow("account_id", ids)
    sql = (
        "SELECT account_id, COALESCE(rep_id, 0) FROM records_ownership"  # noqa: S608
        f" WHERE layer_id = %s {among} ORDER BY effective_at, recorded_at"
    )
    owners = np.zeros(len(ids), np.int64)
    for rows in _fetch_rows(sql, [layer_id, *values]):
        table = np.array(rows, np.int64)
        places, there = _find_places(ids, table[:, 0])
        # Of several records of one account, the last one written stays.
        owners[places] = table[there, 1]
    return owners


def count_accounts() -> int:
    """How many accounts have not ended, from indexes alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COUNT(*) FROM records_account)"
            " - (SELECT COUNT(*) FROM records_account WHERE ended_at IS NOT NULL)"
        )
        return int(cursor.fetchone()[0])


def read_changes(since: Positions | None, most: int) -> tuple[Positions, Ids | None]:
    """How far the logs have come, and the accounts that changed since; None when they are more than `most`.

    With `since` None only the positions are read.
    """
    if connection.vendor == "sqlite":
        return _read_numbered(since, most)
    return _read_by_transaction(since, most)


def _read_numbered(since: Positions | None, most: int) -> tuple[Positions, Ids | None]:
    """SQLite has one writer: whatever commits later has the larger number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE((SELECT MAX(id) FROM records_accountchange), 0),"
            " COALESCE((SELECT MAX(id) FROM records_standingchange), 0)"
        )
        first, second = cursor.fetchone()
        now = Positions((first, second))
        if since is None or since == now:
            return now, np.empty(0, np.int64)
        behind = (first - since.marks[0], second - since.marks[1])
        if min(behind) < 0 or sum(behind) > most:
            return now, None
        cursor.execute(
            "SELECT account_id FROM records_accountchange WHERE id > %s UNION"
            " SELECT account_id FROM records_standingchange WHERE id > %s",
            since.marks,
        )
        return now, np.unique(np.array(cursor.fetchall(), np.int64).ravel())


def _read_by_transaction(since: Positions | None, most: int) -> tuple[Positions, Ids | None]:
    """PostgreSQL gives numbers before commits; all transactions below its `xmin` are over for good."""
    if since is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            mark = cursor.fetchone()[0]
        # Entries of transactions that are over, above one that is not, are seen now and not to be seen again.
        return _read_by_transaction(Positions((mark, mark)), most)[0], np.empty(0, np.int64)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, c.* FROM (SELECT 1) one LEFT JOIN"
            " (SELECT 0 AS log, id, account_id, xid::text::bigint AS xid FROM records_accountchange"
            " WHERE xid >= %s::text::xid8 UNION ALL"
            " SELECT 1, id, account_id, xid::text::bigint FROM records_standingchange"
            " WHERE xid >= %s::text::xid8) c ON TRUE LIMIT %s",
            (*map(str, since.marks), most + len(since.seen) + 1),
        )
        rows = cursor.fetchall()
    mark = rows[0][0]
    if len(rows) > most + len(since.seen):
        return Positions((mark, mark)), None
    entries = [row[1:] for row in rows if row[1] is not None]
    fresh = {account for log, key, account, _ in entries if (log, key) not in since.seen}
    seen = frozenset((log, key) for log, key, _, xid in entries if xid >= mark)
    if not fresh:
        return since if seen == since.seen else Positions((mark, mark), seen), np.empty(0, np.int64)
    return Positions((mark, mark), seen), np.array(sorted(fresh), np.int64)
