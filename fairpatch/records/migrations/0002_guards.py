"""Which promises does the database keep by itself, whoever writes to it?

- `account.version` and `deal.version` grow with every change that a decision could rest on, and every change
  of an account's routing columns takes the next place in `AccountChange`.
- Ownership, ledger, approvals and moves cannot be rewritten; the record of ownership never goes back in time.
- A plan that left draft cannot be edited; a territory has one primary seat a day.
- On PostgreSQL the foreign keys of the large tables are checked at once (deferred, half of a million-account
  realignment was spent in COMMIT), and paths and keys compare byte by byte.

SQLite loses triggers when a later migration rebuilds a table: such a migration runs `install_guards` again, and
`install_feed` of the snapshot's feed.
"""

from collections.abc import Iterator

from django.db import migrations

ROUTING = (
    "external_id key name country state metro city postal_code latitude longitude industry sic employees "
    "annual_revenue_minor product_lines segment source status custom parent_id ended_at"
).split()
VERSIONED = {
    "records_account": [*ROUTING, "owner_id", "territory_id"],
    "records_deal": ["owner_id", "account_id", "outcome"],
}
APPEND_ONLY = (
    "records_ownership",
    "records_approval",
    "records_ledgerkey",
    "records_ledgerhead",
    "records_ledgerleaf",
    "records_ledgertiles",
    "records_accountchange",
)
MOVES = {
    "records_move": (
        "realignment_id position change account_id layer_id from_rep_id to_rep_id from_territory_id "
        "to_territory_id is_interim from_version cause tie claim_class priority specificity other_claims "
        "leaf_body leaf_hash"
    ).split(),
    "records_dealmove": (
        "realignment_id position deal_id from_rep_id to_rep_id from_version leaf_body leaf_hash"
    ).split(),
}
OF_PLAN = ("records_seat", "records_lock")
# Who approved a lock is known only when the plan that holds it is already frozen.
LOCK_COLUMNS = "plan_id, account_id_text, account_key, layer_id, territory_id, reason, from_on, until_on"
OF_LAYOUT = ("records_layoutlayer", "records_layoutterritory", "records_valueset", "records_listedaccount")
# Not account.parent_id: a file may name an office before its parent.
CHECKED_AT_ONCE = (
    "records_account records_assignment records_ownership records_deal records_activity records_move "
    "records_dealmove"
).split()
BYTEWISE = (
    ("records_layoutterritory", "path", 255),
    ("records_territory", "code", 120),
    ("records_layer", "code", 64),
    ("records_account", "key", 120),
    ("records_accountalias", "key", 120),
    ("records_rep", "key", 120),
    ("records_deal", "key", 120),
    ("records_activity", "key", 120),
    ("records_listedaccount", "account_key", 120),
    ("records_lock", "account_key", 120),
)

NOT_DRAFT = "is part of a plan that is no longer a draft"
SEAT_TAKEN = "the territory already has a primary seat in these days"
SEAT_OVERLAP = """
    SELECT 1 FROM records_seat s WHERE s.plan_id = NEW.plan_id AND s.territory_id = NEW.territory_id
    AND s.kind = 'primary' AND s.id <> NEW.id
    AND (s.from_on IS NULL OR NEW.until_on IS NULL OR s.from_on <= NEW.until_on)
    AND (s.until_on IS NULL OR NEW.from_on IS NULL OR s.until_on >= NEW.from_on)
"""
PLAN_BACK = """
    OLD.status <> 'draft' AND (NEW.layout_id <> OLD.layout_id
    OR (NEW.status = 'draft' AND OLD.status <> 'staged'))
"""


def differs(columns: list[str], operator: str) -> str:
    return "(" + " OR ".join(f"NEW.{c} {operator} OLD.{c}" for c in columns) + ")"


def sqlite_trigger(name: str, when: str, condition: str, body: str) -> list[str]:
    condition = f"WHEN {condition} " if condition else ""
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} {when} FOR EACH ROW {condition}BEGIN {body}; END",
    ]


def refuse(sentence: str) -> str:
    return f"SELECT RAISE(ABORT, '{sentence}')"


