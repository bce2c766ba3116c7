"""Which bytes are hashed and signed? Canonical leaves and heads, version 1.

A body is UTF-8 JSON on one line: keys in the order written here, no spaces, ASCII only. Leaves hold ids and
one salted hash of everything that could name a person; what it hides (the opening) and its salt are kept
elsewhere and can be erased without touching a proof. Bodies are written once and stored, never built again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

SALT_BYTES = 16


class Leaf(NamedTuple):
    """One fact as it enters the ledger. An opening without a salt does not exist, nor the reverse."""

    body: bytes
    account_id: int | None = None
    salt: bytes = b""
    opening: str = ""


def write_json(content: object) -> str:
    """JSON in the one form in which it is hashed."""
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def hash_opening(salt: bytes, opening: str) -> str:
    """The salted hash that stands for personal data."""
    return sha256(salt + opening.encode()).hexdigest()


def write_moment(moment: dt.datetime) -> str:
    """A moment in UTC with microseconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class OwnershipFact(NamedTuple):
    """An account's owner or territory in one layer became another. All ids are numbers of the database."""

    seq: int
    account_id: int
    layer_id: int
    from_rep_id: int | None
    to_rep_id: int | None
    from_territory_id: int | None
    to_territory_id: int | None
    from_version: int
    is_interim: bool
    cause: str


def write_ownership_leaf(fact: OwnershipFact, salt: bytes, opening: str) -> bytes:
    """The body of an ownership leaf (written by hand: a million a batch)."""

    def number(value: int | None) -> str:
        return "null" if value is None else str(value)

    interim = "true" if fact.is_interim else "false"
    return (
        f'{{"v":1,"t":"own","seq":{fact.seq},"account":{fact.account_id},"layer":{fact.layer_id},'
        f'"rep":[{number(fact.from_rep_id)},{number(fact.to_rep_id)}],'
        f'"territory":[{number(fact.from_territory_id)},{number(fact.to_territory_id)}],'
        f'"version":{fact.from_version},"interim":{interim},"cause":"{fact.cause}",'
        f'"personal":"{hash_opening(salt, opening)}"}}'
    ).encode()


def write_deal_leaf(seq: int, deal_id: int, account_id: int, from_rep_id: int, to_rep_id: int) -> bytes:
    """The body of a leaf that says that an open deal changed hands."""
    return (
        f'{{"v":1,"t":"deal","seq":{seq},"deal":{deal_id},"account":{account_id},'
        f'"rep":[{from_rep_id},{to_rep_id}]}}'
    ).encode()


def write_deed_leaf(seq: int, deed: str, subject: str, salt: bytes, opening: str) -> bytes:
    """The body of the leaf that closes a batch: the deed itself."""
    body = {
        "v": 1,
        "t": "deed",
        "seq": seq,
        "deed": deed,
        "subject": subject,
        "personal": hash_opening(salt, opening),
    }
    return write_json(body).encode()


def write_key_leaf(seq: int, key_id: str, public_key: bytes) -> bytes:
    """The body of a leaf by which the old key introduces the next one."""
    return write_json({"v": 1, "t": "key", "seq": seq, "key": key_id, "public": public_key.hex()}).encode()


class Head(NamedTuple):
    """What a signature covers."""

    batch: int
    size: int
    root: bytes
    log_root: bytes  # over the heads of all earlier batches
    deed: str
    subject: str
    actor_id: int | None
    detail: Mapping[str, Any]
    at: dt.datetime
    key_id: str


def write_head(head: Head) -> bytes:
    """The body of a head: what is signed, and what is a leaf of the log."""
    body = {
        "v": 1,
        "t": "head",
        "batch": head.batch,
        "size": head.size,
        "root": head.root.hex(),
        "log": head.log_root.hex(),
        "deed": head.deed,
        "subject": head.subject,
        "actor": head.actor_id,
        "detail": dict(sorted(head.detail.items())),
        "at": write_moment(head.at),
        "key": head.key_id,
    }
    return write_json(body).encode()


def name_key(public_key: bytes) -> str:
    """A key's name: the beginning of its own hash, so that a name cannot be given to another key."""
    return sha256(public_key).hexdigest()[:16]
