"""What would a checked import move, from whom to whom, and where would its new accounts land?

Read from the file into which the answer was put when the import was checked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from fairpatch.core.errors import FairpatchError
from fairpatch.core.realignment.changes import OUTCOMES
from fairpatch.records.models import Account, Import, Plan, Rep
from fairpatch.records.queries.accounts import name_territory
from fairpatch.records.queries.routed import find_digits
from fairpatch.records.queries.snapshot import MOST_PATCHED
from fairpatch.records.queries.totals import load_rep_quotas
from fairpatch.records.queries.tree import LayerRow, Tree, load_tree
from fairpatch.records.snapshot import Positions
from fairpatch.records.snapshot_reading import read_changes
from fairpatch.records.visibility import Scope

MOST_SHOWN = 200
"""Groups of moves or landings; what is beyond is counted."""
STREAMED = 500
EFFECT_COLUMNS = (
    *("external_id", "name", "layer", "on_change", "from_territory", "to_territory", "from_rep", "to_rep"),
    *("cause", "annual_revenue", "open_deals", "pipeline"),
)
SENTENCES = {
    "foretold": "",
    "not_checked": "What this import moves was not worked out yet.",
    "no_live_plan": "No plan is live yet, so nobody’s account can move. The first plan that goes live "
    "decides where every account belongs.",
    "no_accounts": "These files bring no accounts. Nobody’s account moves.",
}
_SUMS = ("accounts", "revenue_minor", "open_deals", "pipeline_minor")


@dataclass(frozen=True)
class _Kept:
    """An effect with what its numbers mean."""

    about: Mapping[str, Any]
    tree: Tree
    path: Path

    @property
    def layers(self) -> dict[int, LayerRow]:
        return {layer.id: layer for layer in self.tree.layers}

    def read(self, sql: str, params: Iterable[Any] = ()) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as file:
            file.row_factory = sqlite3.Row
            return file.execute(sql, list(params)).fetchall()

    def name_reps(self, ids: Iterable[int]) -> dict[int, str]:
        """Also those who come with the import."""
        names = dict(Rep.objects.filter(id__in=set(ids)).values_list("id", "name"))
        return {int(pk): name for pk, name in self.about["new_reps"].items()} | names


def describe_import_effect(scope: Scope, import_id: int) -> dict[str, Any]:
    """The effect in sums, by layer, by territories and owners, and for new accounts by where they land."""
    kept = _open_effect(import_id)
    if kept is None:
        return {**_NOTHING, "state": "not_checked", "sentence": SENTENCES["not_checked"]}
    about = kept.about
    described = {
        **_NOTHING,
        **{name: about[name] for name in ("state", "at", "brings_plan")},
        "is_current": is_effect_current(about, scope.plan, scope.today),
        "sentence": SENTENCES[about["state"]],
    }
    if about["state"] != "foretold":
        return described
    flows = kept.read("SELECT * FROM effect_flow")
    landings = kept.read(
        "SELECT * FROM effect_landing ORDER BY accounts DESC, layer_id, territory_id, rep_id"
    )
    people = {row[name] for row in flows for name in ("from_rep_id", "to_rep_id")}
    names = kept.name_reps(people | {row["rep_id"] for row in landings})
    return {
        **described,
        **{name: about[name] for name in ("changed", "new", "moved")},
        "layers": [_sum_layer(layer, flows, landings) for layer in kept.tree.layers],
        "flows": [_shape_flow(kept, row, names) for row in flows[:MOST_SHOWN]],
        "more_flows": max(0, len(flows) - MOST_SHOWN),
        "owners": _weigh_owners(scope, kept, flows, names),
        "landings": [_shape_landing(kept, row, names) for row in landings[:MOST_SHOWN]],
        "more_landings": max(0, len(landings) - MOST_SHOWN),
    }


_NOTHING: dict[str, Any] = {
    "at": None,
    "is_current": True,
    "brings_plan": False,
    **dict.fromkeys(("changed", "new", "moved", "more_flows", "more_landings"), 0),
    **{name: [] for name in ("layers", "flows", "owners", "landings")},
}


def find_effect_mark(plan: Plan | None, today: dt.date) -> dict[str, Any]:
    """What an effect rests on that is worked out from now on, to be kept with it."""
    positions, _ = read_changes(None, MOST_PATCHED)
    return {**_name_ground(plan, today), "marks": positions.marks, "seen": sorted(positions.seen)}


def is_effect_current(about: Mapping[str, Any], plan: Plan | None, today: dt.date) -> bool:
    """Has nothing happened since that it may hang on?

    That is to accounts and how they stand, to deals, people, the live plan, or the day. Files without
    accounts move nobody whatever happens, any files while no plan is live.
    """
    if about["state"] != "foretold":
        return about["state"] == "no_accounts" or plan is None
    mark, ground = about["mark"], _name_ground(plan, today)
    if any(mark[name] != value for name, value in ground.items()):
        return False
    first, second = mark["marks"]
    since = Positions((first, second), frozenset((log, key) for log, key in mark["seen"]))
    _, changed = read_changes(since, 1)  # the first change is enough
    return changed is not None and not len(changed)


def _name_ground(plan: Plan | None, today: dt.date) -> dict[str, Any]:
    reps = Rep.objects.order_by("id").values_list("id", "manager_id", "status")
    people = hashlib.blake2b(repr(list(reps)).encode(), digest_size=8).hexdigest()
    return {"plan": plan.pk if plan else None, "today": today.isoformat(), "people": people}


def _open_effect(import_id: int) -> _Kept | None:
    row = Import.objects.filter(pk=import_id).first()
    if row is None:
        raise FairpatchError("not_found", "There is no such import.")
    about = read_effect_about(row)
    if about is None:
        return None
    plan = Plan.objects.filter(pk=about.get("plan_id") or 0).first()
    return _Kept(about, load_tree(plan) if plan else Tree([], []), _find_file(row))


def read_effect_about(row: Import) -> dict[str, Any] | None:
    """When and on what grounds an import's effect was worked out, and its counts; None when it was not."""
    path = _find_file(row)
    if row.status not in (Import.Status.CHECKED, Import.Status.APPLIED) or not path.is_file():
        return None
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        (text,) = file.execute("SELECT value FROM meta WHERE key = 'effect'").fetchone()
    about: dict[str, Any] = json.loads(text)
    return about


