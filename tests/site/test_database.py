"""Does a DATABASE_URL open the databases it names, with the settings the ownership rules rest on?"""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from fairpatch.site.database import read_database_url
from fairpatch.site.routers import is_in_jobs


def test_nothing_said_means_two_sqlite_files(tmp_path: Path) -> None:
    databases = read_database_url("", tmp_path)
    names = {alias: Path(database["NAME"]).name for alias, database in databases.items()}
    assert names == {"default": "fairpatch.sqlite3", "jobs": "jobs.sqlite3"}
    assert databases["default"]["OPTIONS"]["timeout"] >= 20


def test_a_postgres_url_is_taken_apart(tmp_path: Path) -> None:
    url = "postgres://ann:p%40ss@db.example:5433/sales%20team?sslmode=require"
    default = read_database_url(url, tmp_path)["default"]
    named = {key: default[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert named == {
        "NAME": "sales team",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert default["OPTIONS"]["sslmode"] == "require"
    assert default["OPTIONS"]["pool"]["max_size"] > 1


def test_a_socket_directory_is_a_host(tmp_path: Path) -> None:
    default = read_database_url("postgresql://postgres:@/main?host=/run/pg", tmp_path)["default"]
    assert (default["HOST"], default["NAME"], default["PORT"]) == ("/run/pg", "main", "")


@pytest.mark.parametrize("url", ["mysql://x/y", "postgres://host", "nonsense"])
def test_other_urls_are_refused_with_the_right_form(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="postgres://user:password@host:5432/"):
        read_database_url(url, tmp_path)


@pytest.mark.skipif(not settings.IS_SQLITE, reason="about SQLite")
@pytest.mark.django_db(databases=["default", "jobs"])
def test_sqlite_is_opened_for_one_careful_writer() -> None:
    for alias in ("default", "jobs"):
        with connections[alias].cursor() as cursor:
            read = {
                name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "foreign_keys", "busy_timeout")
            }
        assert read == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}


@pytest.mark.django_db(databases=["default", "jobs"])
def test_only_the_routed_tables_are_in_the_jobs_file() -> None:
    if not settings.IS_SQLITE:
        tables = set(connections["default"].introspection.table_names())
        assert {"records_job", "django_session", "records_account"} <= tables
        return
    jobs = set(connections["jobs"].introspection.table_names()) - {"django_migrations"}
    main = set(connections["default"].introspection.table_names()) - {"django_migrations"}
    assert "records_job" in jobs
    assert "django_session" in jobs
    assert not jobs & main


@pytest.mark.parametrize(
    ("app", "model", "expected"),
    [
        ("records", "job", True),
        ("records", "account", False),
        ("sessions", "session", True),
        ("auth", "job", False),
    ],
)
def test_models_are_routed_by_name(app: str, model: str, expected: bool) -> None:
    assert is_in_jobs(app, model) is expected
