"""Which imports were there, what did they find, and how are columns usually read?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings

from fairpatch.core.accounts.kinds import ImportKind
from fairpatch.core.accounts.mapping import read_mapping
from fairpatch.core.accounts.notes import NOTE_KINDS, Note, describe_note
from fairpatch.core.errors import FairpatchError, Finding
from fairpatch.records.models import Import, ImportMapping
from fairpatch.records.models.jobs import Job
from fairpatch.records.queries.misplaced import count_company_misplaced

FINDING_COLUMNS = ("severity", "file", "row", "column", "finding", "value", "suggestion")
_SEVERITIES = {"error": "error", "warning": "warning", "notice": "info"}


def describe_import(import_id: int) -> dict[str, Any]:
    """One import with its files, mapping and the names of saved mappings."""
    row = Import.objects.select_related("created_by").filter(pk=import_id).first()
    if row is None:
        raise FairpatchError("not_found", "There is no such import.")
    described = _describe_row(row)
    if row.status == Import.Status.APPLIED:
        described["counts"] |= {
            "misplaced": count_company_misplaced(),
            "unassigned": row.counts["applied"]["unassigned"],
        }
    return {
        **described,
        "mapping": row.mapping,
        "files": row.counts.get("files", []),
        "mappings": list(ImportMapping.objects.order_by("name").values_list("name", flat=True)),
        "job_id": _find_job(import_id),
    }


def _find_job(import_id: int) -> int | None:
    """The check or the import that waits or runs now."""
    is_open = Job.objects.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    return is_open.filter(subject=f"import:{import_id}").order_by("-id").values_list("id", flat=True).first()


def list_imports(after: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """A page, the newest first, and the mark of the next one."""
    query = Import.objects.select_related("created_by").order_by("-id")
    if after is not None:
        query = query.filter(id__lt=after)
    rows = list(query[: limit + 1])
    shown = rows[:limit]
    return [_describe_row(row) for row in shown], shown[-1].pk if len(rows) > limit else None


def _describe_row(row: Import) -> dict[str, Any]:
    return {
        "id": row.pk,
        "status": row.status,
        "counts": _count_rows(row),
        "finding_counts": {
            **row.finding_counts,
            "faulty_rows": sum(kind["faulty"] for kind in row.counts.get("kinds", {}).values()),
        },
        "created_by": row.created_by.name if row.created_by else None,
        "created_at": row.created_at,
        "applied_at": row.applied_at,
        "batch": row.batch,
    }


def _count_rows(row: Import) -> dict[str, Any]:
    """By kind: rows read, sound, faulty and skipped; after the import also new, changed and unchanged."""
    applied = row.counts.get("applied", {})
    counts: dict[str, Any] = {}
    for kind, read in row.counts.get("kinds", {}).items():
        counts[kind] = dict(read)
        merged = applied.get("kinds", {}).get(kind)
        if merged is not None:
            new, changed = merged["added"], merged["changed"]
            counts[kind] |= {"new": new, "changed": changed, "unchanged": read["sound"] - new - changed}
    return counts


def list_mappings() -> list[dict[str, Any]]:
    return [
        {"name": row.name, "content": row.content, "updated_at": row.updated_at}
        for row in ImportMapping.objects.order_by("name")
    ]


def list_findings(
    import_id: int, severity: str | None, file: str | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of findings in the order in which they were made, and the mark of the next one."""
    tests, params = _select(import_id, severity, file)
    rows = [
        _shape(mark, finding)
        for mark, _, finding in _read_notes(
            import_id, f"{tests} AND rowid > ? LIMIT ?", [*params, after, limit + 1]
        )
    ]
    shown = rows[:limit]
    return [row for _, row in shown], shown[-1][0] if len(rows) > limit else None


def count_findings(import_id: int) -> list[dict[str, Any]]:
    """Each kind of finding once: how often, and one of them as a sample. Errors first."""
    rows = _read_notes(import_id, "rowid IN (SELECT min(rowid) FROM note GROUP BY entry, col, code)", [])
    counts = _count_kinds(import_id)
    described = [
        {
            **_shape(mark, finding)[1],
            "code": note.code,
            "count": counts[finding.file or "", note.column, note.code],
        }
        for mark, note, finding in rows
    ]
    rank = {"error": 0, "warning": 1, "notice": 2}
    return sorted(described, key=lambda found: (rank[found["severity"]], -found["count"]))


def stream_findings(import_id: int) -> Iterator[tuple[object, ...]]:
    """Every finding as a row for spreadsheets."""
    for _, note, finding in _read_notes(import_id, "1", []):
        severity = "notice" if finding.severity == "info" else finding.severity
        yield (
            severity,
            finding.file,
            finding.line,
            note.column,
            finding.sentence,
            note.value,
            finding.suggestion,
        )


def _shape(mark: int, finding: Finding) -> tuple[int, dict[str, Any]]:
    return mark, {
        "severity": "notice" if finding.severity == "info" else finding.severity,
        "where": finding.where,
        "sentence": finding.sentence,
        "file": finding.file or "",
        "row": finding.line,
        "line": finding.line,
        "column": None,
        "suggestion": finding.suggestion,
    }


def _read_notes(import_id: int, tests: str, params: list[Any]) -> Iterator[tuple[int, Note, Finding]]:
    files = _list_files(import_id)
    path = _find_stage(import_id)
    if path is None:
        return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as stage:
        for mark, entry, *parts in stage.execute(
            f"SELECT rowid, entry, line, col, code, value, detail FROM note WHERE {tests}",
            params,
        ):
            note = Note(parts[0] or 0, *(str(part or "") for part in parts[1:]))
            yield mark, note, describe_note(note, files[entry])


def _count_kinds(import_id: int) -> dict[tuple[str, str, str], int]:
    files = _list_files(import_id)
    path = _find_stage(import_id)
    assert path is not None, "counted only after notes were read"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as stage:
        rows = stage.execute("SELECT entry, col, code, count(*) FROM note GROUP BY 1, 2, 3").fetchall()
    return {(files[entry], column or "", code): count for entry, column, code, count in rows}


def _select(import_id: int, severity: str | None, file: str | None) -> tuple[str, list[Any]]:
    tests, params = ["1"], []
    if severity:
        codes = [code for code, kind in NOTE_KINDS.items() if kind.severity == _SEVERITIES[severity]]
        tests.append("code IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(codes))
    if file:
        entries = [place for place, name in enumerate(_list_files(import_id)) if name == file]
        tests.append("entry IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(entries))
    return " AND ".join(tests), params


def _list_files(import_id: int) -> list[str]:
    row = Import.objects.filter(pk=import_id).first()
    if row is None:
        raise FairpatchError("not_found", "There is no such import.")
    return [entry.file for entry in read_mapping(row.mapping).files] if row.mapping else []


def _find_stage(import_id: int) -> Path | None:
    row = Import.objects.get(pk=import_id)
    path = Path(settings.DATA) / "imports" / row.folder / "stage.sqlite3"
    return path if path.is_file() else None


def describe_kind(kind: ImportKind) -> dict[str, Any]:
    """A kind of file as the mapping page shows it."""
    return {
        "kind": kind.name,
        "label": kind.name.replace("_", " "),
        "columns": [
            {
                "name": column.name,
                "label": column.title,
                "type": column.type,
                "is_required": column.is_required,
            }
            for column in kind.columns
        ],
    }
