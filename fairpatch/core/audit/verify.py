"""Has anything in the exported ledger been changed, left out or made up, and what is the first bad entry?

Needs Python and `cryptography` only and imports nothing but its two neighbours: copy this folder anywhere and
run ``python -m audit.verify < ledger.jsonl``.

What it cannot see by itself: newest batches left out together with their heads, and a whole ledger made anew
with another key. For these give it what you kept outside: `expect_head` ("BATCH:HASH" of a head seen earlier)
and `expect_key` (the first key's name).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .merkle import Frontier, hash_leaf, verify_inclusion
from .records import hash_opening, name_key

MOST_FINDINGS = 100


class Fault(NamedTuple):
    """One thing that is wrong. `batch` and `seq` say where, as far as it can be said."""

    sentence: str
    batch: int | None = None
    seq: int | None = None


class Step(NamedTuple):
    """One check of a proof."""

    name: str
    ok: bool
    sentence: str


@dataclass
class Report:
    """What verification of an export found."""

    batches: int = 0
    leaves: int = 0
    erased: int = 0  # leaves whose personal data was erased, lawfully: ids and order stay proven
    newest: str = ""  # "BATCH:HASH" of the newest head; keep it outside as an anchor
    first_key: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def first_bad(self) -> Fault | None:
        return self.faults[0] if self.faults else None

    @property
    def sentence(self) -> str:
        if self.faults:
            return f"The ledger is not intact. First bad entry: {self.faults[0].sentence}"
        return (
            f"The ledger is intact: {self.batches} batches, {self.leaves} entries. Newest head {self.newest}"
        )


def is_signed(public_key: bytes, signature: bytes, body: bytes) -> bool:
    """Does the Ed25519 signature belong to the body and the key?"""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, body)
    except (InvalidSignature, ValueError):
        return False
    return True


class Verifier:
    """Reads an export line by line; memory does not grow with it."""

    def __init__(self, expect_head: str | None = None, expect_key: str | None = None) -> None:
        self.report = Report()
        self.expected = expect_head
        self.expect_key = expect_key
        self.keys: dict[str, bytes] = {}
        self.introduced: set[str] = set()
        self.log = Frontier()
        self.head: dict[str, Any] | None = None
        self.tree = Frontier()
        self.next_seq = 0
        self.is_head_found = False
        self.is_ended = False
        self.pending_keys: set[str] = set()
        self.is_batch_faulty = False

    def fault(self, sentence: str, batch: int | None = None, seq: int | None = None) -> None:
        self.is_batch_faulty = True
        if len(self.report.faults) < MOST_FINDINGS:
            self.report.faults.append(Fault(sentence, batch, seq))

    def read(self, number: int, line: str) -> None:
        try:
            row = json.loads(line)
            readers = {
                "key": self.read_key,
                "head": self.read_head,
                "leaf": self.read_leaf,
                "end": self.read_end,
            }
            reader = readers.get(row["t"])
            if reader is not None:
                reader(row)
            elif row["t"] != "ledger":
                self.fault(f"line {number}: it is of an unknown kind.")
        except (ValueError, KeyError, TypeError, AttributeError):
            self.fault(f"line {number}: it cannot be read.")

    def read_key(self, row: Mapping[str, Any]) -> None:
        public = bytes.fromhex(row["public"])
        if name_key(public) != row["key"]:
            self.fault(f"key {row['key']}: its name does not belong to it.")
        self.keys[row["key"]] = public

    def read_head(self, row: Mapping[str, Any]) -> None:
        body, signature = row["body"].encode(), bytes.fromhex(row["signature"])
        head = json.loads(row["body"])
        batch = int(row["batch"])
        self.close_batch()
        self.is_batch_faulty = False
        wanted = self.report.batches + 1
        if batch != wanted:
            missing = f"batch {wanted}" if batch == wanted + 1 else f"batches {wanted} to {batch - 1}"
            self.fault(
                f"{missing}: missing." if batch > wanted else f"batch {batch}: it stands out of order.",
                wanted,
            )
        if not is_signed(self.trust_key(head, batch), signature, body):
            self.fault(f"batch {batch}: the head's signature does not fit.", batch)
        elif head["batch"] != batch:
            self.fault(f"batch {batch}: this is the head of batch {head['batch']}.", batch)
        elif bytes.fromhex(head["log"]) != self.log.compute_root():
            self.fault(f"batch {batch}: it was not signed on top of the batches before it.", batch)
        self.head, self.tree, self.next_seq = head, Frontier(), 0
        self.report.batches = max(batch, wanted)
        mark = hash_leaf(body)
        self.log.add(mark)
        self.report.newest = f"{batch}:{mark.hex()}"
        if self.expected is not None and self.expected.split(":")[0] == str(batch):
            self.is_head_found = True
            if self.expected != self.report.newest:
                self.fault(f"batch {batch}: its head is not the one that was expected.", batch)

    def trust_key(self, head: Mapping[str, Any], batch: int) -> bytes:
        """The public key of a head. The first one is taken as it comes, unless the caller knows it."""
        name = head["key"]
        if not self.report.first_key:
            self.report.first_key = name
            self.introduced.add(name)
            if self.expect_key is not None and self.expect_key != name:
                self.fault(f"batch {batch}: signed with key {name}, not {self.expect_key}.", batch)
        if name not in self.introduced:
            self.fault(f"batch {batch}: its key {name} was never introduced by an earlier one.", batch)
        return self.keys.get(name, b"")

    def read_leaf(self, row: Mapping[str, Any]) -> None:
        batch, seq = int(row["batch"]), int(row["seq"])
        if self.head is None or batch != self.report.batches:
            self.fault(f"batch {batch}, entry {seq}: it does not belong here.", batch, seq)
            return
        if seq != self.next_seq:
            self.fault(
                f"batch {batch}, entry {self.next_seq}: missing or out of order.", batch, self.next_seq
            )
        body = row["body"].encode()
        mark = hash_leaf(body)
        content = json.loads(row["body"])
        if mark.hex() != row["hash"]:
            self.fault(f"batch {batch}, entry {seq}: its text was changed.", batch, seq)
        elif content["seq"] != seq:
            self.fault(f"batch {batch}, entry {seq}: this is entry {content['seq']}.", batch, seq)
        self.read_opening(row, content, batch, seq)
        if content["t"] == "key" and name_key(bytes.fromhex(content["public"])) == content["key"]:
            self.pending_keys.add(content["key"])
        self.tree.add(mark)
        self.next_seq = seq + 1
        self.report.leaves += 1

    def read_opening(self, row: Mapping[str, Any], content: Mapping[str, Any], batch: int, seq: int) -> None:
        if "personal" not in content:
            return
        if row.get("salt") is None:
            self.report.erased += 1
        elif hash_opening(bytes.fromhex(row["salt"]), row["opening"]) != content["personal"]:
            self.fault(f"batch {batch}, entry {seq}: the personal data is not what was signed.", batch, seq)

    def close_batch(self) -> None:
        head = self.head
        if head is None:
            return
        batch = self.report.batches
        if self.tree.size != head["size"] and not self.is_batch_faulty:
            if self.tree.size < head["size"]:
                self.fault(f"batch {batch}, entry {self.next_seq}: missing.", batch, self.next_seq)
            else:
                self.fault(f"batch {batch}, entry {head['size']}: it was added later.", batch, head["size"])
        if self.tree.compute_root().hex() != head["root"] and not self.is_batch_faulty:
            self.fault(f"batch {batch}: its entries are not those that were signed.", batch)
        if not self.is_batch_faulty:
            self.introduced |= self.pending_keys
        self.pending_keys.clear()
        self.head = None

    def read_end(self, row: Mapping[str, Any]) -> None:
        self.close_batch()
        self.is_ended = True
        if int(row["heads"]) > self.report.batches:
            self.fault(f"batch {self.report.batches + 1}: missing.", self.report.batches + 1)

    def finish(self) -> Report:
        self.close_batch()
        if not self.is_ended:
            self.fault("the end of the file: it is cut off.")
        if self.expected is not None and not self.is_head_found:
            batch = self.expected.split(":")[0]
            self.fault(f"batch {batch}: the expected head is missing; the newest is {self.report.newest}.")
        return self.report


def verify_export(
    lines: Iterable[str], expect_head: str | None = None, expect_key: str | None = None
) -> Report:
    """Checks an exported ledger (JSON lines) entry by entry; faults come in file order."""
    verifier = Verifier(expect_head, expect_key)
    for number, line in enumerate(lines, 1):
        if line.strip():
            verifier.read(number, line)
    return verifier.finish()


def verify_proof(proof: Mapping[str, Any], expect_key: str | None = None) -> list[Step]:
    """Checks the proof of one entry: text, place in its batch, signature, place of the batch in the log."""
    try:
        return _check_proof(proof, expect_key)
    except (ValueError, KeyError, TypeError, AttributeError):
        return [Step("form", ok=False, sentence="This is not a proof that Fairpatch made, or it is damaged.")]


def _check_proof(proof: Mapping[str, Any], expect_key: str | None) -> list[Step]:
    leaf, head, log = proof["leaf"], proof["head"], proof["log"]
    content, about = json.loads(leaf["body"]), json.loads(head["body"])
    newest = json.loads(log["head"]["body"])
    public = {name: bytes.fromhex(key) for name, key in proof["keys"].items()}
    steps = []

    def check(name: str, ok: bool, good: str, bad: str) -> None:
        steps.append(Step(name, ok, good if ok else bad))

    is_in_batch = verify_inclusion(
        hash_leaf(leaf["body"].encode()),
        leaf["seq"],
        about["size"],
        [bytes.fromhex(step) for step in leaf["path"]],
        bytes.fromhex(about["root"]),
    )
    check(
        "entry",
        is_in_batch and content["seq"] == leaf["seq"],
        f"The entry is number {leaf['seq']} of the {about['size']} entries of batch {about['batch']}.",
        "The entry is not part of the batch: its text or its place was changed.",
    )
    if leaf.get("salt") is not None and "personal" in content:
        check(
            "names",
            hash_opening(bytes.fromhex(leaf["salt"]), leaf["opening"]) == content["personal"],
            "The names are the ones that were recorded.",
            "The names are not the ones that were recorded.",
        )
    for name, signed in (("signature", head), ("newest signature", log["head"])):
        key = json.loads(signed["body"])["key"]
        fits = name_key(public[key]) == key and expect_key in (None, key)
        check(
            name,
            fits and is_signed(public[key], bytes.fromhex(signed["signature"]), signed["body"].encode()),
            f"The head was signed with key {key}.",
            "The signature does not fit the head.",
        )
    mark = hash_leaf(head["body"].encode())
    path = [bytes.fromhex(step) for step in log["path"]]
    is_newest = head["body"] == log["head"]["body"]
    before = newest["batch"] - 1
    check(
        "log",
        is_newest or verify_inclusion(mark, about["batch"] - 1, before, path, bytes.fromhex(newest["log"])),
        f"Batch {about['batch']} is part of the log up to batch {newest['batch']}.",
        "The batch is not part of the log.",
    )
    return steps


def main() -> int:
    """Verifies standard input; an argument is the expected head."""
    report = verify_export(sys.stdin, *sys.argv[1:2])
    sys.stdout.write("\n".join([*(fault.sentence for fault in report.faults), report.sentence, ""]))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