def build_sqlite() -> Iterator[str]:
    for table, columns in VERSIONED.items():
        changed = differs(columns, "IS NOT")
        yield from sqlite_trigger(
            f"{table}_version",
            f"AFTER UPDATE OF {', '.join(columns)} ON {table}",
            f"NEW.version = OLD.version AND {changed}",
            f"UPDATE {table} SET version = OLD.version + 1 WHERE id = NEW.id",
        )
        yield from sqlite_trigger(
            f"{table}_version_grows",
            f"BEFORE UPDATE OF version ON {table}",
            "NEW.version < OLD.version",
            refuse(f"{table}: a version never goes back"),
        )
    note = "INSERT INTO records_accountchange (account_id) VALUES (NEW.id)"
    yield from sqlite_trigger("records_account_added", "AFTER INSERT ON records_account", "", note)
    yield from sqlite_trigger(
        "records_account_changed",
        f"AFTER UPDATE OF {', '.join(ROUTING)} ON records_account",
        differs(ROUTING, "IS NOT"),
        note,
    )
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            yield from sqlite_trigger(
                f"{table}_no_{event.lower()}", f"BEFORE {event} ON {table}", "", refuse(f"{table} is append-only")
            )
    yield from sqlite_trigger(
        "records_ledgersalt_no_update",
        "BEFORE UPDATE ON records_ledgersalt",
        "",
        refuse("records_ledgersalt: a salt may be erased, never changed"),
    )
    yield from sqlite_trigger(
        "records_ownership_forward",
        "BEFORE INSERT ON records_ownership",
        "EXISTS (SELECT 1 FROM records_ownership o WHERE o.account_id = NEW.account_id"
        " AND o.layer_id = NEW.layer_id AND o.recorded_at > NEW.recorded_at)",
        refuse("records_ownership: recorded_at never goes back"),
    )
    yield from build_sqlite_moves()
    yield from build_sqlite_plans()


def build_sqlite_moves() -> Iterator[str]:
    for table, columns in MOVES.items():
        sentence = refuse(f"{table}: the moves of a proposal are frozen")
        yield from sqlite_trigger(
            f"{table}_no_update", f"BEFORE UPDATE OF {', '.join(columns)} ON {table}", "", sentence
        )
        yield from sqlite_trigger(f"{table}_no_delete", f"BEFORE DELETE ON {table}", "", sentence)
        yield from sqlite_trigger(
            f"{table}_no_insert",
            f"BEFORE INSERT ON {table}",
            "(SELECT status FROM records_realignment WHERE id = NEW.realignment_id) <> 'preparing'",
            sentence,
        )


def build_sqlite_plans() -> Iterator[str]:
    plan = "(SELECT status FROM records_plan WHERE id = {row}.plan_id) <> 'draft'"
    layout = "EXISTS (SELECT 1 FROM records_plan WHERE layout_id = {row}.layout_id AND status <> 'draft')"
    guarded = [(t, plan) for t in OF_PLAN] + [(t, layout) for t in OF_LAYOUT]
    for table, condition in guarded:
        for event, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            columns = f" OF {LOCK_COLUMNS}" if (table, event) == ("records_lock", "UPDATE") else ""
            yield from sqlite_trigger(
                f"{table}_frozen_{event.lower()}",
                f"BEFORE {event}{columns} ON {table}",
                " OR ".join(condition.format(row=row) for row in rows),
                refuse(f"{table} {NOT_DRAFT}"),
            )
    for event in ("UPDATE", "DELETE"):
        yield from sqlite_trigger(
            f"records_layout_frozen_{event.lower()}",
            f"BEFORE {event} ON records_layout",
            "EXISTS (SELECT 1 FROM records_plan WHERE layout_id = OLD.id AND status <> 'draft')",
            refuse(f"records_layout {NOT_DRAFT}"),
        )
    yield from sqlite_trigger(
        "records_plan_forward",
        "BEFORE UPDATE OF layout_id, status ON records_plan",
        PLAN_BACK,
        refuse("records_plan: a plan that left draft cannot be edited again"),
    )
    for event in ("INSERT", "UPDATE"):
        yield from sqlite_trigger(
            f"records_seat_single_{event.lower()}",
            f"AFTER {event} ON records_seat",
            f"NEW.kind = 'primary' AND EXISTS ({SEAT_OVERLAP})",
            refuse(f"records_seat: {SEAT_TAKEN}"),
        )


