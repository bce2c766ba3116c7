"""Which staged rows contradict each other, or name something that nobody knows?

Set by set, in SQL: duplicates, unknown ids, circles. What others refer to is judged first, so that a row that
refers to a faulty one is found too.
"""

from __future__ import annotations

import numpy as np

from fairpatch.connectors.staging import Stage, Tell
from fairpatch.core.accounts.circles import find_circle_members, spell_circle
from fairpatch.core.accounts.kinds import KINDS
from fairpatch.core.accounts.mapping import ImportSpec
from fairpatch.core.accounts.notes import ERROR_CODES

_ERRORS = ", ".join(f"'{code}'" for code in sorted(ERROR_CODES))
_HINT = {
    "unknown_rep": "Import the rep too, or correct the id.",
    "unknown_account": "",
    "unknown_territory": "Import the territory too, or correct the code.",
    "unknown_manager": "",
    "unknown_parent": "",
}


def check_stage(stage: Stage, spec: ImportSpec, tell: Tell) -> None:
    """Adds the notes that need more than one row, and marks the faulty rows."""
    for kind, key in (("reps", "id"), ("accounts", "id"), ("territories", "code")):
        stage.connection.execute(f"CREATE INDEX stage_{kind}_key ON stage_{kind} ({key}_key)")
    _check_reps(stage)
    tell(0, 0, "Checking accounts")
    _check_accounts(stage)
    _check_territories(stage, any(entry.is_leaf_per_rep for entry in spec.files))
    tell(0, 0, "Checking deals, quotas and activities")
    _check_deals(stage)
    _fill_periods(stage, spec)
    _check_quotas(stage)
    _check_activities(stage)


def _check_reps(stage: Stage) -> None:
    _find_duplicates(stage, "reps", "id")
    _mark(stage, "reps")
    run = stage.connection.execute
    run(
        "INSERT INTO note SELECT entry, line, 'manager', 'own_manager', manager, '' FROM stage_reps"
        " WHERE manager_key = id_key AND NOT is_faulty"
    )
    run("UPDATE stage_reps SET manager_key = NULL, manager = '' WHERE manager_key = id_key")
    _find_unknown(stage, "reps", "manager", "reps", "rep", "unknown_manager", is_cleared=True)
    _break_circles(stage, "reps", "id", "manager", "rep", "manager_circle")


def _check_accounts(stage: Stage) -> None:
    _find_duplicates(stage, "accounts", "id")
    _find_unknown(stage, "accounts", "owner", "reps", "rep", "unknown_rep")
    _mark(stage, "accounts")
    run = stage.connection.execute
    run(
        "INSERT INTO note SELECT entry, line, 'parent', 'own_parent', parent, '' FROM stage_accounts"
        " WHERE parent_key = id_key AND NOT is_faulty"
    )
    run("UPDATE stage_accounts SET parent_key = NULL, parent = '' WHERE parent_key = id_key")
    _find_unknown(stage, "accounts", "parent", "accounts", "account", "unknown_parent", is_cleared=True)
    _break_circles(stage, "accounts", "id", "parent", "account", "parent_circle")
    run(
        "INSERT INTO note SELECT s.entry, s.line, 'owner', 'owner_kept', s.owner, k.owner_key"
        " FROM stage_accounts s"
        " JOIN known_account k ON k.key = s.id_key WHERE s.owner_key <> k.owner_key AND NOT s.is_faulty"
    )


def _check_territories(stage: Stage, has_leaves: bool) -> None:
    _find_duplicates(stage, "territories", "code")
    _mark(stage, "territories")
    _find_unknown(stage, "territories", "parent", "territories", "territory", "unknown_territory")
    _mark(stage, "territories")
    for circle in _list_circles(stage, "territories", "code", "parent"):
        for entry, line, value, _ in circle:
            stage.connection.execute(
                "INSERT INTO note VALUES (?, ?, 'parent', 'territory_circle', ?, '')", (entry, line, value)
            )
    for kind in ("state_map", "postal_map", "seats"):
        # A seat may also stand in a level above the territories, which is only made later.
        if kind != "seats" or not has_leaves:
            _find_unknown(stage, kind, "territory", "territories", "territory", "unknown_territory")
    _find_unknown(stage, "seats", "rep", "reps", "rep", "unknown_rep")
    stage.connection.execute(
        "INSERT INTO note SELECT entry, line, 'until', 'ends_early', \"until\", \"from\" FROM stage_seats"
        ' WHERE "until" < "from"'
    )
    for kind in ("territories", "state_map", "postal_map", "seats"):
        _mark(stage, kind)


