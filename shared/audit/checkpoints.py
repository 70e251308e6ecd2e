"""Checkpoints: now and then, where the chain stands, signed and kept outside the database."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: So long at most rows wait for a checkpoint while a worker runs.
INTERVAL = timedelta(minutes=15)


class BadKey(ValueError):
    """Not the 32 bytes in hexadecimal that an Ed25519 key is."""


def _bytes_of(key: str) -> bytes:
    try:
        raw = bytes.fromhex(key)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise BadKey("an Ed25519 key is 64 hexadecimal digits")
    return raw


def signing_key(secret: str) -> Ed25519PrivateKey:
    """The key from its 32 random bytes in hexadecimal. Raises BadKey."""
    return Ed25519PrivateKey.from_private_bytes(_bytes_of(secret))


def public_key(written: str) -> Ed25519PublicKey:
    """The public key from its hexadecimal form. Raises BadKey."""
    return Ed25519PublicKey.from_public_bytes(_bytes_of(written))


def written_key(key: Ed25519PublicKey) -> str:
    """The public key in hexadecimal, to be kept elsewhere."""
    return key.public_bytes_raw().hex()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where one database's chain stood: the position and the hash of its last row."""

    database: str
    position: int
    hash: bytes
    at: datetime

    def signed_words(self) -> bytes:
        """What is signed: JSON with sorted keys, in UTC."""
        said = {"database": self.database, "position": self.position, "hash": self.hash.hex()}
        said |= {"at": self.at.astimezone(UTC).isoformat(timespec="seconds")}
        return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line of the file: a checkpoint that its signature bears out, or None."""

    number: int
    checkpoint: Checkpoint | None


def file_of(folder: Path, database: str) -> Path:
    """The file of one database's checkpoints, a line each."""
    return folder / f"{database}.jsonl"


def append(folder: Path, checkpoint: Checkpoint, key: Ed25519PrivateKey) -> None:
    """Add a signed line, and have it on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    words = checkpoint.signed_words()
    line = json.dumps(json.loads(words) | {"signature": key.sign(words).hex()}, sort_keys=True)
    with file_of(folder, checkpoint.database).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, database: str, key: Ed25519PublicKey) -> list[KeptLine]:
    """Every line, in order; a line that nobody with the key has written has no checkpoint."""
    path = file_of(folder, database)
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [KeptLine(number, _read(line, database, key)) for number, line in enumerate(lines, 1)]


def newest(folder: Path, database: str, key: Ed25519PublicKey) -> Checkpoint | None:
    """The last checkpoint that its signature bears out, if there is one."""
    path = file_of(folder, database)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    known = (_read(line, database, key) for line in reversed(lines))
    return next((one for one in known if one is not None), None)


def _read(line: str, database: str, key: Ed25519PublicKey) -> Checkpoint | None:
    try:
        said: Mapping[str, Any] = json.loads(line)
        found = Checkpoint(
            str(said["database"]),
            int(said["position"]),
            bytes.fromhex(said["hash"]),
            datetime.fromisoformat(said["at"]),
        )
        key.verify(bytes.fromhex(said["signature"]), found.signed_words())
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return None
    return found if found.database == database else None
