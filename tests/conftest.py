"""What do all tests share? Databases that end with their tests, and one that is thrown away after each.

Most tests run in a transaction that is rolled back (`pytest.mark.django_db(databases=["default", "jobs"])`).
Tests that need real commits (threads, child processes, killed writers, append-only tables that cannot be
flushed) take `own_database` instead: a copy of the migrated database for this one test.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql


def pytest_report_header() -> str:
    return f"database: {settings.DATABASES['default']['ENGINE'].rpartition('.')[2]}"


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,  # gives each process of a parallel run names of its own
    django_db_blocker: Any,
) -> Iterator[None]:
    """Both databases, migrated, whichever of them the collected tests name."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default", "jobs"})
    yield
    with django_db_blocker.unblock():
        connections.close_all()  # on PostgreSQL both aliases hold the one database that is to be dropped
        teardown_databases(made, verbosity=0)


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Both aliases on a fresh copy of the migrated database. The value is its DATABASE_URL, for child
    processes.
    """
    assert request.node.get_closest_marker("django_db") is None, "own_database replaces the django_db mark"
    connections.close_all()
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "jobs")}
    copy = _copy_sqlite if settings.IS_SQLITE else _copy_postgres
    names, url, discard = copy(before, tmp_path)
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name
    try:
        with django_db_blocker.unblock():
            yield url
            connections.close_all()
    finally:
        for alias, name in before.items():
            connections[alias].settings_dict["NAME"] = name
        discard()


def _copy_sqlite(before: dict[str, str], folder: Path) -> tuple[dict[str, str], str, Any]:
    names = {"default": str(folder / "own.sqlite3"), "jobs": str(folder / "own-jobs.sqlite3")}
    for alias, name in names.items():
        shutil.copyfile(before[alias], name)
        if Path(f"{before[alias]}-wal").exists():
            shutil.copyfile(f"{before[alias]}-wal", f"{name}-wal")
    return names, f"sqlite:///{names['default']}", lambda: None


def _copy_postgres(before: dict[str, str], _folder: Path) -> tuple[dict[str, str], str, Any]:
    name = f"own_{os.getpid()}"
    url = os.environ["DATABASE_URL"]

    def run(statement: str, *identifiers: str) -> None:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL(statement).format(*map(sql.Identifier, identifiers)))  # type: ignore[arg-type]

    run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    run("CREATE DATABASE {} TEMPLATE {}", name, before["default"])
    path = url.partition("?")[0].rpartition("/")[2]
    own_url = url.replace(f"/{path}?", f"/{name}?", 1) if "?" in url else url.replace(f"/{path}", f"/{name}")
    return {"default": name, "jobs": name}, own_url, lambda: run("DROP DATABASE {} WITH (FORCE)", name)
