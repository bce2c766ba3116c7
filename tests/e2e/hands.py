"""What do hands do again and again? Choose from a list, propose, approve, execute."""

import re

from playwright.sync_api import Locator, Page, expect


def read_count(text: str | None) -> int:
    """The first number of a sentence: "Takes 1,204 accounts from" is 1204."""
    found = re.search(r"\d[\d,]*", text or "")
    assert found, f"no number in {text!r}"
    return int(found.group().replace(",", ""))


def find_figure(place: Page | Locator, label: str) -> Locator:
    """The figure that stands under (or beside) its label."""
    return place.get_by_text(label, exact=True).first.locator("..")


def find_badge(place: Page | Locator, words: str) -> Locator:
    """A state in words, after the mark that says the same to the eye."""
    return place.get_by_text(re.compile(rf"^\W*{re.escape(words)}$"))


def choose(place: Page | Locator, label: str, words: str) -> None:
    """Types into a searchable list and takes what it offers."""
    field = place.locator("input").and_(place.get_by_label(label, exact=True))
    field.click()
    field.fill(words)
    page = field.page
    page.get_by_role("option").filter(has_text=words).first.click()


def propose(page: Page, reason: str) -> str:
    """Fills the open dialog once its effect is shown; the address of the proposal."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=re.compile("^Propose")).click()
    page.wait_for_url("**/realignments/*")
    expect(find_badge(page, "Waiting for approval")).to_be_visible()
    return page.url


def approve(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("dialog").get_by_label("Comment").fill("Seen and fine.")
    page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    expect(find_badge(page, "Approved, not yet executed")).to_be_visible()


def ask_to_execute(page: Page) -> None:
    page.get_by_role("button", name="Execute…").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Move .* now$")).click()


def execute(page: Page) -> None:
    """Executes the approved realignment that is shown, and waits for its end."""
    ask_to_execute(page)
    page.wait_for_url("**?job=*")
    expect(find_badge(page, "Executed")).to_be_visible(timeout=60_000)


def pass_through(page: Page, address: str) -> None:
    """Somebody else approves and executes a proposal."""
    approve(page, address)
    execute(page)


def find_move(page: Page, giver: str) -> str:
    """The address of the first account that the realignment on this page takes from somebody."""
    moves = page.get_by_role("grid", name="Accounts that move")
    link = moves.get_by_role("row").filter(has_text=f"{giver} →").get_by_role("link").first
    address = link.get_attribute("href")
    assert address
    return address


def expect_owner(page: Page, address: str, owner: str) -> None:
    page.goto(address)
    expect(find_figure(page.get_by_role("main"), "Owner")).to_contain_text(owner)
