"""Does the server start everything it needs, keep it alive, and leave nothing behind?

Real processes: the database is a copy of the migrated one, the port a free one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

START = "import typer; from fairpatch.cli.serve import serve_site; typer.run(serve_site)"


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`fairpatch serve` in a process of its own."""

    def __init__(self, database: str, data: Path, port: int) -> None:
        self.port = port
        self.log = data / "serve.log"
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA": str(data),
            "PORT": str(port),
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "INFO",
        }
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START], env=environment, stdout=log, stderr=log
            )

    def read_log(self) -> str:
        return self.log.read_text()

    def list_children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def find_child(self, words: str) -> psutil.Process | None:
        for child in self.list_children():
            try:
                if words in " ".join(child.cmdline()):
                    return child
            except psutil.Error:  # it ended between the list and the question
                continue
        return None

    def wait_for(self, is_true: Callable[[], object], seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, self.read_log()[-3000:]
            time.sleep(0.1)


@pytest.fixture
def server(own_database: str, tmp_path: Path) -> Iterator[Server]:
    running = Server(own_database, tmp_path, find_free_port())
    try:
        running.wait_for(lambda: "is running at" in running.read_log())
        yield running
    finally:
        family = running.list_children() if running.process.poll() is None else []
        running.process.kill()
        running.process.wait()
        for child in family:
            if child.is_running():
                child.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_the_server_stops_everything_it_started(server: Server, number: signal.Signals) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/healthz") as answer:
        assert json.load(answer)["databases"] == {"default": "ok", "jobs": "ok"}
    family = server.list_children()
    assert len(family) == 3  # the web server, its worker process, the job worker
    server.process.send_signal(number)
    assert server.process.wait(timeout=20) == 0
    assert [child for child in family if child.is_running() and child.status() != "zombie"] == []
    assert "Stopped." in server.read_log()


@pytest.mark.slow
def test_nothing_outlives_a_server_that_was_killed(server: Server) -> None:
    family = server.list_children()
    server.process.kill()
    server.process.wait()
    _gone, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []


@pytest.mark.slow
@pytest.mark.parametrize("words", ["fairpatch.jobs", "granian"])
def test_a_killed_child_is_started_again(server: Server, words: str) -> None:
    victim = server.find_child(words)
    assert victim is not None
    name = victim.cmdline()[-1]
    victim.kill()

    server.wait_for(lambda: "was ended by signal 9; starting it again" in server.read_log())
    if words == "granian":
        server.wait_for(lambda: is_answering(server.port))
    else:
        # It is told whom it follows, so that it takes the dead one's jobs back at once.
        server.wait_for(lambda: server.find_child(f"--after {name}"))


def is_answering(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.slow
def test_a_taken_port_is_named(own_database: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = Server(own_database, tmp_path, port)
        assert refused.process.wait(timeout=30) == 2
    assert f"Cannot listen on 127.0.0.1:{port}" in refused.read_log()
    assert f"PORT={port + 1}" in refused.read_log()


@pytest.mark.slow
def test_an_old_database_is_not_served(tmp_path: Path) -> None:
    refused = Server(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path, find_free_port())
    assert refused.process.wait(timeout=30) == 2
    assert "Run `fairpatch migrate` first" in refused.read_log()
