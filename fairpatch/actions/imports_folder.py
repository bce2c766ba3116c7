"""Where do an import's row and its files live, and until when may it be worked on?"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import Import, User

STAGE_NAME = "stage.sqlite3"


def find_import_folder(row: Import) -> Path:
    return Path(settings.DATA) / "imports" / row.folder


def create_import_row(user: User | None, mapping: dict[str, Any] | None = None) -> Import:
    row = Import.objects.create(mapping=mapping or {}, created_by=user, created_at=timezone.now())
    row.folder = str(row.pk)
    row.save(update_fields=["folder"])
    # A folder of that number can only be left over from a database that is gone.
    shutil.rmtree(find_import_folder(row), ignore_errors=True)
    return row


def remove_import_row(row: Import) -> None:
    shutil.rmtree(find_import_folder(row), ignore_errors=True)
    row.delete()


def lock_open_import(import_id: int) -> Import:
    row = Import.objects.select_for_update().filter(pk=import_id).first()
    if row is None:
        raise FairpatchError("not_found", "There is no such import.")
    refuse_closed_import(row)
    return row


def refuse_closed_import(row: Import) -> None:
    if row.status == Import.Status.APPLIED:
        raise FairpatchError("already_applied", "This import was applied already. Nothing was done again.")
    if row.status == Import.Status.CANCELLED:
        raise FairpatchError("dropped", "This import was dropped. Upload the files again.")
