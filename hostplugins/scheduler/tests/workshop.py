"""Small real things that the tests share: a clock, and what plugins do."""

from __future__ import annotations

import threading
from typing import Any

from plugwright.errors import BrokeContract
from plugwright.turns import Cancelled, caller

MONDAY = 1_762_732_800.0
"""2025-11-10, midnight in Greenwich."""
LONG = 30.0
"""Seconds; nothing here takes so long."""


class Clock:
    """Shows what it was set to."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> float:
        return self.at

    def steady(self) -> float:
        """Time passes for this one, too, when it is set."""
        return self.at


class Work:
    """What plugins do: note that they were called, hold until let go, or fail."""

    def __init__(self) -> None:
        self.called: list[Any] = []
        self.arguments: list[dict[str, Any]] = []
        self.held = threading.Semaphore(0)
        """One more for each call that holds."""
        self.let_go = threading.Event()
        self.fails = 0
        self.raises: Exception = BrokeContract("tutor", "it broke")

    def __call__(self, plugin: str, command: str, arguments: dict[str, Any]) -> Any:
        name = arguments.get("name", f"{plugin}.{command}")
        self.called.append(name)
        self.arguments.append(arguments)
        if command == "hold":
            self.hold()
        if self.fails:
            self.fails -= 1
            raise self.raises
        if command == "fail":
            raise self.raises
        return {"said": name}

    def hold(self) -> None:
        who = caller()
        assert who is not None
        ended = threading.Event()
        who.begins()
        with who.ending_with(lambda: (ended.set(), self.let_go.set())):
            self.held.release()
            assert self.let_go.wait(LONG)
        if ended.is_set():
            raise Cancelled("ended")

    def wait_until_held(self, count: int = 1) -> None:
        for _ in range(count):
            assert self.held.acquire(timeout=LONG)
