"""How does an empty installation become a company's: set-up, then an import that is read before it counts?"""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import watch
from tests.e2e.hands import find_badge

EXAMPLE = Path(__file__).parents[2] / "docs" / "use" / "example"
PASSWORD = "correct horse battery"

MAPPING = """
mapping = 1
name = "Second list"

[[files]]
file = "second.csv"
kind = "accounts"
[files.columns]
id = "Key"
name = "Company"
owner = "Rep"
country = "Land"
state = "Province"
employees = "Heads"
"""
SECOND = [
    ["Key", "Company", "Rep", "Land", "Province", "Heads"],
    ["B-1", "  Dune Optics ", "R-1", "United States", "California", "1,200"],
    ["B-2", "Gravel Works", "R-2", "USA", "Texas", "90"],
    ["B-3", "Nowhere Ltd", "R-99", "US", "TX", "12"],
    ["B-2", "Gravel Works again", "R-2", "US", "TX", "90"],
]


@pytest.fixture
def page(
    browser: Browser, browser_context_args: dict[str, object], empty_server: str, complaints: list[str]
) -> Page:
    """A page of the installation that begins empty; whoever finds it set up logs in."""
    context = browser.new_context(**{**browser_context_args, "base_url": empty_server})  # type: ignore[arg-type]
    watch(context, complaints)
    page = context.new_page()
    page.goto("/")
    expect(page).to_have_title(re.compile(" · "))
    if page.title().startswith("Log in"):
        page.get_by_label("E-mail").fill("edda@example.com")
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    return page


def test_the_first_visitor_sets_the_organisation_up_and_is_told_what_to_do(page: Page) -> None:
    expect(page).to_have_url(re.compile("/setup$"))
    company = page.get_by_role("group", name="Organisation")
    company.get_by_role("textbox", name="Name").fill("Nordlicht Pumps")
    person = page.get_by_role("group", name="First administrator")
    person.get_by_role("textbox", name="Your name").fill("Edda Brandt")
    person.get_by_role("textbox", name="E-mail").fill("edda@example.com")
    person.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The organisation")
    expect(page.get_by_text("Nordlicht Pumps")).to_be_visible()
    for place, next_step in {
        "/accounts": "Import them from files, or create the first one.",
        "/territories": "Import them with your accounts",
        "/realignments": "Start one from",
        "/import": "Drop your files here",
    }.items():
        page.goto(place)
        expect(page.get_by_role("main")).to_contain_text(next_step)
    page.goto("/setup")
    expect(page).to_have_url(re.compile("/$"))


def upload(page: Page, *files: Path) -> None:
    page.goto("/import")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(files)
    expect(page.get_by_role("button", name="Check the files")).to_be_visible()


def check(page: Page) -> None:
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_role("grid", name="Findings")).to_be_visible(timeout=60_000)


def apply(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("region", name="What was imported")).to_be_visible(timeout=60_000)


def test_the_example_is_uploaded_confirmed_and_imported(page: Page) -> None:
    upload(page, *sorted(EXAMPLE.iterdir()))
    accounts = page.get_by_role("region", name="accounts.csv")
    expect(accounts.get_by_label("id is our", exact=True).first).not_to_have_value("")
    expect(accounts.get_by_text("100 %").first).to_be_visible()
    check(page)
    rows = page.get_by_role("grid", name="Rows by kind")
    expect(rows.get_by_role("row").filter(has_text="accounts")).to_be_visible()
    page.get_by_role("button", name="Import…", exact=True).click()
    apply(page)
    page.goto("/accounts")
    expect(page.get_by_role("link", name="Harbor Freight Cooling")).to_be_visible()
    page.goto("/territories")
    expect(page.get_by_role("link", name="North America")).to_be_visible()


def write_second(folder: Path) -> list[Path]:
    data, mapping = folder / "second.csv", folder / "second.toml"
    with data.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(SECOND)
    mapping.write_text(MAPPING)
    return [data, mapping]


def test_faulty_rows_are_named_and_left_out_only_on_demand(page: Page, tmp_path: Path) -> None:
    upload(page, *write_second(tmp_path))
    expect(page.get_by_label("Heads is our", exact=True).first).to_have_value(re.compile("mployees"))
    check(page)
    findings = page.get_by_role("grid", name="Findings")
    expect(findings.get_by_role("row").filter(has_text="R-99")).to_be_visible()
    page.get_by_text(re.compile("^Faults")).click()
    expect(find_badge(findings, "Fault").first).to_be_visible()
    expect(find_badge(findings, "Repaired")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Leave out .* and import the rest")).click()
    apply(page)
    page.goto("/accounts?q=Dune")
    expect(page.get_by_role("link", name="Dune Optics", exact=True)).to_be_visible()
    page.goto("/accounts?q=Nowhere")
    expect(page.get_by_role("heading", name="No account fits these filters")).to_be_visible()


def test_the_same_files_again_change_nothing(page: Page) -> None:
    upload(page, *sorted(EXAMPLE.iterdir()))
    check(page)
    page.get_by_role("button", name="Import…", exact=True).click()
    apply(page)
    for kind in ("accounts", "reps"):
        row = page.get_by_role("grid", name="Rows by kind").get_by_role("row").filter(has_text=kind)
        cells = row.get_by_role("gridcell").all_text_contents()
        assert len(cells) == 8, cells
        rows, new, changed, unchanged = cells[1], *cells[5:]
        assert (new, changed, unchanged) == ("0", "0", rows), cells
    page.goto("/import")
    expect(find_badge(page, "Imported")).to_have_count(3)
