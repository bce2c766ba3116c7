"""Is a proof that somebody else signed told from one of ours?"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fairpatch.core.audit.records import name_key
from fairpatch.core.audit.verify import verify_proof
from tests.worlds.staff import Company

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


def sign_again(proof: dict[str, Any]) -> dict[str, Any]:
    """The same proof under a key of the forger's own."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    for head in (proof["head"], proof["log"]["head"]):
        head["body"] = json.dumps({**json.loads(head["body"]), "key": name_key(public)})
        head["signature"] = key.sign(head["body"].encode()).hex()
    return {**proof, "keys": {name_key(public): public.hex()}}


def test_a_proof_under_a_foreign_key_does_not_hold(company: Company, browse: Callable[[str], Any]) -> None:
    mona = browse("mona")
    made = mona.post("/accounts", {"name": "Fresh", "country": "US", "state": "CA"}, 201)
    newest = mona.read(f"/accounts/{made['id']}/timeline")[0]
    proof = mona.read(f"/accounts/{made['id']}/proof?batch={newest['batch']}&seq={newest['leaf_seq']}")
    assert mona.post("/audit/verify_proof", proof)["ok"]
    forged = sign_again(proof)
    assert all(step.ok for step in verify_proof(forged)), "it agrees with itself; only the key is not ours"
    verdict = mona.post("/audit/verify_proof", forged)
    assert not verdict["ok"]
    assert [step["name"] for step in verdict["steps"] if not step["ok"]] == ["key"]
    assert not mona.post("/audit/verify_proof", {"keys": {}})["ok"]
