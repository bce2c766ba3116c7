"""Does a planner get from uneven books to even ones: diagnosis, design, draft, approval, new owners?"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import approve, choose, execute, find_badge, propose, read_count

TITLE = "Pacific Northwest in two"


class Story(dict[str, str]):
    """What the chapters know of each other. After a failed one, those that need it have nothing to show."""

    def __missing__(self, name: str) -> str:
        pytest.skip(f"an earlier chapter failed: no {name}")


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def wait_for_result(page: Page) -> None:
    page.wait_for_url(re.compile(r"/plan/design/\d+"))
    expect(page.get_by_role("region", name="Result")).to_be_visible(timeout=90_000)


def test_a_design_is_diagnosed_and_run(enter: Enter, story: Story) -> None:
    page = enter("planner", "/plan/design")
    expect(page.get_by_role("heading", name="No design yet")).to_be_visible()
    page.get_by_role("link", name="Design territories…").first.click()
    diagnosis = page.get_by_role("region", name="Diagnosis")
    diagnosis.get_by_role("button", name=re.compile(r"^Allow \d+ % to move$")).click()
    expect(diagnosis).to_contain_text("Nothing speaks against it")
    page.get_by_text("Split for hires", exact=True).click()
    choose(page, "Within", "US-PNW")
    expect(diagnosis).to_contain_text("for 2 territories")
    expect(diagnosis).to_contain_text("is not balanced")
    expect(diagnosis).to_contain_text("must change hands")
    page.get_by_label("Name", exact=True).fill(TITLE)
    page.get_by_role("button", name=re.compile(r"^Design \d+ accounts$")).click()
    wait_for_result(page)
    story["design"] = page.url
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text("from the best possible for these centres")
    expect(find_badge(result, "Everything met")).to_be_visible()
    expect(page.locator("[data-map-idle=true]")).to_be_visible()
    page.get_by_text("Before", exact=True).click()
    page.wait_for_url("**side=before**")


def test_it_survives_a_reload_and_tells_what_moves(enter: Enter, story: Story) -> None:
    page = enter("planner", story["design"])
    moves = page.get_by_role("region", name="What moves")
    expect(moves.get_by_role("grid", name="Moves between territories")).to_contain_text("New territory 1")
    moves.get_by_role("tab", name=re.compile("^Accounts")).click()
    expect(moves.get_by_role("grid", name="Accounts that would move")).to_contain_text("US-PNW")
    with page.expect_download() as download:
        moves.get_by_role("link", name="Export CSV").click()
    assert "annual_revenue" in download.value.path().read_text(encoding="utf-8-sig").splitlines()[0]


def test_it_becomes_a_draft_that_is_realigned(enter: Enter, story: Story) -> None:
    page = enter("planner", story["design"])
    page.get_by_role("button", name="Accept as a scenario…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Owners changed now")
    moving = read_count(dialog.get_by_text("Accounts that change territory").locator("..").text_content())
    dialog.get_by_role("button", name="Make the draft").click()
    page.wait_for_url("**/territories?plan=*")
    bar = page.get_by_role("region", name="Plan")
    expect(bar).to_contain_text(TITLE)
    bar.get_by_role("button", name=re.compile("^Propose")).click()
    address = propose(page, "One hire more in the Northwest.")
    impact = page.get_by_role("grid", name="Impact per rep")
    expect(impact.get_by_role("gridcell", name=str(moving), exact=True).first).to_be_visible()
    director = enter("admin", address)
    approve(director, address)
    execute(director)


def test_a_sweep_is_compared_in_a_chart_and_its_table(enter: Enter) -> None:
    page = enter("planner", "/plan/design/new?within=US-PNW")
    page.get_by_text("From scratch", exact=True).click()
    page.get_by_label("Head-count").fill("3")
    page.get_by_label("Tolerances to compare, in %").fill("2, 20")
    page.get_by_role("button", name=re.compile(r"^Design \d+ accounts$")).click()
    page.wait_for_url(re.compile(r"/plan/design/\d+"))
    chart = page.get_by_role("group", name="Chart of the scenarios")
    expect(chart).to_be_visible(timeout=90_000)
    chart.get_by_role("button", name=re.compile("^Scenario 2:")).click()
    page.wait_for_url("**scenario=2**")
    expect(page.get_by_role("region", name="Scenario 2")).to_be_visible()
    table = page.get_by_role("region", name="Scenarios, table")
    table.get_by_role("button", name="Scenario 1").click()
    expect(page.get_by_role("region", name="Scenario 1")).to_be_visible()


def test_a_running_design_can_be_stopped(enter: Enter) -> None:
    page = enter("planner", "/plan/design/new")
    page.get_by_label("Tolerances to compare, in %").fill("1, 2, 3, 4, 5, 6, 8, 10")
    page.get_by_label("Prices of a move to compare").fill("0, 1, 2, 3")
    page.get_by_role("button", name=re.compile(r"^Design [\d,]+ accounts$")).click()
    page.wait_for_url(re.compile(r"/plan/design/\d+"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="This design has no result")).to_be_visible()
    expect(find_badge(page, "Stopped")).to_be_visible()


def test_a_rep_finds_no_way_in(enter: Enter) -> None:
    page = enter("rep", "/")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Plan")).to_have_count(0)
