"""Can a planner set a layer's rules of engagement in a draft, and does the account show them?"""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Enter


def test_a_layer_is_edited_in_a_draft(enter: Enter) -> None:
    page = enter("planner", "/territories")
    page.get_by_role("button", name="Edit in a draft").click()
    page.get_by_role("button", name="Start the draft").click()
    page.wait_for_url(re.compile(r"plan=\d+"))
    page.get_by_role("button", name="More about this plan").click()
    page.get_by_role("menuitem", name="Layers…").click()
    dialog = page.get_by_role("dialog", name="Layers")
    dialog.get_by_label("Rules of engagement").fill("The owner leads; others ask first.")
    dialog.get_by_label("When an account’s data make it belong elsewhere").select_option("next_cycle")
    dialog.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_role("button", name="2 changes")).to_be_visible()


def test_the_account_shows_its_layers(enter: Enter) -> None:
    page = enter("rep", "/accounts")
    page.get_by_role("grid", name="Accounts").get_by_role("row").nth(1).get_by_role("link").first.click()
    layers = page.get_by_role("region", name="Layers")
    expect(layers.get_by_role("listitem")).to_have_count(2)
    expect(layers).to_contain_text("The account executive leads every deal.")
    expect(layers).to_contain_text("20 % credit")
