"""Is every way of tampering with an exported ledger detected, and the first bad entry named?"""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import fairpatch.core.audit
from fairpatch.core.audit.merkle import Frontier, compute_root, hash_leaf
from fairpatch.core.audit.records import (
    Head,
    OwnershipFact,
    name_key,
    write_head,
    write_key_leaf,
    write_ownership_leaf,
)
from fairpatch.core.audit.verify import Report, verify_export

KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\2" * 32)
Rows = list[dict[str, Any]]


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def write_batch(
    log: Frontier, batch: int, size: int, key: Ed25519PrivateKey = KEY, introduces: bytes = b""
) -> Rows:
    leaves: Rows = []
    for seq in range(size):
        salt, opening = bytes([seq] * 16), f'{{"name":"Account {seq}"}}'
        fact = OwnershipFact(seq, 100 + seq, 1, None, 7, None, 3, 0, is_interim=False, cause="rule")
        body = write_ownership_leaf(fact, salt, opening)
        leaves.append({"t": "leaf", "batch": batch, "seq": seq, "body": body.decode(), "salt": salt.hex()})
        leaves[-1]["opening"] = opening
    if introduces:
        body = write_key_leaf(size, name_key(introduces), introduces)
        leaves.append({"t": "leaf", "batch": batch, "seq": size, "body": body.decode()})
    for leaf in leaves:
        leaf["hash"] = hash_leaf(leaf["body"].encode()).hex()
    return [sign_head(log, batch, leaves, key), *leaves]


def sign_head(log: Frontier, batch: int, leaves: Rows, key: Ed25519PrivateKey) -> dict[str, Any]:
    root = compute_root([bytes.fromhex(leaf["hash"]) for leaf in leaves])
    at = dt.datetime(2026, 1, batch, tzinfo=dt.UTC)
    body = write_head(
        Head(batch, len(leaves), root, log.compute_root(), "deed", "", 1, {}, at, name_key(public(key)))
    )
    log.add(hash_leaf(body))
    return {"t": "head", "batch": batch, "body": body.decode(), "signature": key.sign(body).hex()}


def write_ledger() -> Rows:
    log = Frontier()
    rows: Rows = [{"t": "ledger", "v": 1, "heads": 3}]
    rows.append({"t": "key", "key": name_key(public(KEY)), "public": public(KEY).hex()})
    for batch, size in ((1, 5), (2, 4), (3, 1)):
        rows += write_batch(log, batch, size)
    return [*rows, {"t": "end", "heads": 3}]


def verify(rows: Rows, **expected: str) -> Report:
    return verify_export((json.dumps(row) for row in rows), **expected)


def find(rows: Rows, kind: str, batch: int, seq: int | None = None) -> int:
    return next(
        i
        for i, row in enumerate(rows)
        if row["t"] == kind and row["batch"] == batch and row.get("seq") == seq
    )


def edit_leaf(rows: Rows) -> Rows:
    row = rows[find(rows, "leaf", 2, 1)]
    row["body"] = row["body"].replace('"rep":[null,7]', '"rep":[null,8]')
    return rows


def edit_leaf_and_its_hash(rows: Rows) -> Rows:
    edit_leaf(rows)
    row = rows[find(rows, "leaf", 2, 1)]
    row["hash"] = hash_leaf(row["body"].encode()).hex()
    return rows


def delete_leaf(rows: Rows) -> Rows:
    del rows[find(rows, "leaf", 2, 1)]
    return rows


def swap_leaves(rows: Rows) -> Rows:
    first, second = rows[find(rows, "leaf", 2, 1)], rows[find(rows, "leaf", 2, 2)]
    for name in ("body", "hash", "salt", "opening"):
        first[name], second[name] = second[name], first[name]
    return rows


def cut_batch(rows: Rows) -> Rows:
    del rows[find(rows, "leaf", 2, 3)]
    return rows


def rewrite_batch(rows: Rows, key: Ed25519PrivateKey = OTHER) -> Rows:
    """A consistent rewriting by somebody without the key: leaves, root, size and all."""
    edit_leaf_and_its_hash(rows)
    place = find(rows, "head", 2)
    log = Frontier()
    log.add(hash_leaf(rows[find(rows, "head", 1)]["body"].encode()))
    leaves = [row for row in rows if row["t"] == "leaf" and row["batch"] == 2]
    rows[place] = sign_head(log, 2, leaves, key)
    return rows


def forge_signature(rows: Rows) -> Rows:
    row = rows[find(rows, "head", 2)]
    row["signature"] = OTHER.sign(row["body"].encode()).hex()
    return rows


def rewrite_with_a_key_of_ones_own(rows: Rows) -> Rows:
    rows.insert(1, {"t": "key", "key": name_key(public(OTHER)), "public": public(OTHER).hex()})
    return rewrite_batch(rows)


def drop_middle_batch(rows: Rows) -> Rows:
    return [row for row in rows if row.get("batch") != 2]


def rewrite_history_with_the_key(rows: Rows) -> Rows:
    """Somebody with the key signs batch 2 anew, but not what stands on it."""
    return rewrite_batch(rows, KEY)


def change_opening(rows: Rows) -> Rows:
    rows[find(rows, "leaf", 2, 1)]["opening"] = '{"name":"Somebody else"}'
    return rows


