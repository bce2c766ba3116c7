"""How is the server started? `fairpatch serve`, `fairpatch migrate`, `fairpatch worker`."""

import os
import socket
import sys
import urllib.error
import urllib.request
from typing import Annotated

import typer

from fairpatch.cli.supervisor import Child, Supervisor

DJANGO_SETTINGS = "fairpatch.site.settings"
#: Measured best on two cores; more only compete for the interpreter.
WEB_THREADS = 4


def open_django() -> None:
    """Load the settings and the models. Only commands that need a database pay for it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DJANGO_SETTINGS)
    try:
        django.setup()
    except ValueError as fault:  # a DATABASE_URL or secret that cannot be used
        refuse_start(str(fault))


def refuse_start(sentence: str) -> None:
    """Say why nothing was started, and end."""
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


def migrate_databases() -> None:
    """Bring the databases to the form this version needs. Safe to repeat."""
    open_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError

    try:
        call_command("migrate", database="default", interactive=False, verbosity=0)
        if settings.IS_SQLITE:
            call_command("migrate", database="jobs", interactive=False, verbosity=0)
    except OperationalError as fault:
        refuse_start(f"The database does not answer: {fault}. Nothing was changed. Check DATABASE_URL.")
    typer.echo("The databases are up to date.")


def list_missing_migrations() -> list[str]:
    """Names of migrations that this version has and the databases have not."""
    from django.conf import settings
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    missing = []
    for alias in ("default", "jobs") if settings.IS_SQLITE else ("default",):
        executor = MigrationExecutor(connections[alias])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        missing += [f"{alias}: {migration.app_label}.{migration.name}" for migration, _ in plan]
    close_databases()
    return missing


def close_databases() -> None:
    """Let go of every connection: the parent only watches, its children have their own."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()


def run_worker() -> None:
    """Run background jobs in this process until Ctrl-C. `serve` starts one; PostgreSQL allows more."""
    os.execv(sys.executable, [sys.executable, "-m", "fairpatch.jobs"])  # noqa: S606 - our own program


def serve_site(
    port: Annotated[int | None, typer.Option(help="Where to listen; else PORT, else 8000.")] = None,
    host: Annotated[str | None, typer.Option(help="On which address; else HOST, else 127.0.0.1.")] = None,
) -> None:
    """Serve the web application and run its background jobs, until Ctrl-C."""
    for name, value in (("PORT", port), ("HOST", host)):
        if value is not None:
            os.environ[name] = str(value)
    open_django()
    from django.conf import settings
    from django.db import OperationalError

    refuse_taken_port(settings.HOST, settings.PORT)
    try:
        missing = list_missing_migrations()
    except OperationalError as fault:
        refuse_start(f"The database does not answer: {fault}. Check DATABASE_URL.")
    if missing:
        refuse_start(
            f"The database lacks {len(missing)} changes this version needs. Run `fairpatch migrate` first."
        )

    supervisor = Supervisor(
        build_children(settings.HOST, settings.PORT), lambda line: typer.echo(line, err=True)
    )
    supervisor.start()
    try:
        local = "127.0.0.1" if settings.HOST in {"0.0.0.0", "::"} else settings.HOST  # noqa: S104 - compared only
        is_up = supervisor.watch(lambda: supervisor.is_stopping or answers_health(local, settings.PORT))
        if is_up and not supervisor.is_stopping:
            announce_address(settings.PUBLIC_URL or f"http://{show_host(settings.HOST)}:{settings.PORT}")
            is_up = supervisor.watch(lambda: supervisor.is_stopping)
    finally:
        supervisor.stop()
    typer.echo("Stopped.")
    raise typer.Exit(0 if is_up else 1)


def build_children(host: str, port: int) -> list[Child]:
    """The web server, and the worker under a name by which its successor knows it."""

    place = f"{socket.gethostname()}:{os.getpid()}"

    def build_web(_count: int) -> list[str]:
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", host, "--port", str(port), "--workers", "1", "--respawn-failed-workers"),
            *(
                "--blocking-threads",
                str(WEB_THREADS),
                "--log-level",
                "warning",
                "fairpatch.site.server:application",
            ),
        ]

    def build_worker(count: int) -> list[str]:
        after = ["--after", f"{place}:{count - 1}"] if count > 1 else []
        return [sys.executable, "-m", "fairpatch.jobs", "--name", f"{place}:{count}", *after]

    return [Child("web server", build_web), Child("job worker", build_worker)]


def refuse_taken_port(host: str, port: int) -> None:
    """End with a sentence when another program listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            refuse_start(
                f"Cannot listen on {host}:{port} ({fault.strerror}). "
                f"Choose another port, for example PORT={port + 1}."
            )


def answers_health(host: str, port: int) -> bool:
    """Does the web server answer, and both databases behind it?"""
    address = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(f"http://{address}:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def show_host(host: str) -> str:
    return "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104 - compared only


def announce_address(address: str) -> None:
    """Say where the server is and how to end it."""
    from django.conf import settings

    from fairpatch.records.models import Organisation
    from fairpatch.records.queries.organisation import list_demo_logins

    typer.echo(f"\nFairpatch is running at {address}")
    logins = list_demo_logins(Organisation.objects.first())
    if logins:
        typer.echo(f"Demo log-ins (password {logins[0]['password']}):")
        for login in logins:
            typer.echo(f"  {login['role']:<10}{login['email']:<32}{login['name']}")
    close_databases()
    typer.echo(f"Data is kept in {settings.DATA}. Ctrl-C stops the server.")