def postgres_function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$guard$ BEGIN {body} END $guard$"
    )


def postgres_trigger(name: str, when: str, tail: str) -> list[str]:
    table = when.rsplit(" ", 1)[1]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}", f"CREATE TRIGGER {name} {when} {tail}"]


def build_postgres() -> Iterator[str]:
    for table, column, length in BYTEWISE:
        yield f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"'
    yield build_postgres_keys()
    yield postgres_function("fairpatch_refuse", "RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23514';")
    yield postgres_function("fairpatch_bump", "NEW.version := OLD.version + 1; RETURN NEW;")
    yield postgres_function(
        "fairpatch_account_changed",
        "INSERT INTO records_accountchange (account_id) VALUES (NEW.id); RETURN NULL;",
    )
    yield postgres_function(
        "fairpatch_accounts_added",
        "INSERT INTO records_accountchange (account_id) SELECT id FROM added; RETURN NULL;",
    )
    for table, columns in VERSIONED.items():
        changed = differs(columns, "IS DISTINCT FROM")
        yield from postgres_trigger(
            f"{table}_version",
            f"BEFORE UPDATE OF {', '.join(columns)} ON {table}",
            f"FOR EACH ROW WHEN (NEW.version = OLD.version AND {changed}) EXECUTE FUNCTION fairpatch_bump()",
        )
        yield from postgres_refusal(
            f"{table}_version_grows",
            f"BEFORE UPDATE OF version ON {table}",
            f"{table}: a version never goes back",
            "FOR EACH ROW WHEN (NEW.version < OLD.version)",
        )
    yield from postgres_trigger(
        "records_account_added",
        "AFTER INSERT ON records_account",
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION fairpatch_accounts_added()",
    )
    yield from postgres_trigger(
        "records_account_changed",
        f"AFTER UPDATE OF {', '.join(ROUTING)} ON records_account",
        f"FOR EACH ROW WHEN ({differs(ROUTING, 'IS DISTINCT FROM')}) "
        "EXECUTE FUNCTION fairpatch_account_changed()",
    )
    yield from build_postgres_history()
    yield from build_postgres_plans()


def postgres_refusal(name: str, when: str, sentence: str, tail: str = "FOR EACH STATEMENT") -> list[str]:
    return postgres_trigger(name, when, f"{tail} EXECUTE FUNCTION fairpatch_refuse('{sentence}')")


def build_postgres_keys() -> str:
    tables = ", ".join(f"'{table}'::regclass" for table in CHECKED_AT_ONCE)
    return f"""
    DO $guard$ DECLARE k record; BEGIN
      FOR k IN SELECT c.conrelid::regclass AS of_table, c.conname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.condeferrable AND c.conrelid IN ({tables}) AND a.attname <> 'parent_id'
      LOOP EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', k.of_table, k.conname);
      END LOOP;
    END $guard$"""


