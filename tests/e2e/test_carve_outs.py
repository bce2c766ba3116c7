"""Does a programme show what it takes from its base, and the base what it has lost?"""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Enter


def test_a_programme_and_its_base_say_the_same(enter: Enter) -> None:
    page = enter("planner", "/territories/STRAT-AMER")
    page.get_by_role("tab", name="Carve-outs").click()
    taken = page.get_by_role("region", name="Taken from others")
    row = taken.get_by_role("row").filter(has=page.get_by_role("rowheader", name="US Hospitals"))
    expect(row).to_contain_text("named")
    count = row.get_by_role("cell").first.text_content() or ""
    assert int(count) > 0
    row.get_by_role("link", name=count, exact=True).click()
    expect(page).to_have_url(re.compile("base="))
    expect(page.get_by_role("button", name="Carved out of: US Hospitals")).to_be_visible()
    rows = page.get_by_role("grid", name="Accounts").get_by_role("row")
    expect(rows).to_have_count(int(count) + 1)  # the header is one
    page.go_back()
    row.get_by_role("link", name="US Hospitals").click()
    lost = page.get_by_role("region", name="Lost to others")
    back = lost.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Strategic Americas"))
    expect(back.get_by_role("cell").first).to_have_text(count)
    expect(lost).to_contain_text("would otherwise belong to US Hospitals")
    back.get_by_role("cell").first.get_by_role("link").click()
    expect(rows).to_have_count(int(count) + 1)


def test_a_draft_tells_what_it_would_take_without_lists_of_today(enter: Enter) -> None:
    page = enter("planner", "/territories/STRAT-AMER?tab=carve-outs")
    page.get_by_role("button", name="Edit in a draft").click()
    page.get_by_role("button", name="Start the draft").click()
    page.wait_for_url(re.compile(r"plan=\d+"))
    taken = page.get_by_role("region", name="Taken from others")
    row = taken.get_by_role("row").filter(has=page.get_by_role("rowheader", name="US Hospitals"))
    expect(row).to_be_visible()
    expect(row.get_by_role("cell").first.get_by_role("link")).to_have_count(0)


def test_all_programmes_are_listed_with_their_bases(enter: Enter) -> None:
    page = enter("planner", "/territories")
    page.get_by_role("tab", name="Carve-outs").click()
    rows = page.get_by_role("grid", name="Carve-outs of the plan").get_by_role("row")
    row = rows.filter(has_text="Strategic Americas").filter(has_text="US Hospitals")
    expect(row).to_contain_text("named")
    few = rows.count()
    page.get_by_label("Also what only rules decide").check()
    expect(rows.filter(has_text="by rule").first).to_be_visible()
    assert rows.count() > few
    row.get_by_role("link", name="Strategic Americas").click()
    expect(page.get_by_role("region", name="Taken from others")).to_be_visible()
