"""What a worker says of one call, and what a guest says of itself, read with suspicion.

A worker counts; a guest only tells. Whatever does not have its exact shape is a
`ValueError`, and whoever said it is not asked again.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import JSON, Failure, Kind, Outcome
from plugwright_sandbox.wire import frames

COUNTED = ("fuel", "memory", "host_calls", "sent", "received")
"""What a worker counts in whole numbers, in the order in which it tells them."""
TIMED = ("cpu_seconds", "seconds", "host_seconds")
"""What it measures in seconds; they follow."""
PLAIN = {"session", "call", "usage"}
"""Members of a reply's head that says nothing else."""

ENVELOPE = 200
"""Bytes that the guest's shim puts around an answer."""
ADDRESSABLE = 1 << 32

_OWN_KINDS = ("raised", "input", "load", "denied")
"""What a guest may say of itself. It cannot say that a quota stopped it."""


class Reply(NamedTuple):
    """A worker's own part of an answer."""

    counted: list[int]
    """What it counted, in the order of `COUNTED`."""
    timed: list[float]
    """What it measured, in the order of `TIMED`."""
    clock: bool = False
    """Whether the guest looked at the time."""
    denied: tuple[str, ...] = ()
    """What the worker itself denied."""
    stopped: str = ""
    """The quota that ended the guest."""
    used: int | float = 0
    """How much of that quota was used."""
    broken: str = ""
    """Why the guest's runtime gave way."""

    @classmethod
    def read(cls, head: dict[str, Any]) -> Reply:
        """Take a worker's word for nothing but what it has to count."""
        numbers = head["usage"]
        if type(numbers) is not list or len(numbers) != len(COUNTED) + len(TIMED):
            raise ValueError("usage")
        counted, timed = numbers[: len(COUNTED)], numbers[len(COUNTED) :]
        for count in counted:
            if not _is_count(count):
                raise ValueError("usage")
        for time in timed:
            if not _is_time(time):
                raise ValueError("usage")
        if head.keys() <= PLAIN:  # the guest has answered
            return cls(counted, timed)
        stopped, used = head.get("stopped", ("", 0))
        if not (type(stopped) is str and (_is_count(used) or _is_time(used))):
            raise ValueError("stopped")
        denied, broken = head.get("denied", []), head.get("broken", "")
        if type(denied) is not list or any(type(name) is not str for name in denied):
            raise ValueError("denied")
        if type(broken) is not str or len(broken) > 1000:
            raise ValueError("broken")
        clock = head.get("clock", False) is True
        return cls(counted, timed, clock, tuple(denied), stopped, used, broken)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= frames.LARGEST


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


class Told(NamedTuple):
    """A guest's own part of an answer."""

    value: JSON = None
    failure: Failure | None = None
    output: str = ""
    writes: int = 0
    memory: int = 0


def longest(payload: int, output: int) -> int:
    """Bytes of a guest's longest message: what it printed comes with its answer."""
    most = payload + 6 * output + ENVELOPE  # JSON may need six bytes for one
    return min(most, frames.LONGEST_TEXT)


def told(text: str, quota: Quota) -> Told:
    """Read a guest's answer; OverflowError if it says more than its quota allows."""
    if len(text) > longest(quota.payload, quota.output):
        raise OverflowError(len(text))
    reply = frames.parse(text)
    if type(reply) is not dict:
        raise ValueError("no object")
    output, writes, memory = _side(reply, quota)
    size = len(text) - ENVELOPE
    if size > quota.payload and size - len(frames.dump(output)) > quota.payload:
        raise OverflowError(size)
    said = reply.get("failure")
    failure = None if said is None else _failure(said)
    value = None if failure else reply.get("value")
    return Told(value, failure, output, writes, memory)


def last_words(text: str, quota: Quota) -> Told:
    """Read what a guest says that ends itself; it may say anything."""
    if len(text) > longest(quota.payload, quota.output):
        return Told()
    try:
        said = frames.parse(text)
        return Told(None, None, *_side(said, quota))
    except (ValueError, AttributeError):
        return Told()


def _side(reply: dict[str, Any], quota: Quota) -> tuple[str, int, int]:
    output, writes = reply.get("output", ""), reply.get("writes", 0)
    memory = reply.get("memory", 0)
    if type(output) is not str or len(output) > quota.output:
        raise ValueError("output")
    if not _is_count(writes) or not _is_count(memory) or memory > ADDRESSABLE:
        raise ValueError("usage")
    return output, writes, memory


def _failure(said: Any) -> Failure:
    if type(said) is not dict or said.get("kind") not in _OWN_KINDS:
        raise ValueError("failure")

    def words(name: str, most: int) -> str:
        text = said.get(name)
        if type(text) is not str:
            raise ValueError("failure")
        return text[:most]

    return Failure(
        kind=Kind(said["kind"]),
        type=words("type", 200),
        message=words("message", 4096),
        where=words("where", 200),
    )


def outcome(reply: Reply, text: str, quota: Quota, *, loading: bool) -> Outcome:
    """Put together what a worker and its guest say. Raises ValueError for nonsense."""
    failure: Failure | None = None
    if reply.stopped or reply.broken or reply.denied:
        guest = last_words(text, quota)
        failure = _ended(reply, quota, loading)
    else:
        try:
            guest = told(text, quota)
            failure = guest.failure
        except OverflowError as error:
            guest = Told()
            failure = stopped("payload", int(error.args[0]), quota)
        except ValueError as error:
            guest = Told()
            failure = broken("answer", f"not as agreed: {error}"[:200])
    fuel, memory, host_calls, sent, received = reply.counted
    cpu_seconds, seconds, host_seconds = reply.timed
    usage = Usage(
        fuel=fuel,
        cpu_seconds=cpu_seconds,
        seconds=seconds,
        host_seconds=host_seconds,
        memory=memory or guest.memory or _memory_of(reply),
        output=len(guest.output),
        writes=guest.writes,
        host_calls=host_calls,
        sent=sent,
        received=received,
    )
    return Outcome(
        value=guest.value,
        failure=failure,
        usage=usage,
        output=guest.output,
        read_clock=reply.clock,
        denied=reply.denied,
    )


def _memory_of(reply: Reply) -> int:
    if reply.stopped != "memory" or type(reply.used) is not int:
        return 0
    return min(reply.used, ADDRESSABLE)


def _ended(reply: Reply, quota: Quota, loading: bool) -> Failure:
    if reply.denied:
        denied = reply.denied[0]
        return Failure(kind=Kind.DENIED, type=denied, message="was not granted")
    if not reply.stopped:
        return broken("trap", reply.broken)
    name = reply.stopped
    if loading and name in ("fuel", "seconds"):
        name = f"load_{name}"
    return stopped(name, reply.used, quota)


def stopped(name: str, used: int | float, quota: Quota) -> Failure:
    """Say that a quota ended the guest."""
    # Not by `asdict`: CPython keeps a tuple for each time that it lists the fields.
    allowed = vars(quota)[name]  # KeyError: a worker made the name up
    return Failure(kind=Kind.STOPPED, type=name, message=f"used {used} of {allowed}")


def broken(type: str, message: str) -> Failure:
    """Say that the engine or the guest's runtime gave way."""
    return Failure(kind=Kind.BROKEN, type=type, message=message)
