"""The key with which this home signs what a person decided.

It is made when the first decision is made, so that nobody has to think of it. What it
proves is that a decision was written down by whoever could read the key: a record that
was copied from elsewhere, or edited in the database, does not fit. It protects from
nobody who can read the home folder; who can, can also use Plugwright in its place.

The file is read each time, which is seldom: another process may have made it anew.
`cryptography` is imported only then, too; that takes longer than a call of a plugin.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from plugwright.errors import HostError, UsageError
from plugwright.home import HAS_MODES, write_atomically
from plugwright.machine import naming

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIZE = 32
"""Bytes of an Ed25519 key, private and public alike; RFC 8032."""


class SigningKey:
    """An Ed25519 key in one file, readable for its user alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> str:
        """Make the key if there is none; gives its id.

        The caller sees to it that no other process does so at the same time.
        """
        if not self.path.exists():
            from cryptography.hazmat.primitives.asymmetric import ed25519

            fresh = ed25519.Ed25519PrivateKey.generate()
            # As a whole and for its user alone, or not at all; and on the disk before
            # anything that it signs.
            write_atomically(self.path, fresh.private_bytes_raw())
        return self.id

    def sign(self, text: str) -> str:
        """Sign a text; gives the signature as hexadecimal digits."""
        return self._read().sign(text.encode()).hex()

    def verify(self, text: str, signature: str) -> bool:
        """Tell whether this key signed exactly this text."""
        from cryptography.exceptions import InvalidSignature

        public = self._read().public_key()
        try:
            public.verify(bytes.fromhex(signature), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    @property
    def id(self) -> str:
        """What tells this key from others: the SHA-256 of its public half."""
        public = self._read().public_key().public_bytes_raw()
        return hashlib.sha256(public).hexdigest()

    def _read(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ed25519

        with naming(self.path), open(self.path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(SIZE + 1)
        if HAS_MODES and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UsageError(
                f"other users of this computer can open `{self.path}`, so somebody"
                " else could sign what you did not approve",
                remedy=f"if nobody did, `chmod 600 '{self.path}'`; else delete it, and"
                " approve again what you still want",
            )
        if len(raw) != SIZE:
            raise HostError(
                f"`{self.path}` holds no key: it was changed or cut off",
                remedy="put back a copy, or delete it: the next approval makes a new"
                " one, and what was approved before has to be approved again",
            )
        return ed25519.Ed25519PrivateKey.from_private_bytes(raw)
