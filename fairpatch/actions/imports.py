"""How do files become records: uploaded, mapped, checked, and applied as one deed or not at all?"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from fairpatch.actions.deed import require_right
from fairpatch.actions.imports_apply import Applied, apply_stage
from fairpatch.actions.imports_effect import foretell_stage
from fairpatch.actions.imports_folder import (
    STAGE_NAME,
    create_import_row,
    find_import_folder,
    lock_open_import,
    refuse_closed_import,
    remove_import_row,
)
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.connectors.mapping_file import load_mapping_file
from fairpatch.connectors.sources import count_rows, is_importable, read_sample
from fairpatch.connectors.stage_checks import check_stage, count_stage
from fairpatch.connectors.stage_effect import drop_effect
from fairpatch.connectors.stage_plan import read_staged_plan
from fairpatch.connectors.staging import Stage, create_stage, open_stage, stage_files
from fairpatch.core.accounts.guessing import FileGuess, guess_file, propose_mapping
from fairpatch.core.accounts.mapping import ImportSpec, read_mapping, write_mapping
from fairpatch.core.accounts.notes import NOTE_KINDS, Note
from fairpatch.core.errors import FairpatchError, FaultyInputError, Finding
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.text import read_plan
from fairpatch.core.rules.values import fold_code
from fairpatch.engines.geo.places import Places, open_places
from fairpatch.records.models import Account, Import, ImportMapping, Organisation, Rep, Territory, User

_KNOWN_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What a dry run found.

    `by_code` counts every kind of finding; the findings themselves stand in the stage.
    """

    import_id: int
    counts: dict[str, dict[str, int]]
    severities: dict[str, int]
    by_code: dict[str, int] = field(default_factory=dict)

    @property
    def faulty(self) -> int:
        return sum(kind["faulty"] for kind in self.counts.values())


# --- the browser's way: upload, confirm the mapping, check, apply


def upload_import(user: User, files: Sequence[UploadedFile[Any]]) -> Import:
    """Keeps the files and guesses what they are. The guess, or the mapping file among them, is a proposal;
    nothing is read with it yet.
    """
    require_right(user, Right.IMPORT)
    names = [_name_upload(file) for file in files]
    twice = {name for name in names if names.count(name) > 1}
    mappings = [name for name in names if _is_mapping(name)]
    if len(mappings) > 1:
        raise FairpatchError("upload_unusable", "There are two mappings (TOML files). Nothing was kept.")
    if twice or len(names) == len(mappings):
        sentence = f"Two files are called {sorted(twice)[0]}." if twice else "No file was sent."
        raise FairpatchError("upload_unusable", f"{sentence} Nothing was kept.")
    row = create_import_row(user)
    folder = find_import_folder(row) / "files"
    folder.mkdir(parents=True)
    try:
        for name, file in zip(names, files, strict=True):
            with (folder / name).open("wb") as target:
                for chunk in file.chunks():
                    target.write(chunk)
        guesses = [guess_file(read_sample(folder / name)) for name in names if name not in mappings]
        described = [_describe_guess(guess, count_rows(folder / guess.file)) for guess in guesses]
        spec = load_mapping_file(folder / mappings[0]) if mappings else propose_mapping(guesses)
        for name in mappings:
            (folder / name).unlink()
    except (FaultyInputError, OSError) as error:
        remove_import_row(row)
        if isinstance(error, OSError):
            raise FairpatchError("storage_full", "The files could not be kept: is the disk full?") from error
        raise
    row.counts = {"files": described}
    row.mapping = write_mapping(spec)
    row.save(update_fields=["counts", "mapping"])
    return row


def _name_upload(file: UploadedFile[Any]) -> str:
    name = Path((file.name or "").replace("\\", "/")).name.strip()
    if (
        not name
        or name.startswith(".")
        or len(name) > 120
        or not name.isprintable()
        or not (is_importable(name) or _is_mapping(name))
    ):
        sentence = f"“{name or 'unnamed'}” is not a CSV, Parquet, YAML or TOML file. Nothing was kept."
        raise FairpatchError("upload_unusable", sentence)
    return name


def _is_mapping(name: str) -> bool:
    return name.lower().endswith(".toml")


def _describe_guess(guess: FileGuess, rows: int) -> dict[str, Any]:
    return {
        "name": guess.file,
        "kind_guess": guess.kind,
        "confidence": guess.confidence,
        "rows": rows,
        "columns": [
            {
                "name": column.header,
                "guess": column.guess,
                "confidence": column.confidence,
                "samples": list(column.samples),
            }
            for column in guess.columns
        ],
    }


