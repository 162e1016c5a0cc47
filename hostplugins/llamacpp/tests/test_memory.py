"""What models take is given back, and is told apart from what the system can take."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

from plugwright.providers import Request
from plugwright_llamacpp.memory import memory_of
from plugwright_llamacpp.models import Models
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.provider import LocalModel

Ask = Callable[..., Request]
SIZE = 32 << 20


def test_own_memory_is_private() -> None:
    before = memory_of()

    own = bytearray(b"x") * SIZE

    after = memory_of()
    assert before is not None
    assert after is not None
    assert after.private - before.private > 0.9 * SIZE
    assert len(own) == SIZE


def test_pages_of_a_file_are_reclaimable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * SIZE)
    before = memory_of()
    with (tmp_path / "file").open("rb") as file:
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    assert sum(pages[:: mmap.PAGESIZE]) > 0

    after = memory_of()

    pages.close()
    assert before is not None
    assert after is not None
    assert after.reclaimable - before.reclaimable > 0.9 * SIZE
    assert after.private - before.private < 0.1 * SIZE


def test_a_process_that_is_gone_is_not_measured() -> None:
    assert memory_of(2**22 + 1) is None


def test_loading_and_closing_leaves_nothing(
    models: Models, tiny: Path, ask: Ask
) -> None:
    def once() -> None:
        model = LocalModel(models.lease(tiny, Options(context=1024, threads=1)))
        model.complete(ask(max_tokens=2))
        model.close()

    for _ in range(40):  # what the library makes once and keeps
        once()
    growths = []
    for _ in range(3):
        before = memory_of()
        for _ in range(100):
            once()
        after = memory_of()
        assert before is not None
        assert after is not None
        growths.append(after.private - before.private)
    # An allocator may take another block once; what leaks does so every time.
    assert min(growths) <= 1 << 20
