"""One plugin as a sandboxed plugin and as a host plugin: every answer is the same."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

import plugwright_sdk
from plugwright.bundles import Bundle
from plugwright.errors import PlugwrightError
from plugwright.home import Home
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.validation import Finding, Severity, Subject
from plugwright_sdk import registry as registries
from plugwright_sdk.hosting import Hosted

NAME = "diary"
PERMISSIONS = ("clock", "events.emit:written", "log", "storage")
PLUGIN = '''
from dataclasses import dataclass

from plugwright_sdk import (
    Fact, Finding, InputError, Subject, clock, command, emit, initialiser, log, memory,
    on, storage, tool, validator,
)


@dataclass
class Entry:
    day: str
    words: list[str]


@initialiser
def set_up() -> None:
    storage.set("volumes", storage.get("volumes", 0) + 1)


@command
def write(entry: Entry, loud: bool = False) -> dict[str, object]:
    """Write an entry."""
    if not entry.words:
        raise InputError("an entry needs words", path="entry.words")
    storage.set(f"day/{entry.day}", entry.words)
    emit("written", {"day": entry.day})
    log.info("written", day=entry.day)
    words = [word.upper() if loud else word for word in entry.words]
    return {"words": words, "days": storage.keys("day/"), "year": clock.today().year}


@command
def read(day: str) -> list[str] | None:
    """Read an entry."""
    return storage.get(f"day/{day}")


@command
def heard() -> object:
    """Say which events were heard."""
    return storage.get("heard", [])


@command
def spoil() -> int:
    """Fail."""
    raise LookupError("the diary is lost")


@command
def lie() -> int:
    """Give another thing than promised."""
    return "many"


@command(name="ask-far")
def ask_far() -> str:
    """Ask for what was not granted."""
    from plugwright_sdk import http

    return http.get("https://example.org/").text


@tool(needs_approval=False)
def count(text: str) -> int:
    """Count words."""
    return len(text.split())


@tool
def guess(word: str) -> int:
    """Guess what a word is worth."""
    return int(word)


@on("school-over")
def remember_bell(data: dict[str, str]) -> None:
    storage.set("heard", [*storage.get("heard", []), data["bell"]])


@validator("text")
def no_shouting(subject: Subject) -> list[Finding]:
    if subject.data.isupper():
        return [Finding("it shouts", severity="error", remedy="use small letters")]
    return []


@validator("riddle")
def solve(subject: Subject) -> list[Finding]:
    raise LookupError("nobody knows the answer")


@memory
class Shelf:
    def __init__(self, owner: str) -> None:
        self.owner = owner

    def remember(self, text, *, about, expires):
        if not text:
            raise InputError("there is nothing to remember", path="text")
        number = str(len(storage.keys(f"fact/{self.owner}/")))
        storage.set(f"fact/{self.owner}/{number}", [text, about])
        return number

    def recall(self, query, *, about, limit):
        found = []
        for key in storage.keys(f"fact/{self.owner}/"):
            text, subject = storage.get(key)
            if query in text and about in ("", subject):
                found.append(Fact(id=key.rpartition("/")[2], text=text, about=subject))
        return found

    def forget(self, id):
        key = f"fact/{self.owner}/{id}"
        was_there = key in storage
        storage.delete(key)
        return was_there
'''
MANIFEST = f"""
[plugin]
name = "{NAME}"
version = "1"
api = ">=0.1,<0.2"
summary = "Keeps a diary."
[commands.write]
summary = "Write an entry."
parameters = ["entry", "loud"]
[commands.read]
summary = "Read an entry."
parameters = ["day"]
[commands.heard]
summary = "Say which events were heard."
[commands.spoil]
summary = "Fail."
[commands.lie]
summary = "Give another thing than promised."
[commands.ask-far]
summary = "Ask for what was not granted."
[tools.count]
summary = "Count words."
parameters = ["text"]
needs_approval = false
[tools.guess]
summary = "Guess what a word is worth."
parameters = ["word"]
[offers]
validates = ["riddle", "text"]
memory = true
[events]
handles = ["school-over"]
""" + "".join(
    f'[[permissions]]\npermission = "{permission}"\nreason = "It needs it."\n'
    for permission in PERMISSIONS
)
TEST = """
from plugin import count, read
from plugwright_sdk.testing import findings, forget, recall, remember

