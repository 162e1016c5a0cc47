"""Does a run again with its recorded answers, and names what is different now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from plugwright.agents.recording import frame_of, key_of, message_of
from plugwright.agents.records import Records
from plugwright.agents.results import Result
from plugwright.agents.runbook import Entry, clean, completion_of
from plugwright.agents.stops import RunStopped
from plugwright.providers import Completion, Message, Request, ToolCall

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Replay(Generic[T]):
    """What came out of a replay."""

    result: Result[T] | None
    """None where the run has no answer, recorded or now."""
    stopped: str
    """How it ended instead, in words."""
    differences: tuple[str, ...]
    """What is not as it was, in words; the model would have been asked this."""


class Replayed(Records):
    """Answers from a recording, and from nowhere else."""

    is_replay = True

    def __init__(self, entries: Sequence[Entry], again: frozenset[str]) -> None:
        super().__init__()
        self.instructions, _ = _parted(opening(entries))
        self.differences: list[str] = []
        self._entries = iter(entries)
        self._before: list[Message] = []
        """The conversation as it was."""
        self._frame = ""
        self._number = 0
        self._again = again
        """Tools that are really called."""
        self._expected: str | None = None

    def known(self, request: Request) -> Completion | None:
        """Give the next recorded answer, and compare the question."""
        entry = self._next("answer")
        self._number += 1
        frame = frame_of(request)
        if key_of(request, frame) != entry.facts["key"]:
            self._name(request, frame)
        if (message := message_of(entry)) is not None:
            self._before.append(message)
        return completion_of(entry)

    def told(self, call: ToolCall) -> str | None:
        """Give what the tool said then."""
        text = self._next("tool").text
        self._before.append(Message("tool", text, answers=call.id))
        if call.name in self._again:
            self._expected = text
            return None
        return text

    def said(self, message: Message, kind: str) -> None:
        """Compare what a tool says now."""
        expected, self._expected = self._expected, None
        if expected is not None and (now := clean(message.content)) != expected:
            self._differ(f"a tool says something else: {_apart(expected, now)}")

    def over(self, stopped: str) -> None:
        """Compare the end with that of a run which had an answer."""
        left = sum(entry.kind == "answer" for entry in self._entries)
        if stopped:
            self.differences.append(f"it had an answer, and has none now: {stopped}")
        elif left:
            it = f"it ends after answer {self._number}"
            self.differences.append(f"{it}, and had {self._number + left}")

    def _next(self, kind: str) -> Entry:
        for entry in self._entries:
            if entry.kind == kind:
                return entry
            if entry.kind == "frame":
                self._frame = entry.text
            elif (message := message_of(entry)) is not None:
                self._before.append(message)
        raise RunStopped(
            f"the record has no more after answer {self._number}",
            remedy="`plugwright runs resume` asks the model for more",
        )

    def _name(self, request: Request, frame: str) -> None:
        found = [
            *_conversations_apart(self._before, request.messages),
            *_frames_apart(json.loads(self._frame), json.loads(clean(frame))),
        ]
        for what in found or ["the question differs"]:
            self._differ(what)

    def _differ(self, what: str) -> None:
        # The same instructions differ at each question; once is enough.
        if all(not each.endswith(what) for each in self.differences):
            self.differences.append(f"before answer {self._number or 1}: {what}")


def opening(entries: Sequence[Entry]) -> list[Message]:
    """Give what was said before the first answer."""
    messages = []
    for entry in entries:
        if entry.kind != "said":
            break
        message = message_of(entry)
        assert message is not None
        messages.append(message)
    return messages


def _apart(then: str, now: str) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(then, now, strict=False)) if a != b),
        min(len(then), len(now)),
    )
    start = max(0, at - 20)
    return f"`{then[start : at + 40]!s}` is `{now[start : at + 40]!s}` now"


def _conversations_apart(then: Sequence[Message], now: Sequence[Message]) -> list[str]:
    found = []
    (told, before), (tells, after) = _parted(then), _parted(now)
    if bool(told) != bool(tells):
        found.append(f"the instructions are {'gone' if told else 'new'}")
    elif told != clean(tells):
        found.append(f"the instructions differ: {_apart(told, clean(tells))}")
    for number, (old, new) in enumerate(zip(before, after, strict=False), 1):
        if (old.role, old.calls) != (new.role, new.calls):
            found.append(f"message {number} is of another kind")
        elif old.content != (content := clean(new.content)):
            found.append(f"message {number} differs: {_apart(old.content, content)}")
    if len(before) != len(after):
        found.append(f"there are {len(after)} messages, and were {len(before)}")
    return found


def _parted(messages: Sequence[Message]) -> tuple[str, list[Message]]:
    """Part the instructions from what was said."""
    told = "\n\n".join(each.content for each in messages if each.role == "system")
    return told, [each for each in messages if each.role != "system"]


def _frames_apart(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = []
    before = {tool["name"]: tool for tool in then["tools"]}
    after = {tool["name"]: tool for tool in now["tools"]}
    found += [f"the tool `{name}` is new" for name in after if name not in before]
    found += [f"the tool `{name}` is gone" for name in before if name not in after]
    found += [
        f"the tool `{name}` has another {part}"
        for name in before
        if name in after
        for part in ("summary", "parameters")
        if before[name][part] != after[name][part]
    ]
    if then["schema"] != now["schema"]:
        found.append("the answer is asked for by another schema")
    found += [
        f"`{name}` is {now['sampling'].get(name)}, and was {value}"
        for name, value in then["sampling"].items()
        if now["sampling"].get(name) != value
    ]
    return found
