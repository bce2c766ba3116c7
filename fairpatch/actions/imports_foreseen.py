"""What would accounts, deals and people be if the staged rows were in?

Read with the very expressions that would write them, so that what is foretold is what comes; nothing is
written. The staged tables are attached by the caller. What is new gets numbers beyond those in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import Max

from fairpatch.actions.imports_rows import OUTCOME, has_custom, list_account_targets, list_mapped
from fairpatch.actions.imports_sql import as_json, fetch_sql, merge_json, unlike, write_values
from fairpatch.core.accounts.mapping import ImportSpec
from fairpatch.records.models import Account, Organisation, Rep
from fairpatch.records.queries.routing import People
from fairpatch.records.snapshot import Figures, Ids, Snapshot, ValueColumn, encode_values
from fairpatch.records.snapshot_reading import NUMBERS, TEXTS, gather_accounts

_JSON = ("product_lines", "custom")
_COMPARED = frozenset({*TEXTS, *NUMBERS, "product_lines"})
_APART = 1_000_000_000
_NO_DEALS = ("open_deals", "pipeline")


@dataclass(frozen=True)
class Foreseen:
    """`accounts` holds those that change and those that are new, whose ids begin after `last_id`."""

    accounts: Snapshot
    last_id: int
    people: People
    new_reps: dict[int, str]
    """Names of people who come with the import."""
    deals: tuple[Ids, Figures, Figures]
    """Accounts, ascending, and what they gain or lose in open deals and pipeline."""

    @property
    def is_new(self) -> Any:
        """By account, whether it is not there yet."""
        return self.accounts.ids > self.last_id


def foresee_records(spec: ImportSpec, organisation: Organisation) -> Foreseen:
    """The records that applying this import would change or add, as they would be then."""
    # So far beyond that no account made meanwhile gets one of these numbers.
    last: int = (Account.objects.aggregate(last=Max("id"))["last"] or 0) + _APART
    params = {
        "last": last,
        "last_rep": Rep.objects.aggregate(last=Max("id"))["last"] or 0,
        "keeper": organisation.queue_keeper_id,
    }
    people, new_reps = _foresee_people(spec, params)
    accounts = _foresee_accounts(spec, params)
    return Foreseen(accounts, last, people, new_reps, _foresee_deals(spec))


def _foresee_accounts(spec: ImportSpec, params: dict[str, Any]) -> Snapshot:
    parents: list[pa.Array] = []

    def read() -> Iterator[list[tuple[Any, ...]]]:
        for statement in (_select_changed(spec), _select_new(spec)):
            for rows in fetch_sql(statement, params) if statement else ():
                parents.append(pa.array((row[-1] for row in rows), pa.string()))
                yield [row[:-1] for row in rows]

    ids, columns, figures = gather_accounts(read())
    columns["parent"] = encode_values(pa.chunked_array(parents, pa.string()).combine_chunks())
    figures |= {name: np.zeros(len(ids), np.int64) for name in _NO_DEALS}
    order = np.argsort(ids, kind="stable")
    return Snapshot(
        ids[order],
        {name: ValueColumn(column.values, column.codes[order]) for name, column in columns.items()},
        {name: values[order] for name, values in figures.items()},
        {},
    )


_PARENTS = (
    " LEFT JOIN records_account p ON p.key = s.parent_key"
    " LEFT JOIN stage_accounts n ON n.id_key = s.parent_key AND n.is_faulty = 0"
)
_PARENT_ID = "COALESCE(p.id, :last + n.seq)"
"""Of a staged parent: it is there, or comes along."""


def _select_changed(spec: ImportSpec) -> str | None:
    """Accounts that are there, with the values they would have, where routing would read another one."""
    updated = write_values([target for target in list_account_targets(spec) if target.is_updated])
    after = {name: f"r.{name}" for name in (*TEXTS, *NUMBERS, *_JSON)} | updated
    differs = [f"r.{name} {unlike()} {updated[name]}" for name in sorted(_COMPARED & updated.keys())]
    if has_custom(spec):
        after["custom"] = merge_json("r.custom", "s.custom")
        differs.append(f"{as_json('r.custom')} {unlike()} {after['custom']}")
    joins, parent_id, parent_key = (
        " LEFT JOIN records_account p ON p.id = r.parent_id",
        "r.parent_id",
        "p.key",
    )
    if "parent" in list_mapped(spec, "accounts"):
        joins, parent_id, parent_key = _PARENTS, _PARENT_ID, "COALESCE(p.key, n.id_key)"
        differs.append(f"r.parent_id {unlike()} {parent_id}")
    if not differs:
        return None
    return (
        f"SELECT r.id, r.owner_id, 0, COALESCE({parent_id}, 0), {_list_values(after)}, {parent_key}"
        f" FROM stage_accounts s JOIN records_account r ON r.key = s.id_key{joins}"
        f" WHERE s.is_faulty = 0 AND r.ended_at IS NULL AND ({' OR '.join(differs)})"
    )


def _select_new(spec: ImportSpec) -> str:
    values = {target.name: target.value for target in list_account_targets(spec)}
    return (
        f"SELECT :last + s.seq, COALESCE(o.id, :last_rep + t.seq, :keeper), 0, COALESCE({_PARENT_ID}, 0),"
        f" {_list_values(values)}, COALESCE(p.key, n.id_key)"
        " FROM stage_accounts s LEFT JOIN records_rep o ON o.key = s.owner_key"
        f" LEFT JOIN stage_reps t ON t.id_key = s.owner_key AND t.is_faulty = 0{_PARENTS}"
        " WHERE s.is_faulty = 0 AND NOT EXISTS (SELECT 1 FROM records_account r WHERE r.key = s.id_key)"
    )


def _list_values(values: dict[str, str]) -> str:
    plain = [values[name] for name in (*TEXTS, *NUMBERS)]
    return ", ".join([*plain, *(f"CAST({values[name]} AS text)" for name in _JSON)])


def _foresee_people(spec: ImportSpec, params: dict[str, Any]) -> tuple[People, dict[int, str]]:
    """Everybody's manager and who has left, as the import would have it; and the names of the new ones."""
    managers: dict[str, str | None] = {}
    left: set[str] = set()
    for rep, manager, status in Rep.objects.values_list("id", "manager_id", "status"):
        managers[str(rep)] = str(manager) if manager else None
        if status == Rep.Status.LEFT:
            left.add(str(rep))
    mapped = list_mapped(spec, "reps")
    new: dict[int, str] = {}
    for rows in fetch_sql(_SELECT_REPS, params):
        for rep, is_new, name, manager, status in rows:
            if is_new:
                new[rep] = name
            if is_new or "manager" in mapped:
                managers[str(rep)] = str(manager) if manager else None
            if is_new or "status" in mapped:
                (left.add if status == Rep.Status.LEFT else left.discard)(str(rep))
    return (managers, frozenset(left)), new