def _check_deals(stage: Stage) -> None:
    _find_duplicates(stage, "deals", "id")
    _find_unknown(stage, "deals", "account", "accounts", "account", "unknown_account")
    _find_unknown(stage, "deals", "owner", "reps", "rep", "unknown_rep")
    stage.connection.execute(
        "INSERT INTO note SELECT entry, line, 'closed_on', 'ended_early', closed_on, opened_on"
        " FROM stage_deals"
        " WHERE closed_on < opened_on"
    )
    _mark(stage, "deals")


def _check_activities(stage: Stage) -> None:
    _find_duplicates(stage, "activities", "id")
    _find_unknown(stage, "activities", "account", "accounts", "account", "unknown_account")
    _find_unknown(stage, "activities", "rep", "reps", "rep", "unknown_rep")
    _mark(stage, "activities")


_PERIODS = {"month": "+1 month", "quarter": "+3 months", "year": "+1 year"}


def _fill_periods(stage: Stage, spec: ImportSpec) -> None:
    """A quota without an end lasts the period that the mapping says; without one, its end is missing."""
    for place, entry in enumerate(spec.files):
        if entry.kind == "quotas" and entry.period:
            stage.connection.execute(
                "UPDATE stage_quotas SET ends_on = date(starts_on, ?, '-1 day')"
                " WHERE entry = ? AND ends_on IS NULL",
                (_PERIODS[entry.period], place),
            )
    stage.connection.execute(
        "INSERT INTO note SELECT entry, line, 'ends_on', 'missing_required', '', '' FROM stage_quotas q"
        " WHERE ends_on IS NULL AND starts_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM note n"
        " WHERE n.entry = q.entry AND n.line = q.line AND n.col = 'ends_on')"
    )


def _check_quotas(stage: Stage) -> None:
    _find_unknown(stage, "quotas", "rep", "reps", "rep", "unknown_rep")
    _find_unknown(stage, "quotas", "territory", "territories", "territory", "unknown_territory")
    run = stage.connection.execute
    for code, test in (
        ("nobody", "rep_key IS NULL AND territory_key IS NULL"),
        ("both_named", "rep_key IS NOT NULL AND territory_key IS NOT NULL"),
    ):
        run(f"INSERT INTO note SELECT entry, line, 'rep', '{code}', '', '' FROM stage_quotas WHERE {test}")
    run(
        "INSERT INTO note SELECT entry, line, 'ends_on', 'ends_early', ends_on, starts_on FROM stage_quotas"
        " WHERE ends_on < starts_on"
    )
    run(
        "INSERT INTO note SELECT entry, line, 'starts_on', 'duplicate_period', starts_on, first FROM ("
        "SELECT entry, line, starts_on, rowid AS at, first_value(line) OVER same AS first,"
        " row_number() OVER same AS nth FROM stage_quotas WHERE starts_on IS NOT NULL WINDOW same AS ("
        "PARTITION BY rep_key, territory_key, starts_on, ends_on ORDER BY rowid)) WHERE nth > 1"
    )
    _mark(stage, "quotas")


# --- the four questions


def _find_duplicates(stage: Stage, kind: str, column: str) -> None:
    stage.connection.execute(
        f"INSERT INTO note SELECT s.entry, s.line, '{column}', 'duplicate_id', s.{column}, f.line"
        f" FROM stage_{kind} s JOIN (SELECT {column}_key AS key, min(rowid) AS at FROM stage_{kind}"
        f" WHERE {column}_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1) d"
        f" ON s.{column}_key = d.key AND s.rowid > d.at JOIN stage_{kind} f ON f.rowid = d.at"
    )


def _find_unknown(
    stage: Stage, kind: str, column: str, referred: str, noun: str, code: str, *, is_cleared: bool = False
) -> None:
    """Rows whose `column` names nobody: not a sound staged row, not one that the main database holds."""
    key = "code_key" if referred == "territories" else "id_key"
    absent = (
        f"{column}_key IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM stage_{referred} r"
        f" WHERE r.{key} = s.{column}_key AND NOT r.is_faulty)"
        f" AND NOT EXISTS (SELECT 1 FROM known_{noun} k WHERE k.key = s.{column}_key)"
    )
    stage.connection.execute(
        f"INSERT INTO note SELECT entry, line, '{column}', '{code}', {column}, ?"
        f" FROM stage_{kind} s WHERE {absent}",
        (_HINT[code],),
    )
    if is_cleared:
        stage.connection.execute(
            f"UPDATE stage_{kind} AS s SET {column}_key = NULL, {column} = '' WHERE {absent}"
        )


