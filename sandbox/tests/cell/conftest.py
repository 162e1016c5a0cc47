"""Workers behind all walls, once for each list of allowed calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING or sys.platform == "linux":  # elsewhere the tests skip themselves
    from prisons import prison

    from plugwright_sandbox.cell.zygote import Process, Zygote


@pytest.fixture(scope="module", params=["restricted", "wasm"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """One for each list of allowed calls."""
    with prison(walls=request.param) as zygote:
        yield zygote


@pytest.fixture
def worker(zygote: Zygote) -> Iterator[Process]:
    """A fresh worker behind all walls."""
    with zygote.fork(memory=64 << 20, cpu_seconds=20) as process:
        yield process