_SELECT_REPS = (
    "SELECT COALESCE(r.id, :last_rep + s.seq), r.id IS NULL, s.name, COALESCE(m.id, :last_rep + t.seq),"
    " s.status FROM stage_reps s LEFT JOIN records_rep r ON r.key = s.id_key"
    " LEFT JOIN records_rep m ON m.key = s.manager_key"
    " LEFT JOIN stage_reps t ON t.id_key = s.manager_key AND t.is_faulty = 0 WHERE s.is_faulty = 0"
)


def _foresee_deals(spec: ImportSpec) -> tuple[Ids, Figures, Figures]:
    """What the staged deals change about the open deals and the pipeline of accounts that are there."""
    amount = "COALESCE(s.amount, 0)"
    if "amount" not in list_mapped(spec, "deals"):
        amount = f"CASE WHEN r.id IS NULL THEN {amount} ELSE r.amount_minor END"
    coming = (
        f"SELECT a.id, COUNT(*), CAST(SUM({amount}) AS bigint) FROM stage_deals s"
        " JOIN records_account a ON a.key = s.account_key LEFT JOIN records_deal r ON r.key = s.id_key"
        f" WHERE s.is_faulty = 0 AND {OUTCOME} = 'open' GROUP BY a.id"
    )
    going = (
        "SELECT r.account_id, -COUNT(*), CAST(-SUM(r.amount_minor) AS bigint) FROM stage_deals s"
        " JOIN records_deal r ON r.key = s.id_key"
        " WHERE s.is_faulty = 0 AND r.outcome = 'open' GROUP BY r.account_id"
    )
    parts = [np.array(rows, np.int64) for statement in (coming, going) for rows in fetch_sql(statement)]
    table = np.concatenate([np.empty((0, 3), np.int64), *parts])
    ids, places = np.unique(table[:, 0], return_inverse=True)
    sums: list[Figures] = [np.zeros(len(ids), np.int64) for _ in _NO_DEALS]
    for column, into in enumerate(sums, 1):
        np.add.at(into, places, table[:, column])
    return ids, sums[0], sums[1]
