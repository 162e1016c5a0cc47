"""What a plugin asks of its host: a local double first, then a host that says no."""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import ModuleType

import pytest

from plugwright_sdk import (
    Denied,
    HostRefused,
    OutputError,
    clock,
    emit,
    log,
    storage,
    testing,
)


@dataclass
class Lesson:
    subject: str


def test_what_is_stored_comes_back_as_json_and_as_a_copy():
    value = [Lesson("art"), (1, 2)]

    storage.set("a", value)
    value.clear()

    assert storage.get("a") == [{"subject": "art"}, [1, 2]]
    storage.get("a").clear()
    assert storage.get("a") == [{"subject": "art"}, [1, 2]]


def test_a_stored_null_is_not_the_same_as_nothing():
    storage.set("null", None)

    assert storage.get("null", "default") is None
    assert storage.get("missing", "default") == "default"
    assert "null" in storage
    assert "missing" not in storage


def test_keys_are_sorted_and_can_be_asked_for_by_prefix():
    for key in ("b/2", "a", "b/1"):
        storage.set(key, 0)

    assert storage.keys() == ["a", "b/1", "b/2"]
    assert storage.keys("b/") == ["b/1", "b/2"]


def test_deleting_is_quiet():
    storage.set("a", 0)

    storage.delete("a")
    storage.delete("a")

    assert storage.keys() == []


@pytest.mark.parametrize("key", ["a", "ä b/c", "x" * 512, "日本"])
def test_good_keys_are_taken(key):
    storage.set(key, 1)

    assert storage.keys() == [key]


@pytest.mark.parametrize(
    ("key", "error", "sentence"),
    [
        ("", ValueError, "must not be empty"),
        ("x" * 513, ValueError, "must have at most 512 characters"),
        ("a\n", ValueError, "must have no control characters"),
        ("\x85", ValueError, "must have no control characters"),
        ("\ud800", ValueError, "must have no control characters"),
        (1, TypeError, "a storage key must be text, not int"),
    ],
)
def test_bad_keys_are_refused(key, error, sentence):
    for use in (storage.get, storage.delete, storage.__contains__):
        with pytest.raises(error, match=sentence):
            use(key)
    with pytest.raises(error, match=sentence):
        storage.set(key, 1)


def test_what_json_cannot_hold_is_not_stored_emitted_or_logged():
    for use, path in (
        (lambda value: storage.set("a", value), "value.x"),
        (lambda value: emit("a", value), "data.x"),
        (lambda value: log.info("a", x=value["x"]), "fields.x"),
    ):
        with pytest.raises(OutputError, match="`object`, which JSON cannot hold") as no:
            use({"x": object()})
        assert no.value.path == path


def test_log_lines_have_a_level_and_fields():
    log.debug("a")
    log.info("b", level="own", message="own")
    log.warning("c")
    log.error("d", lesson=Lesson("art"))

    assert testing.logged() == [
        {"level": "debug", "message": "a", "fields": {}},
        {"level": "info", "message": "b", "fields": {"level": "own", "message": "own"}},
        {"level": "warning", "message": "c", "fields": {}},
        {"level": "error", "message": "d", "fields": {"lesson": {"subject": "art"}}},
    ]


def test_the_clock_is_in_utc_and_real_until_it_is_set():
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 60

    testing.set_clock("2026-03-01T23:30:00-02:00")

    assert clock.now() == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert clock.today() == date(2026, 3, 2)
    assert clock.timestamp() == clock.now().timestamp()


def test_events_are_emitted_with_their_data():
    emit("lesson-due", Lesson("art"))
    emit("bell")

    assert testing.emitted() == [
        {"name": "lesson-due", "data": {"subject": "art"}},
        {"name": "bell", "data": None},
    ]
    with pytest.raises(TypeError, match="needs the name of an event"):
        emit("")


@pytest.fixture
def host(monkeypatch):
    """A host as the sandbox has it: it grants the log and nothing else."""
    module = ModuleType("_plugwright_host")
    module.asked = []

    class HostDenied(Exception):
        pass

    class Refused(Exception):
        pass

    def call(service, arguments):
        module.asked.append((service, arguments))
        if service.startswith("storage."):
            raise HostDenied("storage")
        if service == "events.emit":
            raise Refused("too many events")
        return {"found": True, "value": 5}

    module.Denied, module.Refused, module.call = HostDenied, Refused, call
    monkeypatch.setitem(sys.modules, "_plugwright_host", module)
    return module


def test_a_host_that_appears_later_is_asked(host):
    log.info("a", b=1)

    line = {"level": "info", "message": "a", "fields": {"b": 1}}
    assert host.asked == [("log", line)]


def test_what_is_not_granted_is_denied_by_name(host):
    with pytest.raises(Denied, match="`storage` was not granted") as denied:
        storage.get("a")

    assert denied.value.permission == "storage"
    assert denied.value.plugwright_kind == "denied"
    assert isinstance(denied.value, PermissionError)


def test_what_the_host_refuses_says_why(host):
    with pytest.raises(HostRefused, match="too many events"):
        emit("bell")


def test_tests_reach_the_plugin_through_the_host(host):
    assert testing.stored("a") == 5
    testing.store("a", (1,))
    testing.set_clock(datetime(1970, 1, 2))

    assert host.asked == [
        ("plugin.stored", {"key": "a"}),
        ("plugin.store", {"key": "a", "value": [1]}),
        ("plugin.set_clock", {"seconds": 86400.0}),
    ]