def test_nothing_is_written_at_first():
    assert read("mon") is None

def test_a_tool_is_tested_like_a_command():
    assert count("one two") == 2

def test_a_validator_is_shown_what_a_test_says():
    assert [each["what"] for each in findings("text", "LOUD")] == ["it shouts"]
    assert findings("text", "quiet") == []

def test_a_memory_keeps_things_for_its_owner():
    fact = remember("ada", "cats sleep")
    assert [each["text"] for each in recall("ada", "sleep")] == ["cats sleep"]
    assert recall("ben") == []
    assert forget("ada", fact) is True
"""


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    files = {
        "plugin.toml": MANIFEST.encode(),
        "plugin.py": PLUGIN.encode(),
        "tests/test_diary.py": TEST.encode(),
    }
    with Host.discover(Home(tmp_path_factory.mktemp("sandboxed"))) as host:
        bundle = Bundle(files)
        host.check(bundle)
        id = host.lives.unpacked(bundle)
        assert host.examine(bundle).passed
        host.lives.propose(id)
        host.lives.approve(id, by="a test")
        host.lives.activate(id)
        yield host


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The same source, imported into this process with a registry of its own."""
    file = tmp_path_factory.mktemp("hosted") / "plugin.py"
    file.write_text(PLUGIN, "utf-8")
    registry = registries.Registry()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("command", "initialiser", "memory", "on", "tool", "validator"):
            patch.setattr(plugwright_sdk, name, getattr(registry, name))
        spec = spec_from_file_location("diary_as_host_plugin", file)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        patch.setitem(sys.modules, spec.name, module)  # dataclasses look there
        spec.loader.exec_module(module)
        plugin = Hosted(NAME, registry, permissions=PERMISSIONS)
        with Host.discover(Home(tmp_path_factory.mktemp("home"))) as host:
            host.take_in(plugin, NAME)
            yield host


Ask = Callable[[Host], Any]


def command(name: str, **arguments: Any) -> Ask:
    return lambda host: host.run(NAME, name, arguments)


def tools(host: Host) -> dict[str, Any]:
    offered = host.hooks.tools.by_plugin(host=host)
    return {tool.name: tool for plugin, tool in offered if plugin == NAME}


def tool(name: str, **arguments: Any) -> Ask:
    return lambda host: tools(host)[name].call(arguments)


def validated(data: str, kind: str = "text") -> Ask:
    subject = Subject(kind=kind, name="essay", data=data)
    return lambda host: asyncio.run(host.hooks.validate(subject=subject))


def together(host: Host) -> Any:
    """Ask for many things at once, from a loop that runs."""

    async def ask() -> Any:
        texts = [Subject(kind="text", name="a", data=data) for data in ("A", "b", "C")]
        found = [host.hooks.validate(subject=text) for text in texts]
        read = [asyncio.to_thread(command("read", day="mon"), host) for _ in texts]
        return await asyncio.gather(*found, *read)

    return asyncio.run(ask())


def waited_for(host: Host) -> Any:
    """Ask somebody who awaits nothing, inside a loop that runs."""

    async def ask() -> Any:
        text = Subject(kind="text", name="essay", data="LOUD")
        return host.hooks.validate.wait(subject=text)

    return asyncio.run(ask())


def told(host: Host) -> Any:
    """Let others hear what it emits."""
    heard: list[Any] = []

    class Neighbour:
        @hookimpl
        async def heard(self, name: str, data: Any) -> None:
            heard.append((name, data))

    host.take_in(Neighbour(), "neighbour")
    host.run(NAME, "write", {"entry": {"day": "wed", "words": ["rain"]}})
    host.manager.unregister(name="neighbour")
    return heard


def remembered(host: Host) -> Any:
    mine, other = host.memory(NAME, "ada"), host.memory(NAME, "ben")
    first = mine.remember("cats sleep", about="cats")
    mine.remember("dogs bark")
    return (
        mine.recall("sleep"),
        mine.recall(limit=1),
        other.recall(),
        mine.forget(first),
        mine.forget(first),
    )


