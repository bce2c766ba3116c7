"""What does it take to let an account's own changes move it: a policy per layer, and a list of what waits?"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def put_triggers_aside(apps, schema_editor):
    """SQLite changes a column by copying its table, and refuses while a trigger names the old one."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept AS SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        cursor.execute("SELECT name FROM kept")
        for (name,) in cursor.fetchall():
            schema_editor.execute(f"DROP TRIGGER {name}")


def put_triggers_back(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM kept")
        for (statement,) in cursor.fetchall():
            schema_editor.execute(statement, params=None)
        cursor.execute("DROP TABLE kept")


class Migration(migrations.Migration):
    dependencies = [("records", "0002_guards")]

    operations = [
        migrations.RunPython(put_triggers_aside, migrations.RunPython.noop),
        migrations.AddField(
            model_name="layoutlayer",
            name="on_change",
            field=models.CharField(blank=True, db_default="", max_length=10),
        ),
        migrations.AlterField(
            model_name="realignment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("plan", "Plan"),
                    ("accounts", "Accounts"),
                    ("handover", "Handover"),
                    ("undo", "Undo"),
                    ("changes", "Changes"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="realignment",
            name="proposed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="WaitingMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("policy", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("since", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_moves",
                        to="records.account",
                    ),
                ),
                (
                    "layer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.layer",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.territory",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "layer"), name="waiting_move_once_per_layer")
                ],
            },
        ),
        migrations.RunPython(put_triggers_back, migrations.RunPython.noop),
    ]
