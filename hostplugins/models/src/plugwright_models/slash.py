"""What can be typed in a chat beside questions: `/help`, `/model NAME` and others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plugwright.agents.hosted import tools_of
from plugwright.errors import UsageError
from plugwright.lines import say
from plugwright.permissions import nearest
from plugwright.providers import Message, able
from plugwright.sources import plain
from plugwright_models.conversation import Conversation
from plugwright_models.saving import load_into, save

if TYPE_CHECKING:
    from plugwright.host import Host


@dataclass(frozen=True)
class Slash:
    """One of them."""

    usage: str
    help: str
    do: Callable[[Talk, str], None]


@dataclass(kw_only=True)
class Talk:
    """A chat under way, as its commands change it."""

    host: Host
    conversation: Conversation
    use_model: Callable[[str], None]
    again: Callable[[], None]
    is_over: bool = False


def obey(talk: Talk, line: str) -> None:
    """Do what a line that begins with a slash says."""
    name, _, rest = line[1:].partition(" ")
    if name not in COMMANDS:
        guess = nearest(f"/{name}", [f"/{each}" for each in COMMANDS])
        begin = f"{guess} A" if guess.endswith("?") else f"{guess}; a"
        raise UsageError(
            f"there is no `/{name:.40}`",
            remedy=f"{begin} question that begins with a slash gets two: `//`",
        )
    COMMANDS[name].do(talk, rest.strip())


def _help(talk: Talk, rest: str) -> None:
    for command in COMMANDS.values():
        say(f"{command.usage:<22} {command.help}", rest=" " * 23)
    say(
        "Ctrl-C ends an answer; pressed again it ends the chat, as Ctrl-D does. A line"
        " that ends with `\\` goes on in the next one. `//` begins a question with `/`."
    )


def _model(talk: Talk, rest: str) -> None:
    if rest:
        talk.use_model(rest)
    say(plain(f"Talking to `{talk.conversation.plan.provider.name}`."))


def _system(talk: Talk, rest: str) -> None:
    if rest:
        talk.conversation.change(instructions="" if rest == "-" else rest)
    said = talk.conversation.plan.instructions
    say(plain(said) if said else "The model is told nothing at the beginning.")


def _tools(talk: Talk, rest: str) -> None:
    conversation = talk.conversation
    tools = dict(conversation.plan.tools)
    for word in rest.split():
        if word.startswith("-"):
            if tools.pop(word[1:], None) is None:
                raise UsageError(
                    f"there is no tool `{word[1:]:.80}` here", remedy="see `/tools`"
                )
        else:
            tools.update((tool.name, tool) for tool in tools_of(talk.host, word))
    if rest:
        conversation.change(tools=tools)
        if tools and not able(conversation.plan.provider).tools:
            say("This model knows no tools; it will not call any.")
    for tool in tools.values():
        say(
            plain(f"{tool.name} ({tool.approval}): {tool.spec.summary}"),
            first="  ",
            rest="    ",
        )
    if not tools:
        say("The model has no tools. `/tools PLUGIN.*` gives it those of a plugin.")


def _save(talk: Talk, rest: str) -> None:
    if not rest:
        raise UsageError("a file is missing", remedy="`/save talk.md`, or `.json`")
    path = Path(rest).expanduser()
    plan, messages = talk.conversation.plan, talk.conversation.messages
    if plan.instructions:
        messages.insert(0, Message("system", plan.instructions))
    save(path, plan.provider.name, messages)
    say(plain(f"{len(messages)} messages were written to `{path}`."))


def _load(talk: Talk, rest: str) -> None:
    load_into(talk.conversation, talk.host.home, rest or "last")
    turns = talk.conversation.turns
    if turns:
        say(plain(f"It goes on after: {turns[-1].question:.200}"), rest="  ")
    if question := talk.conversation.unanswered:
        say(plain(f"`/retry` asks again: {question:.200}"), rest="  ")


def _clear(talk: Talk, rest: str) -> None:
    talk.conversation.clear()
    say("Forgotten: the next question is the first one.")


def _retry(talk: Talk, rest: str) -> None:
    talk.again()


def _undo(talk: Talk, rest: str) -> None:
    question = talk.conversation.undo()
    say(plain(f"Taken back: {question:.200}"), rest="  ")


def _quit(talk: Talk, rest: str) -> None:
    talk.is_over = True


COMMANDS = {
    "help": Slash("/help", "show this", _help),
    "model": Slash("/model [NAME]", "who answers; with a name, another one", _model),
    "system": Slash("/system [TEXT]", "what it is told first; `-` is nothing", _system),
    "tools": Slash("/tools [PLUGIN.NAME]", "what it may use; `-NAME` no more", _tools),
    "save": Slash("/save FILE", "write the talk to a new file, .md or .json", _save),
    "load": Slash("/load [FILE]", "go on with a saved talk, or the last one", _load),
    "retry": Slash("/retry", "ask the last question again", _retry),
    "undo": Slash("/undo", "take the last question and its answer back", _undo),
    "clear": Slash("/clear", "forget all that was said", _clear),
    "quit": Slash("/quit", "end the chat", _quit),
}
