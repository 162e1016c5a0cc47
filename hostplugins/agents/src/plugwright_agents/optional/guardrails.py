"""The ability to look at what goes to the model, and at what comes back.

Going in: everything that the model is told. Coming out: answers, and calls before they
are made. What has to be masked is written as `[email]`; what must not be there at all
ends the run when it goes in, and has the model answer anew when it comes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from plugwright.agents import Ability, Again, Ask, Do, Pain, json_in
from plugwright.errors import Refused, UsageError
from plugwright.host import Host
from plugwright.providers import Completion, Message, Request, ToolCall
from plugwright.redaction import redact
from plugwright.validation import Subject, is_refused
from plugwright_agents.finding import (
    PERSONAL,
    Found,
    commands_in,
    masked,
    personal_in,
    secrets_in,
)
from plugwright_agents.optional.guarded import NOTICED, Guarded, Noticed
from plugwright_agents.optional.options import checked

if TYPE_CHECKING:
    from plugwright.agents import Plan, Run

_FINDERS: Mapping[str, Callable[[str], Iterator[Found]]] = {
    "secrets": secrets_in,
    "personal": personal_in,
}
_Way = Literal["mask", "refuse", "off"]
_COMMAND = re.compile(
    r"command|cmd|shell|script|bash|exec|args?$|argv|^run|query|sql", re.IGNORECASE
)
"""Names of tools and arguments whose text somebody will run."""
_KNOWN = "secret of the settings"
"""What this process read itself, whatever its form."""
MOST_LOOKS = 5
"""How often one text is looked at."""
LONGEST = 100_000
"""Characters of a text that other plugins' `validate` is shown at once."""


