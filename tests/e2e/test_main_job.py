"""Does the main job go from a changed rule to a proof, and back again, by mouse and keyboard?"""

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import (
    approve,
    execute,
    expect_owner,
    find_badge,
    find_figure,
    find_move,
    pass_through,
    propose,
    read_count,
)
from tests.e2e.server import FAIRPATCH

NEVADA_NORTH = 'state in ["WA", "OR", "ID", "AK", "HI", "NV"]'


class Story(dict[str, str]):
    """What the chapters know of each other. After a failed one, those that need it have nothing to show."""

    def __missing__(self, name: str) -> str:
        pytest.skip(f"an earlier chapter failed: no {name}")


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def test_a_rule_is_edited_in_a_draft_and_shows_what_it_takes(enter: Enter, story: Story) -> None:
    page = enter("planner", "/territories/US-PNW")
    story["held"] = str(read_count(find_figure(page.get_by_role("main"), "Accounts").inner_text()))
    page.get_by_role("button", name="Edit in a draft").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Nevada goes north")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_role("region", name="Plan")).to_contain_text("Nevada goes north")
    expect(page.get_by_role("button", name="No changes")).to_be_visible()

    page.get_by_role("combobox", name="Value of condition 1", exact=True).fill("NV")
    page.keyboard.press("Enter")
    taken = page.get_by_role("heading", name="accounts from")
    expect(taken).to_be_visible()
    number = read_count(taken.text_content())
    assert number > 10
    flows = page.get_by_role("region", name=f"Takes {number} accounts from")
    expect(flows).to_contain_text("Mountain States")
    wins = find_figure(page.get_by_role("main"), "Wins")
    expect(wins).to_contain_text(str(int(story["held"]) + number))

    page.get_by_text("Text", exact=True).click()
    text = page.get_by_role("textbox", name="Rule as text")
    expect(text).to_have_value(NEVADA_NORTH)
    text.fill(NEVADA_NORTH.removesuffix("]"))
    expect(page.get_by_role("list", name="Findings")).to_contain_text("line 1")
    expect(page.get_by_role("button", name="Save to the draft")).to_be_disabled()
    text.fill(NEVADA_NORTH)
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.get_by_role("button", name="1 change", exact=True)).to_be_visible()
    story["taken"], story["draft"] = str(number), page.url


def test_its_effect_is_seen_and_proposed(enter: Enter, story: Story) -> None:
    page = enter("planner", story["draft"])
    page.get_by_role("button", name="1 change", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("US-PNW")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Propose as realignment…").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Kenji Watanabe")
    expect(page.get_by_role("dialog").get_by_role("table")).to_contain_text("Hannah Pierce")
    story["proposal"] = propose(page, "Seattle serves Nevada better.")
    assert page.get_by_role("button", name="Approve…").count() == 0, "nobody approves their own proposal"
    expect(find_figure(page.get_by_role("main"), "Accounts that move")).to_contain_text(story["taken"])
    story["account"] = find_move(page, "Hannah Pierce")
    expect_owner(page, story["account"], "Hannah Pierce")


def test_a_director_approves_and_executes(enter: Enter, story: Story) -> None:
    page = enter("director", "/realignments")
    row = page.get_by_role("grid", name="Realignments").get_by_role("row").filter(has_text="Nevada")
    row.get_by_role("link").click()
    approve(page, story["proposal"])
    execute(page)
    course = page.get_by_role("list", name="Course of this realignment")
    expect(course).to_contain_text("Approved by Marcus Oyelaran")
    expect(course).to_contain_text("Executed in one transaction")
    page.reload()
    expect(find_badge(page, "Executed")).to_be_visible()
    page.goto("/territories/US-PNW")
    expect(find_figure(page.get_by_role("main"), "Accounts")).to_contain_text(
        str(int(story["held"]) + int(story["taken"]))
    )


def test_the_account_says_who_why_since_when_and_proves_it(
    enter: Enter, story: Story, tmp_path: Path
) -> None:
    page = enter("planner", story["account"])
    expect_owner(page, story["account"], "Kenji Watanabe")
    why = page.get_by_role("tabpanel", name="Why").get_by_role("status").first
    expect(why).to_contain_text("Pacific Northwest")
    expect(why).to_contain_text("NV")

    page.get_by_role("tab", name="Ownership").click()
    entries = page.get_by_role("list", name="Ownership of").get_by_role("listitem")
    expect(entries.first).to_contain_text("Kenji Watanabe")
    expect(entries.filter(has_text="Hannah Pierce")).to_contain_text("Mountain States")
    entries.first.get_by_role("button", name="Verify the entry").click()
    expect(find_badge(page.get_by_role("dialog"), "proved")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("failed:")).to_have_count(0)
    page.keyboard.press("Escape")

    with page.expect_download() as download:
        entries.first.get_by_role("link", name="Download the proof").click()
    proof = tmp_path / download.value.suggested_filename
    download.value.save_as(proof)
    expect_proof(page, proof, is_sound=True)
    tampered = json.loads(proof.read_text())
    tampered["leaf"]["body"] = tampered["leaf"]["body"].replace("1", "2", 1)
    proof.write_text(json.dumps(tampered))
    expect_proof(page, proof, is_sound=False)


def expect_proof(page: Page, proof: Path, *, is_sound: bool) -> None:
    """The audit page and the command line agree about a proof file."""
    page.goto("/audit")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Check a proof file…").click()
    chooser.value.set_files(proof)
    expect(find_badge(page, "Proved" if is_sound else "Not proved")).to_be_visible()
    done = subprocess.run([FAIRPATCH, "audit", "verify", str(proof)], capture_output=True, text=True)
    assert done.returncode == (0 if is_sound else 1), done.stdout + done.stderr


def test_the_way_back_restores_every_owner(enter: Enter, story: Story) -> None:
    page = enter("planner", story["proposal"])
    page.get_by_role("button", name="Undo…").click()
    page.get_by_role("dialog").get_by_label("Why?").fill("Seattle is too busy after all.")
    page.get_by_role("button", name="Propose the way back").click()
    page.wait_for_url(lambda address: "/realignments/" in address and address != story["proposal"])
    expect(find_badge(page, "Waiting for approval")).to_be_visible()
    pass_through(enter("director"), page.url)
    expect_owner(page, story["account"], "Hannah Pierce")
    page.goto("/territories/US-PNW")
    expect(find_figure(page.get_by_role("main"), "Accounts")).to_contain_text(story["held"])
    page.goto("/audit")
    page.get_by_role("button", name="Verify the whole ledger").click()
    expect(find_badge(page, "Sound")).to_be_visible(timeout=60_000)