def save_import_mapping(
    user: User, import_id: int, mapping: dict[str, Any], save_as: str | None = None
) -> Import:
    """Confirms how the columns are read. An earlier check no longer counts."""
    require_right(user, Right.IMPORT)
    spec = read_mapping(mapping)
    with transaction.atomic():
        row = lock_open_import(import_id)
        row.mapping = write_mapping(spec)
        row.status = Import.Status.UPLOADED
        row.finding_counts = {}
        row.save(update_fields=["mapping", "status", "finding_counts"])
        if save_as and save_as.strip():
            now = timezone.now()
            ImportMapping.objects.update_or_create(
                name=save_as.strip()[:120],
                defaults={"content": row.mapping, "updated_at": now},
                create_defaults={"content": row.mapping, "updated_at": now, "created_at": now},
            )
    return row


def drop_mapping(user: User, name: str) -> None:
    require_right(user, Right.IMPORT)
    removed, _ = ImportMapping.objects.filter(name=name).delete()
    if not removed:
        raise FairpatchError("not_found", f"There is no saved mapping called “{name}”.")


def drop_import(user: User, import_id: int) -> None:
    """Drops an import that was not applied, with its files."""
    require_right(user, Right.IMPORT)
    with transaction.atomic():
        row = lock_open_import(import_id)
        row.status = Import.Status.CANCELLED
        row.save(update_fields=["status"])
    shutil.rmtree(find_import_folder(row), ignore_errors=True)


def check_import(import_id: int, *, progress: Progress = SILENT) -> Checked:
    """The dry run of an uploaded import: everything is read, cleaned and staged; nothing is applied.

    What it would move is worked out at once.
    """
    row = Import.objects.get(pk=import_id)
    refuse_closed_import(row)
    checked = stage_import(row, read_mapping(row.mapping), find_import_folder(row) / "files", progress)
    foretell_import(import_id, progress=progress)
    return checked


def foretell_import(import_id: int, *, now: dt.datetime | None = None, progress: Progress = SILENT) -> None:
    """Works out, as of now, what applying a checked import would move and where its new accounts would go."""
    row = find_checked_import(import_id)
    with open_stage(find_import_folder(row) / STAGE_NAME) as stage:
        foretell_stage(stage, read_mapping(row.mapping), now or timezone.now(), progress)


def find_checked_import(import_id: int) -> Import:
    """An import that may be applied."""
    row = Import.objects.filter(pk=import_id).first()
    if row is None:
        raise FairpatchError("not_found", "There is no such import.")
    if row.status != Import.Status.CHECKED:
        refuse_closed_import(row)
        raise FairpatchError("not_checked", "Check the files first. Nothing was imported.")
    return row


def apply_import(
    actor: User | None,
    import_id: int,
    *,
    leave_out_faulty: bool = False,
    seen_effect: dt.datetime | None = None,
    folder: Path | None = None,
    now: dt.datetime | None = None,
    is_demo: bool = False,
    progress: Progress = SILENT,
) -> Applied:
    """Brings a checked import in: all of it in one transaction, or nothing.

    Whoever has read an effect names it by its moment; an outdated one is refused.
    """
    row = find_checked_import(import_id)
    faulty = sum(kind["faulty"] for kind in row.counts["kinds"].values())
    if faulty and not leave_out_faulty:
        raise FairpatchError(
            "import_faulty",
            f"{faulty} rows are faulty. Nothing was imported. Correct them, or choose to leave them out.",
        )
    row.is_leaving_out_faulty = leave_out_faulty
    spec = read_mapping(row.mapping)
    home = find_import_folder(row)
    with open_stage(home / STAGE_NAME) as stage:
        applied = apply_stage(
            stage,
            spec,
            row,
            folder or home / "files",
            actor=actor,
            now=now,
            is_demo=is_demo,
            progress=progress,
            seen_effect=seen_effect,
        )
        stage.shrink()
    shutil.rmtree(home / "files", ignore_errors=True)
    return applied


# --- the terminal's way: a folder and a mapping in one go


def check_folder(
    folder: Path, spec: ImportSpec, *, actor: User | None = None, progress: Progress = SILENT
) -> Checked:
    """The dry run of a folder. Its files are read where they are."""
    require_right(actor, Right.IMPORT)
    row = create_import_row(actor, write_mapping(spec))
    try:
        return stage_import(row, spec, folder, progress)
    except BaseException:
        remove_import_row(row)
        raise


def import_folder(
    folder: Path,
    spec: ImportSpec,
    *,
    actor: User | None = None,
    leave_out_faulty: bool = False,
    now: dt.datetime | None = None,
    is_demo: bool = False,
    progress: Progress = SILENT,
) -> tuple[Checked, Applied]:
    """Checks a folder and applies it when nothing is faulty (or the faulty rows may be left out)."""
    checked = check_folder(folder, spec, actor=actor, progress=progress)
    applied = apply_import(
        actor,
        checked.import_id,
        leave_out_faulty=leave_out_faulty,
        folder=folder,
        now=now,
        is_demo=is_demo,
        progress=progress,
    )
    return checked, applied


