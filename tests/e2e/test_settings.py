"""Can an administrator let somebody in, and a planner give a program a key?"""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter

PASSWORD = "a-long-enough-passphrase"


def test_an_administrator_adds_a_person_who_then_logs_in(enter: Enter, visitor: Page) -> None:
    admin = enter("admin", "/settings")
    admin.get_by_role("button", name="Add a person").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Iris Novak")
    dialog.get_by_label("E-mail").fill("iris@meridian.example")
    dialog.get_by_role("textbox", name="First password").fill("short")
    dialog.get_by_role("button", name="Let them log in").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_role("textbox", name="First password").fill(PASSWORD)
    dialog.get_by_role("button", name="Let them log in").click()
    expect(dialog).to_have_count(0)
    expect(admin.get_by_role("grid", name="People")).to_contain_text("iris@meridian.example")
    visitor.goto("/login")
    visitor.get_by_label("E-mail").fill("iris@meridian.example")
    visitor.get_by_role("textbox", name="Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Log in", exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your patch")


def test_a_token_opens_the_api_until_it_is_ended(enter: Enter, visitor: Page) -> None:
    planner = enter("planner", "/settings")
    planner.get_by_label("What is it for?").fill("nightly export")
    planner.get_by_role("button", name="Make a token").click()
    secret = planner.get_by_role("status").locator("code").inner_text()
    key = {"Authorization": f"Bearer {secret}"}
    assert visitor.request.get("/api/v1/accounts?limit=1", headers=key).status == 200
    planner.get_by_role("button", name="End nightly export").click()
    planner.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(planner.get_by_role("grid", name="Your API tokens")).to_contain_text("No token yet")
    assert visitor.request.get("/api/v1/accounts?limit=1", headers=key).status == 401
