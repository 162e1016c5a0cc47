"""The worker process of the `wasm` engine: runs guests on the host's word.

It reads one message at a time and may be killed at any moment. While a guest waits for
the host's answer, the host may ask for something else; that is why `_ask` handles
requests. It passes on what guest and host say to each other unread.
"""

from __future__ import annotations

import os
import socket
import threading
from functools import partial
from pathlib import Path
from typing import Any

from wasmtime import WasmtimeError

from plugwright_sandbox.wasm.ahead import VALUE, Ahead, Loaded
from plugwright_sandbox.wasm.compiling import Compiler
from plugwright_sandbox.wasm.instance import Instance, Limits
from plugwright_sandbox.wasm.runtime import STACK, Runtime
from plugwright_sandbox.wire.channel import Channel, Closed
from plugwright_sandbox.wire.frames import Message

REST = 0.002
"""Seconds without a message after which there is time to make a spare instance."""
LOOKS = 3
"""Calls in a row after which nobody looks whether there is time: looking costs some."""
NOTHING_USED = [0, 0, 0, 0, 0, 0.0, 0.0, 0.0]


class Worker:
    """Serves one host until the channel closes."""

    def __init__(self, runtime: Runtime, channel: Channel) -> None:
        self._runtime = runtime
        self._channel = channel
        self._instances: dict[int, Instance] = {}
        self._calls: dict[int, int] = {}
        """The call that each instance is in."""
        self._compiler = Compiler(runtime)
        self._ahead = Ahead(runtime, self._compiler)
        self._row = 0
        """How many calls have come in a row."""

    def serve(self) -> None:
        """Handle requests one after the other."""
        try:
            while True:
                if self._row < LOOKS:
                    self._make_spares()
                message = self._channel.receive()
                self._row = self._row + 1 if message.head["step"] == "call" else 0
                self._handle(message)
        except Closed:
            return  # the host is gone, and nobody wants the rest

    def _make_spares(self) -> None:
        while self._has_time_for_more and not self._channel.waits(REST):
            if self._runtime.wants_spares:
                self._runtime.make_spare()
            else:
                self._ahead.prepare()

    @property
    def _has_time_for_more(self) -> bool:
        return self._runtime.wants_spares or self._ahead.wanted

    def _handle(self, message: Message) -> None:
        head = message.head
        number = head["session"]
        if head["step"] == "close":  # perhaps in the middle of its call, which ends
            self._instances.pop(number, None)
            return
        self._calls[number] = head["call"]
        told, text = _STEPS[head["step"]](self, message)
        call = self._calls.pop(number)
        self._channel.send({"session": number, "call": call, **told}, text)
        if head["step"] == "run":  # now, for it takes as long as a call
            self._instances.pop(number, None)

    def _load(self, message: Message) -> tuple[dict[str, Any], str]:
        """Make an instance; what a memory quota is too small for ends here."""
        head = message.head
        number = head["session"]
        if ready := self._ahead.take(message):
            self._instances[number] = ready.instance
            ready.instance.ask = partial(self._ask, number)
            return ready.told, ready.text
        limits = Limits(**head["limits"])
        try:
            instance = Instance(
                self._runtime,
                limits=limits,
                clock=head["clock"],
                seed=int(head["seed"], 16),
                ask=partial(self._ask, number),
            )
        except WasmtimeError:
            return {"usage": NOTHING_USED, "stopped": ["memory", limits.memory]}, ""
        self._instances[number] = instance
        told, text = self._compiler.load(instance, message.text, limits)
        if not instance.alive:
            self._instances.pop(number, None)
        self._ahead.note(message, Loaded(instance, told, text))
        return told, text

    def _run(self, message: Message) -> tuple[dict[str, Any], str]:
        """Load a guest, and call it if that went well."""
        head = message.head
        number = head["session"]
        load, _, call = message.text.partition("\n")
        told, text = self._load(Message(head, load))
        if number in self._instances and text.startswith(VALUE):
            self._calls[number] += 1
            asked = {"session": number, "limits": head["then"]}
            told, text = self._call(Message(asked, call))
        return told, text

    def _call(self, message: Message) -> tuple[dict[str, Any], str]:
        head = message.head
        instance = self._instances.get(head["session"])
        if instance is None:
            return {"usage": NOTHING_USED, "broken": "this guest has ended"}, ""
        limits = Limits(**head["limits"]) if "limits" in head else None
        told, text = instance.call(message.text, limits)
        if not instance.alive:
            self._instances.pop(head["session"], None)
        return told, text

    def _ask(self, session: int, question: str) -> str:
        self._channel.send({"session": session, "call": self._calls[session]}, question)
        while (message := self._channel.receive()).head["step"] != "answer":
            self._handle(message)
        return message.text


_STEPS = {"load": Worker._load, "run": Worker._run, "call": Worker._call}


def preload(image: str) -> Any:
    """Load the image in the zygote, so that every worker has it already."""
    from plugwright_sandbox.cell.forking import Preloaded

    runtime = Runtime(Path(image))

    def serve(end: socket.socket) -> None:
        Worker(runtime, Channel.over(end)).serve()

    # wasmtime maps every guest's memory from the image's file.
    return Preloaded(
        serve=serve, walls="wasm", before=runtime.ticker.start, keep_files=True
    )


def main(image: str) -> None:
    """Serve the host on what were standard input and output, without a zygote."""
    inward, outward = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    runtime = Runtime(Path(image))
    runtime.ticker.start()
    # Some systems give the main thread less of a stack than a guest may use.
    threading.stack_size(8 * STACK)
    worker = Worker(runtime, Channel(inward, outward))
    served = threading.Thread(target=worker.serve)
    served.start()
    served.join()
