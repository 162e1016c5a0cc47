"""A plugin can ask for what was granted to it, and for nothing else."""

from __future__ import annotations

import pytest

from plugwright.capabilities import (
    LONGEST_MESSAGE,
    permission_of,
    services,
    was_denied,
)
from plugwright.errors import Denied
from plugwright.permissions import Permission
from plugwright.storage import MemoryStorage, Refused


class Ear:
    """Keeps what the services told the host."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def __call__(self, *words: object) -> None:
        self.heard.append(words)


def granted(*permissions: str, ear: Ear | None = None, shelf=None, on_use=None):
    return services(
        "planner",
        [Permission.parse(text) for text in permissions],
        shelf or MemoryStorage(1000),
        ear or Ear(),
        ear or Ear(),
        lambda: 1_700_000_000.75,
        on_use=on_use,
    )


@pytest.mark.parametrize(
    ("permissions", "names"),
    [
        ([], set()),
        (["log"], {"log"}),
        (["clock"], {"clock.now"}),
        (["events.emit:due"], {"events.emit"}),
        (
            ["storage"],
            {
                "storage.get",
                "storage.set",
                "storage.delete",
                "storage.keys",
                "storage.query",
            },
        ),
        (["http:GET https://a.b/*"], {"http.request"}),
        (["files.read:~/a"], {"files.read", "files.list", "files.exists"}),
        (["files.write:~/a"], {"files.write"}),
        (["model:role=tutor"], {"models.ask"}),
    ],
)
def test_only_what_was_granted_exists(permissions, names):
    assert set(granted(*permissions)) == names


def test_notes_are_kept_listed_and_deleted():
    ask = granted("storage")
    assert ask["storage.get"]({"key": "a"}) == {"found": False, "value": None}
    assert ask["storage.set"]({"key": "a", "value": None}) is None
    assert ask["storage.get"]({"key": "a"}) == {"found": True, "value": None}
    assert ask["storage.keys"]({"prefix": ""}) == ["a"]
    assert ask["storage.keys"]({"prefix": "b"}) == []
    assert ask["storage.delete"]({"key": "a"}) is None
    assert ask["storage.keys"]({}) == []


def test_a_message_is_logged_under_the_plugins_own_name():
    ear = Ear()
    granted("log", ear=ear)["log"](
        {"level": "info", "message": "hello", "fields": {"n": 1}}
    )
    assert ear.heard == [("planner", "info", "hello", {"n": 1})]


def test_a_long_message_is_cut_and_cannot_paint_the_screen():
    ear = Ear()
    log = granted("log", ear=ear)["log"]
    log({"level": "info", "message": "\x1b[2J\nü" + "ü" * 5000})
    message = ear.heard[0][2]
    assert isinstance(message, str)
    assert message.startswith(" [2J ü")
    assert len(message.encode()) in (LONGEST_MESSAGE - 1, LONGEST_MESSAGE)


def test_fields_are_not_a_way_around_the_length():
    with pytest.raises(Refused, match="4096 bytes"):
        granted("log")["log"](
            {"level": "info", "message": "", "fields": {"a": "x" * 5000}}
        )


def test_the_clock_tells_whole_seconds():
    assert granted("clock")["clock.now"]({}) == 1_700_000_000.0


def test_an_event_that_is_covered_is_told():
    ear = Ear()
    emit = granted("events.emit:lesson-*", "events.emit:due", ear=ear)["events.emit"]
    emit({"name": "lesson-moved", "data": [1]})
    emit({"name": "due"})
    assert ear.heard == [("planner", "lesson-moved", [1]), ("planner", "due", None)]


def test_an_event_that_is_not_covered_is_denied_by_name():
    ear = Ear()
    with pytest.raises(Denied) as told:
        granted("events.emit:lesson-*", ear=ear)["events.emit"]({"name": "due"})
    assert told.value.permission == "events.emit:due"
    assert ear.heard == []


@pytest.mark.parametrize(
    ("service", "arguments", "sentence"),
    [
        ("storage.get", {}, "`key`: Field required"),
        ("storage.get", {"key": 1}, "`key`: Input should be a valid string"),
        ("storage.get", {"key": "a", "plugin": "other"}, "`plugin`: Extra inputs"),
        ("storage.set", {"key": "a"}, "`value`: Field required"),
        ("storage.set", {"key": "", "value": 1}, "a key cannot be empty"),
        ("storage.keys", {"prefix": None}, "`prefix`: Input should be"),
        ("log", {"level": "loud", "message": ""}, "`level`: Input should be 'debug'"),
        ("clock.now", {"fine": True}, "`fine`: Extra inputs"),
        ("clock.now", [], "`arguments`: Input should be"),
        ("events.emit", {"name": "a*"}, "`name`: String should match"),
        ("events.emit", {"name": "a\n"}, "`name`: String should match"),
    ],
)
def test_bad_arguments_are_refused_with_a_sentence(service, arguments, sentence):
    ask = granted("storage", "log", "clock", "events.emit:*")[service]
    with pytest.raises(Refused) as told:
        ask(arguments)
    assert told.value.message.startswith(sentence)


@pytest.mark.parametrize(
    ("service", "arguments", "permission"),
    [
        ("storage.get", {"key": "a"}, "storage"),
        ("storage.steal", {}, "storage"),
        ("clock.now", {}, "clock"),
        ("log", {}, "log"),
        ("events.emit", {"name": "due"}, "events.emit:due"),
        ("events.emit", {"name": "\x1b[2J"}, "events.emit"),
        ("events.emit", {"name": 1}, "events.emit"),
        ("events.emit", None, "events.emit"),
        ("http.get", {}, "http.get"),
        ("storage.query", {"sql": "SELECT"}, "storage"),
        ("http.request", {}, "http"),
        ("http.request", {"method": "GET"}, "http"),
        ("http.request", {"method": "GET", "url": 1}, "http"),
        ("http.request", {"method": "SEND", "url": "https://a.b/"}, "http"),
        ("http.request", {"method": "GET", "url": "\x1b[2J"}, "http"),
        (
            "http.request",
            {"method": "GET", "url": "https://a.b:1/secret?secret"},
            "http:GET https://a.b:1",
        ),
        (
            "http.request",
            {"method": "GET", "url": f"https://{'a.' * 120}b/"},
            "http",
        ),
        ("files.read", {"name": "secret"}, "files.read"),
        ("files.list", {"folder": "~/a"}, "files.read:~/a"),
        ("files.exists", {"folder": "~/a\x1b"}, "files.read"),
        ("files.write", {"folder": "~/" + "a/" * 150 + "a"}, "files.write"),
        ("models.ask", {"role": "tutor"}, "model:role=tutor"),
        ("models.ask", {"role": "\x1b"}, "model"),
        ("\x1b[2J", {}, "unknown"),
        ("x" * 1000, {}, "unknown"),
    ],
)
def test_a_denial_is_named_in_words_fit_for_the_ledger(service, arguments, permission):
    assert permission_of(service, arguments) == permission


@pytest.mark.parametrize(
    ("refused", "permission"),
    [
        ("storage.get", "storage"),
        ("http.request", "http"),
        ("no such service!", "unknown"),
        ("x" * 10_000, "unknown"),
        ("storage:lesson/1", "storage:lesson/1"),
        ("storage:\x1b[2J", "storage"),
        ("storage.query:attach", "storage.query:attach"),
        ("storage.query:\x1b", "storage"),
        ("events.emit:due", "events.emit:due"),
        ("events.emit:Due", "events.emit"),
        ("model:role=tutor", "model:role=tutor"),
        ("http:GET https://a.b", "http:GET https://a.b"),
        ("http:GET https://a.b/secret", "http:GET https://a.b"),
        (
            "http:GET https://a.b at a private address",
            "http:GET https://a.b at a private address",
        ),
        ("http:GET https://a.b at a friend's", "http"),
        ("files.read:~/a", "files.read:~/a"),
        ("files.read:~/" + "a" * 500, "files.read"),
    ],
)
def test_what_comes_back_from_the_guest_is_named_anew(refused, permission):
    assert was_denied(refused) == permission


def test_only_the_keys_that_were_granted_are_there():
    shelf = MemoryStorage(1000)
    for key in ("lesson/1", "lesson/2", "settings", "secret"):
        shelf.set(key, 1)
    ask = granted("storage:lesson/*", "storage:settings", shelf=shelf)
    assert ask["storage.keys"]({}) == ["lesson/1", "lesson/2", "settings"]
    assert ask["storage.keys"]({"prefix": "s"}) == ["settings"]
    assert ask["storage.get"]({"key": "lesson/1"}) == {"found": True, "value": 1}
    ask["storage.set"]({"key": "settings", "value": 2})
    ask["storage.delete"]({"key": "lesson/2"})
    assert ask["storage.query"]({"sql": "SELECT key, value FROM storage"}) == {
        "columns": ["key", "value"],
        "rows": [["lesson/1", "1"], ["settings", "2"]],
    }
    for service in ("get", "set", "delete"):
        for key, lacking in (("secret", "storage:secret"), ("a\x1b", "storage")):
            arguments = {"key": key, "value": 1} if service == "set" else {"key": key}
            with pytest.raises(Denied) as told:
                ask[f"storage.{service}"](arguments)
            assert told.value.permission == lacking
    assert shelf.get("secret") == 1


def test_what_is_used_is_told_as_it_was_granted_and_an_event_by_its_name():
    used = []
    ask = granted(
        *("clock", "log", "storage:a*", "storage:b*", "events.emit:*"),
        on_use=lambda permission: used.append(str(permission)),
    )
    ask["clock.now"]({})
    ask["log"]({"level": "info", "message": ""})
    ask["storage.get"]({"key": "ab"})
    ask["events.emit"]({"name": "due"})
    assert used == ["clock", "log", "storage:a*", "events.emit:due"]
    ask["storage.keys"]({})
    assert used[4:] == ["storage:a*", "storage:b*"]
