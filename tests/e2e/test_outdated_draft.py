"""Is a draft that the live plan overtook brought up to date, and is a contradiction left to its author?"""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import choose, pass_through, propose


def start_draft(page: Page, name: str) -> None:
    page.get_by_role("button", name="Edit in a draft").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(name)
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_role("region", name="Plan")).to_contain_text(name)


def test_what_went_live_meanwhile_joins_the_draft(enter: Enter) -> None:
    page = enter("planner", "/territories/NORDICS?tab=settings")
    start_draft(page, "Words for the Nordics")
    page.get_by_label("Description").fill("Denmark, Finland, Norway and Sweden.")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_role("button", name="1 change", exact=True)).to_be_visible()
    draft = page.url

    page.goto("/territories/IRELAND?tab=people")
    choose(page, "To", "Camille Laurent")
    page.get_by_role("button", name=re.compile("^Hand .* over to Camille Laurent")).click()
    pass_through(enter("admin"), propose(page, "A quarter in Dublin."))

    page.goto(draft)
    expect(page.get_by_text("The live plan has changed since this draft was made.")).to_be_visible()
    expect(page.get_by_role("button", name="Propose as realignment…")).to_be_disabled()
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.get_by_text("Your 1 change is kept.")).to_be_visible()
    expect(page.get_by_role("button", name="1 change", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Propose as realignment…")).to_be_enabled()
