"""How does a checked import change the company's records, as one deed?"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction

from fairpatch.actions.account_changes import open_finder, settle_changes
from fairpatch.actions.deed import Deed, deed
from fairpatch.actions.imports_rows import (
    merge_accounts,
    merge_activities,
    merge_deals,
    merge_quotas,
    merge_reps,
)
from fairpatch.actions.imports_sql import Counted, as_date, attach_stage
from fairpatch.actions.organisation import OrganisationFacts, create_organisation
from fairpatch.actions.ownership import activate_first_plan, record_initial_ownership
from fairpatch.actions.plan_rows import digest_plan, write_plan
from fairpatch.actions.progress import Progress
from fairpatch.actions.realignment_staging import lock_accounts
from fairpatch.connectors.stage_plan import list_custom_fields, read_staged_plan
from fairpatch.connectors.staging import Stage
from fairpatch.core.accounts.mapping import ImportSpec
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.core.plans.plan import Plan as CorePlan
from fairpatch.engines.geo.places import open_places
from fairpatch.records.models import AccountChange, CustomField, Import, Organisation, Plan, User
from fairpatch.records.queries.account_changes import ChangeFinder
from fairpatch.records.queries.import_effects import is_effect_current, read_effect_about
from fairpatch.records.queries.routing import find_day
from fairpatch.records.queries.snapshot import load_snapshot

MERGED_KINDS = ("reps", "accounts", "deals", "activities", "quotas")
EFFECT_OUTDATED = (
    "Something was changed since it was worked out what this import moves. Nothing was imported. "
    "Have it worked out again, and read it."
)
_STEPS = 9
ANALYSED = ("account", "accountchange", "standingchange", "assignment", "deal", "activity", "ownership")
"""Tables whose sizes PostgreSQL should know. On SQLite, statistics turn lists in the order of names into
sorts of the whole company: 4.5 s instead of 0.1 s for a million accounts."""
_TICKS = 200_000
"""SQLite's virtual machine steps between two looks at whether the work is still wanted."""


@dataclass(slots=True)
class Applied:
    """What an import did. `batch` is None when it changed nothing."""

    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    batch: int | None = None
    plan_id: int | None = None
    is_plan_active: bool = False
    is_routed: bool = False
    """False while no plan is live: accounts belong to the file's owner or wait in the queue, unrecorded."""
    accounts_owned: int = 0
    unassigned: int = 0
    tied: int = 0
    reassigned: int = 0
    """Accounts that belong elsewhere by what was changed; what follows is the layer's policy."""
    realignment_ids: list[int] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(sum(kind.values()) for kind in self.kinds.values())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class _NothingToDo(Exception):  # noqa: N818 - not an error: a reason to leave no trace
    pass


def apply_stage(
    stage: Stage,
    spec: ImportSpec,
    row: Import,
    folder: Path,
    *,
    actor: User | None,
    now: dt.datetime | None,
    is_demo: bool,
    progress: Progress,
    seen_effect: dt.datetime | None = None,
) -> Applied:
    """One deed for everything. An import that changes nothing leaves no batch in the ledger.

    `seen_effect`: when the effect was worked out that somebody has read; it must still be what comes.
    """
    currency = spec.organisation.currency if spec.organisation else spec.currency
    plan = read_staged_plan(stage, spec, folder, currency, open_places().name_country)
    applied = Applied()
    try:
        with (
            attach_stage(stage, MERGED_KINDS),
            heed_cancel(progress),
            deed("import", actor=actor, right=Right.IMPORT, now=now, subject=f"import:{row.pk}") as act,
        ):
            _Application(act, spec, row, progress, applied, is_demo, seen_effect).run(plan)
            applied.batch = act.batch
            _close_import(row, applied, act.now, act.batch)
    except _NothingToDo:
        with transaction.atomic():
            _close_import(row, applied, now or dt.datetime.now(dt.UTC), None)
    else:
        make_ready(progress)
    return applied


def make_ready(progress: Progress) -> None:
    """What nobody should wait for at the next page: the planner's statistics, and the snapshot in columns."""
    progress.report(_STEPS, _STEPS, "Getting ready for questions")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(f"records_{table}" for table in ANALYSED))
    if not connection.in_atomic_block:
        load_snapshot()


