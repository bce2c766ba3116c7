"""How do many rows get into a table without an object for each?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction
from django.db.models import ForeignKey, Model
from django.db.models.fields import (
    BinaryField,
    BooleanField,
    CharField,
    Field,
    FloatField,
    IntegerField,
    TextField,
)

Row = Sequence[Any]
FEW = 20
# What both drivers write as it comes; anything else goes through its field first.
PLAIN = (BinaryField, BooleanField, CharField, FloatField, ForeignKey, IntegerField, TextField)


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Row], chunk: int = 10_000) -> int:
    """Inserts rows (values in the order of `columns`, which are attnames such as "owner_id"); how many.

    COPY on PostgreSQL (but one statement for a few, as COPY goes back and forth), prepared inserts on SQLite.
    Columns left out need a default in the database or be nullable: Django's own defaults are not applied.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    writers = [_find_writer(fields[name]) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in columns)
    count = 0
    remaining = iter(rows)
    # Outside a transaction every row would be one of its own, each waiting for the disk.
    with transaction.atomic(savepoint=False):
        while batch := list(islice(remaining, chunk)):
            _insert_batch(table, names, len(columns), list(_prepare(batch, writers)))
            count += len(batch)
    return count


def _insert_batch(table: str, names: str, width: int, rows: list[Row]) -> None:
    marks = ", ".join(["%s"] * width)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) <= FEW:
            places = ", ".join([f"({marks})"] * len(rows))
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES {places}", list(chain(*rows)))  # noqa: S608
        elif connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608


def _find_writer(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    if isinstance(field, PLAIN):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _prepare(rows: Iterable[Row], writers: Sequence[Callable[[Any], Any] | None]) -> Iterator[Row]:
    if not any(writers):
        yield from rows
        return
    for row in rows:
        yield [
            value if write is None or value is None else write(value)
            for value, write in zip(row, writers, strict=True)
        ]
