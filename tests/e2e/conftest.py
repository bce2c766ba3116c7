"""What do the browser journeys run against? The real server with the demo company, and Debian's Chromium.

`demo_server` is one `fairpatch serve` in a DATA directory of its own, started once for all journeys. Every
page is watched: an error in the console, an exception or a violation of the content policy fails the journey
it happened in.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
FAIRPATCH = str(Path(sys.executable).with_name("fairpatch"))
START_SECONDS = 90

NO_BROWSER = "no browser: install Debian's package chromium, or set CHROMIUM=/path/to/chromium"

# Everything a browser does on its own account, off: a machine without a network would make it wait.
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-domain-reliability"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def need_browser() -> None:
    """Without a browser the journeys are skipped, and loudly; under CI that is a failure."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    size = {"width": 1440, "height": 900}
    return {**browser_context_args, "viewport": size, "reduced_motion": "reduce", "locale": "en-US"}


@pytest.fixture(scope="session")
def demo_server(need_browser: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server with the demo company."""
    data = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "DATA": str(data), "PORT": str(port), "DEMO": "1", "LOG_FORMAT": "json"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment.pop("DATABASE_URL", None)
    for words in (["migrate"], ["demo"]):
        subprocess.run([FAIRPATCH, *words], env=environment, check=True, timeout=600)
    log = data / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen([FAIRPATCH, "serve"], env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(port):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()[-4000:]}", pytrace=False)
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def base_url(demo_server: str) -> str:
    """Lets journeys write `page.goto("/accounts")`."""
    return demo_server


@pytest.fixture(autouse=True)
def watched_page(page: Page, base_url: str) -> Iterator[list[str]]:
    """Fails the journey for what the browser complained about. A journey that provokes a refusal clears the
    list.
    """
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A refused request is the server's answer, shown by the page; the console repeats it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield complaints
    assert complaints == []
