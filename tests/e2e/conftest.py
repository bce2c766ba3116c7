"""What do the browser journeys run against? The real server with the demo company, and Debian's Chromium.

One server with the demo company is started for all journeys, and one without it for the first visit. Every
page is watched: an error in the console, an exception or a violation of the content policy fails the journey
it happened in. `--base-url` takes a server that runs already, with a fresh demo company, instead.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.server import run_server

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
NO_BROWSER = "no browser: install Debian's package chromium, or set CHROMIUM=/path/to/chromium"
PATIENCE = 15_000

# Everything a browser does on its own account, off: a machine without a network would make it wait. The map
# is drawn by the processor.
QUIET = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-domain-reliability"),
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
]

Enter = Callable[..., Page]
"""enter("planner", color_scheme="dark") is a page on which a planner of the demo company is logged in."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def need_browser() -> None:
    """Without a browser the journeys are skipped, and loudly; under CI that is a failure."""
    expect.set_options(timeout=PATIENCE)
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
    return {
        **browser_context_args,
        "viewport": size,
        "reduced_motion": "reduce",
        "locale": "en-US",
        "color_scheme": "light",
    }


@pytest.fixture(scope="session")
def base_url(
    need_browser: None, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the demo company, so that journeys write `page.goto("/accounts")`."""
    running = pytestconfig.getoption("base_url")
    if running:
        yield running
        return
    with run_server(tmp_path_factory.mktemp("demo"), has_demo=True) as address:
        yield address


@pytest.fixture(scope="session")
def empty_server(need_browser: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that nobody has set up yet."""
    with run_server(tmp_path_factory.mktemp("empty"), has_demo=False) as address:
        yield address


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Fails the journey for what the browser complained about."""
    heard: list[str] = []
    yield heard
    assert heard == []


def watch(context: BrowserContext, complaints: list[str]) -> None:
    def hear(message: ConsoleMessage) -> None:
        # A refused request is the server's answer, shown by the page; the console repeats it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    context.set_default_timeout(PATIENCE)
    context.on("console", hear)
    context.on("weberror", lambda error: complaints.append(str(error.error)))


@pytest.fixture
def visitor(context: BrowserContext, complaints: list[str]) -> Page:
    """A page on which nobody is logged in."""
    watch(context, complaints)
    return context.new_page()


@pytest.fixture(scope="session")
def remembered() -> dict[str, Any]:
    """The cookies of each role, after its first log-in."""
    return {}


@pytest.fixture
def enter(
    browser: Browser,
    browser_context_args: dict[str, Any],
    base_url: str,
    complaints: list[str],
    remembered: dict[str, Any],
) -> Iterator[Enter]:
    """Logs somebody in by the demo's button (once; later by the cookie) on a page of their own."""
    opened: list[BrowserContext] = []

    def open_page(role: str, path: str = "/", **options: Any) -> Page:
        settings = {**browser_context_args, "base_url": base_url, **options}
        context = browser.new_context(**settings, storage_state=remembered.get(role))
        opened.append(context)
        watch(context, complaints)
        page = context.new_page()
        if role not in remembered:
            page.goto("/login")
            page.get_by_role("region", name="Demo log-ins").get_by_role("button", name=role).click()
            expect(page.get_by_role("navigation", name="Main")).to_be_visible()
            remembered[role] = context.storage_state()
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
