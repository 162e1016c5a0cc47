"""The locked process of the `restricted` engine: loads one guest, calls it, and ends.

The guest's code runs in this very interpreter, behind the filter and nothing else. So
what is counted here holds against honest code and against code that the filter holds;
what must hold against native code is counted again by the host (`metering`) or by the
kernel. Whoever goes over a quota is not raised at, for that could be caught: the reply
is sent, and the process ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import resource
import socket
import sys
import time
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NoReturn

import plain_door as plain_door  # for guests that are no plugins
from telling import CappedOutput, describe

from plugwright_sandbox.cell.forking import Preloaded
from plugwright_sandbox.restricted import chance
from plugwright_sandbox.restricted.clock import Clock
from plugwright_sandbox.restricted.codes import CODES, packed, unpacked
from plugwright_sandbox.restricted.facades import close_enum
from plugwright_sandbox.restricted.loading import Library, Loader
from plugwright_sandbox.restricted.rules import RefusedCode
from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel, Closed
from plugwright_sandbox.wire.frames import Message

RESERVE = 1 << 20
"""Bytes kept for saying that there is no memory left."""
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")


class Denied(PermissionError):
    """The host refused, because nobody granted the permission."""

    plugwright_kind = "denied"

    def __str__(self) -> str:
        return f"`{self.args[0]}` was not granted"


class Refused(RuntimeError):
    """The host could not do it: the arguments or the state do not allow it."""


class Guest:
    """The one guest of this process, and what it has used in the present step."""

    def __init__(self, library: Library, channel: Channel) -> None:
        self._library = library
        self._channel = channel
        self._dispatch: Callable[[str, Any], Any] | None = None
        self._files: Mapping[str, str] = {}
        self._limits: dict[str, Any] = {}
        self._told: dict[str, int] = {}
        self._head: dict[str, Any] = {}
        self._reserve: bytearray | None = None
        self._codes = ""
        """Compiled files, for the host to keep."""
        self._begin(0)
        Clock.denied = self.deny

    def _begin(self, received: int) -> None:
        self._started, self._busy = time.perf_counter(), time.process_time()
        self._host_calls = self._sent = 0
        self._received = received
        self._waited = 0.0
        self._output = CappedOutput(self.stop)
        self._output.limits = self._told
        sys.stdout = sys.stderr = self._output
        Clock.was_read = False

    def answer(self, message: Message) -> None:
        """Take the step that the host asks for, and reply."""
        message, codes = unpacked(message)
        request = json.loads(message.text)
        # Both are sent only when they differ from the last ones.
        self._limits = message.head.get("limits", self._limits)
        self._told = request.get("limits", self._told)
        self._head = {name: message.head[name] for name in ("session", "call")}
        self._begin(len(message.text))
        self._reserve = bytearray(RESERVE)
        try:
            if message.head["step"] == "load":
                text = _dump({"value": self._load(message.head, request, codes)})
            else:
                text = _dump({"value": self._call(request)})
        except MemoryError:
            self._reserve = None
            gc.collect()
            self.stop("memory", used=self._limits["memory"])
        except BaseException as error:
            # Broad on purpose: whatever guest code raises, SystemExit too, becomes an
            # answer.
            text = self._failed(error, loading=message.head["step"] == "load")
        if len(text) > self._limits["payload"]:
            self.stop("payload", used=len(text))
        self._send(len(text))
        side: dict[str, Any] = {}
        if self._output.writes:
            # Half characters are no JSON.
            printed = self._output.text().encode("utf-8", "replace").decode()
            side = {"output": printed, "writes": self._output.writes}
        self._reply({}, f"{text[:-1]},{frames.dump(side)[1:]}" if side else text)

    def _load(self, head: dict[str, Any], request: dict[str, Any], codes: str) -> Any:
        if self._dispatch is not None:
            raise RuntimeError("this guest is loaded already")
        Clock.grant = head["clock"]
        chance.begin(int(head["seed"], 16))
        loader = Loader(self._library, request["files"])
        self._files = loader.files
        loader.install()
        made = loader.compile_all(json.loads(codes) if codes else {})
        fresh = json.dumps(made) if made else ""
        self._codes = fresh if len(fresh) <= CODES else ""
        module, _, function = request["dispatcher"].partition(":")
        dispatch = getattr(importlib.import_module(module), function)
        self._dispatch = dispatch
        return dispatch("load", request["arguments"])

    def _call(self, request: dict[str, Any]) -> Any:
        assert self._dispatch is not None
        return self._dispatch(request["operation"], request["arguments"])

    def _failed(self, error: BaseException, *, loading: bool) -> str:
        if isinstance(error, RefusedCode):
            said = {"kind": "load", "type": "RefusedCode", "message": str(error)}
            return frames.dump({"failure": {**said, "where": error.where}})
        try:
            said = describe(error, self._files, loading=loading)
            said = {name: _whole(text) for name, text in said.items()}
        except Exception:
            # Broad on purpose: an exception's attributes are the guest's own code.
            kind, name = "load" if loading else "raised", type(error).__name__
            text = "(its text cannot be shown)"
            said = {"kind": kind, "type": _whole(name), "message": text, "where": ""}
        # Addresses are of no use to anybody but an attacker.
        said["message"] = _ADDRESS.sub("at 0x…", said["message"])
        return frames.dump({"failure": said})

    # How a step ends early; none of these returns.

    def stop(self, quota: str, *, used: int | float, **last_words: Any) -> NoReturn:
        """End this process because a quota is used up."""
        self._reserve = None
        if "output" in last_words:
            last_words["output"] = _whole(last_words["output"])
        self._end({"stopped": [quota, used]}, frames.dump(last_words))

    def deny(self, permission: str) -> NoReturn:
        """End this process because it reached for what was not granted."""
        self._end({"denied": [permission]}, "{}")

    def _end(self, why: dict[str, Any], text: str) -> NoReturn:
        try:
            self._reply(why, text)
        finally:
            os._exit(0)

    def _reply(self, why: dict[str, Any], text: str) -> None:
        usage = [
            0,  # no fuel: native code is not counted by instructions
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10,
            *(self._host_calls, self._sent, self._received),
            time.process_time() - self._busy,
            time.perf_counter() - self._started,
            self._waited,
        ]
        if Clock.was_read:
            why = {**why, "clock": True}
        codes, self._codes = self._codes, ""
        head = {**self._head, "usage": usage, **why}
        self._channel.send(*packed(head, text, codes))

    # What guest packages know as `_plugwright_host.call`

    def ask(self, service: str, arguments: dict[str, Any]) -> Any:
        """Ask the host for a service."""
        question = _dump({"service": service, "arguments": arguments})
        self._host_calls += 1
        if len(question) > self._limits["payload"]:
            self.stop("payload", used=len(question))
        if self._host_calls > self._limits["host_calls"]:
            self.stop("host_calls", used=self._host_calls)
        self._send(len(question))
        answer = self._exchange(question)
        if "denied" in answer:
            raise Denied(answer["denied"])
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer["value"]

    def _exchange(self, question: str) -> dict[str, Any]:
        asked = time.perf_counter()
        try:
            self._channel.send(self._head, question)
            text = self._channel.receive().text
        except Closed:
            os._exit(0)  # the host is gone, and nobody wants the rest
        self._waited += time.perf_counter() - asked
        self._received += len(text)
        if len(text) > self._limits["payload"]:
            self.stop("payload", used=len(text))
        if self._received > self._limits["received"]:
            self.stop("received", used=self._received)
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _send(self, size: int) -> None:
        self._sent += size
        if self._sent > self._limits["sent"]:
            self.stop("sent", used=self._sent)


def _whole(text: str) -> str:
    """The same without half characters, which no JSON may carry."""
    return text.encode("utf-8", "replace").decode()


def _dump(value: Any) -> str:
    """Write JSON; what is none raises what `json` raises, as in the other engine."""
    try:
        return frames.dump(value)
    except ValueError as error:
        if isinstance(error.__cause__, TypeError):
            raise error.__cause__ from None
        raise


class _Host(ModuleType):
    """What guest packages find in `sys.modules` as `_plugwright_host`."""

    Denied, Refused = Denied, Refused
    call: Callable[[str, dict[str, Any]], Any]


def preload(argument: str) -> Preloaded:
    """Import all that a plugin may use, in the zygote, so that every worker has it."""
    # Local time is part of the host, and the files that tell it are out of reach.
    os.environ["TZ"] = "UTC"
    time.tzset()
    chance.replace()
    packages = json.loads(argument)
    host = sys.modules["_plugwright_host"] = _Host("_plugwright_host")
    modules = [name for package in packages for name in package["modules"]]
    for name in modules:
        importlib.import_module(name)
    for package in packages:
        if package["warm_up"]:
            module, _, function = package["warm_up"].partition(":")
            getattr(importlib.import_module(module), function)()
    library = Library(modules)
    close_enum()

    def serve(end: socket.socket) -> None:
        channel = Channel.over(end)
        guest = Guest(library, channel)
        host.call = guest.ask
        try:
            while True:
                guest.answer(channel.receive())
        except Closed:
            return  # the host has no more questions

    return Preloaded(serve=serve, walls="restricted")
