"""What are the fixed words, styles and script of a design's page? Capital words are filled in."""

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Territories designed</title>
<style>
:root { color-scheme: light dark; --ink: #1f2933; --paper: #fff; --line: #d5dbe1; --soft: #f4f6f8;
  --nobody: #b3bcc5; --faint: #e9edf0; --halo: #fff; --mute: #52606d }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ee; --paper: #14191f; --line: #38424d; --soft: #1d242c;
    --nobody: #66717c; --faint: #262e37; --halo: #14191f; --mute: #a3b0bd } }
* { box-sizing: border-box }
body { font: 14px/1.45 system-ui, sans-serif; margin: 0; padding: 1.25rem; color: var(--ink);
  background: var(--paper) }
h1 { font-size: 1.4rem; margin: 0 0 .2rem }
p { margin: 0 0 .8rem; color: var(--mute) }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(15rem, auto); gap: 1rem;
  align-items: start }
.maps { display: grid; gap: 1rem }
figure { margin: 0 }
figcaption { margin-bottom: .3rem; font-weight: 600 }
canvas { display: block; width: 100%; height: var(--tall); border: 1px solid var(--line); border-radius: 6px;
  background: var(--paper); cursor: grab; touch-action: none }
canvas:focus-visible, button:focus-visible { outline: 2px solid #2f74c0; outline-offset: 1px }
nav { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center; margin-bottom: .6rem }
nav button { font: inherit; padding: .2rem .7rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--soft); color: inherit; cursor: pointer }
.list { max-height: calc(100vh - 3rem); overflow: auto; border: 1px solid var(--line); border-radius: 6px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
caption { padding: .3rem .6rem; text-align: left; color: var(--mute) }
thead th { position: sticky; top: 0; background: var(--soft); font-weight: 600 }
th, td { padding: .18rem .6rem; text-align: right; white-space: nowrap }
th:first-child { text-align: left }
tbody th { font-weight: 400; padding: 0 }
tbody button { font: inherit; color: inherit; background: none; border: 0; width: 100%; text-align: left;
  padding: .18rem .6rem; cursor: pointer }
tbody i { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .45rem;
  vertical-align: -1px }
tbody tr:hover, tbody tr.chosen { background: var(--soft) }
tbody tr.chosen button { font-weight: 700 }
@media (max-width: 900px) { main { grid-template-columns: minmax(0, 1fr) } .list { max-height: 24rem } }
</style>
<header>
<h1>Territories designed</h1>
<p>SUMMARY</p>
</header>
<nav aria-label="View">
<button type="button" id="closer" aria-label="Closer">+</button>
<button type="button" id="wider" aria-label="Wider">−</button>
<button type="button" id="most">Most accounts</button>
<button type="button" id="all">All accounts</button>
<label id="only"><input type="checkbox"> Only what changes hands</label>
<span id="outside" role="status"></span>
</nav>
<main>
<div class="maps">
<figure id="was"><figcaption>Before, by owner (grey: nobody's)</figcaption>
<canvas id="before" tabindex="0" role="img" aria-label="Accounts by owner"></canvas></figure>
<figure><figcaption>After, by territory</figcaption>
<canvas id="after" tabindex="0" role="img" aria-label="Accounts by territory"></canvas></figure>
</div>
<div class="list" tabindex="0" aria-label="Territories"><table>
<caption>Accounts, and how far each measure is from its target</caption>
<thead><tr><th scope="col">Territory</th>HEADS</tr></thead>
<tbody>
ROWS
</tbody></table></div>
</main>
<script>
const data = DATA;
const maps = data.before ? [["before", data.before], ["after", data.after]] : [["after", data.after]];
const byId = (id) => document.getElementById(id);
const tint = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const count = data.x.length;
let box = data.most, view = null, chosen = null, waiting = false;
if (!data.before) { byId("was").remove(); byId("only").remove(); }

function isLeftOut(i) {
  return onlyMoves() && (data.before[i] < 0 || data.before[i] === data.after[i]);
}
function onlyMoves() { return Boolean(data.before) && byId("only").firstElementChild.checked; }

// A view is the middle of the map and how many pixels a degree takes; both maps share it.
function fit(wanted) {
  box = wanted;
  view = null;
  redraw();
}
function settle(wide, tall) {
  if (view) return view;
  const [west, north, east, south] = box;
  const scale = 0.94 * Math.min(wide / Math.max(east - west, 0.01), tall / Math.max(south - north, 0.01));
  view = { x: (west + east) / 2, y: (north + south) / 2, scale };
  return view;
}
function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; for (const [id, codes] of maps) draw(id, codes); tell(); });
}
function draw(id, codes) {
  const canvas = byId(id), sharp = window.devicePixelRatio || 1;
  const wide = canvas.clientWidth, tall = canvas.clientHeight;
  canvas.width = wide * sharp;
  canvas.height = tall * sharp;
  const pen = canvas.getContext("2d");
  pen.scale(sharp, sharp);
  const at = settle(wide, tall);
  const dot = Math.max(1.6, Math.min(6, Math.sqrt(wide * tall / count) * 0.35 * Math.sqrt(at.scale / 20)));
  const layers = new Map();
  for (let i = 0; i < count; i++) {
    const code = isLeftOut(i) ? -2 : codes[i];
    if (!layers.has(code)) layers.set(code, []);
    layers.get(code).push(i);
  }
  const order = [...layers.keys()].sort((a, b) => (a === chosen) - (b === chosen) || a - b);
  for (const code of order) {
    const isFaint = code === -2 || (chosen !== null && code !== chosen);
    pen.fillStyle = isFaint ? tint("faint") : code < 0 ? tint("nobody") : data.colours[code];
    for (const i of layers.get(code)) {
      const x = wide / 2 + (data.x[i] - at.x) * at.scale, y = tall / 2 + (data.y[i] - at.y) * at.scale;
      if (x > -9 && y > -9 && x < wide + 9 && y < tall + 9) pen.fillRect(x - dot / 2, y - dot / 2, dot, dot);
    }
  }
  if (id === "after") label(pen, wide, tall, at);
}
function label(pen, wide, tall, at) {
  pen.font = "600 11px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  const taken = [];
  data.centres.forEach((centre, code) => {
    if (!centre || (chosen !== null && code !== chosen)) return;
    const x = wide / 2 + (centre[0] - at.x) * at.scale, y = tall / 2 + (centre[1] - at.y) * at.scale;
    const half = pen.measureText(data.codes[code]).width / 2 + 2;
    if (taken.some(([u, v, other]) => Math.abs(u - x) < half + other && Math.abs(v - y) < 13)) return;
    taken.push([x, y, half]);
    pen.lineWidth = 3.5;
    pen.strokeStyle = tint("halo");
    pen.strokeText(data.codes[code], x, y);
    pen.fillStyle = tint("ink");
    pen.fillText(data.codes[code], x, y);
  });
}
function tell() {
  const canvas = byId("after");
  const x = canvas.clientWidth / 2 / view.scale, y = canvas.clientHeight / 2 / view.scale;
  let outside = 0;
  for (let i = 0; i < count; i++) {
    if (Math.abs(data.x[i] - view.x) > x || Math.abs(data.y[i] - view.y) > y) outside++;
  }
  const words = outside === 1 ? " account lies" : " accounts lie";
  byId("outside").textContent = outside ? outside.toLocaleString("en") + words + " outside this view" : "";
}
function zoom(factor, x = 0, y = 0) {
  view.x += x / view.scale * (1 - 1 / factor);
  view.y += y / view.scale * (1 - 1 / factor);
  view.scale *= factor;
  redraw();
}
function shift(x, y) {
  view.x += x / view.scale;
  view.y += y / view.scale;
  redraw();
}
function choose(number) {
  chosen = chosen === number ? null : number;
  for (const button of document.querySelectorAll("tbody button")) {
    const isChosen = Number(button.dataset.at) === chosen;
    button.setAttribute("aria-pressed", String(isChosen));
    button.closest("tr").classList.toggle("chosen", isChosen);
    if (isChosen) button.scrollIntoView({ block: "nearest" });
  }
  redraw();
}
function findNear(canvas, codes, x, y) {
  let best = 100, found = null;
  for (let i = 0; i < count; i++) {
    const u = canvas.clientWidth / 2 + (data.x[i] - view.x) * view.scale - x;
    const v = canvas.clientHeight / 2 + (data.y[i] - view.y) * view.scale - y;
    if (u * u + v * v < best) { best = u * u + v * v; found = codes[i]; }
  }
  return found;
}
const steps = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };
for (const [id, codes] of maps) {
  const canvas = byId(id);
  let held = null, far = 0;
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const x = event.offsetX - canvas.clientWidth / 2, y = event.offsetY - canvas.clientHeight / 2;
    zoom(Math.exp(-event.deltaY / 400), x, y);
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    held = event;
    far = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    far += Math.abs(event.clientX - held.clientX) + Math.abs(event.clientY - held.clientY);
    shift(held.clientX - event.clientX, held.clientY - event.clientY);
    held = event;
  });
  canvas.addEventListener("pointerup", (event) => {
    held = null;
    if (far > 4) return;
    const code = findNear(canvas, codes, event.offsetX, event.offsetY);
    if (code !== null && code >= 0) choose(code);
    else if (chosen !== null) choose(chosen);
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key in steps) { event.preventDefault(); shift(...steps[event.key]); }
    if (event.key === "+") zoom(1.5);
    if (event.key === "-") zoom(1 / 1.5);
  });
}
document.querySelectorAll("tbody button").forEach((button) => {
  const number = Number(button.dataset.at);
  button.firstElementChild.style.background = data.colours[number];
  button.addEventListener("click", () => choose(number));
});
byId("closer").addEventListener("click", () => zoom(1.5));
byId("wider").addEventListener("click", () => zoom(1 / 1.5));
byId("most").addEventListener("click", () => fit(data.most));
byId("all").addEventListener("click", () => fit(data.all));
byId("only")?.addEventListener("change", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
addEventListener("resize", () => fit(box));
const tall = maps.length > 1 ? "min(46vh, 34rem)" : "min(80vh, 46rem)";
document.documentElement.style.setProperty("--tall", tall);
fit(box);
</script></html>
"""