def _close_import(row: Import, applied: Applied, at: dt.datetime, batch: int | None) -> None:
    row.status = Import.Status.APPLIED
    row.applied_at = at
    row.batch = batch
    row.counts = {**row.counts, "applied": applied.to_json()}
    row.save(update_fields=["status", "applied_at", "batch", "counts", "is_leaving_out_faulty"])


class _Application:
    def __init__(
        self,
        act: Deed,
        spec: ImportSpec,
        row: Import,
        progress: Progress,
        applied: Applied,
        is_demo: bool,
        seen_effect: dt.datetime | None,
    ) -> None:
        self._act = act
        self._spec = spec
        self._row = row
        self._progress = progress
        self._applied = applied
        self._is_demo = is_demo
        self._seen_effect = seen_effect
        self._step = 0

    def run(self, plan: CorePlan | None) -> None:
        organisation = self._ensure_organisation()
        finder = self._open_finder(organisation)
        self._refuse_outdated_effect(organisation)
        before = AccountChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
        act, spec = self._act, self._spec
        self._note_fields()
        self._merge("reps", lambda: merge_reps(act, spec))
        self._merge("accounts", lambda: merge_accounts(act, spec, organisation))
        self._tell("Writing the plan")
        is_new_plan = plan is not None and self._write_plan(plan, organisation)
        # Deals and activities without a name of their own go to the account's owner, so owners come first.
        self._own()
        self._merge("deals", lambda: merge_deals(act, spec, organisation))
        self._merge("activities", lambda: merge_activities(act, spec))
        self._merge("quotas", lambda: merge_quotas(act, spec, organisation))
        if finder is not None:
            # After the deals: open ones go along with their account.
            self._settle(before, finder)
        if not self._applied.changes and not is_new_plan:
            raise _NothingToDo
        self._progress.check_cancelled()
        act.detail.update(kinds=self._applied.kinds, plan=self._applied.plan_id)

    def _tell(self, message: str) -> None:
        self._progress.check_cancelled()
        self._progress.report(self._step, _STEPS, message)
        self._step += 1

    def _ensure_organisation(self) -> Organisation:
        organisation = Organisation.objects.first()
        if organisation is not None:
            return organisation
        given = self._spec.organisation
        if given is None:
            raise FairpatchError(
                "not_set_up",
                "There is no organisation yet. Set it up in the browser, or give it in the mapping.",
            )
        facts = OrganisationFacts(given.name, given.currency, given.time_zone, given.fiscal_year_start_month)
        return create_organisation(self._act, facts, is_demo=self._is_demo)

    def _note_fields(self) -> None:
        for custom in list_custom_fields(self._spec):
            CustomField.objects.get_or_create(
                name=custom.name,
                defaults={
                    "label": custom.label or "",
                    "type": custom.type,
                    "dimension": custom.dimension or "",
                },
            )

    def _merge(self, kind: str, merge: Any) -> None:
        if not self._spec.select_kind(kind):
            return
        self._tell(f"Writing {kind}")
        counted: Counted = merge()
        self._applied.kinds[kind] = {"added": counted.added, "changed": counted.changed}
        refuse_lost_rows(kind)

    def _write_plan(self, plan: CorePlan, organisation: Organisation) -> bool:
        """A plan that was imported before is not written again. The first plan of all goes live."""
        digest = digest_plan(plan)
        earlier = (
            Import.objects.filter(status=Import.Status.APPLIED, counts__plan_digest=digest)
            .order_by("-id")
            .first()
        )
        self._row.counts = {**self._row.counts, "plan_digest": digest}
        if earlier is not None:
            self._applied.plan_id = earlier.counts.get("applied", {}).get("plan_id")
            return False
        base = Plan.objects.filter(status=Plan.Status.ACTIVE).first()
        written = write_plan(self._act, plan, created_by=self._act.actor, base=base)
        self._applied.plan_id = written.pk
        if base is None:
            activate_first_plan(self._act, written)
            self._applied.is_plan_active = True
        return True

    def _open_finder(self, organisation: Organisation) -> ChangeFinder | None:
        """Families as they are before the import, if a plan is live."""
        if organisation.active_plan_id is None or not self._spec.select_kind("accounts"):
            return None
        lock_accounts("SHARE ROW EXCLUSIVE")
        finder = open_finder(self._act)
        finder.find_families([])
        return finder

    def _refuse_outdated_effect(self, organisation: Organisation) -> None:
        """What was read before saying yes must be what comes."""
        if self._seen_effect is None:
            return
        about = read_effect_about(self._row)
        today = find_day(organisation, self._act.now)
        if (
            about is None
            or dt.datetime.fromisoformat(about["at"]) != self._seen_effect
            or not is_effect_current(about, organisation.active_plan, today)
        ):
            raise FairpatchError("effect_outdated", EFFECT_OUTDATED)

    def _own(self) -> None:
        """New accounts get their first owner on record. Old ones keep theirs, whatever changed about them."""
        accounts = self._applied.kinds.get("accounts", {})
        if not Organisation.objects.filter(active_plan__isnull=False).exists():
            # Ownership is kept by layer, and layers come with a plan: the first one records everybody's
            # owner.
            return
        self._applied.is_routed = True
        if accounts.get("added") or self._applied.is_plan_active:
            self._tell("Routing and recording owners")
            owned = record_initial_ownership(self._act, progress=self._progress)
            self._applied.accounts_owned = owned.accounts
            self._applied.unassigned = owned.unassigned
            self._applied.tied = owned.tied

    def _settle(self, before: int, finder: ChangeFinder) -> None:
        """One proposal, or one realignment, for all accounts that now belong elsewhere."""
        accounts = self._applied.kinds.get("accounts", {})
        rows = AccountChange.objects.filter(id__gt=before).values_list("account_id", flat=True).distinct()
        touched = set(rows) if accounts.get("changed") or finder.has_families else set()
        if not touched:
            return
        self._tell("Settling what the changes move")
        family = finder.find_families(touched) | open_finder(self._act).find_families(touched)
        settled = settle_changes(
            self._act,
            family,
            reason=f"Import {self._row.pk} changed accounts.",
            title=f"Accounts changed by import {self._row.pk}",
            is_joining=False,
            progress=self._progress,
        )
        self._applied.reassigned = settled.moved
        self._applied.realignment_ids = [made.pk for made in (settled.executed, settled.proposed) if made]