def _break_circles(stage: Stage, kind: str, key: str, parent: str, noun: str, code: str) -> None:
    for circle in _list_circles(stage, kind, key, parent, noun):
        ids = " → ".join(value for _, _, value, _ in [*circle, circle[0]][:7])
        for entry, line, _, row in circle:
            stage.connection.execute(
                f"INSERT INTO note VALUES (?, ?, '{parent}', '{code}', '', ?)",
                (entry, line, ids),
            )
            stage.connection.execute(
                f"UPDATE stage_{kind} SET {parent}_key = NULL, {parent} = '' WHERE rowid = ?",
                (row,),
            )


def _list_circles(
    stage: Stage, kind: str, key: str, parent: str, noun: str = ""
) -> list[list[tuple[int, int, str, int]]]:
    """Each circle of parents as (entry, line, id, rowid) of its staged members.

    The main database's own relation counts too: a file may close a circle that it only holds a part of.
    """
    known = (
        f" UNION ALL SELECT key, parent_key, 0 FROM known_{noun} k"
        f" WHERE NOT EXISTS (SELECT 1 FROM stage_{kind} s WHERE s.{key}_key = k.key)"
        if noun
        else ""
    )
    run = stage.connection.execute
    run("DROP TABLE IF EXISTS temp.relation")
    run("CREATE TEMP TABLE relation (at INTEGER PRIMARY KEY, key TEXT, parent_key TEXT, row INTEGER)")
    run(
        f"INSERT INTO relation (key, parent_key, row) SELECT {key}_key, {parent}_key, rowid"
        f" FROM stage_{kind} WHERE {key}_key IS NOT NULL AND NOT is_faulty{known}"
    )
    if run("SELECT 1 FROM relation WHERE parent_key IS NOT NULL LIMIT 1").fetchone() is None:
        return []
    run("CREATE INDEX temp.relation_key ON relation (key)")
    count = run("SELECT count(*) FROM relation").fetchone()[0]
    parents = np.full(count, -1, dtype=np.int64)
    for child, above in run("SELECT c.at, p.at FROM relation c JOIN relation p ON p.key = c.parent_key"):
        parents[child - 1] = above - 1
    circles, seen = [], set()
    for member in find_circle_members(parents).tolist():
        if member in seen:
            continue
        way = spell_circle(parents, member, most=count)[:-1]
        seen.update(way)
        found = [
            run(
                f"SELECT s.entry, s.line, s.{key}, s.rowid FROM stage_{kind} s"
                " JOIN relation r ON r.row = s.rowid WHERE r.at = ?",
                (place + 1,),
            ).fetchone()
            for place in way
        ]
        circles.append([row for row in found if row is not None])
    return [circle for circle in circles if circle]


def _mark(stage: Stage, kind: str) -> None:
    stage.connection.execute(
        f"UPDATE stage_{kind} SET is_faulty = 1 WHERE (entry, line) IN"
        f" (SELECT entry, line FROM note WHERE code IN ({_ERRORS}))"
    )


def count_stage(stage: Stage, spec: ImportSpec) -> dict[str, dict[str, int]]:
    """By kind: rows read, sound, faulty and skipped. Read = sound + faulty + skipped."""
    counts: dict[str, dict[str, int]] = {}
    for place, entry in enumerate(spec.files):
        if not KINDS[entry.kind].columns:
            continue
        read = stage.read_meta(f"counts:{place}")
        faulty = stage.connection.execute(
            f"SELECT count(*) FROM stage_{entry.kind} WHERE entry = ? AND is_faulty",
            (place,),
        ).fetchone()[0]
        total = counts.setdefault(entry.kind, {"rows": 0, "sound": 0, "faulty": 0, "skipped": 0})
        faulty += read["unreadable"]
        total["rows"] += read["rows"]
        total["skipped"] += read["skipped"]
        total["faulty"] += faulty
        total["sound"] += read["rows"] - read["skipped"] - faulty
    return counts
