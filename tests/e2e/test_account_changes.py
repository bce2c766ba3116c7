"""Does an account's new address show whom it moves before it is saved, and then go the way its layer says?"""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import find_badge, find_figure, pass_through


def open_account(page: Page) -> str:
    """An account in California with open deals; its address."""
    page.goto("/accounts?state=CA&sort=-revenue")
    link = page.get_by_role("grid", name="Accounts").get_by_role("row").nth(3).get_by_role("link").first
    address = link.get_attribute("href")
    assert address
    return address


def move_house(page: Page, address: str, state: str, city: str, postal_code: str) -> None:
    page.goto(f"{address}/edit")
    for label, value in (("State", state), ("City", city), ("Postal code", postal_code)):
        page.get_by_role("textbox", name=label, exact=True).fill(value)


def test_a_change_of_address_is_shown_proposed_and_carried_out(enter: Enter) -> None:
    page = enter("planner")
    address = open_account(page)
    page.goto(address)
    owner = find_figure(page.get_by_role("main"), "Owner").text_content()
    move_house(page, address, "NY", "New York", "10001")
    effect = page.get_by_role("region", name="What this change moves")
    expect(effect.get_by_role("listitem").first).to_contain_text("→")
    expect(effect).to_contain_text("Nothing moves before somebody approves it.")
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_url(f"**{address}")
    expect(find_figure(page.get_by_role("main"), "Owner")).to_have_text(owner or "")
    page.get_by_role("link", name=re.compile(r"^Realignment \d+ is to move it")).click()
    expect(find_badge(page, "Waiting for approval")).to_be_visible()
    proposal = page.url
    pass_through(enter("admin"), proposal)
    page.goto(address)
    expect(page.get_by_role("main").get_by_text("by its data")).to_have_count(0)
    expect(find_figure(page.get_by_role("main"), "Owner")).not_to_have_text(owner or "")


def test_what_nobody_moved_waits_on_a_page_of_its_own(enter: Enter) -> None:
    page = enter("planner")
    address = open_account(page)
    move_house(page, address, "TX", "Dallas", "75201")
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_url(f"**{address}")
    page.get_by_role("link", name=re.compile(r"^Realignment \d+ is to move it")).click()
    page.get_by_role("button", name=re.compile("^(Withdraw|Cancel)")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Withdraw|Cancel)")).last.click()
    page.goto("/realignments")
    page.get_by_role("link", name="See what waits").click()
    table = page.get_by_role("grid", name="Accounts that wait to be moved")
    expect(table.get_by_role("row").nth(1)).to_contain_text("changed")
    page.get_by_role("button", name=re.compile("^Propose")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Moved to Dallas")
    dialog.get_by_role("button", name=re.compile("^Propose")).click()
    page.wait_for_url(re.compile(r"/realignments/\d+$"))
    expect(page.get_by_role("main")).to_contain_text("Accounts changed")


def test_a_new_account_says_where_it_will_belong(enter: Enter) -> None:
    page = enter("planner", "/accounts/new")
    page.get_by_role("textbox", name="Name", exact=True).fill("Brand New Works")
    page.get_by_role("textbox", name="Country", exact=True).fill("US")
    page.get_by_role("textbox", name="State", exact=True).fill("CA")
    effect = page.get_by_role("region", name="Where it will belong")
    expect(effect.get_by_role("listitem").first).to_be_visible()
    expect(effect).not_to_contain_text("Unassigned")
    owner = effect.get_by_role("listitem").first.locator("> span").nth(2).text_content() or ""
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url(re.compile(r"/accounts/\d+$"))
    expect(find_figure(page.get_by_role("main"), "Owner")).to_contain_text(owner)
