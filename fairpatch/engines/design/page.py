"""How does a design look on a map that opens anywhere, without a network?"""

from __future__ import annotations

import html
import json
from typing import Any

import numpy as np

from fairpatch.engines.design.page_text import PAGE
from fairpatch.engines.design.problem import Floats
from fairpatch.engines.design.result import DesignResult

# Apart in hue and lightness, and to be told from grey, which is nobody's.
PALETTE = (
    "#2f74c0", "#e07b28", "#35984a", "#c93c46", "#8a5fc9", "#8f5f3f",
    "#d957a8", "#16a0b4", "#d6a512", "#86b135", "#5468d4", "#f08a78",
)  # fmt: skip
MOST_STRAY = 0.005  # of the accounts at each end of an axis; the view opens on the others
NEAREST = 1e-3  # squared degrees: two centres on one spot


def draw_page(result: DesignResult) -> bytes:
    """A self-contained page with every account, coloured by owner and by territory.

    It opens on where nearly all accounts are: a few far ones, often faulty positions, would shrink the rest.
    """
    assert result.territory is not None
    assert result.centres is not None
    problem = result.problem
    squeeze = max(0.1, float(np.cos(np.radians(np.median(problem.latitude)))))
    x, y = problem.longitude * squeeze, -problem.latitude
    centres = np.column_stack((result.centres[:, 1] * squeeze, -result.centres[:, 0]))
    data = {
        "x": np.round(x, 4).tolist(),
        "y": np.round(y, 4).tolist(),
        "before": problem.owner.tolist() if problem.owned.any() else None,
        "after": result.territory.tolist(),
        "centres": [None if np.isnan(at[0]) else np.round(at, 4).tolist() for at in centres],
        "colours": [PALETTE[number] for number in pick_colours(centres)],
        "codes": problem.codes.tolist(),
        "most": _find_box(x, y, MOST_STRAY),
        "all": _find_box(x, y, 0.0),
    }
    page = PAGE.replace("SUMMARY", html.escape(_write_summary(result)))
    page = page.replace("HEADS", _write_heads(result)).replace("ROWS", _write_rows(result))
    return page.replace("DATA", json.dumps(data).replace("<", "\\u003c")).encode()


def pick_colours(centres: Floats) -> list[int]:
    """A place in the palette for each centre (k × 2, NaN for none), unlike those of the centres near it."""
    chosen: list[int] = []
    for number, at in enumerate(centres):
        crowd = np.zeros(len(PALETTE))
        if not np.isnan(at[0]):
            apart = np.nan_to_num(((centres[:number] - at) ** 2).sum(axis=1), nan=np.inf)
            np.add.at(crowd, np.array(chosen, np.int64), 1 / np.maximum(apart, NEAREST))
        chosen.append(int(crowd.argmin()))
    return chosen


def _find_box(x: Floats, y: Floats, stray: float) -> list[float]:
    """West, north, east and south of all but the stray accounts."""
    ends = [np.quantile(axis, (stray, 1 - stray)) for axis in (x, y)]
    return [round(float(end), 4) for end in (ends[0][0], ends[1][0], ends[0][1], ends[1][1])]


def _write_summary(result: DesignResult) -> str:
    problem = result.problem
    gap = "" if result.gap is None else f", at most {result.gap:.2%} above the best for these centres"
    moved = "" if result.moved_share is None else f"; {result.moved_share:.1%} of the owned weight moves"
    return (
        f"{len(problem.accounts):,} accounts, {len(problem.codes)} territories, "
        f"{result.rms_km or 0.0:,.1f} km typical distance to the centre{gap}{moved}."
    )


def _write_heads(result: DesignResult) -> str:
    names = ("Accounts", *(measure.name.capitalize() for measure in result.problem.measures))
    return "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)


def _write_rows(result: DesignResult) -> str:
    """A row per territory: code, accounts, and how far each measure is from its target."""
    problem: Any = result.problem
    assert result.territory is not None
    assert result.deviations is not None
    accounts = np.bincount(result.territory, minlength=len(problem.codes))
    lines = []
    for number, code in enumerate(problem.codes.tolist()):
        cells = [f"{accounts[number]:,}", *(f"{part:+.2%}" for part in result.deviations[number])]
        shown = html.escape(code)
        lines.append(
            f'<tr><th scope="row"><button type="button" aria-pressed="false" data-at="{number}">'
            f"<i></i>{shown}</button></th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        )
    return "\n".join(lines)
