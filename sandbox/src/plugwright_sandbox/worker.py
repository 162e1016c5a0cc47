"""The worker process: holds the compiled image and runs guests on the host's word.

It is started with an empty environment and no descriptors but its two pipes, reads one
frame at a time, and may be killed at any moment. While a guest waits for the host's
answer, the host may ask for something else; that is why `_answer_to` handles requests.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from wasmtime import WasmtimeError

from plugwright_sandbox import frames
from plugwright_sandbox.instance import Instance, Limits, Runtime, failure

# Nearly every call comes with the same quota as the one before.
_limits = lru_cache(Limits)


class Worker:
    """Serves one host until the pipe closes."""

    def __init__(self, runtime: Runtime, inward: IO[bytes], outward: IO[bytes]) -> None:
        self._runtime = runtime
        self._in = inward
        self._out = outward
        self._instances: dict[int, Instance] = {}

    def serve(self) -> None:
        """Handle requests one after the other."""
        frames.write(self._out, {"ready": True})
        self._runtime.make_spare()
        while (message := frames.read(self._in)) is not None:
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        step = message["step"]
        if step == "close":
            self._instances.pop(message["session"], None)
            self._runtime.make_spare()
            return
        number, limits = message["session"], _limits(**message["limits"])
        if step == "load":
            try:
                self._open(message)
            except WasmtimeError:
                why = f"wanted more than {limits.memory} bytes"
                self._reply(number, {"failure": failure("stopped", "memory", why)})
                return
        instance = self._instances.get(number)
        if instance is None:
            why = "this guest has ended"
            self._reply(number, {"failure": failure("broken", "closed", why)})
            return
        request = {"step": step, **message["request"]}
        self._reply(number, instance.call(request, limits))

    def _reply(self, number: int, reply: dict[str, Any]) -> None:
        try:
            frames.write(self._out, {"session": number, "reply": reply})
        except frames.BadFrame as error:
            self._instances.pop(number, None)
            why = failure("broken", "answer", f"not as agreed: {error}"[:200])
            frames.write(self._out, {"session": number, "reply": {"failure": why}})

    def _open(self, message: dict[str, Any]) -> None:
        number = message["session"]
        self._instances[number] = Instance(
            self._runtime,
            limits=_limits(**message["limits"]),
            clock=message["clock"],
            seed=message["seed"],
            ask=lambda question: self._ask(number, question),
        )

    def _ask(self, session: int, question: dict[str, Any]) -> dict[str, Any]:
        frames.write(self._out, {"session": session, "ask": question})
        while (message := frames.read(self._in)) is not None:
            if "answer" in message:
                answer = message["answer"]
                assert isinstance(answer, dict)
                return answer
            self._handle(message)
        os._exit(0)  # the host is gone, and nobody wants the rest of this call


def _harden() -> None:
    """Give up what a worker never needs; the README says which walls are missing."""
    if sys.platform != "linux":
        return
    import ctypes
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    libc = ctypes.CDLL(None)
    pr_set_dumpable, pr_set_no_new_privs = 4, 38
    libc.prctl(pr_set_dumpable, 0, 0, 0, 0)
    libc.prctl(pr_set_no_new_privs, 1, 0, 0, 0)


def main(image: str) -> None:
    """Serve the host on what were standard input and output."""
    inward = os.fdopen(os.dup(0), "rb")
    outward = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    runtime = Runtime(Path(image))
    _harden()
    Worker(runtime, inward, outward).serve()


if __name__ == "__main__":
    main(sys.argv[1])