# --- staging


def stage_import(row: Import, spec: ImportSpec, folder: Path, progress: Progress) -> Checked:
    """Reads, cleans and checks every file into the import's staging file."""
    organisation = Organisation.objects.first()
    currency = settle_currency(spec, organisation)
    places = open_places()

    def tell(done: int, total: int, message: str) -> None:
        progress.check_cancelled()
        progress.report(done, total, message)

    home = find_import_folder(row)
    home.mkdir(parents=True, exist_ok=True)
    total = sum(count_rows(folder / x.file) for x in spec.files if not x.rows and (folder / x.file).is_file())
    drop_effect(home)
    with create_stage(home / STAGE_NAME) as stage:
        stage_files(stage, spec, folder, places, currency, total, tell)
        _add_known(stage, spec, folder)
        check_stage(stage, spec, tell)
        _check_plan(stage, spec, folder, currency, places)
        checked = _count(row.pk, stage, spec)
    row.status = Import.Status.CHECKED
    row.counts = {**row.counts, "kinds": checked.counts}
    row.finding_counts = {**checked.severities, "by_code": checked.by_code}
    row.save(update_fields=["status", "counts", "finding_counts"])
    return checked


def settle_currency(spec: ImportSpec, organisation: Organisation | None) -> str:
    """The currency of the amounts. It must be the organisation's: amounts are not converted on the way in."""
    ours = organisation.currency if organisation else spec.organisation.currency if spec.organisation else ""
    if not ours:
        raise FairpatchError(
            "not_set_up",
            "There is no organisation yet. Set it up in the browser, or give [organisation] in the mapping.",
        )
    if spec.currency and spec.currency != ours:
        sentence = (
            f"The amounts are in {spec.currency}, the organisation’s currency is {ours}: convert them first."
        )
        raise FaultyInputError([Finding("error", "currency", sentence, file="mapping")], "mapping_faulty")
    return ours


def _add_known(stage: Stage, spec: ImportSpec, folder: Path) -> None:
    def pairs(query: Any) -> Iterator[tuple[str, str | None, str | None]]:
        yield from query.iterator(chunk_size=_KNOWN_AT_ONCE)

    stage.add_known("rep", pairs(Rep.objects.values_list("key", "manager__key", "key")))
    stage.add_known("account", pairs(Account.objects.values_list("key", "parent__key", "owner__key")))
    if not spec.select_kind("territories"):
        codes = {*Territory.objects.values_list("code", flat=True), *_list_plan_codes(spec, folder)}
        stage.add_known("territory", ((fold_code(code) or "", None, None) for code in sorted(codes)))


def _list_plan_codes(spec: ImportSpec, folder: Path) -> list[str]:
    """The territories of a plan file that comes along. A faulty one is reported with its faults later."""
    try:
        plans = [
            read_plan((folder / x.file).read_text("utf-8-sig"), x.file) for x in spec.select_kind("plan")
        ]
    except FaultyInputError:
        return []
    return [territory.code for plan in plans for territory in plan.territories]


def _check_plan(stage: Stage, spec: ImportSpec, folder: Path, currency: str, places: Places) -> None:
    """A plan that cannot stand is a fault of the import; each of its faults becomes a note."""
    try:
        read_staged_plan(stage, spec, folder, currency, places.name_country)
    except FaultyInputError as error:
        entry = next(n for n, x in enumerate(spec.files) if x.kind in ("plan", "territories"))
        notes = (
            Note(f.line or 0, f.where, "plan_fault", f.sentence, f.suggestion or "") for f in error.findings
        )
        stage.add_notes(entry, notes)
        stage.write_meta("plan_faults", len(error.findings))


def _count(import_id: int, stage: Stage, spec: ImportSpec) -> Checked:
    counts: dict[str, dict[str, int]] = count_stage(stage, spec)
    faults = stage.read_meta("plan_faults")
    if faults:
        counts["plan"] = {"rows": 1, "sound": 0, "faulty": 1, "skipped": 0}
    by_code = dict(
        stage.connection.execute("SELECT code, count(*) FROM note GROUP BY code ORDER BY code").fetchall()
    )
    severities = {"error": 0, "warning": 0, "notice": 0}
    for code, count in by_code.items():
        severity = NOTE_KINDS[code].severity
        severities["notice" if severity == "info" else severity] += count
    return Checked(import_id, counts, severities, by_code)
