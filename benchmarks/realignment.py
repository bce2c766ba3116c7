"""How much faster is a realignment than the same work done with Django's bulk_update or save()?

All three start from the same approved list of moves, write the same rows to the same tables under the same
triggers and constraints, hash and sign the same batch, and commit. The other two need not look for drift.

    python -m benchmarks.realignment [--sizes 1000,10000] [--set-based-only 100000] [--repeat 2]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable


def apply_set_based(actor: object, realignment_id: int) -> None:
    from fairpatch.actions.realignment import execute_realignment

    execute_realignment(actor, realignment_id)


def apply_bulk_update(actor: object, realignment_id: int) -> None:
    _apply_with_orm(actor, realignment_id, is_bulk=True)


def apply_save(actor: object, realignment_id: int) -> None:
    _apply_with_orm(actor, realignment_id, is_bulk=False)


def _apply_with_orm(actor: object, realignment_id: int, *, is_bulk: bool) -> None:
    from fairpatch.actions.deed import deed
    from fairpatch.actions.realignment_execution import _switch_plan
    from fairpatch.records import models as m

    with deed("execute_realignment", actor=actor) as act:
        realignment = m.Realignment.objects.get(pk=realignment_id)
        moves = list(realignment.moves.order_by("account_id", "layer_id"))
        deal_moves = list(realignment.deal_moves.select_related("deal").order_by("deal_id"))
        accounts = m.Account.objects.in_bulk([move.account_id for move in moves])
        held = {(a.account_id, a.layer_id): a for a in m.Assignment.objects.filter(account__in=accounts)}
        assignments, owned, leaves, salts = [], [], [], []
        for move in moves:
            account = accounts[move.account_id]
            account.owner_id, account.territory_id = move.to_rep_id, move.to_territory_id
            account.version += 1
            account.updated_at = act.now
            assignment = held[move.account_id, move.layer_id]
            for name in ASSIGNMENT:
                setattr(
                    assignment, name, getattr(move, "to_territory_id" if name == "territory_id" else name)
                )
            assignments.append(assignment)
            owned.append(
                m.Ownership(
                    account_id=move.account_id,
                    layer_id=move.layer_id,
                    effective_at=act.now,
                    recorded_at=act.now,
                    rep_id=move.to_rep_id,
                    territory_id=move.to_territory_id,
                    realignment=realignment,
                    batch=act.batch,
                    leaf_seq=move.position,
                )
            )
            leaves.append(_leaf(act.batch, move, move.account_id))
            salts.append(
                m.LedgerSalt(
                    batch=act.batch, seq=move.position, salt=move.leaf_salt, opening=move.leaf_opening
                )
            )
        for move in deal_moves:
            move.deal.owner_id = move.to_rep_id
            move.deal.version += 1
            leaves.append(_leaf(act.batch, move, move.deal.account_id))
        deals = [move.deal for move in deal_moves]
        changed = (
            (list(accounts.values()), ["owner_id", "territory_id", "version", "updated_at"]),
            (assignments, list(ASSIGNMENT)),
            (deals, ["owner_id", "version"]),
        )
        for rows, columns in changed:
            names = [name.removesuffix("_id") for name in columns]
            if is_bulk and rows:
                type(rows[0]).objects.bulk_update(rows, names, batch_size=500)
            for row in () if is_bulk else rows:
                row.save(update_fields=names)
        for rows in (owned, leaves, salts):
            if is_bulk and rows:
                type(rows[0]).objects.bulk_create(rows, batch_size=2000)
            for row in () if is_bulk else rows:
                row.save(force_insert=True)
        act.count_leaves(len(leaves))
        _switch_plan(m.Organisation.objects.get(), realignment)
        m.Realignment.objects.filter(pk=realignment_id).update(status="executed", batch=act.batch)


ASSIGNMENT = ("territory_id", "cause", "tie", "claim_class", "priority", "specificity", "other_claims")


def _leaf(batch: int, move: object, account_id: int) -> object:
    from fairpatch.records.models import LedgerLeaf

    return LedgerLeaf(
        batch=batch, seq=move.position, account_id=account_id, body=move.leaf_body, hash=move.leaf_hash
    )


WAYS: dict[str, Callable[[object, int], None]] = {
    "set-based": apply_set_based,
    "bulk_update": apply_bulk_update,
    "save": apply_save,
}


def measure(size: int, ways: list[str], repeat: int, planner: object, admin: object) -> dict[str, float]:
    """Best seconds of each way; the territory of that size changes hands each time."""
    from fairpatch.actions.realignment import HandoverIntent, approve_realignment, propose_realignment
    from fairpatch.records.models import Rep, Seat

    best: dict[str, float] = {}
    for _ in range(repeat):
        for way in ways:
            holder = Seat.objects.filter(territory__code=f"T{size}", kind="primary").order_by("-id").first()
            others = Rep.objects.filter(kind="person").exclude(pk=holder.rep_id).order_by("-id")
            begun = time.perf_counter()
            proposal = propose_realignment(planner, HandoverIntent(f"T{size}", others[0].pk), reason="bench")
            staged = time.perf_counter() - begun
            assert proposal.move_count == size
            approve_realignment(admin, proposal.pk)
            begun = time.perf_counter()
            WAYS[way](admin, proposal.pk)
            taken = time.perf_counter() - begun
            best[way] = min(taken, best.get(way, taken))
            best["propose"] = min(staged, best.get("propose", staged))
    return best


def run(sizes: list[int], large: list[int], repeat: int) -> None:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.company import found_company
    from fairpatch.actions.ownership import check_ownership
    from fairpatch.core.audit.verify import verify_export
    from fairpatch.records.ledger import export_ledger

    planner, admin = found_company([*sizes, *large])
    for size in [*sizes, *large]:
        ways = list(WAYS) if size in sizes else ["set-based"]
        best = measure(size, ways, repeat, planner, admin)
        own = best["set-based"]
        told = "  ".join(f"{way} {best[way]:.2f} s ({best[way] / own:.1f}x)" for way in ways[1:])
        print(
            f"{connection.vendor:10} {size:>7} moves  propose {best['propose']:.2f} s  "
            f"execute {own:.2f} s  {told}",
            flush=True,
        )
    assert check_ownership() == []
    report = verify_export(export_ledger())
    print(f"{connection.vendor:10} {report.sentence}", flush=True)
    assert report.ok


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--set-based-only", default="100000")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--here", action="store_true", help="run on DATABASE_URL in this process")
    options = parser.parse_args()
    if options.here:
        numbers = ([int(n) for n in text.split(",") if n] for text in (options.sizes, options.set_based_only))
        run(*numbers, options.repeat)
        return
    from tests.with_postgres import run_postgres

    command = [sys.executable, "-m", "benchmarks.realignment", *sys.argv[1:], "--here"]
    with tempfile.TemporaryDirectory(prefix="fairpatch-bench-") as folder, run_postgres() as url:
        for place, database in (("sqlite", ""), ("postgres", url)):
            environment = {
                **os.environ,
                "DATA": f"{folder}/{place}",
                "DATABASE_URL": database,
                "DJANGO_SETTINGS_MODULE": "fairpatch.site.settings",
            }
            subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
