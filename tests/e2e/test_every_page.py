"""Is every page readable to everybody: by axe, in light and dark, by keyboard, on a narrow screen?"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter

PAGES = {
    "/": "Plan health",
    "/map": "Map",
    "/territories": "Territories",
    "/territories?tab=misplaced": "Territories",
    "/territories?tab=carve-outs": "Territories",
    "/territories/US-NYC": "New York City",
    "/territories/US-NYC?tab=people": "New York City",
    "/territories/STRAT-AMER?tab=carve-outs": "Strategic Americas",
    "/findings": "Check of the plan",
    "/accounts": "Accounts",
    "/accounts/1": "",
    "/accounts/1?tab=timeline": "",
    "/accounts/1/edit": "",
    "/realignments": "Realignments",
    "/import": "Import",
    "/audit": "Audit",
    "/settings": "Settings",
    "/plan/design": "Design",
    "/plan/design/new": "Design territories",
}
GRAVE = {"serious", "critical"}


def settle(page: Page, title: str) -> None:
    """Until the page shows what it is for."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(title or "."))
    expect(page.get_by_text("Loading…")).to_have_count(0)
    page.wait_for_load_state("networkidle")


def list_grave(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(enter: Enter, scheme: str) -> None:
    page = enter("planner", color_scheme=scheme)
    faults = []
    for path, title in PAGES.items():
        page.goto(path)
        settle(page, title)
        faults += list_grave(page)
    assert faults == []


def test_the_door_shuts_nobody_out(visitor: Page) -> None:
    visitor.goto("/login")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Log in")
    assert list_grave(visitor) == []


def test_nothing_runs_over_the_edge_of_a_narrow_screen(enter: Enter) -> None:
    page = enter("planner", viewport={"width": 390, "height": 844})
    wide = {}
    for path, title in PAGES.items():
        page.goto(path)
        settle(page, title)
        width = page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth)"
        )
        if width > 390:
            wide[path] = width
    assert wide == {}


def test_the_palette_finds_accounts_territories_people_and_pages(enter: Enter) -> None:
    page = enter("planner")
    settle(page, "Plan health")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search accounts, territories, people and pages")
    expect(field).to_be_focused()
    field.press_sequentially("pacific north")
    expect(page.get_by_role("option", name="Pacific Northwest")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/territories/US-PNW$"))
    page.keyboard.press("Control+k")
    field.press_sequentially("Amber Aurora")
    expect(page.get_by_role("option", name="Amber Aurora Aerospace").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


def test_keys_lead_everywhere_and_are_listed(enter: Enter) -> None:
    page = enter("planner")
    settle(page, "Plan health")
    for letter, title in {
        "t": "Territories",
        "a": "Accounts",
        "r": "Realignments",
        "u": "Audit",
        "h": "Plan",
    }.items():
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.keyboard.press("?")
    help_page = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_page.get_by_role("region", name="Go to")).to_contain_text("Territories")
    page.keyboard.press("Escape")
    expect(help_page).to_have_count(0)
