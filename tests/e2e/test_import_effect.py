"""Does an import say whom it would move before it is applied, and does exactly that follow?"""

import csv
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import find_badge, find_figure
from tests.e2e.test_every_page import list_grave

COLUMNS = ("id", "name", "country", "state", "city", "postal_code")


def read_accounts(page: Page, count: int) -> list[dict[str, Any]]:
    """Accounts of California that a place of their own put where they are."""
    answer = page.request.get("/api/v1/accounts?state=CA&sort=-revenue&limit=200")
    rows = [row for row in answer.json()["items"] if "Los Angeles" in row["territory"]["name"]][-count:]
    return [{"id": row["external_id"], **{name: row[name] for name in ("name", "city")}} for row in rows]


def write_accounts(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({"country": "US", **row} for row in rows)
    return path


def upload(page: Page, path: Path) -> Locator:
    """Uploads and checks; the panel that says what moves."""
    page.goto("/import")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(path)
    page.get_by_role("button", name="Check the files").click()
    effect = page.get_by_role("region", name="What it moves")
    expect(effect).to_be_visible(timeout=60_000)
    return effect


def test_what_an_import_moves_is_shown_first_and_then_proposed(enter: Enter, tmp_path: Path) -> None:
    page = enter("planner")
    [known] = read_accounts(page, 1)
    moved = {**known, "state": "NY", "city": "New York", "postal_code": "10001"}
    new = {
        "id": f"IMP-{uuid4().hex[:8]}",
        "name": "Imported Works",
        "state": "TX",
        "city": "Dallas",
        "postal_code": "75201",
    }
    effect = upload(page, write_accounts(tmp_path / "accounts.csv", [moved, new]))
    expect(find_figure(effect, "Accounts that move")).to_contain_text(
        "Accounts that move11 known account gets other data"
    )
    flows = effect.get_by_role("grid", name="From where to where")
    expect(flows.get_by_role("row").nth(1)).to_contain_text("→")
    expect(effect).to_contain_text("Nothing moves before somebody approves it.")
    assert list_grave(page) == []
    effect.get_by_role("tab", name=re.compile("^Each move")).click()
    expect(effect.get_by_role("grid", name="Accounts that move")).to_contain_text(known["name"])
    effect.get_by_role("tab", name=re.compile("^New accounts")).click()
    expect(
        effect.get_by_role("grid", name="Where new accounts begin").get_by_role("row").nth(1)
    ).to_be_visible()
    page.get_by_role("button", name="Import…", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Moves to be proposed")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("region", name="What was imported")).to_be_visible(timeout=60_000)
    page.goto("/realignments")
    page.get_by_role("link", name=re.compile("Accounts changed by import")).first.click()
    expect(page.get_by_role("grid", name="Accounts that move")).to_contain_text(known["name"])
    expect(find_badge(page, "Waiting for approval")).to_be_visible()
    page.get_by_role("button", name=re.compile("^(Withdraw|Cancel)")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Withdraw|Cancel)")).last.click()


def test_an_import_that_moves_nothing_says_so_and_can_be_asked_again(enter: Enter, tmp_path: Path) -> None:
    page = enter("planner")
    rows = [{**row, "state": "CA"} for row in read_accounts(page, 3)]
    path = tmp_path / "accounts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("id", "name", "country", "state"), extrasaction="ignore")
        writer.writeheader()
        writer.writerows({"country": "US", **row, "name": f"{row['name']} Inc"} for row in rows)
    effect = upload(page, path)
    expect(effect).to_contain_text("It moves nothing.")
    account = page.request.get("/api/v1/accounts?state=CA&sort=-revenue&limit=1").json()["items"][0]
    page.goto(f"/accounts/{account['id']}/edit")
    page.get_by_role("textbox", name="Name", exact=True).fill(f"{account['name']} & Co")
    page.get_by_role("button", name=re.compile("^Save")).click()
    page.wait_for_url(f"**/accounts/{account['id']}")
    page.go_back()
    page.go_back()
    expect(effect).to_contain_text("Something was changed since")
    effect.get_by_role("button", name="Work it out again").click()
    expect(effect.get_by_text("Something was changed since")).to_have_count(0)
    page.get_by_role("button", name="Drop this import…").click()
    page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    expect(page.get_by_role("heading", name="This import was dropped")).to_be_visible()
