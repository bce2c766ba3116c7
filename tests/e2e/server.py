"""How does a journey get a real server of its own? `fairpatch serve` on a free port, with fresh data."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FAIRPATCH = str(Path(sys.executable).with_name("fairpatch"))
START_SECONDS = 120


@contextmanager
def run_server(data: Path, *, has_demo: bool) -> Iterator[str]:
    """The address of a server on a fresh database; it ends with the block."""
    port = _find_port()
    environment = {**os.environ, "DATA": str(data), "PORT": str(port), "DEMO": "1" if has_demo else "0"}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        environment.pop(name, None)
    for words in (["migrate"], ["demo"]) if has_demo else (["migrate"],):
        subprocess.run([FAIRPATCH, *words], env=environment, check=True, timeout=600)
    log = data / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen([FAIRPATCH, "serve"], env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_healthy(port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()[-4000:]}", pytrace=False)
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
