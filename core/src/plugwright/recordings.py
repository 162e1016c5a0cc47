"""Calls on record: what went in, what came out, and what it cost; replayed exactly.

With the same bundle, input, seed, clock and answers of the host, a guest of a fresh
instance says the same and uses the same fuel. So a record can be checked by doing it
again: a difference means that the record or the plugin was changed, or that the guest
runs on something else. A record is signed with a key of this home, so that one from
elsewhere, or one that was edited, is told apart before anything runs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from plugwright.bundles import Bundle
from plugwright.errors import (
    BrokeContract,
    Denied,
    PlugwrightError,
    Refused,
    UsageError,
)
from plugwright.home import naming, write_durably
from plugwright.ledger import canonical
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON, Guest, Outcome, Sandbox, Service

KEY_SIZE = 32
_QUOTAS = {field.name for field in fields(Quota)}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question of the guest, and what the host said."""

    service: str
    arguments: JSON
    kind: Literal["value", "denied", "refused"]
    answer: JSON


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the guest was asked, and all that came of it."""

    operation: str
    arguments: JSON
    quota: Mapping[str, Any]
    said: Mapping[str, JSON]
    """Its value or failure, what it printed, what it was denied, and its fuel."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One guest, from loading to its last call."""

    plugin: str
    bundle: str
    engine: str
    runtime: str
    seed: str
    """Written in base 16: JSON has no numbers of that size."""
    clock: float | None
    services: tuple[str, ...]
    """What it could ask for, whether or not it did."""
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...]

    def dumps(self, key: bytes) -> str:
        """Write it down, signed."""
        facts = asdict(self)
        # Keys stay in their order: a guest may see it, and its fuel does.
        return json.dumps({"recording": facts, "signature": _signature(facts, key)})

    @classmethod
    def parse(cls, text: str, key: bytes, where: str) -> Recording:
        """Read one; raises UsageError for what this home did not write like this."""
        try:
            file = _File.model_validate_json(text)
        except ValidationError as error:
            found = error.errors(include_input=False)[0]
            place = ".".join(map(str, found["loc"])) or "the file"
            raise UsageError(
                f"`{where}` is no recording: `{place:.80}`: {found['msg']}",
                remedy="make one with `plugwright run --record FILE`",
            ) from error
        facts = file.recording.model_dump(mode="json")
        if not hmac.compare_digest(_signature(facts, key), file.signature):
            raise UsageError(
                f"`{where}` was changed after it was written, or another home wrote it",
                remedy="do not trust it; record the call again",
            )
        if any(step.quota.keys() - _QUOTAS for step in file.recording.steps):
            raise UsageError(
                f"`{where}` was written by another version of Plugwright",
                remedy="record the call again",
            )
        told = dict(file.recording)
        return cls(
            **{
                **told,
                "services": tuple(file.recording.services),
                "steps": tuple(Step(**dict(step)) for step in file.recording.steps),
                "answers": tuple(Answer(**dict(a)) for a in file.recording.answers),
            }
        )


def _signature(facts: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, canonical(facts).encode(), hashlib.sha256).hexdigest()


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Answer(_Table):
    service: str
    arguments: JsonValue
    kind: Literal["value", "denied", "refused"]
    answer: JsonValue


class _Step(_Table):
    operation: str
    arguments: JsonValue
    quota: dict[str, int | float]
    said: dict[str, JsonValue]


class _Recording(_Table):
    plugin: str
    bundle: str
    engine: str
    runtime: str
    seed: Annotated[str, Field(pattern="^[0-9a-f]{1,64}$")]
    clock: float | None
    services: list[str]
    steps: Annotated[list[_Step], Field(min_length=1)]
    answers: list[_Answer]


class _File(_Table):
    recording: _Recording
    signature: str


def key_of(folder: Path) -> bytes:
    """Give the key that this home signs with; made at the first use."""
    path = folder / "recording.key"
    with naming(path):
        with suppress(FileNotFoundError):
            if len(key := path.read_bytes()) == KEY_SIZE:
                return key
        # A crash in between leaves a short file, which is no key yet.
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            write_durably(fresh, secrets.token_bytes(KEY_SIZE))
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        return path.read_bytes()


