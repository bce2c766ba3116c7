"""Can somebody see why an account is unassigned, place it, and try a record before it exists?"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import choose, find_badge, propose, read_count
from tests.e2e.test_every_page import list_grave, settle


def open_queue(page: Page) -> None:
    page.goto("/routing")
    expect(page.get_by_role("heading", level=1)).to_have_text("Routing")
    expect(page.get_by_role("grid", name="Unassigned accounts").get_by_role("row")).not_to_have_count(1)


def test_unassigned_accounts_are_placed_through_a_draft(enter: Enter) -> None:
    page = enter("planner")
    open_queue(page)
    grid = page.get_by_role("grid", name="Unassigned accounts")
    first = grid.get_by_role("row").nth(1)
    expect(first).to_contain_text("wanted:")
    waiting = read_count(page.get_by_text(re.compile("that no territory claims")).text_content())
    assert waiting > 10
    for place in (1, 2):
        grid.get_by_role("row").nth(place).get_by_role("checkbox").check()
    page.get_by_role("button", name="Place 2 accounts…").click()
    dialog = page.get_by_role("dialog")
    choose(dialog, "Territory *", "Benelux")
    dialog.get_by_text("Name them in a draft").click()
    dialog.get_by_role("button", name="Write it into the draft and show the effect").click()
    expect(page.get_by_role("dialog").get_by_role("table")).to_contain_text("Unassigned queue")
    propose(page, "Their parent is served from Brussels")
    expect(find_badge(page, "Waiting for approval")).to_be_visible()


def test_a_record_is_tried_from_the_address_and_as_one_types(enter: Enter) -> None:
    page = enter("rep", "/routing/try?country=US&state=CA&whynot=US-NYC")
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="California elsewhere").first).to_be_visible()
    expect(main.get_by_text("The least change of its data")).to_be_visible()
    page.get_by_label("State", exact=True).fill("NY")
    page.wait_for_url("**state=NY**")
    expect(main.get_by_role("link", name="Upstate New York").first).to_be_visible()
    main.get_by_role("link", name="Try it").click()
    page.wait_for_url("**metro=35620**")
    expect(main.get_by_text("It does lie in US-NYC.")).to_be_visible()
    page.get_by_label("Employees", exact=True).fill("many")
    expect(main.get_by_text(re.compile("is not a number that employees can have"))).to_be_visible()


def test_an_account_says_why_not_there_and_on_a_past_day(enter: Enter) -> None:
    page = enter("planner", "/accounts/1")
    main = page.get_by_role("main")
    choose(main, "Territory", "Strategic Americas")
    expect(
        main.get_by_text("Why not", exact=False).filter(has_text="employees is at least").first
    ).to_be_visible()
    expect(main.get_by_role("button", name="Lock it…")).to_be_visible()
    main.get_by_role("link", name="Try it").click()
    expect(main.get_by_role("heading", name="Routing")).to_be_visible()
    expect(main.get_by_text(re.compile("It does lie in"))).to_be_visible()


def test_conflicts_say_what_decided(enter: Enter) -> None:
    page = enter("planner", "/routing/conflicts?kind=several")
    grid = page.get_by_role("grid", name="Conflicts")
    expect(grid.get_by_text(re.compile("is lower than")).first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_routing_shuts_anybody_out(enter: Enter, scheme: str) -> None:
    page = enter("planner", color_scheme=scheme)
    faults = []
    for path in ("/routing", "/routing/conflicts?kind=several", "/routing/try?state=CA&whynot=US-NYC"):
        page.goto(path)
        settle(page, "Routing")
        faults += list_grave(page)
    assert faults == []


def test_routing_fits_a_narrow_screen(enter: Enter) -> None:
    page = enter("planner", viewport={"width": 390, "height": 844})
    for path in ("/routing", "/routing/conflicts", "/routing/try?state=CA&whynot=US-NYC"):
        page.goto(path)
        settle(page, "Routing")
        main = "Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth)"
        assert page.evaluate(main) <= 390, path
