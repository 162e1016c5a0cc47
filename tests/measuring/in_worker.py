"""Runs the engine in one process, without a worker around it: calls and memory.

Gets the image's path, and prints JSON: seconds of warm calls, and bytes per guest.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from plugwright.quotas import Quota
from plugwright_sandbox.wasm.instance import Instance, Limits
from plugwright_sandbox.wasm.runtime import Runtime
from plugwright_sandbox.wire.conversation import TOLD_TO_GUESTS, limits

QUOTA = Quota()
TOLD = {name: getattr(QUOTA, name) for name in TOLD_TO_GUESTS}
PLAIN = {
    "files": {"plugin.py": "def add(a, b=1):\n    return a + b\n"},
    "packages": [],
    "dispatcher": "plain_door:dispatch",
}
SDK = {
    "files": {
        "plugin.py": "from plugwright_sdk import command\n\n"
        "@command\ndef add(a: int, b: int = 1) -> int:\n"
        '    """Add two numbers."""\n    return a + b\n'
    },
    "packages": ["plugwright_sdk"],
    "dispatcher": "plugwright_sdk.guest:dispatch",
}
CALLS = {
    "plain": {"operation": "add", "arguments": [1, 2]},
    "sdk": {
        "operation": "command",
        "arguments": {"name": "add", "arguments": {"a": 1, "b": 2}},
    },
}
GUESTS = 30


def loaded(runtime: Runtime, source: dict[str, Any]) -> Instance:
    """A guest with its source loaded."""
    allowed = Limits(**limits(QUOTA, loading=False))
    guest = Instance(
        runtime, limits=allowed, clock=0.0, seed=1, ask=lambda question: "{}"
    )
    request = {"step": "load", "limits": TOLD, "arguments": None, **source}
    head, answer = guest.call(json.dumps(request), allowed)
    assert "broken" not in head, head
    assert "failure" not in answer, answer
    return guest


def called(guest: Instance, request: str) -> None:
    """Call it once, and see that it answered."""
    _, answer = guest.call(request)
    assert answer.startswith('{"value":3'), answer


def private() -> int:
    """Bytes of pages that are this process's alone."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(n.split()[1]) << 10 for n in lines if n.startswith("Private_Dirty:"))


def each(make: Callable[[], Instance], kept: list[Instance]) -> float:
    """Bytes that one more guest takes. What was freed would be used again."""
    gc.collect()
    before = private()
    kept += [make() for _ in range(GUESTS)]
    return (private() - before) / GUESTS


def main() -> None:
    """Measure, and tell."""
    runtime = Runtime(Path(sys.argv[1]))
    runtime.ticker.start()
    found: dict[str, Any] = {"calls": {}, "memory": {}}
    kept: list[Instance] = []
    for name, source in (("plain", PLAIN), ("sdk", SDK)):
        request = json.dumps({"step": "call", **CALLS[name]})
        guest = loaded(runtime, source)
        kept.append(guest)
        times = []
        for _ in range(4000):
            started = time.perf_counter()
            guest.call(request)
            times.append(time.perf_counter() - started)
        called(guest, request)
        found["calls"][name] = times[1000:]

        def after(
            calls: int, source: dict[str, Any] = source, request: str = request
        ) -> Instance:
            made = loaded(runtime, source)
            for _ in range(calls):
                called(made, request)
            return made

        if sys.platform == "linux":
            for calls in (0, 1, 100):
                made = each(partial(after, calls), kept)
                found["memory"][f"{name} {calls}"] = made
    print(json.dumps(found))


if __name__ == "__main__":
    main()
