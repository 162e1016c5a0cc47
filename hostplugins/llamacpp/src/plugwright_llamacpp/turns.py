"""A conversation becomes the text that a model was trained on: its chat template.

What a template bears is tried once, when the model is opened: some refuse a system's
turn, or leave it out without a word; some refuse two turns of one role. What is not
borne is merged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NoReturn

import jinja2

from plugwright.errors import UsageError
from plugwright.providers import Message
from plugwright_llamacpp.header import Header
from plugwright_llamacpp.templates import Refused, Stage

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PLAIN = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n"
    "{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"
)
NAMED = {"chatml": CHATML, "plain": PLAIN}
_NO_TEXT = "\N{ZERO WIDTH SPACE}"

Turn = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Bears:
    """What a template was seen to put into its text."""

    system: bool
    repeats: bool
    assistant_first: bool


class Turns:
    """Writes conversations for one model."""

    def __init__(
        self, template: str, *, bos: str, eos: str, control: Iterable[str], model: str
    ) -> None:
        self._model = model
        self._bos = bos
        self._eos = eos
        texts = sorted((each for each in control if len(each) > 1), key=len)
        self._control = re.compile("|".join(map(re.escape, reversed(texts))) or "(?!)")
        self._stage = Stage()
        self._template = self._compiled(template)
        self.bears = self._probed()
        self.stops: tuple[str, ...] = ()
        if template == PLAIN:
            self.stops = ("\nuser:", "\nsystem:")

    def written(self, messages: Sequence[Message]) -> str:
        """Write a conversation, up to where the model's answer begins."""
        turns = self._merged([self._turn(message) for message in messages])
        try:
            return self._render(turns)
        except Exception as error:  # broad on purpose: a template is a stranger's code
            raise UsageError(
                f"the chat template of `{self._model}` refuses this conversation:"
                f" {str(error)[:200]}",
                remedy="end with a user's turn, or open it with `?template=chatml`",
            ) from None

    def begins(self, text: str) -> bool:
        """Tell whether the template has already put the first token before a text."""
        return bool(self._bos) and text.startswith(self._bos)

    def _turn(self, message: Message) -> Turn:
        content = self._harmless(message.content)
        if message.role == "tool":
            content = f"Answer of the tool call `{message.answers}`:\n{content}"
            return {"role": "user", "content": content}
        if message.calls:
            calls = [
                {"tool": call.name, "arguments": dict(call.arguments)}
                for call in message.calls
            ]
            said = self._harmless(json.dumps(calls, ensure_ascii=False))
            content = f"{content}\n{said}" if content else said
        return {"role": message.role, "content": content}

    def _harmless(self, text: str) -> str:
        # Whoever writes `<|im_end|>` into a text would otherwise end the turn, and
        # could go on in the name of the system.
        return self._control.sub(
            lambda found: found[0][0] + _NO_TEXT + found[0][1:], text
        )

    def _merged(self, turns: list[Turn]) -> list[Turn]:
        if self.bears.system:
            # Templates that bear a system's turn at all bear it first.
            first = [turn for turn in turns if turn["role"] == "system"]
            rest = [turn for turn in turns if turn["role"] != "system"]
            turns = [*_joined(first), *rest]
        else:
            turns = [
                {**turn, "role": "user"} if turn["role"] == "system" else turn
                for turn in turns
            ]
        if not self.bears.repeats or not self.bears.system:
            turns = _joined(turns)
        talk = [turn for turn in turns if turn["role"] != "system"]
        if talk and talk[0]["role"] == "assistant" and not self.bears.assistant_first:
            at = turns.index(talk[0])
            turns = [*turns[:at], {"role": "user", "content": ""}, *turns[at:]]
        return turns

    def _compiled(self, template: str) -> jinja2.Template:
        try:
            return self._stage.compiled(template)
        except (jinja2.TemplateError, Refused, ValueError, RecursionError) as error:
            raise UsageError(
                f"the chat template of `{self._model}` cannot be read:"
                f" {str(error)[:200]}",
                remedy="open it with `?template=chatml`, or with a template's file",
            ) from None

    def _render(self, turns: list[Turn]) -> str:
        def refuse(why: str) -> NoReturn:
            raise ValueError(why)

        return self._stage.rendered(
            self._template,
            messages=turns,
            bos_token=self._bos,
            eos_token=self._eos,
            add_generation_prompt=True,
            raise_exception=refuse,
            strftime_now=lambda form: datetime.now().strftime(form),
            tools=None,
        )

    def _probed(self) -> Bears:
        if not self._shows(("user", "aleph")):
            raise UsageError(
                f"the chat template of `{self._model}` does not work",
                remedy="open it with `?template=chatml`, or with a template's file",
            )
        return Bears(
            system=self._shows(("system", "beth"), ("user", "aleph")),
            repeats=self._shows(
                *(("user", "aleph"), ("user", "beth")),
                *(("assistant", "gimel"), ("assistant", "daleth"), ("user", "he")),
            ),
            assistant_first=self._shows(("assistant", "beth"), ("user", "aleph")),
        )

    def _shows(self, *turns: tuple[str, str]) -> bool:
        try:
            text = self._render([{"role": r, "content": c} for r, c in turns])
        except Exception:  # broad on purpose: a template is a stranger's code
            return False
        return all(content in text for _, content in turns)


def template_of(header: Header, wanted: str) -> str:
    """Choose a template: the one that was asked for, or the file's; never a guess."""
    if wanted in NAMED:
        return NAMED[wanted]
    if wanted:
        try:
            return Path(wanted).expanduser().read_text("utf-8")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise UsageError(
                f"the template `{wanted:.200}` cannot be read: {error}",
                remedy="give `chatml`, `plain` or the path of a jinja file",
            ) from None
    if not header.template:
        raise UsageError(
            f"`{header.path.name}` has no chat template, so nobody knows how to talk"
            " with it",
            remedy="open it with `?template=chatml`, `?template=plain` or"
            " `?template=FILE`; the model's page says which it was trained on",
        )
    return header.template


def _joined(turns: Iterable[Turn]) -> list[Turn]:
    """Make one turn of neighbours of one role."""
    role: Callable[[Turn], str] = lambda turn: turn["role"]  # noqa: E731
    return [
        {"role": who, "content": "\n\n".join(turn["content"] for turn in said)}
        for who, said in groupby(turns, role)
    ]