def cut_file(rows: Rows) -> Rows:
    return rows[:-1]


def add_leaf(rows: Rows) -> Rows:
    place = find(rows, "leaf", 2, 3)
    rows.insert(
        place + 1, {**rows[place], "seq": 4, "body": rows[place]["body"].replace('"seq":3', '"seq":4')}
    )
    rows[place + 1]["hash"] = hash_leaf(rows[place + 1]["body"].encode()).hex()
    return rows


TAMPERING: list[tuple[Callable[[Rows], Rows], str]] = [
    (edit_leaf, "batch 2, entry 1: its text was changed."),
    (delete_leaf, "batch 2, entry 1: missing"),
    (swap_leaves, "batch 2, entry 1: this is entry 2."),
    (cut_batch, "batch 2, entry 3: missing."),
    (add_leaf, "batch 2, entry 4: "),
    (rewrite_batch, "batch 2: its key"),
    (forge_signature, "batch 2: the head's signature does not fit."),
    (rewrite_with_a_key_of_ones_own, "batch 2: its key"),
    (drop_middle_batch, "batch 2: missing."),
    (rewrite_history_with_the_key, "batch 3: it was not signed on top"),
    (change_opening, "batch 2, entry 1: the personal data"),
    (cut_file, "the end of the file: it is cut off."),
]


def test_an_untouched_ledger_is_intact() -> None:
    report = verify(write_ledger())
    assert report.ok, report.faults
    assert (report.batches, report.leaves, report.erased) == (3, 10, 0)


@pytest.mark.parametrize(("tamper", "sentence"), TAMPERING, ids=lambda value: getattr(value, "__name__", ""))
def test_tampering_is_named(tamper: Callable[[Rows], Rows], sentence: str) -> None:
    report = verify(tamper(write_ledger()))
    assert not report.ok
    assert report.first_bad is not None
    assert report.first_bad.sentence.startswith(sentence), report.faults


def test_a_leaf_edited_with_its_hash_breaks_its_batch() -> None:
    report = verify(edit_leaf_and_its_hash(write_ledger()))
    assert [fault.sentence for fault in report.faults] == [
        "batch 2: its entries are not those that were signed."
    ]


def test_the_newest_head_can_be_dropped_unless_it_is_known_outside() -> None:
    rows = write_ledger()
    newest = verify(rows).newest
    cut = [row for row in rows if row.get("batch") != 3]
    cut[-1]["heads"] = 2
    assert verify(cut).ok, "nothing inside the file can tell"
    assert verify(rows, expect_head=newest).ok
    report = verify(cut, expect_head=newest)
    assert report.first_bad is not None
    assert report.first_bad.sentence.startswith("batch 3: the expected head is missing")


def test_a_ledger_made_anew_is_told_by_its_key() -> None:
    log = Frontier()
    rows: Rows = [{"t": "key", "key": name_key(public(OTHER)), "public": public(OTHER).hex()}]
    rows += [*write_batch(log, 1, 2, OTHER), {"t": "end", "heads": 1}]
    assert verify(rows).ok
    assert not verify(rows, expect_key=name_key(public(KEY))).ok


def test_an_older_anchor_holds_too() -> None:
    rows = write_ledger()
    head = rows[find(rows, "head", 2)]["body"].encode()
    assert verify(rows, expect_head=f"2:{hash_leaf(head).hex()}").ok
    assert not verify(rows, expect_head=f"2:{hash_leaf(head + b' ').hex()}").ok


def test_a_new_key_counts_once_the_old_one_introduced_it() -> None:
    log = Frontier()
    keys = [{"t": "key", "key": name_key(public(k)), "public": public(k).hex()} for k in (KEY, OTHER)]
    rows = [*keys, *write_batch(log, 1, 2, introduces=public(OTHER)), *write_batch(log, 2, 2, OTHER)]
    assert verify([*rows, {"t": "end", "heads": 2}]).ok


def test_erased_personal_data_leaves_the_proof_whole() -> None:
    rows = write_ledger()
    row = rows[find(rows, "leaf", 2, 1)]
    del row["salt"], row["opening"]
    report = verify(rows)
    assert report.ok
    assert report.erased == 1


@pytest.mark.parametrize("line", ["{", "[]", '{"t":"head"}', '{"t":"leaf","batch":1}', '{"t":"odd"}', "7"])
def test_rubbish_is_a_fault_not_a_crash(line: str) -> None:
    lines = [json.dumps(row) for row in write_ledger()]
    lines.insert(4, line)
    report = verify_export(lines)
    assert report.first_bad is not None
    assert report.first_bad.sentence.startswith("line 5: ")


def test_the_folder_runs_alone(tmp_path: Path) -> None:
    """Copied out, with nothing of Fairpatch beside it."""
    folder = tmp_path / "audit"
    folder.mkdir()
    for source in Path(fairpatch.core.audit.__file__).parent.glob("*.py"):
        (folder / source.name).write_text(source.read_text())
    for rows, status in ((write_ledger(), 0), (edit_leaf(write_ledger()), 1)):
        done = subprocess.run(
            [
                sys.executable,
                "-P",
                "-c",
                "import sys; sys.path.insert(0, '.'); import audit.verify as v; sys.exit(v.main())",
            ],
            input="\n".join(map(json.dumps, rows)),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "ledger is" in done.stdout