def _find_file(row: Import) -> Path:
    return Path(settings.DATA) / "imports" / row.folder / "effect.sqlite3"


def _sum_layer(layer: LayerRow, flows: list[sqlite3.Row], landings: list[sqlite3.Row]) -> dict[str, Any]:
    own = [row for row in flows if row["layer_id"] == layer.id]
    new = [row for row in landings if row["layer_id"] == layer.id]
    return {
        "layer": layer.code,
        "role": layer.role,
        "policy": layer.on_change,
        "sentence": OUTCOMES[layer.on_change],  # type: ignore[index]
        **{name: sum(row[name] for row in own) for name in _SUMS},
        "landed": sum(row["accounts"] for row in new if row["territory_id"]),
        "unassigned": sum(row["accounts"] for row in new if not row["territory_id"]),
    }


def _name_rep(pk: int, names: Mapping[int, str]) -> dict[str, Any] | None:
    return {"id": pk, "name": names.get(pk, "")} if pk else None


def _shape_flow(kept: _Kept, row: sqlite3.Row, names: Mapping[int, str]) -> dict[str, Any]:
    return {**_shape_way(kept, row, names), **{name: row[name] for name in _SUMS}}


def _shape_way(kept: _Kept, row: sqlite3.Row, names: Mapping[int, str]) -> dict[str, Any]:
    layer = kept.layers[row["layer_id"]]
    return {
        "layer": layer.code,
        "policy": layer.on_change,
        **{name: name_territory(kept.tree, row[f"{name}_id"]) for name in ("from_territory", "to_territory")},
        **{name: _name_rep(row[f"{name}_id"], names) for name in ("from_rep", "to_rep")},
    }


