"""Can each role come in, see what is theirs and nothing else, and go out again?"""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter

EVERYBODY = ["Home", "Map", "Territories", "Accounts", "Routing", "Realignments"]
PLANNING = ["Home", "Map", "Territories", "Plan", "Accounts", "Routing", "Realignments"]


@pytest.mark.parametrize(
    ("role", "title", "pages"),
    [
        ("rep", "Your patch", EVERYBODY),
        ("manager", "Your team", [*PLANNING, "Settings"]),
        ("director", "Your region", [*PLANNING, "Settings"]),
        ("planner", "Plan health", [*PLANNING, "Import", "Audit", "Settings"]),
        ("admin", "The organisation", [*PLANNING, "Import", "Audit", "Settings"]),
        ("auditor", "The ledger", [*EVERYBODY, "Audit"]),
    ],
)
def test_each_role_comes_in_by_its_button(visitor: Page, role: str, title: str, pages: list[str]) -> None:
    visitor.goto("/")
    demo = visitor.get_by_role("region", name="Demo log-ins")
    demo.get_by_role("button", name=role).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(title)
    links = visitor.get_by_role("navigation", name="Main").get_by_role("link")
    assert [link.get_attribute("aria-label") for link in links.all()] == pages


def test_a_wrong_password_is_refused_in_words_and_the_right_one_leads_where_one_wanted(visitor: Page) -> None:
    visitor.goto("/accounts?state=CA")
    visitor.get_by_label("E-mail").fill("grace@meridian.example")
    visitor.get_by_role("textbox", name="Password").fill("not this one")
    visitor.get_by_role("button", name="Log in", exact=True).click()
    expect(visitor.get_by_role("alert")).to_contain_text("password")
    visitor.get_by_role("textbox", name="Password").fill("fairpatch-demo")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Accounts")
    expect(visitor).to_have_url(visitor.url.partition("/accounts")[0] + "/accounts?state=CA")


def test_who_logs_out_is_out(visitor: Page) -> None:
    visitor.goto("/login")
    visitor.get_by_role("button", name="auditor").click()
    visitor.get_by_role("button", name="account and look").click()
    visitor.get_by_role("menuitem", name="Log out").click()
    expect(visitor.get_by_role("textbox", name="Password")).to_be_visible()
    visitor.goto("/audit")
    expect(visitor).to_have_title("Log in · Fairpatch")
    assert visitor.request.get("/api/v1/audit/log").status == 401


def test_a_rep_sees_their_own_accounts_and_no_others(enter: Enter) -> None:
    rep, planner = enter("rep", "/accounts"), enter("planner", "/accounts?q=A-001535")
    outsider = planner.get_by_role("link", name="Amber Aurora Aerospace")
    expect(outsider).to_be_visible()
    outsider.click()
    planner.wait_for_url("**/accounts/*")
    expect(planner.get_by_role("heading", level=1)).to_have_text("Amber Aurora Aerospace")

    table = rep.get_by_role("grid", name="Accounts")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Naomi Feldman")
    rep.get_by_role("searchbox", name="Search by name, id or city").fill("Amber Aurora Aerospace")
    expect(rep.get_by_role("heading", name="No account fits these filters")).to_be_visible()
    rep.goto(planner.url)
    expect(rep.get_by_role("alert")).to_contain_text("no account")
    for page in ("/import", "/audit"):
        rep.goto(page)
        expect(rep.get_by_role("navigation", name="Main")).to_be_visible()
        expect(rep.get_by_role("button", name="Choose files")).to_have_count(0)
        expect(rep.get_by_role("grid")).to_have_count(0)
