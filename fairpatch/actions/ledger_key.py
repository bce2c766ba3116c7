"""Which private key signs, and where is it kept?

In the environment, else in a file only its owner can read. Never in the database: whoever can rewrite rows
must not be able to sign them.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from fairpatch.core.audit.records import name_key
from fairpatch.core.errors import FairpatchError


def read_signing_key(*, may_create: bool) -> Ed25519PrivateKey:
    """The private key. A missing file is made only while nothing was ever signed (`may_create`)."""
    if settings.SIGNING_KEY:
        return _parse(settings.SIGNING_KEY.replace("\\n", "\n").encode(), "FAIRPATCH_SIGNING_KEY")
    path = Path(settings.SIGNING_KEY_PATH)
    if not path.exists():
        if not may_create:
            raise FairpatchError(
                "signing_key_missing",
                f"The ledger's private key is not at {path}. Nothing was changed. Put the file back, or "
                "name it in FAIRPATCH_SIGNING_KEY_FILE.",
            )
        write_signing_key(Ed25519PrivateKey.generate(), path, is_new=True)
    if path.stat().st_mode & 0o077:
        raise FairpatchError(
            "signing_key_exposed",
            f"Others can read the ledger's private key at {path}. Nothing was changed. Take their access "
            f"away (chmod 600 {path}).",
        )
    return _parse(path.read_bytes(), str(path))


def write_signing_key(key: Ed25519PrivateKey, path: Path, *, is_new: bool) -> None:
    """Writes the file whole or not at all; a new one never replaces what another process wrote first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    if not is_new:
        Path(draft).replace(path)
        return
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def read_public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The public half, 32 bytes."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def name_signing_key(key: Ed25519PrivateKey) -> str:
    """The key's name in heads and exports."""
    return name_key(read_public_bytes(key))


@lru_cache(maxsize=2)
def _parse(pem: bytes, where: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise FairpatchError(
            "signing_key_faulty",
            f"{where} does not hold an Ed25519 private key in PEM form. Nothing was changed.",
        )
    return key
