"""Does the page of a design open anywhere, and can its territories be told apart?"""

import json
import re
from typing import Any

import numpy as np

from fairpatch.engines.design.page import PALETTE, draw_page, pick_colours
from fairpatch.engines.design.problem import NOBODY, Measure, state_problem
from fairpatch.engines.design.run import design


def draw(codes: list[str], owner: list[int]) -> tuple[str, Any]:
    rng = np.random.default_rng(3)
    n = 400
    latitude, longitude = rng.uniform(30, 45, n), rng.uniform(-120, -75, n)
    latitude[0], longitude[0] = -75.0, 140.0  # a faulty position far from all others
    problem = state_problem(
        latitude=latitude,
        longitude=longitude,
        measures=[Measure("count", 0.1)],
        values=np.ones((n, 1)),
        capacity=np.ones(len(codes)),
        codes=codes,
        owner=np.array((owner * n)[:n], np.int32),
    )
    page = draw_page(design(problem, 0)).decode()
    found = re.search(r"const data = (.*);\n", page)
    assert found is not None
    return page, json.loads(found.group(1))


def test_the_page_needs_no_network_and_trusts_no_code() -> None:
    page, data = draw(["<b>&", "</script><script>alert(1)</script>"], [0, 1])
    assert not re.search(r"https?:|src=|url\(", page)
    assert page.count("<script>") == page.count("</script>") == 1
    assert "&lt;b&gt;&amp;" in page
    assert data["codes"] == ["<b>&", "</script><script>alert(1)</script>"]


def test_one_stray_account_does_not_shrink_the_map() -> None:
    _, data = draw(["T1", "T2"], [NOBODY])
    west, north, east, south = data["most"]
    assert max(data["y"]) == 75.0 == data["all"][3]
    assert -45.0 <= north < south <= -30.0
    assert -100 < west < east < -50
    assert data["before"] is None


def test_neighbours_differ_in_colour() -> None:
    side = np.arange(7.0)
    centres = np.array([(x, y) for x in side for y in side])
    colours = np.array(pick_colours(centres))
    apart = ((centres[:, None] - centres[None]) ** 2).sum(axis=2)
    near = (apart > 0) & (apart <= 2)
    assert not (near & (colours[:, None] == colours[None])).any()
    assert max(pick_colours(np.full((30, 2), np.nan))) < len(PALETTE)