def refuse_lost_rows(kind: str) -> None:
    """Every sound row must have found its record: what it refers to may have gone since the check."""
    table = {
        "reps": "rep",
        "accounts": "account",
        "deals": "deal",
        "activities": "activity",
        "quotas": "quota",
    }[kind]
    found = f"SELECT 1 FROM records_{table} r WHERE r.key = s.id_key"
    if kind == "quotas":
        found = (
            "SELECT 1 FROM records_quota r LEFT JOIN records_rep p ON p.id = r.rep_id"
            " LEFT JOIN records_territory t ON t.id = r.territory_id WHERE (p.key = s.rep_key"
            " OR lower(replace(t.code, ' ', '')) = s.territory_key)"
            f" AND r.starts_on = {as_date('s.starts_on')} AND r.ends_on = {as_date('s.ends_on')}"
        )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM stage_{kind} s WHERE s.is_faulty = 0 AND NOT EXISTS ({found})")
        lost = cursor.fetchone()[0]
    if lost:
        raise FairpatchError(
            "import_stale",
            f"{lost} rows of {kind} refer to something that changed since the check. "
            "Nothing was imported. Check again.",
        )


@contextmanager
def heed_cancel(progress: Progress) -> Iterator[None]:
    """Lets a cancel reach into a long statement of SQLite; PostgreSQL is asked between statements."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    stopped: list[Exception] = []

    def look() -> int:
        try:
            progress.check_cancelled()
        except Exception as error:  # whatever the caller's progress stops the work with
            stopped.append(error)
            return 1
        return 0

    raw: sqlite3.Connection = connection.connection
    raw.set_progress_handler(look, _TICKS)
    try:
        yield
    except OperationalError:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        raw.set_progress_handler(None, 0)
