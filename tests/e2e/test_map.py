"""Does the map answer to the pointer, the keyboard and the address?"""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter

DRAWING = 60_000


def wait_until_idle(page: Page) -> None:
    expect(page.locator("[data-map-idle=true]")).to_be_visible(timeout=DRAWING)


def locate(page: Page, longitude: float, latitude: float) -> tuple[float, float]:
    """Where a place stands on the screen."""
    box = page.get_by_role("region", name="Map of territories").bounding_box()
    assert box
    point = page.evaluate("([lon, lat]) => window.__mapPoint(lon, lat)", [longitude, latitude])
    return box["x"] + point["x"], box["y"] + point["y"]


def test_hover_names_and_click_opens_what_is_under_the_pointer(enter: Enter) -> None:
    page = enter("planner", "/map?at=4.2/39.5/-98")
    wait_until_idle(page)
    x, y = locate(page, -109.5, 47.2)  # the plains of Montana
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    expect(page.get_by_text("Montana", exact=True).first).to_be_visible()
    page.mouse.click(x, y)
    panel = page.get_by_role("complementary", name="Mountain States")
    expect(panel).to_contain_text("Hannah Pierce")
    expect(page).to_have_url(re.compile("t=US-MOUNTAIN"))
    panel.get_by_role("button", name="Close the panel").click()
    expect(panel).to_have_count(0)


def test_what_is_shown_stands_in_the_address(enter: Enter) -> None:
    page = enter("planner", "/map")
    wait_until_idle(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("menuitem", name="Segment").click()
    page.get_by_role("textbox", name="Segment").fill("enterprise")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("segment=enterprise"))
    page.get_by_text("Counties", exact=True).click()
    expect(page).to_have_url(re.compile("level=county"))
    wait_until_idle(page)
    page.reload()
    wait_until_idle(page)
    expect(page.get_by_role("radio", name="Counties")).to_be_checked()
    expect(page.get_by_role("button", name="Segment: enterprise")).to_be_visible()


def test_search_jumps_to_a_place(enter: Enter) -> None:
    page = enter("planner", "/map?at=4.2/39.5/-98")
    wait_until_idle(page)
    field = page.get_by_label("Find a place, territory or account on the map")
    field.fill("Portugal")
    page.get_by_role("option").filter(has_text="Portugal").click()
    expect(page).to_have_url(re.compile(r"at=[\d.]+(/|%2F)(3[7-9]|4[0-2])\.?\d*(/|%2F)-[789]"))
    wait_until_idle(page)


def test_the_table_beside_the_map_says_the_same(enter: Enter) -> None:
    page = enter("planner", "/map")
    wait_until_idle(page)
    table = page.get_by_role("grid", name="Territories on the map")
    table.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]t="))
    expect(page.get_by_role("complementary")).to_be_visible()
    page.get_by_text("Places", exact=True).click()
    places = page.get_by_role("grid", name="Places on the map")
    expect(places.get_by_role("row").nth(1)).to_contain_text(re.compile("California|New York|Texas"))
