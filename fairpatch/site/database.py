"""Which databases does a DATABASE_URL mean, and how is each one opened?

SQLite (the default) keeps two files in DATA, because SQLite has one writer per file: the main one and the
jobs file with sessions, job rows and log-in throttling. A realignment that holds the main file for half a
minute then neither makes a running job look dead nor a log-in fail. PostgreSQL has row locks, so both aliases
name the same database; they stay two connections, because a heartbeat must not wait inside somebody's
transaction.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Settings = dict[str, Any]

POSTGRES_SCHEMES = {"postgres", "postgresql"}
#: SQLite waits this long for the single writer before it gives up.
SQLITE_TIMEOUT_SECONDS = 30
#: Its log is copied back into the file once it has so many pages of 4 kB.
SQLITE_LOG_PAGES = 4000
POOL_TIMEOUT_SECONDS = 30


def read_database_url(url: str, data: Path) -> dict[str, Settings]:
    """Django's DATABASES for ``url``; an empty one means SQLite in ``data``. ValueError says what is wrong"""
    if not url:
        return open_sqlite(data / "fairpatch.sqlite3", data / "jobs.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        main = Path(unquote(parts.path.removeprefix("/")) or data / "fairpatch.sqlite3")
        return open_sqlite(main, main.with_name(f"{main.stem}-jobs{main.suffix}"))
    if parts.scheme in POSTGRES_SCHEMES:
        return open_postgres(url)
    raise ValueError(
        f"DATABASE_URL starts with {parts.scheme or 'nothing'}://. "
        "Use postgres://user:password@host:5432/name, or leave it empty for SQLite."
    )


def open_sqlite(main: Path, jobs: Path) -> dict[str, Settings]:
    """Two SQLite files. A power cut costs the main one nothing (FULL), the jobs one some seconds (NORMAL)."""
    return {"default": _sqlite(main, "FULL"), "jobs": _sqlite(jobs, "NORMAL")}


def _sqlite(path: Path, synchronous: str) -> Settings:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": SQLITE_TIMEOUT_SECONDS,
            # A transaction that began as a reader and then writes can fail without waiting; IMMEDIATE waits.
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                f"PRAGMA synchronous={synchronous};"
                # Copying the log back into the file makes whoever commits just then wait for the disk.
                f"PRAGMA wal_autocheckpoint={SQLITE_LOG_PAGES};"
                "PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536;"
                "PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def open_postgres(url: str) -> dict[str, Settings]:
    """Two pooled connections to one PostgreSQL database. Query parameters go to libpq (sslmode, host, …)."""
    parts = urlsplit(url)
    options: Settings = dict(parse_qsl(parts.query))
    settings: Settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket directory can only be given as ?host=/path
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "")),
    }
    if not settings["NAME"]:
        raise ValueError("DATABASE_URL names no database: postgres://user:password@host:5432/NAME")

    def pooled(most: int) -> Settings:
        pool = {"min_size": 1, "max_size": most, "timeout": POOL_TIMEOUT_SECONDS}
        return {**settings, "OPTIONS": {**options, "pool": pool}}

    return {"default": pooled(12), "jobs": pooled(6)}