def offered(host: Host) -> Any:
    return sorted(
        (each.name, each.spec.parameters, each.spec.summary)
        for plugin, each in host.hooks.commands.by_plugin(host=host)
        if plugin == NAME
    )


ASKED: dict[str, Ask] = {
    "what it offers": offered,
    "an answer": command("write", entry={"day": "mon", "words": ["sun"]}, loud=True),
    "an answer with a default": command("write", entry={"day": "tue", "words": ["a"]}),
    "what it kept": command("read", day="mon"),
    "nothing": command("read", day="never"),
    "an input of its own rule": command("write", entry={"day": "x", "words": []}),
    "an input of another type": command("write", entry={"day": 1, "words": []}),
    "an argument too much": command("read", day="mon", night="tue"),
    "an argument too few": command("read"),
    "a command that is not there": command("reed", day="mon"),
    "an accident": command("spoil"),
    "an answer that breaks its promise": command("lie"),
    "what was not granted": command("ask-far"),
    "an event": lambda host: host.tell("school-over", {"bell": "noon"}),
    # Each host says in its own words that it was not heard, and why in the plugin's.
    "an event that it cannot use": lambda host: [
        f"`{NAME}`" in said and "`data.x` must be text, not the number 1" in said
        for said in host.tell("school-over", {"x": 1})
    ],
    "an event that nobody hears": lambda host: host.tell("nothing", None),
    "what it heard": command("heard"),
    "what others hear of it": told,
    "what tools it offers": lambda host: [
        (each.name, each.spec.parameters, each.spec.summary, each.needs_approval)
        for each in tools(host).values()
    ],
    "a tool": tool("count", text="one two three"),
    "a tool with an input of another type": tool("count", text=3),
    "a tool that has an accident": tool("guess", word="moon"),
    "a finding": validated("LOUD"),
    "no finding": validated("quiet"),
    "a kind that it does not know": validated("LOUD", "picture"),
    "a validator that has an accident": validated("why?", "riddle"),
    "many answers at once": together,
    "an answer in a loop that runs": waited_for,
    "a memory": remembered,
    "a memory of nothing": lambda host: host.memory(NAME, "eve").recall("anything"),
    "a memory that refuses": lambda host: host.memory(NAME, "ada").remember(""),
}


@pytest.mark.parametrize("what", ASKED)
def test_both_kinds_answer_alike(sandboxed: Host, hosted: Host, what: str) -> None:
    assert said(sandboxed, ASKED[what]) == said(hosted, ASKED[what])


def test_the_answers_are_what_the_plugin_means(sandboxed: Host) -> None:
    assert ASKED["a finding"](sandboxed) == [
        Finding(what="it shouts", severity=Severity.ERROR, remedy="use small letters")
    ]
    assert ASKED["a tool"](sandboxed) == 3
    assert ASKED["what others hear of it"](sandboxed) == [("written", {"day": "wed"})]
    assert len(ASKED["many answers at once"](sandboxed)) == 6
    assert ASKED["an event that it cannot use"](sandboxed) == [True]


@pytest.mark.parametrize(
    "what",
    [
        "an input of its own rule",
        "an accident",
        "an answer that breaks its promise",
        "what was not granted",
        "a tool that has an accident",
        "a validator that has an accident",
        "a memory that refuses",
    ],
)
def test_what_goes_wrong_is_told_as_an_error(sandboxed: Host, what: str) -> None:
    with pytest.raises(PlugwrightError):
        ASKED[what](sandboxed)


def test_neither_kind_may_be_written_async(tmp_path: Path) -> None:
    async def later() -> int:
        """Answer some day."""
        return 1

    with pytest.raises(TypeError, match="write it with a plain `def`"):
        registries.Registry().command(later)
    source = PLUGIN.replace("def read(", "async def read(")
    files = {"plugin.toml": MANIFEST.encode(), "plugin.py": source.encode()}
    with (
        Host.discover(Home(tmp_path)) as host,
        pytest.raises(PlugwrightError, match="write it with a plain `def`"),
    ):
        host.check(Bundle(files))


def said(host: Host, ask: Ask) -> Any:
    try:
        return ask(host)
    except PlugwrightError as error:
        return type(error), error.message
