"""Can an account be locked with its effect in sight, and are locks found again before they lapse?"""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.conftest import Enter
from tests.e2e.hands import choose, pass_through, propose


def test_a_lock_shows_its_effect_and_is_listed_until_it_lapses(enter: Enter) -> None:
    page = enter("planner", "/accounts?state=CA&sort=-revenue")
    row = page.get_by_role("grid", name="Accounts").get_by_role("row").nth(6)
    name = row.get_by_role("link").first.text_content() or ""
    page.goto("/territories/US-TX-NORTH?tab=lists")
    page.get_by_role("button", name="Edit in a draft").click()
    page.get_by_role("button", name="Start the draft").click()
    page.wait_for_url(re.compile(r"plan=\d+"))
    locks = page.get_by_role("region", name="Locks")
    choose(locks, "Account", name)
    effect = locks.get_by_role("status", name="What this lock moves")
    expect(effect.get_by_role("listitem").first).to_contain_text("→")
    locks.get_by_label("Reason").fill("Contract until the summer")
    until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    locks.get_by_label("Until, that day included (optional)").fill(until)
    locks.get_by_role("button", name="Lock in the draft").click()
    expect(locks.get_by_role("rowheader", name=name)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Propose as realignment")).click()
    proposal = propose(page, "Contract")
    pass_through(enter("admin"), proposal)
    page.goto("/locks?within_days=30")
    listed = page.get_by_role("grid", name="Locks").get_by_role("row").filter(has_text=name)
    expect(listed).to_contain_text("It belongs to")
    expect(page.get_by_role("region", name="Exceptions")).to_contain_text("accounts are held by a lock")
    page.get_by_role("searchbox", name="Find a lock by account or reason").fill("no such reason")
    expect(page.get_by_text("No lock fits")).to_be_visible()