class Guardrails(Ability):
    """Keeps out what should not go out, and has mended what should not come back."""

    name = "guardrails"

    @checked
    def __init__(
        self,
        *,
        host: Host | None = None,
        secrets: _Way = "mask",
        personal: _Way = "off",
        commands: bool = True,
        blocked: Sequence[str] = (),
        schema: Mapping[str, Any] | None = None,
        validate: bool = False,
    ) -> None:
        """Take the rules.

        `secrets` and `personal` are `mask`, `refuse` or `off`. `commands` blocks
        dangerous ones, and `blocked` has more patterns that no call may contain.
        `schema` is a JSON Schema of the last answer. With `validate`, every plugin's
        hook of this name sees what goes in and out as a `text`.
        """
        if validate and host is None:
            raise UsageError(
                "the guardrail `validate` needs a host",
                remedy='build with `Agent.builder(NAME, host=…)` and `.use("guardrails"'
                ", validate=True)`",
            )
        self._ways: dict[str, str] = {"secrets": secrets, "personal": personal}
        self._host = host if validate else None
        self._commands = commands
        self._blocked = [_pattern(each) for each in blocked]
        self._validator = None if schema is None else _validator(schema)
        self._got: WeakKeyDictionary[Run[Any], list[str]] = WeakKeyDictionary()
        """What was masked in the answer that is looked at next."""

    def settings(self, plan: Plan) -> Plan:
        """Stand around the model."""
        return replace(plan, provider=Guarded(plan.provider, self))

    def instructions(self, run: Run[Any]) -> str:
        """Tell the model the schema before it breaks it."""
        if self._validator is None:
            return ""
        schema = json.dumps(self._validator.schema, ensure_ascii=False)
        return f"Your last answer has to be JSON that follows this schema:\n{schema}"

    def around(self, run: Run[Any], request: Request, ask: Ask) -> Completion:
        """Have new messages looked at, and count what the wall masked."""
        if not isinstance(run.plan.provider, Guarded):
            raise UsageError(
                "another ability changed the model after the guardrails were put up",
                remedy="use `guardrails` after it",
            )
        # Behind the last answer, all is new; what is before was looked at then.
        last = max(
            (n for n, m in enumerate(request.messages) if m.role == "assistant"),
            default=-1,
        )
        for number in range(last + 1, len(request.messages)):
            self._look_at(run, request.messages, number)
        noticed = Noticed(new_from=last + 1)
        token = NOTICED.set(noticed)
        try:
            completion = ask(request)
        finally:
            NOTICED.reset(token)
            if noticed.sent:
                run.count(
                    Pain.GUARDRAIL, f"masked before it left: {_list(noticed.sent)}"
                )
        self._got[run] = [*noticed.got]
        return completion

    def after(self, run: Run[Any], completion: Completion) -> Completion:
        """Look at an answer. Raises `Again` where it will not do."""
        text, kinds = self.masked(completion.text)
        kinds = [*self._got.pop(run, ()), *kinds]
        if refused := self._refused(kinds):
            raise Again(f"There must be no {refused} in your answer.")
        if kinds:
            run.count(Pain.GUARDRAIL, f"masked in the answer: {_list(kinds)}")
        if not completion.calls:
            text = self._checked_by_schema(text)
            if said := self._objection(run, text):
                raise Again(_wish(said))
        return completion if text == completion.text else replace(completion, text=text)

    def calling(self, run: Run[Any], call: ToolCall, do: Do) -> str:
        """Look at a call before it is made."""
        for place, text in _texts(call.arguments):
            if why := self._block(call.name, place, text):
                run.count(Pain.GUARDRAIL, f"{call.name}: {why}")
                return f"error: the guardrails do not let this call through: {why}"
        return do(call)

    # The rules of the wall.

    def masked(self, text: str) -> tuple[str, list[str]]:
        """Mask a text, and say which kinds of things were in it."""
        all_kinds: list[str] = []
        # Again, until nothing is found: what was beside something may show up then.
        for _ in range(MOST_LOOKS):
            text, kinds = self._masked_once(text)
            if not kinds:
                break
            all_kinds += kinds
        return text, all_kinds

    def _masked_once(self, text: str) -> tuple[str, list[str]]:
        kinds: list[str] = []
        for name, find in _FINDERS.items():
            if self._ways[name] != "off":
                text, more = masked(text, find(text))
                kinds += more
        if self._ways["secrets"] != "off":
            known = redact(text)
            if known != text:
                return known, [*kinds, _KNOWN]
        return text, kinds

    def refuse(self, kinds: Sequence[str]) -> None:
        """Raise `Refused` if one of these must not go to the model at all."""
        if refused := self._refused(kinds):
            raise Refused(
                f"there is something for the model that must not leave: {refused}",
                remedy='take it out, or mask it: `use("guardrails", secrets="mask",'
                ' personal="mask")`',
            )

    def _refused(self, kinds: Sequence[str]) -> str:
        names = {name for name, way in self._ways.items() if way == "refuse"}
        return _list(each for each in kinds if _family(each) in names)

    # What plugins, schemas and patterns say.

    def _look_at(self, run: Run[Any], messages: Sequence[Message], number: int) -> None:
        message = messages[number]
        if self._host is None or message.role not in ("user", "tool"):
            return
        said = self._objection(run, message.content)
        if not said:
            return
        # What the model was told against its answer may name what is wrong with it.
        before = messages[number - 1] if number else None
        if before is not None and before.role == "assistant":
            for answer in {before.content, json_in(before.content)}:
                wish = _wish(self._objection(run, answer))
                if message.content == f"{wish} Answer again.":
                    return
        raise Refused(
            f"a plugin does not let this through to the model: {said}",
            remedy="take it out",
        )

    def _checked_by_schema(self, text: str) -> str:
        """Give the JSON in an answer. Raises `Again` where it does not fit."""
        if self._validator is None:
            return text
        found = json_in(text)
        try:
            value = json.loads(found)
            problem = next(iter(self._validator.iter_errors(value)), None)
        except Unresolvable as error:
            raise UsageError(
                f"the guardrail's schema refers to what is not in it: `{error.ref}`",
                remedy="put it under `$defs`; nothing is fetched",
            ) from None
        except (ValueError, RecursionError) as error:
            raise Again(f"That is no JSON: {error}.") from None
        if problem is not None:
            raise Again(f"At `{problem.json_path}`: {problem.message:.500}.")
        return found

    def _objection(self, run: Run[Any], text: str) -> str:
        """Say what other plugins have against a text."""
        if self._host is None:
            return ""
        for start in range(0, max(1, len(text)), LONGEST):
            subject = Subject(
                kind="text",
                name=f"agent:{run.plan.name}",
                data=text[start : start + LONGEST],
            )
            for finding in self._host.hooks.validate.wait(subject=subject):
                if is_refused([finding]):
                    return str(finding.what)
        return ""

    def _block(self, tool: str, place: str, text: str) -> str:
        if any(pattern.search(text) for pattern in self._blocked):
            return "it contains what is blocked"
        if refused := self._refused(self.masked(text)[1]):
            return f"there is something in it that must not be: {refused}"
        if self._commands and (_COMMAND.search(tool) or _COMMAND.search(place)):
            for found in commands_in(text):
                return f"it {found.kind}"
        return ""


def _wish(said: str) -> str:
    return f"Your answer will not do: {said}."


def _family(kind: str) -> str:
    return "personal" if kind in PERSONAL else "secrets"


def _texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield place, value
        case Mapping():
            for name, each in value.items():
                yield from _texts(each, f"{place}.{name}" if place else str(name))
        case list() | tuple():
            if all(isinstance(each, str) for each in value):
                yield place, " ".join(value)  # a command, word by word
            else:
                for each in value:
                    yield from _texts(each, place)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise UsageError(
            f"`{text:.80}` is no pattern: {error}", remedy="write a regular expression"
        ) from error


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise UsageError(
            f"the guardrail's schema is no JSON Schema: {error.message:.300}",
            remedy=f"correct `{error.json_path}`",
        ) from error
    # An empty registry: nothing that a schema refers to is fetched from anywhere.
    return Draft202012Validator(schema, registry=Registry())


def _list(kinds: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(kinds))
