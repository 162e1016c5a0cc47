"""The shape of a sandbox: how the host opens a guest, calls it and closes it.

A guest is source text behind a wall. It is asked through one door (`Session.call`) and
asks back through one door (its services). Only JSON crosses, in both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from plugwright.quotas import Quota, Usage

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

Service: TypeAlias = Callable[[dict[str, JSON]], JSON]
"""One question that a guest may ask the host. Raise `Denied` to refuse."""

GENERATED = "wasm"
"""The engine for code that nobody wrote by hand, and for all that says nothing else."""

Progress: TypeAlias = Callable[[str, float], None]
"""Called with what is being done, and how much of it is done (0 to 1)."""


def say_nothing(what: str, part: float) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, kw_only=True)
class GuestPackage:
    """Python packages that are baked into the guest, ready to import."""

    name: str
    """What a guest lists in `Guest.packages` to see it."""
    paths: tuple[Path, ...]
    """Package folders or single modules, each under its import name."""
    modules: tuple[str, ...]
    """What to import at build time; nothing else can be imported later."""
    without: tuple[str, ...] = ()
    """Names of files and folders below its paths that stay on the host's side."""
    warm_up: str = ""
    """`module:function` to call once at build time, to fill its caches."""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Everything about one guest, before it is opened."""

    name: str
    """Who this is, in errors and in the ledger."""
    files: Mapping[str, str]
    """Source text by file name: `plugin.py`, `helpers.py`."""
    dispatcher: str
    """`module:function` in the guest that answers `Session.call`."""
    packages: tuple[str, ...] = ()
    """The guest packages that it may import, beside the standard library."""
    services: Mapping[str, Service] = field(default_factory=dict)
    """What it may ask of the host; everything else is denied and counted."""
    quota: Quota = field(default_factory=Quota)
    """For each call, and for loading."""
    clock: float | Literal["host"] | None = None
    """`"host"`: the host's clock, in whole seconds. A number: a clock that stands still
    at so many seconds since 1970. None: no clock, asking for the time is denied."""
    seed: int | None = None
    """Where the guest's randomness starts; None is a start that nobody can guess."""
    arguments: JSON = None
    """What the dispatcher is given when it is asked to load."""
    background: bool = False
    """Whether nobody waits for it: it gets the processor when nobody else wants it,
    where the system can do that, and shares no process with those that are waited for.
    """


class Kind(StrEnum):
    """Why a call gave no value."""

    RAISED = "raised"
    """The guest's code raised an exception."""
    INPUT = "input"
    """The arguments do not match what the command takes."""
    LOAD = "load"
    """The source could not be compiled or imported."""
    STOPPED = "stopped"
    """A quota did its work; `type` names it."""
    DENIED = "denied"
    """It asked for what was not granted; `type` names it."""
    BROKEN = "broken"
    """The engine or the guest's runtime gave way."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A call that gave no value, in words that are safe to show."""

    kind: Kind
    type: str
    """The exception's type, or the quota's or permission's name."""
    message: str
    where: str = ""
    """File and line in the guest's own source, when known: `plugin.py:12`."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a call gave, what it used, and what it printed."""

    value: JSON = None
    failure: Failure | None = None
    usage: Usage = field(default_factory=Usage)
    output: str = ""
    read_clock: bool = False
    """Whether it looked at the time, by whatever way."""
    denied: tuple[str, ...] = ()
    """Services that it was refused, whether or not it caught the refusal."""


@dataclass(frozen=True)
class Wall:
    """One thing that stands between a guest and the machine."""

    name: str
    holds: bool
    detail: str
    """How strong it is here, or what is missing and what to do about it."""


class Session(Protocol):
    """One live guest. Not for two threads at once; a second caller gets an error."""

    loaded: Outcome
    """How loading went; a guest that failed to load answers no call."""

    @property
    def ready(self) -> bool:
        """Whether a call would begin at once: it is there, and its process is free."""

    def call(
        self, operation: str, arguments: JSON, *, quota: Quota | None = None
    ) -> Outcome:
        """Ask the guest's dispatcher. Never raises for what the guest does."""

    def stop(self) -> None:
        """End the call that is under way, from another thread; the guest is lost.

        The call gives an outcome that is `BROKEN`. Nothing happens between calls.
        """

    def close(self) -> None:
        """Drop the guest. Nothing of it runs afterwards."""


class Sandbox(Protocol):
    """One engine that runs guests behind a wall."""

    name: str

    @property
    def runtime(self) -> str:
        """What the guests run on: with the same, the same guest does the same again."""

    def prepare(self, progress: Progress) -> None:
        """Build what the first guest needs, once; at once if it is there."""

    def open(self, guest: Guest) -> Session:
        """Load a guest in a fresh instance of its own."""

    def walls(self) -> Sequence[Wall]:
        """Say what holds on this machine and what is missing, wall by wall."""

    def close(self) -> None:
        """End every worker."""


@dataclass(frozen=True, kw_only=True)
class SandboxOffer:
    """An engine that can be had, and how to make one."""

    name: str
    """What a manifest calls it: `wasm`."""
    summary: str
    open: Callable[[], Sandbox]
