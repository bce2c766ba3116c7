"""Does the ledger in the database hold: keys, large batches, erasure, rewriting behind its back?"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from fairpatch.actions.deed import deed, rotate_signing_key
from fairpatch.core.audit.merkle import TILE
from fairpatch.core.audit.records import Leaf, write_deal_leaf
from fairpatch.core.audit.verify import verify_export, verify_proof
from fairpatch.core.errors import FairpatchError
from fairpatch.core.people.roles import Right
from fairpatch.records.ledger import build_proof, export_ledger, name_head, read_newest_head
from fairpatch.records.models import LedgerHead, LedgerSalt, User
from tests.worlds.staff import START, later

pytestmark = pytest.mark.django_db(databases=["default", "jobs"])


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: Any) -> Path:
    settings.SIGNING_KEY_PATH = tmp_path / "keys" / "signing.key"
    return settings.SIGNING_KEY_PATH  # type: ignore[no-any-return]


def do(name: str = "deed", leaves: int = 0, hours: float = 0) -> LedgerHead:
    with deed(name, actor=None, now=later(hours)) as act:
        act.add_leaves(Leaf(write_deal_leaf(seq, seq, seq, 1, 2), seq) for seq in range(leaves))
        act.personal["comment"] = "by Ann"
    assert act.head is not None
    return act.head


def verify(**expected: str) -> str:
    report = verify_export(export_ledger(), **expected)
    return report.sentence


def test_every_deed_is_one_signed_batch() -> None:
    heads = [do(hours=hour) for hour in (0, 1, 2)]
    assert [head.batch for head in heads] == [1, 2, 3]
    assert "intact: 3 batches, 3 entries" in verify(expect_head=name_head(heads[1]))


def test_a_deed_that_fails_leaves_no_trace() -> None:
    do()

    def fail() -> None:
        with deed("broken", actor=None, now=START) as act:
            act.add_leaves([Leaf(write_deal_leaf(0, 1, 1, 1, 2), 1)])
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert do().batch == 2
    assert "intact" in verify()


@pytest.mark.parametrize("leaves", [0, 1, TILE - 1, TILE, TILE + 1, 3 * TILE + 5])
def test_proofs_from_batches_of_any_size(leaves: int) -> None:
    do(hours=0)
    batch = do(leaves=leaves, hours=1).batch
    do(hours=2)
    for seq in {0, leaves // 2, leaves}:
        steps = verify_proof(json.loads(json.dumps(build_proof(batch, seq))))
        assert all(step.ok for step in steps), steps
    with pytest.raises(FairpatchError):
        build_proof(batch, leaves + 1)


def test_what_is_done_behind_the_applications_back_is_found() -> None:
    do(leaves=4)
    do(leaves=4, hours=1)
    off, on = (
        ("DROP TRIGGER records_ledgerleaf_no_update", "SELECT 1")
        if connection.vendor == "sqlite"
        else (
            "ALTER TABLE records_ledgerleaf DISABLE TRIGGER USER",
            "ALTER TABLE records_ledgerleaf ENABLE TRIGGER USER",
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(off)
        body = write_deal_leaf(2, 2, 2, 1, 9)
        cursor.execute("UPDATE records_ledgerleaf SET body = %s WHERE batch = 1 AND seq = 2", [body])
        cursor.execute(on)
    assert "batch 1, entry 2: its text was changed" in verify()


def test_personal_data_can_be_erased() -> None:
    head = do()
    proof = build_proof(head.batch, 0)
    assert "by Ann" in proof["leaf"]["opening"]
    LedgerSalt.objects.filter(batch=head.batch, seq=0).delete()
    assert "by Ann" not in "".join(export_ledger())
    assert "intact" in verify()
    assert all(step.ok for step in verify_proof(build_proof(head.batch, 0)))


def test_key_file_is_private_and_never_replaced_silently(key_file: Path) -> None:
    do()
    assert key_file.stat().st_mode & 0o777 == 0o600
    kept = key_file.read_bytes()
    do()
    assert key_file.read_bytes() == kept
    key_file.chmod(0o644)
    with pytest.raises(FairpatchError) as refused:
        do()
    assert refused.value.code == "signing_key_exposed"
    key_file.unlink()
    with pytest.raises(FairpatchError) as refused:
        do()
    assert refused.value.code == "signing_key_missing"
    key_file.write_text("rubbish")
    key_file.chmod(0o600)
    with pytest.raises(FairpatchError) as refused:
        do()
    assert refused.value.code == "signing_key_faulty"
    key_file.write_bytes(kept)
    assert do().batch == 3


def test_a_foreign_key_may_not_sign(key_file: Path, settings: Any, tmp_path: Path) -> None:
    do()
    settings.SIGNING_KEY_PATH = tmp_path / "other.key"
    with pytest.raises(FairpatchError) as refused:
        do()
    assert refused.value.code == "signing_key_missing"
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fairpatch.actions.ledger_key import write_signing_key

    write_signing_key(Ed25519PrivateKey.generate(), settings.SIGNING_KEY_PATH, is_new=True)
    with pytest.raises(FairpatchError) as refused:
        do()
    assert refused.value.code == "signing_key_unknown"
    settings.SIGNING_KEY = key_file.read_text()
    assert do().batch == 2, "the same key from the environment"


def test_a_new_key_is_introduced_by_the_old_one(
    django_capture_on_commit_callbacks: Any, key_file: Path
) -> None:
    first = do()
    kept = key_file.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        rotate_signing_key(None, now=later(1))
    assert key_file.read_bytes() != kept
    after = do(hours=2)
    assert after.key_id != first.key_id
    assert "intact: 3 batches" in verify(expect_key=first.key.key_id)


def test_who_may_not_is_told_before_anything_happens() -> None:
    user = User.objects.create(email="r@example.com", name="R", role="rep", created_at=START)
    for change, right in (({}, Right.PROPOSE), ({"is_active": False}, None)):
        for name, value in change.items():
            setattr(user, name, value)
        with pytest.raises(FairpatchError) as refused, deed("x", actor=user, right=right):
            pytest.fail("the deed began")
        assert refused.value.code == "forbidden"
    assert read_newest_head() is None
