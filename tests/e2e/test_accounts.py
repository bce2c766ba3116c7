"""Can thousands of accounts be filtered, sorted, scrolled, taken out, created and changed?"""

import csv
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import find_figure


def find_table(page: Page) -> Locator:
    return page.get_by_role("grid", name="Accounts")


def test_filters_stand_in_the_address(enter: Enter) -> None:
    page = enter("planner", "/accounts")
    about = page.get_by_role("main").get_by_text(re.compile(r"^\d[\d,]* accounts?$")).first
    set_filter(page, "State code", "WA")
    expect(page).to_have_url(re.compile(r"/accounts\?state=WA$"))
    expect(about).not_to_have_text(re.compile(","))
    many = about.text_content() or ""
    set_filter(page, "Employees at least", "500")
    expect(page).to_have_url(re.compile("min_employees=500"))
    expect(about).not_to_have_text(many)
    few = about.text_content() or ""
    page.reload()
    expect(about).to_have_text(few)
    page.get_by_role("button", name="Remove the filter Employees at least").click()
    expect(page).to_have_url(re.compile(r"/accounts\?state=WA$"))
    expect(about).to_have_text(many)


def set_filter(page: Page, label: str, value: str) -> None:
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("menuitem", name=label).click()
    page.get_by_role("textbox", name=label).fill(value)
    page.keyboard.press("Enter")


def test_columns_sort_both_ways(enter: Enter) -> None:
    page = enter("planner", "/accounts")
    first = find_table(page).get_by_role("row").nth(1).get_by_role("gridcell").nth(-2)
    expect(first).to_be_visible()
    page.get_by_role("button", name="Revenue").click()
    expect(page.get_by_role("columnheader", name="Revenue")).to_have_attribute("aria-sort", "descending")
    page.wait_for_url("**/accounts?sort=-revenue")
    expect(first).to_contain_text("B")
    page.get_by_role("button", name="Revenue").click()
    expect(page.get_by_role("columnheader", name="Revenue")).to_have_attribute("aria-sort", "ascending")
    expect(first).not_to_contain_text("B")


def test_five_thousand_rows_scroll_with_few_of_them_in_the_page(enter: Enter) -> None:
    page = enter("planner", "/accounts")
    table = find_table(page)
    expect(table.get_by_role("row").nth(1)).to_be_visible()
    box = table.bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    for _ in range(6):
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(150)
    rows = table.get_by_role("row")
    expect(rows.last).not_to_have_attribute("aria-rowindex", re.compile(r"^\d{1,2}$"))
    assert rows.count() < 80
    table.focus()
    page.keyboard.press("Home")
    expect(table.locator("[aria-rowindex='2']")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+$"))


def test_what_is_filtered_can_be_taken_out(enter: Enter, tmp_path: Path) -> None:
    page = enter("manager", "/accounts?state=VT")
    expect(find_table(page).get_by_role("row").nth(1)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    file = tmp_path / "accounts.csv"
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == find_table(page).get_by_role("row").count() - 1
    assert {row["state"] for row in rows} == {"VT"}


def test_an_account_is_created_routed_and_changed(enter: Enter) -> None:
    page = enter("admin", "/accounts")
    expect(find_table(page).get_by_role("row").nth(1)).to_be_visible()
    page.keyboard.press("n")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    for label, value in {
        "Name": "Kestrel & Sons",
        "City": "Milano",
        "Country": "IT",
        "Employees": "120",
    }.items():
        page.get_by_role("textbox", name=label, exact=True).fill(value)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kestrel & Sons")
    expect(find_figure(page.get_by_role("main"), "Territory")).to_contain_text("Italy")
    expect(find_figure(page.get_by_role("main"), "Owner")).to_contain_text("Marta Esposito")

    page.get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Employees").fill("many")
    page.get_by_role("textbox", name="Country").fill("AT")
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("textbox", name="Employees")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("textbox", name="Employees").fill("150")
    page.get_by_role("button", name="Save 2 changes").click()
    expect(page.get_by_role("note")).to_contain_text("is to move it")
    expect(find_figure(page.get_by_role("main"), "Owner")).to_contain_text("Marta Esposito")
