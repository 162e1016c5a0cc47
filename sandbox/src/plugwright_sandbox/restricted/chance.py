"""Chance as a guest meets it: whatever is drawn comes from the guest's own seed.

Native Python asks the kernel in three ways: `os.urandom` and `os.getrandom`; the copy
of the first that `random` keeps, and `secrets` with it; and a generator that is given
no seed, which asks in C. All are replaced before any guest package is imported, so that
these have no other chance either. Bytes are drawn in the order and the portions in
which the `wasm` engine draws them: one seed means the same in both.

What C code of a guest package asks the kernel for by itself is not replaced.
"""

from __future__ import annotations

import functools
import os
import random
from typing import Any

from plugwright_sandbox.streams import Stream

_STATE, _DRAW = 2496, 256
"""Bytes that Python's generator starts from, and how many of them come at once."""


class Chance:
    """Where this guest's randomness comes from."""

    stream = Stream(0)
    """Until a guest is loaded, there is nobody to keep a secret from."""


def begin(seed: int) -> None:
    """Start the guest's randomness where the `wasm` engine starts it."""
    Chance.stream = Stream(seed)
    random.seed()


def urandom(size: int, /) -> bytes:
    """Do what `os.urandom` does."""
    # As `os.urandom` refuses it; the loop would give nothing.
    if size < 0:
        raise ValueError("negative argument not allowed")
    portions = (min(_DRAW, size - n) for n in range(0, size, _DRAW))
    return b"".join(map(Chance.stream.take, portions))


def _getrandom(size: int, flags: int = 0) -> bytes:
    return urandom(size)


def replace() -> None:
    """Take the place of the kernel's randomness.

    Done once, in the process that plugins run in.
    """
    plain = random.Random.seed

    @functools.wraps(plain)
    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None:
            a = int.from_bytes(urandom(_STATE), "little")
        plain(self, a, version)

    random.Random.seed = seed  # type: ignore[method-assign]
    # The module's functions are methods of one generator; this one was bound before.
    random.seed = random._inst.seed
    os.urandom = random._urandom = urandom  # type: ignore[attr-defined]
    os.getrandom = _getrandom


__all__ = ["begin", "replace", "urandom"]