@dataclass
class Tape:
    """Notes what one plugin is asked and told while it runs."""

    plugin: str
    seed: int = field(default_factory=lambda: secrets.randbits(128))
    clock: float | None = None
    services: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    bundle: str = ""
    engine: str = ""
    runtime: str = ""

    def began(self, bundle: Bundle, sandbox: Sandbox) -> None:
        """Note what runs now, and on what; a guest that is new has a new story."""
        self.bundle, self.engine = bundle.id, bundle.manifest.engine
        self.runtime = sandbox.runtime
        self.steps.clear()
        self.answers.clear()

    def recording(self) -> Recording:
        """Give what was noted."""
        return Recording(
            plugin=self.plugin,
            bundle=self.bundle,
            engine=self.engine,
            runtime=self.runtime,
            seed=f"{self.seed:x}",
            clock=self.clock,
            services=self.services,
            steps=tuple(self.steps),
            answers=tuple(self.answers),
        )

    def guest(self, guest: Guest, now: Callable[[], float]) -> Guest:
        """Give the same guest with all that it learns from outside noted."""
        self.clock = float(int(now())) if guest.clock == "host" else guest.clock
        self.services = tuple(sorted(guest.services))
        return replace(
            guest,
            seed=self.seed,
            clock=self.clock,
            services={
                name: partial(self._answered, name, service)
                for name, service in guest.services.items()
            },
        )

    def _answered(
        self, name: str, service: Service, arguments: dict[str, JSON]
    ) -> JSON:
        note = partial(Answer, service=name, arguments=arguments)
        try:
            value = service(arguments)
        except Denied as error:
            self.answers.append(note(kind="denied", answer=error.permission))
            raise
        except PlugwrightError as error:
            self.answers.append(note(kind="refused", answer=error.message))
            raise
        self.answers.append(note(kind="value", answer=value))
        return value

    def note(
        self, operation: str, arguments: JSON, quota: Quota, outcome: Outcome
    ) -> None:
        """Add what the guest was asked, and what came of it."""
        said = _said(outcome)
        step = Step(
            operation=operation, arguments=arguments, quota=asdict(quota), said=said
        )
        self.steps.append(step)


def _said(outcome: Outcome) -> dict[str, JSON]:
    """What of an outcome is the same whenever the same is done."""
    failure = outcome.failure
    return {
        "value": outcome.value,
        "failure": None if failure is None else {**asdict(failure)},
        "output": outcome.output,
        "denied": [*outcome.denied],
        "fuel": outcome.usage.fuel,
    }


class Replay:
    """Gives a guest the answers of a recording, and compares what it says."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.differences: list[str] = []
        self._answers = iter(recording.answers)

    def guest(self, guest: Guest) -> Guest:
        """Give the same guest, in the world of the recording."""
        recording = self.recording
        return replace(
            guest,
            seed=int(recording.seed, 16),
            clock=recording.clock,
            services={name: partial(self._again, name) for name in recording.services},
        )

    def _again(self, name: str, arguments: dict[str, JSON]) -> JSON:
        noted = next(self._answers, None)
        if noted is None or (noted.service, noted.arguments) != (name, arguments):
            self.differences.append(f"it asked for `{name}` as it did not before")
            raise Refused("this was not asked when the call was recorded")
        if noted.kind == "denied":
            raise Denied(str(noted.answer))
        if noted.kind == "refused":
            raise Refused(str(noted.answer))
        return noted.answer

    def compare(self, step: Step, outcome: Outcome) -> None:
        """Note every difference between then and now."""
        for name, now in _said(outcome).items():
            then = step.said.get(name)
            if canonical(then) != canonical(now):
                told = f"{canonical(then):.60} before, {canonical(now):.60} now"
                self.differences.append(f"`{step.operation}`: its {name}: {told}")

    def run(self, sandbox: Sandbox, guest: Guest) -> None:
        """Do it all again, and compare each step."""
        load, *calls = self.recording.steps
        session = sandbox.open(self.guest(guest))
        try:
            self.compare(load, session.loaded)
            for step in calls:
                quota = Quota(**step.quota)
                outcome = session.call(step.operation, step.arguments, quota=quota)
                self.compare(step, outcome)
        finally:
            session.close()
        for noted in self._answers:
            self.differences.append(f"it did not ask for `{noted.service}`")


def differs(replay: Replay, runtime: str) -> BrokeContract:
    """Say what was not done again as it was, and what that means."""
    recording = replay.recording
    more = len(replay.differences) - 1
    others = f" (and {more} more)" if more else ""
    remedy = (
        "neither is to be trusted: the runtime is the same, so its record or its files"
        " were tampered with, or the sandbox counts wrongly"
    )
    if runtime != recording.runtime:
        remedy = (
            f"the runtime has changed: it was `{recording.runtime:.60}`, now it is"
            f" `{runtime:.60}`; record it again"
        )
    return BrokeContract(
        recording.plugin,
        f"it does not do again what is on record: {replay.differences[0]}{others}",
        remedy=remedy,
    )
