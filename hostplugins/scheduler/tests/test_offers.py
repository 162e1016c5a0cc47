"""The scheduler as a host plugin: offered, configured, called, told of events."""

from __future__ import annotations

import pytest
from doubles import activate, make_bundle
from specimens import Engine
from workshop import LONG

import plugwright_scheduler
from plugwright.errors import UsageError
from plugwright.home import Home
from plugwright.host import Host
from plugwright.hostmanifest import HostManifest
from plugwright.scheduling import Job, JobState
from plugwright_scheduler.local import FILE, Local
from plugwright_scheduler.settings import Settings

TELLER = """
from plugwright_sdk import command, emit

@command
def tell(event: str) -> None:
    emit(event, 7)
"""
NOTER = """
from plugwright_sdk import command, storage

@command
def note(job: dict) -> int:
    storage.set("heard", job["event"])
    return storage.get("heard")
"""


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def host(home, tmp_path):
    with Host(home, cache=tmp_path / "cache") as host:
        host.manager.register(Engine(), "engine")
        host.manager.register(plugwright_scheduler, "scheduler")
        plugwright_scheduler.started(host)  # as it is when it was there from the start
        activate(host, make_bundle())
        yield host


def command(host, name):
    found = plugwright_scheduler.commands(host)
    return next(each.call for each in found if each.name == name)


def work_off(local):
    while not local.is_idle():
        local.dispatcher.step()
        for run in local.dispatcher.running():
            run.join(LONG)


def test_a_job_runs_a_command_of_a_plugin_through_the_host(host):
    local = host.scheduler()
    id = local.submit(Job(plugin="doubler", command="double", arguments={"number": 4}))
    work_off(local)
    assert local.status(id).value == 8
    assert host.runner.meter.book.plugins() == ["doubler"]


def test_what_the_host_refuses_is_why_the_job_failed(host):
    local = host.scheduler()
    id = local.submit(Job(plugin="nobody", command="x"))
    work_off(local)
    status = local.status(id)
    assert status.state is JobState.FAILED
    assert "there is no plugin `nobody`" in status.why


def test_its_commands_do_what_their_names_say(host):
    asked = {"plugin": "doubler", "command": "double", "arguments": {"number": 1}}
    id = command(host, "submit")({**asked, "priority": "background"})
    command(host, "pause")({"id": id})
    [told] = command(host, "jobs")({})
    assert (told["state"], told["priority"]) == ("paused", "background")
    command(host, "resume")({"id": id})
    command(host, "cancel")({"id": id})
    [told] = command(host, "jobs")({})
    assert told["state"] == "cancelled"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"plugin": "a", "command": 1},
        {"plugin": "a", "command": "b", "soon": True},
        {"plugin": "a", "command": "b", "priority": "urgent"},
    ],
)
def test_a_command_with_other_arguments_is_refused(host, arguments):
    with pytest.raises(UsageError, match="cannot use this input"):
        command(host, "submit")(arguments)
    assert host.scheduler().jobs() == []


def test_an_event_of_a_sandboxed_plugin_lets_jobs_begin(host):
    may = {"permissions": ("events.emit:*",), "commands": {"tell": ("event",)}}
    activate(host, make_bundle(TELLER, name="teller", **may))
    may = {"permissions": ("storage",), "commands": {"note": ("job",)}}
    activate(host, make_bundle(NOTER, name="noter", **may))
    local = host.scheduler()
    id = local.submit(Job(plugin="noter", command="note", event="due", told_as="job"))
    for event in ("over", "due"):
        work_off(local)
        assert local.status(id).state is JobState.WAITING
        call = host.call("teller", "tell", {"event": event})
        assert call.unheard == ()
    work_off(local)
    assert local.status(id).value == 7


def test_who_has_no_jobs_gets_no_file_for_an_event(host, home):
    host.tell("due", None)
    assert not (home.folder / FILE).exists()


def test_the_events_of_one_host_are_not_those_of_another(host, tmp_path):
    local = host.scheduler()
    id = local.submit(Job(plugin="doubler", command="double", event="due"))
    with Host(Home(tmp_path / "other")) as other:
        other.take_in(plugwright_scheduler, "scheduler")
        other.tell("due", None)
    assert local.status(id).state is JobState.WAITING
    assert not local.store.heard("over", None)
    assert local.store.heard("due", None)


def test_settings_set_the_limits(host):
    plugwright_scheduler.configured(Settings(waiting=1))
    try:
        local = host.scheduler()
        local.submit(Job(plugin="doubler", command="double"))
        with pytest.raises(UsageError, match="jobs of `doubler` wait already"):
            local.submit(Job(plugin="doubler", command="double"))
    finally:
        plugwright_scheduler.configured(Settings())


def test_closing_the_host_closes_it_and_leaves_what_waits(home, tmp_path):
    with Host(home, cache=tmp_path / "cache") as host:
        host.manager.register(plugwright_scheduler, "scheduler")
        local = host.scheduler()
        id = local.submit(Job(plugin="doubler", command="double", at=9e9))
        local.start()
    again = Local(home.folder / FILE, host.run)
    assert again.status(id).state is JobState.WAITING
    again.close()


def test_its_manifest_names_what_it_answers():
    from importlib.resources import files

    manifest = HostManifest.parse(
        (files(plugwright_scheduler) / "plugin.toml").read_bytes()
    )
    marked = {
        name
        for name, value in vars(plugwright_scheduler).items()
        if hasattr(value, "plugwright_impl")
    }
    assert {*manifest.hooks} == marked
