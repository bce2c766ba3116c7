"""How does a design look on a map that opens anywhere, without a network?"""

from __future__ import annotations

import html
import json
from colorsys import hls_to_rgb

import numpy as np

from fairpatch.engines.design.problem import Floats
from fairpatch.engines.design.result import DesignResult

GOLDEN_TURN = 0.618033988749895
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Territories before and after</title>
<style>
body { font: 14px system-ui, sans-serif; margin: 1.5rem; color: #1f2933; background: #fff }
figure { display: inline-block; margin: 0 1rem 1rem 0; width: min(46vw, 48rem) }
canvas { width: 100%; border: 1px solid #d5dbe1; border-radius: 6px }
figcaption { margin-bottom: .4rem; font-weight: 600 }
</style>
<h1>Territories before and after</h1>
<p>SUMMARY</p>
<figure><figcaption>Before (grey: nobody's)</figcaption>
<canvas id="before" width="1200" height="HEIGHT" role="img" aria-label="By owner"></canvas></figure>
<figure><figcaption>After (crosses: centres)</figcaption>
<canvas id="after" width="1200" height="HEIGHT" role="img" aria-label="By territory"></canvas></figure>
<script>
const data = DATA;
function draw(id, codes) {
  const pen = document.getElementById(id).getContext("2d");
  codes.forEach((code, i) => {
    pen.fillStyle = code < 0 ? "#b8c0c8" : data.colours[code];
    pen.fillRect(data.x[i] - data.dot / 2, data.y[i] - data.dot / 2, data.dot, data.dot);
  });
  return pen;
}
draw("before", data.before);
const pen = draw("after", data.after);
pen.strokeStyle = "#111";
pen.lineWidth = 3;
for (const [x, y] of data.centres) {
  pen.beginPath();
  pen.moveTo(x - 8, y); pen.lineTo(x + 8, y);
  pen.moveTo(x, y - 8); pen.lineTo(x, y + 8);
  pen.stroke();
}
</script></html>
"""


def draw_page(result: DesignResult) -> bytes:
    """A self-contained page with every account, coloured by owner and by territory."""
    assert result.territory is not None
    assert result.centres is not None
    problem = result.problem
    squeeze = float(np.cos(np.radians(problem.latitude.mean())))
    left, top = problem.longitude.min() * squeeze, problem.latitude.max()
    wide = max(float((problem.longitude * squeeze).max() - left), 1e-6)
    scale = 1160 / max(wide, 0.5 * float(top - problem.latitude.min()), 1e-6)

    def place(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
        return 20 + (longitude * squeeze - left) * scale, 20 + (top - latitude) * scale

    x, y = place(problem.latitude, problem.longitude)
    centres = result.centres[~np.isnan(result.centres[:, 0])]
    data = {
        "x": np.round(x, 1).tolist(),
        "y": np.round(y, 1).tolist(),
        "before": problem.owner.tolist(),
        "after": result.territory.tolist(),
        "centres": np.round(np.column_stack(place(centres[:, 0], centres[:, 1])), 1).tolist(),
        "colours": [_pick_colour(t) for t in range(len(problem.codes))],
        "dot": 3 if len(x) > 20_000 else 5,
    }
    gap = "" if result.gap is None else f", at most {result.gap:.2%} above the best for these centres"
    moved = "" if result.moved_share is None else f"; {result.moved_share:.1%} of the owned weight moves"
    summary = (
        f"{len(x):,} accounts, {len(problem.codes)} territories, {result.rms_km:,.1f} km typical{gap}{moved}."
    )
    page = PAGE.replace("SUMMARY", html.escape(summary)).replace("HEIGHT", str(int(y.max()) + 20))
    return page.replace("DATA", json.dumps(data)).encode()


def _pick_colour(number: int) -> str:
    light = (0.42, 0.55, 0.68)[number % 3]
    return "#" + "".join(
        f"{int(255 * part):02x}" for part in hls_to_rgb(number * GOLDEN_TURN % 1, light, 0.62)
    )
