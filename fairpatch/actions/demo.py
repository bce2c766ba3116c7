"""How does an empty database become the demo company?"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from fairpatch.actions.deed import deed
from fairpatch.actions.imports import import_folder
from fairpatch.actions.imports_apply import Applied
from fairpatch.actions.progress import SILENT, Progress
from fairpatch.connectors.mapping_file import load_mapping_file
from fairpatch.core.errors import FairpatchError
from fairpatch.engines.demo.files import SEED, STANDARD_ACCOUNTS, write_company
from fairpatch.records.models import Account, Organisation, Rep, User
from fairpatch.records.queries.organisation import DEMO_PASSWORD


@dataclass(frozen=True, slots=True)
class DemoUser:
    role: str
    email: str
    name: str
    rep: str = ""


DEMO_USERS = (
    DemoUser("rep", "naomi@meridian.example", "Naomi Feldman", "P-21"),
    DemoUser("manager", "grace@meridian.example", "Grace Adeyemi", "P-06"),
    DemoUser("director", "marcus@meridian.example", "Marcus Oyelaran", "P-02"),
    DemoUser("planner", "ines@meridian.example", "Ines Carvalho"),
    DemoUser("admin", "sam@meridian.example", "Sam Okafor"),
    DemoUser("auditor", "ruth@meridian.example", "Ruth Ellery"),
)
"""One log-in for each role; all share DEMO_PASSWORD, which is shown in demo mode only."""


def load_demo(
    today: dt.date,
    accounts: int = STANDARD_ACCOUNTS,
    *,
    seed: int = SEED,
    now: dt.datetime | None = None,
    progress: Progress = SILENT,
) -> Applied:
    """Generates the demo company and brings it in like any other folder. The database must be empty."""
    refuse_full_database()

    def tell(done: int, total: int, message: str) -> None:
        progress.check_cancelled()
        progress.report(done, total, message)

    with tempfile.TemporaryDirectory(prefix="fairpatch-demo-") as name:
        folder = Path(name)
        write_company(folder, today, accounts, seed=seed, tell=tell)
        spec = load_mapping_file(folder / "mapping.toml")
        _, applied = import_folder(folder, spec, now=now, is_demo=True, progress=progress)
    create_demo_users(now)
    return applied


def refuse_full_database() -> None:
    """The demo company is never mixed with a real one."""
    if Organisation.objects.exists() or Account.objects.exists() or User.objects.exists():
        raise FairpatchError(
            "not_empty",
            "The database is not empty. Nothing was changed. Use another DATA directory for the demo.",
        )


def create_demo_users(now: dt.datetime | None = None) -> None:
    """The log-ins of the demo company, one for each role."""
    password = make_password(DEMO_PASSWORD)
    with deed("create_demo_users", actor=None, now=now, subject="users") as act:
        reps = dict(Rep.objects.values_list("external_id", "pk"))
        User.objects.bulk_create(
            User(
                email=user.email,
                name=user.name,
                role=user.role,
                rep_id=reps[user.rep] if user.rep else None,
                is_demo=True,
                password=password,
                created_at=act.now,
            )
            for user in DEMO_USERS
        )
        act.detail["users"] = len(DEMO_USERS)
