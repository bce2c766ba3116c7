"""What does the ledger say, and how is one entry or the whole of it handed out as proof?"""

from collections.abc import Iterator
from typing import Any

from fairpatch.core.audit.merkle import HASH_BYTES, TILE, prove_inclusion, prove_inclusion_by_tiles
from fairpatch.core.audit.records import write_json
from fairpatch.core.errors import FairpatchError
from fairpatch.records.models import LedgerHead, LedgerKey, LedgerLeaf, LedgerSalt, LedgerTiles

CHUNK = 5_000


def read_newest_head() -> LedgerHead | None:
    """The head everything else can be checked against."""
    return LedgerHead.objects.select_related("key").order_by("-batch").first()


def name_head(head: LedgerHead) -> str:
    """A head as it is kept outside: what `--expect-head` takes."""
    return f"{head.batch}:{bytes(head.hash).hex()}"


def build_proof(batch: int, seq: int) -> dict[str, Any]:
    """A proof file: the entry, its path to the batch's root, the signed head, that head's path in the log."""
    head = LedgerHead.objects.select_related("key").filter(batch=batch).first()
    leaf = LedgerLeaf.objects.filter(batch=batch, seq=seq).first()
    newest = read_newest_head()
    if head is None or leaf is None or newest is None:
        raise FairpatchError("not_found", f"The ledger has no entry {seq} in batch {batch}.")
    return {
        "fairpatch_proof": 1,
        "leaf": {
            "batch": batch,
            "seq": seq,
            "body": bytes(leaf.body).decode(),
            **_read_opening(batch, seq),
            "path": [step.hex() for step in _prove_leaf(head, seq)],
        },
        "head": _write_head(head),
        "log": {"head": _write_head(newest), "path": [step.hex() for step in _prove_head(head, newest)]},
        "keys": {key.key_id: bytes(key.public_key).hex() for key in {head.key, newest.key}},
    }


def _read_opening(batch: int, seq: int) -> dict[str, str]:
    salt = LedgerSalt.objects.filter(batch=batch, seq=seq).first()
    return {"salt": bytes(salt.salt).hex(), "opening": salt.opening} if salt else {}


def _write_head(head: LedgerHead) -> dict[str, str]:
    return {"body": bytes(head.body).decode(), "signature": bytes(head.signature).hex()}


def _prove_leaf(head: LedgerHead, seq: int) -> list[bytes]:
    packed = LedgerTiles.objects.filter(batch=head.batch).values_list("hashes", flat=True).first()
    stored = bytes(packed or b"")
    tiles = [stored[i : i + HASH_BYTES] for i in range(0, len(stored), HASH_BYTES)]
    start = seq // TILE * TILE
    tail = _read_hashes(head.batch, len(tiles) * TILE)
    inside = _read_hashes(head.batch, start) if start < len(tiles) * TILE else tail
    return prove_inclusion_by_tiles(tiles, tail, inside, seq)


def _read_hashes(batch: int, start: int) -> list[bytes]:
    rows = LedgerLeaf.objects.filter(batch=batch, seq__gte=start, seq__lt=start + TILE)
    return [bytes(value) for value in rows.order_by("seq").values_list("hash", flat=True)]


def _prove_head(head: LedgerHead, newest: LedgerHead) -> list[bytes]:
    """The path of a head in the tree of all heads before the newest one (empty for the newest itself)."""
    if head.batch == newest.batch:
        return []
    earlier = LedgerHead.objects.filter(batch__lt=newest.batch).order_by("batch")
    return prove_inclusion([bytes(value) for value in earlier.values_list("hash", flat=True)], head.batch - 1)


def export_ledger() -> Iterator[str]:
    """The whole ledger as JSON lines (each ending in a newline), in the order in which it was written."""
    newest = read_newest_head()
    heads = newest.batch if newest else 0
    yield write_json({"t": "ledger", "v": 1, "heads": heads}) + "\n"
    for key in LedgerKey.objects.order_by("id"):
        yield write_json({"t": "key", "key": key.key_id, "public": bytes(key.public_key).hex()}) + "\n"
    for head in LedgerHead.objects.filter(batch__lte=heads).order_by("batch").iterator():
        yield write_json({"t": "head", "batch": head.batch, **_write_head(head)}) + "\n"
        yield from _export_leaves(head)
    yield write_json({"t": "end", "heads": heads}) + "\n"


def _export_leaves(head: LedgerHead) -> Iterator[str]:
    for start in range(0, head.size, CHUNK):
        span = {"batch": head.batch, "seq__gte": start, "seq__lt": start + CHUNK}
        salts = {
            seq: {"salt": bytes(salt).hex(), "opening": opening}
            for seq, salt, opening in LedgerSalt.objects.filter(**span).values_list("seq", "salt", "opening")
        }
        leaves = LedgerLeaf.objects.filter(**span).order_by("seq").values_list("seq", "body", "hash")
        for seq, body, mark in leaves:
            row = {"t": "leaf", "batch": head.batch, "seq": seq, "body": bytes(body).decode()}
            yield write_json({**row, "hash": bytes(mark).hex(), **salts.get(seq, {})}) + "\n"
