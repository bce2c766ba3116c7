"""Do a handover, a bulk move and an overtaken proposal go as they should?"""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import (
    approve,
    ask_to_execute,
    choose,
    execute,
    expect_owner,
    find_figure,
    find_move,
    pass_through,
    propose,
    read_count,
)


def test_a_territory_is_handed_over(enter: Enter) -> None:
    page = enter("planner", "/territories/IBERIA?tab=people")
    choose(page, "To", "Camille Laurent")
    page.get_by_role("button", name=re.compile(r"Hand 60 accounts over to Camille Laurent")).click()
    expect(page.get_by_role("dialog").get_by_role("table")).to_contain_text("Marta Esposito")
    proposal = propose(page, "Marta leaves for Italy.")
    account = find_move(page, "Marta Esposito")
    pass_through(enter("admin"), proposal)
    expect_owner(page, account, "Camille Laurent")
    page.goto("/territories/IBERIA?tab=people")
    expect(page.get_by_role("row", name="Camille Laurent")).to_contain_text("now")


def test_misplaced_accounts_are_moved_where_they_belong(enter: Enter) -> None:
    page = enter("planner", "/territories?tab=misplaced")
    table = page.get_by_role("grid", name="Misplaced accounts")
    rows = table.get_by_role("row").filter(has_text="Soren Nystrom").filter(has_text="Great Lakes")
    expect(rows.nth(1)).to_be_visible()
    before = read_count(find_total(page.get_by_role("tabpanel").text_content()))
    names = []
    for place in range(2):
        names.append(rows.nth(place).get_by_role("link").first.text_content())
        rows.nth(place).get_by_role("checkbox").check()
    page.get_by_role("button", name="Propose moving 2 accounts…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("combobox", name="Territory")).to_have_value(re.compile("US-LAKES"))
    dialog.get_by_role("button", name="Show the effect on 2 accounts").click()
    expect(dialog.get_by_role("table")).to_contain_text("Beth Kowalski")
    proposal = propose(page, "They are in Ohio and Michigan.")
    account = find_move(page, "Soren Nystrom")
    pass_through(enter("director"), proposal)
    expect_owner(page, account, "Beth Kowalski")
    page.goto("/territories?tab=misplaced")
    expect(page.get_by_role("tabpanel")).to_contain_text(f"{before - 2} rows")
    for name in names:
        expect(page.get_by_role("link", name=name or "", exact=True)).to_have_count(0)


def find_total(text: str | None) -> str:
    found = re.search(r"[\d,]+ rows", text or "")
    assert found, text
    return found.group()


def test_an_overtaken_proposal_is_refused_with_its_reasons_and_proposed_again(enter: Enter) -> None:
    planner, admin = enter("planner", "/territories/CA-ATLANTIC?tab=people"), enter("admin")
    choose(planner, "To", "Farah Siddiqui")
    planner.get_by_role("button", name="Hand 18 accounts over").click()
    proposal = propose(planner, "Fiona is on leave.")
    account = find_move(planner, "Fiona MacLeod")
    approve(admin, proposal)

    planner.goto(f"{account}/edit")
    name = planner.get_by_role("textbox", name="Name").input_value()
    planner.get_by_role("textbox", name="State").fill("QC")
    planner.get_by_role("button", name="Save 1 change").click()
    expect(planner.get_by_role("note")).to_contain_text("is to move it")

    ask_to_execute(admin)
    changes = admin.get_by_role("grid", name="Changes since the proposal")
    expect(changes).to_contain_text(name)
    expect_owner(planner, account, "Fiona MacLeod")

    planner.goto(proposal)
    planner.get_by_role("button", name="Propose again on today’s state").click()
    planner.wait_for_url(lambda address: "/realignments/" in address and address != proposal)
    # Until its own move is approved the account stays in the territory that is handed over.
    expect(find_figure(planner.get_by_role("main"), "Accounts that move")).to_contain_text("18")
    approve(admin, planner.url)
    execute(admin)
    admin.goto("/accounts?territory=CA-ATLANTIC")
    expect(admin.get_by_role("gridcell", name="Farah Siddiqui")).to_have_count(18)
    expect_owner(planner, account, "Farah Siddiqui")
