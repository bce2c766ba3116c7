"""How does a snapshot in columns learn what changed, so that no writer can forget to tell it?

- Every change of an account's owner, of its assignments and of its open deals takes the next place in
  `StandingChange`, as every change of its routing columns does in `AccountChange`.
- On PostgreSQL both logs say which transaction wrote a row: numbers are handed out before commits, so a
  smaller number may appear after a larger one was seen.

SQLite loses triggers when a later migration rebuilds `records_account`, `records_assignment` or
`records_deal`: such a migration runs `install_feed` again.
"""

from collections.abc import Iterator
from importlib import import_module

from django.db import migrations, models

guards = import_module("fairpatch.records.migrations.0002_guards")

LOGS = ("records_accountchange", "records_standingchange")
STANDING = {
    "records_account": ("id", ["owner_id", "territory_id"]),
    "records_assignment": (
        "account_id",
        "account_id layer_id territory_id cause tie claim_class priority specificity other_claims".split(),
    ),
    "records_deal": ("account_id", ["account_id", "outcome", "amount_minor"]),
}
NOTE = "INSERT INTO records_standingchange (account_id)"


def build_sqlite() -> Iterator[str]:
    for event in ("UPDATE", "DELETE"):
        yield from guards.sqlite_trigger(
            f"records_standingchange_no_{event.lower()}",
            f"BEFORE {event} ON records_standingchange",
            "",
            guards.refuse("records_standingchange is append-only"),
        )
    for table, (key, columns) in STANDING.items():
        yield from guards.sqlite_trigger(
            f"{table}_stands_anew",
            f"AFTER UPDATE OF {', '.join(columns)} ON {table}",
            guards.differs(columns, "IS NOT"),
            f"{NOTE} SELECT OLD.{key} UNION SELECT NEW.{key}",
        )
        if table == "records_account":
            continue
        for event, side in (("INSERT", "NEW"), ("DELETE", "OLD")):
            yield from guards.sqlite_trigger(
                f"{table}_stands_{event.lower()}",
                f"AFTER {event} ON {table}",
                "",
                f"{NOTE} VALUES ({side}.{key})",
            )


def build_postgres() -> Iterator[str]:
    for log in LOGS:
        yield f"ALTER TABLE {log} ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()"
        yield f"CREATE INDEX {log}_xid ON {log} (xid)"
    yield from guards.postgres_refusal(
        "records_standingchange_append_only",
        "BEFORE UPDATE OR DELETE ON records_standingchange",
        "records_standingchange is append-only",
    )
    for table, (key, columns) in STANDING.items():
        yield guards.postgres_function(
            f"fairpatch_{table}_stands", f"{NOTE} SELECT OLD.{key} UNION SELECT NEW.{key}; RETURN NULL;"
        )
        yield from guards.postgres_trigger(
            f"{table}_stands_anew",
            f"AFTER UPDATE OF {', '.join(columns)} ON {table}",
            f"FOR EACH ROW WHEN ({guards.differs(columns, 'IS DISTINCT FROM')}) "
            f"EXECUTE FUNCTION fairpatch_{table}_stands()",
        )
        if table == "records_account":
            continue
        yield guards.postgres_function(
            f"fairpatch_{table}_touched", f"{NOTE} SELECT DISTINCT {key} FROM touched; RETURN NULL;"
        )
        for event, side in (("INSERT", "NEW"), ("DELETE", "OLD")):
            yield from guards.postgres_trigger(
                f"{table}_stands_{event.lower()}",
                f"AFTER {event} ON {table}",
                f"REFERENCING {side} TABLE AS touched FOR EACH STATEMENT "
                f"EXECUTE FUNCTION fairpatch_{table}_touched()",
            )


def install_feed(apps, schema_editor):
    build = build_sqlite if schema_editor.connection.vendor == "sqlite" else build_postgres
    for statement in build():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_account_changes")]

    operations = [
        migrations.CreateModel(
            name="StandingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("account_id", models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["id"], condition=models.Q(("ended_at__isnull", False)), name="account_ended"
            ),
        ),
        migrations.RunPython(install_feed, migrations.RunPython.noop),
    ]
