"""Which model lives in which database?

Rows that must be writable while a long realignment holds the main database: sessions, jobs, idempotency keys,
log-in throttling. On PostgreSQL both aliases are one database, so only ``default`` is migrated and gets every
table.
"""

from typing import Any

from django.db import connections
from django.db.models import Model

JOBS_MODELS = {"job", "idempotencykey", "loginattempt", "lastlogin"}


def is_in_jobs(app_label: str, model_name: str | None) -> bool:
    """Does this model belong to the jobs database?"""
    return app_label == "sessions" or (app_label == "records" and model_name in JOBS_MODELS)


class JobsRouter:
    """Sends the rows named above to the alias ``jobs``, everything else to ``default``."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return "jobs" if is_in_jobs(model._meta.app_label, model._meta.model_name) else "default"

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return self.db_for_read(model)

    def allow_relation(self, left: Model, right: Model, **hints: Any) -> bool:
        return self.db_for_read(type(left)) == self.db_for_read(type(right))

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        if connections["default"].vendor != "sqlite":
            return db == "default"
        # RunSQL and RunPython come without a model: they are about the main database.
        return is_in_jobs(app_label, model_name) == (db == "jobs")
