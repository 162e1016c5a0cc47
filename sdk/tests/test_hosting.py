"""What was written for the sandbox runs in the host, too."""

from __future__ import annotations

import pytest

from plugwright.errors import BrokeContract, Denied, HostError, UsageError
from plugwright.home import Home
from plugwright.host import Host
from plugwright.validation import Severity, Subject
from plugwright_sdk import Fact, Finding, http, log, storage
from plugwright_sdk.hosting import Hosted
from plugwright_sdk.registry import Registry


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def host(tmp_path, registry):
    permissions = ["storage", "log", "events.emit:told"]
    with Host(Home(tmp_path / "home")) as host:
        host.take_in(Hosted("library", registry, permissions=permissions), "library")
        yield host


def test_a_command_is_called_with_what_its_annotations_say(host, registry):
    @registry.command
    def double(number: int) -> int:
        return 2 * number

    assert host.run("library", "double", {"number": 4}) == 8
    with pytest.raises(UsageError, match="cannot use this input: `number` must be"):
        host.run("library", "double", {"number": "four"})
    with pytest.raises(UsageError, match="no command `dubble`"):
        host.run("library", "dubble", {})


def test_an_accident_is_the_plugins_and_says_where(host, registry):
    @registry.command
    def fall() -> int:
        raise LookupError("no ground")

    said = r"`library`: LookupError: no ground \(test_hosting.py:\d+\)"
    with pytest.raises(BrokeContract, match=said):
        host.run("library", "fall", {})


def test_it_keeps_things_where_the_host_keeps_them(host, registry):
    @registry.initialiser
    def begin():
        storage.set("began", storage.get("began", 0) + 1)

    @registry.command
    def began() -> int:
        log.info("asked")
        return storage.get("began")

    assert host.run("library", "began", {}) == 1
    assert host.run("library", "began", {}) == 1, "it begins once"


def test_what_it_did_not_ask_for_is_denied(host, registry):
    @registry.command
    def fetch() -> str:
        return http.get("https://example.org/").text

    with pytest.raises(Denied, match="`http` was not granted"):
        host.run("library", "fetch", {})


def test_what_the_host_refuses_is_refused(host, registry):
    @registry.command
    def keep() -> None:
        storage.set("large", "x" * (8 << 20))

    with pytest.raises(BrokeContract, match="HostRefused"):
        host.run("library", "keep", {})


def test_it_hears_events_and_tells_some(host, registry):
    from plugwright_sdk import emit

    heard = []

    @registry.on("told")
    def hear(data: int) -> None:
        heard.append(data)

    @registry.command
    def tell() -> None:
        emit("told", 7)

    host.run("library", "tell", {})
    assert heard == [7]
    assert host.tell("told", 8) == ()
    [failure] = host.tell("told", "eight")
    assert "`told` was not heard: `library`" in failure
    assert heard == [7, 8]


def test_its_tools_validators_and_memory_are_the_hosts(host, registry):
    @registry.tool(needs_approval=False)
    def count(text: str) -> int:
        """Count words."""
        return len(text.split())

    @registry.validator("text")
    def quiet(subject):
        return [Finding("loud", severity="error")] if subject.data.isupper() else []

    @registry.memory
    class Shelf:
        def __init__(self, owner):
            self.key = f"of {owner}"

        def remember(self, text, *, about, expires):
            storage.set(self.key, text)
            return self.key

        def recall(self, query, *, about, limit):
            return [Fact("1", storage.get(self.key))] * 3

        def forget(self, id):
            return False

    [tool] = host.hooks.tools(host=host)
    assert (tool.name, tool.spec.summary, tool.needs_approval) == (
        "count",
        "Count words.",
        False,
    )
    assert tool.call({"text": "a b"}) == 2

    subject = Subject(kind="text", name="essay", data="LOUD")
    [finding] = host.hooks.validate.wait(subject=subject)
    assert finding.severity is Severity.ERROR

    memory = host.memory("library", "ada")
    assert memory.remember("cats sleep") == "of ada"
    assert [fact.text for fact in memory.recall(limit=2)] == ["cats sleep"] * 2
    assert memory.forget("1") is False


def test_a_plugin_without_a_memory_offers_none(host):
    with pytest.raises(HostError, match="no installed plugin offers a memory"):
        host.memory("library", "ada")