def build_postgres_history() -> Iterator[str]:
    for table in APPEND_ONLY:
        yield from postgres_refusal(
            f"{table}_append_only", f"BEFORE UPDATE OR DELETE ON {table}", f"{table} is append-only"
        )
    yield from postgres_refusal(
        "records_ledgersalt_no_update",
        "BEFORE UPDATE ON records_ledgersalt",
        "records_ledgersalt: a salt may be erased, never changed",
    )
    yield postgres_function(
        "fairpatch_ownership_forward",
        "IF EXISTS (SELECT 1 FROM added n JOIN records_ownership o ON o.account_id = n.account_id"
        " AND o.layer_id = n.layer_id AND o.recorded_at > n.recorded_at) THEN"
        " RAISE EXCEPTION 'records_ownership: recorded_at never goes back' USING ERRCODE = '23514';"
        " END IF; RETURN NULL;",
    )
    added = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION"
    yield from postgres_trigger(
        "records_ownership_forward",
        "AFTER INSERT ON records_ownership",
        f"{added} fairpatch_ownership_forward()",
    )
    yield postgres_function(
        "fairpatch_moves_frozen",
        "IF EXISTS (SELECT 1 FROM (SELECT DISTINCT realignment_id FROM added) n"
        " JOIN records_realignment r ON r.id = n.realignment_id AND r.status <> 'preparing') THEN"
        " RAISE EXCEPTION '%: the moves of a proposal are frozen', TG_TABLE_NAME USING ERRCODE = '23514';"
        " END IF; RETURN NULL;",
    )
    for table, columns in MOVES.items():
        sentence = f"{table}: the moves of a proposal are frozen"
        yield from postgres_refusal(
            f"{table}_no_update", f"BEFORE UPDATE OF {', '.join(columns)} ON {table}", sentence
        )
        yield from postgres_refusal(f"{table}_no_delete", f"BEFORE DELETE ON {table}", sentence)
        yield from postgres_trigger(
            f"{table}_no_insert", f"AFTER INSERT ON {table}", f"{added} fairpatch_moves_frozen()"
        )


def build_postgres_plans() -> Iterator[str]:
    frozen = (
        "IF EXISTS (SELECT 1 FROM records_plan WHERE status <> 'draft' AND {column} IN ({rows})) THEN "
        f"RAISE EXCEPTION '% {NOT_DRAFT}', TG_TABLE_NAME USING ERRCODE = '23514'; END IF; "
    )
    whole = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    for kind, column, own in (
        ("plan", "id", "plan_id"),
        ("layout", "layout_id", "layout_id"),
        ("layout_row", "layout_id", "id"),
    ):
        body = (
            f"IF TG_OP <> 'INSERT' THEN {frozen.format(column=column, rows=f'OLD.{own}')} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {frozen.format(column=column, rows=f'NEW.{own}')} END IF; {whole}"
        )
        yield postgres_function(f"fairpatch_frozen_{kind}", body)
    for tables, kind in ((OF_PLAN, "plan"), (OF_LAYOUT, "layout")):
        for table in tables:
            columns = f" OF {LOCK_COLUMNS}" if table == "records_lock" else ""
            yield from postgres_trigger(
                f"{table}_frozen",
                f"BEFORE INSERT OR UPDATE{columns} OR DELETE ON {table}",
                f"FOR EACH ROW EXECUTE FUNCTION fairpatch_frozen_{kind}()",
            )
    yield from postgres_trigger(
        "records_layout_frozen",
        "BEFORE UPDATE OR DELETE ON records_layout",
        "FOR EACH ROW EXECUTE FUNCTION fairpatch_frozen_layout_row()",
    )
    yield from postgres_refusal(
        "records_plan_forward",
        "BEFORE UPDATE OF layout_id, status ON records_plan",
        "records_plan: a plan that left draft cannot be edited again",
        f"FOR EACH ROW WHEN ({PLAN_BACK})",
    )
    # The plan's row is locked so that two writers cannot both find the seat free.
    yield postgres_function(
        "fairpatch_seat_single",
        "PERFORM 1 FROM records_plan WHERE id = NEW.plan_id FOR UPDATE;"
        f" IF EXISTS ({SEAT_OVERLAP}) THEN"
        f" RAISE EXCEPTION 'records_seat: {SEAT_TAKEN}' USING ERRCODE = '23514'; END IF; RETURN NULL;",
    )
    yield from postgres_trigger(
        "records_seat_single",
        "AFTER INSERT OR UPDATE ON records_seat",
        "FOR EACH ROW WHEN (NEW.kind = 'primary') EXECUTE FUNCTION fairpatch_seat_single()",
    )


def install_guards(apps, schema_editor):
    build = build_sqlite if schema_editor.connection.vendor == "sqlite" else build_postgres
    for statement in build():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [migrations.RunPython(install_guards, migrations.RunPython.noop)]
