"""Does the check of a plan lead from what is wrong to the rule, and speak already while the rule is typed?"""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Enter


def test_a_contradiction_is_told_while_typing_and_by_the_check(enter: Enter) -> None:
    page = enter("planner", "/territories/US-PLAINS")
    page.get_by_role("button", name="Edit in a draft").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("To be checked")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_role("region", name="Plan")).to_contain_text("To be checked")
    says = page.get_by_role("region", name="What the check says")
    expect(says).to_contain_text("US-MIDWEST and US-PLAINS both claim accounts")

    page.get_by_text("Text", exact=True).click()
    text = page.get_by_role("textbox", name="Rule as text")
    text.fill('state = "KS" and state = "NE"')
    expect(says).to_contain_text("can never match")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_role("button", name="1 change", exact=True)).to_be_visible()

    page.get_by_role("link", name="Check plan").click()
    kinds = page.get_by_role("navigation", name="Kinds of findings")
    kinds.get_by_role("button", name="Conditions that exclude each other").click()
    expect(page).to_have_url(re.compile(r"/findings\?kind=contradiction&plan=\d+"))
    dead = page.get_by_role("listitem").filter(has_text="can never match")
    expect(dead).to_have_count(1)
    dead.get_by_role("link", name="Open rule of US-PLAINS").click()
    expect(page.get_by_role("region", name="What the check says")).to_contain_text("can never match")


def test_a_finding_leads_to_a_record_that_shows_it(enter: Enter) -> None:
    page = enter("planner", "/findings?kind=unreachable")
    finding = page.get_by_role("listitem").filter(has_text="US-OREGON never wins an account")
    finding.get_by_role("link", name="Try this record").click()
    expect(page).to_have_url(re.compile(r"/routing/try\?country=US&state=OR"))
    expect(page.get_by_role("main")).to_contain_text("US-PNW")