def _shape_landing(kept: _Kept, row: sqlite3.Row, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "layer": kept.layers[row["layer_id"]].code,
        "territory": name_territory(kept.tree, row["territory_id"]),
        "rep": _name_rep(row["rep_id"], names),
        "accounts": row["accounts"],
        "revenue_minor": row["revenue_minor"],
    }


def _weigh_owners(
    scope: Scope, kept: _Kept, flows: list[sqlite3.Row], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """What each person would give and get in the primary layer, and the quota they have today."""
    sums: dict[int, dict[str, int]] = {}
    primary = kept.tree.primary_layer
    for row in flows:
        if primary is None or row["layer_id"] != primary.id or row["from_rep_id"] == row["to_rep_id"]:
            continue
        for rep, side in ((row["from_rep_id"], "out"), (row["to_rep_id"], "in")):
            if rep:
                own = sums.setdefault(rep, {f"{name}_{way}": 0 for name in _MOVED for way in ("out", "in")})
                for name in _MOVED:
                    own[f"{name}_{side}"] += row[name]
    quotas = load_rep_quotas(scope)
    shares = [
        {"rep_id": rep, "name": names.get(rep, ""), **own, "quota_minor": quotas.get(rep, 0)}
        for rep, own in sums.items()
    ]
    return sorted(shares, key=lambda share: (-share["accounts_in"] - share["accounts_out"], share["rep_id"]))


_MOVED = ("accounts", "open_deals", "pipeline_minor")


def list_effect_moves(
    import_id: int, layer: str | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of the accounts that would move, by account and layer, and the mark of the next one."""
    kept = _open_effect(import_id)
    if kept is None or kept.about["state"] != "foretold":
        return [], None
    wanted = [pk for pk, row in kept.layers.items() if layer in (None, row.code)]
    marks = ", ".join("?" * len(wanted))
    rows = kept.read(
        f"SELECT * FROM effect_move WHERE seq > ? AND layer_id IN ({marks}) ORDER BY seq LIMIT ?",  # noqa: S608
        [after, *wanted, limit + 1],
    )
    shown = rows[:limit]
    return list(_shape_moves(kept, shown)), shown[-1]["seq"] if len(rows) > limit else None


def _shape_moves(kept: _Kept, rows: list[sqlite3.Row]) -> Iterator[dict[str, Any]]:
    names = kept.name_reps(row[name] for row in rows for name in ("from_rep_id", "to_rep_id"))
    ids = {row["account_id"] for row in rows}
    accounts = {
        pk: {"id": pk, "external_id": external_id, "name": name}
        for pk, external_id, name in Account.objects.filter(id__in=ids).values_list(
            "id", "external_id", "name"
        )
    }
    for row in rows:
        yield {
            "account": accounts[row["account_id"]],
            **_shape_way(kept, row, names),
            **{name: row[name] for name in ("cause", *_SUMS[1:])},
        }


def stream_effect_moves(scope: Scope, import_id: int) -> Iterator[tuple[object, ...]]:
    """Every account that would move as a row for spreadsheets, with the columns of `EFFECT_COLUMNS`."""
    digits = find_digits(scope)
    mark: int | None = 0
    while mark is not None:
        rows, mark = list_effect_moves(import_id, None, mark, STREAMED)
        for row in rows:
            account = row["account"]
            places = [row[side]["code"] if row[side] else "" for side in ("from_territory", "to_territory")]
            people = [row[side]["name"] if row[side] else "" for side in ("from_rep", "to_rep")]
            revenue, pipeline = (
                Decimal(row[name]).scaleb(-digits) for name in ("revenue_minor", "pipeline_minor")
            )
            about = (account["external_id"], account["name"], row["layer"], row["policy"])
            yield (*about, *places, *people, row["cause"], revenue, row["open_deals"], pipeline)
