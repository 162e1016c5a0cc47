"""A host finds what others offer, and is the only one on its home."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from doubles import OpenSandbox, ScriptedJudge, make_bundle

from plugwright import Agent
from plugwright.bundles import MARKER
from plugwright.errors import BrokeContract, HostError, NotLoaded, UsageError
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.judging import Verdict
from plugwright.ledger import Kind
from plugwright.lives import State
from plugwright.providers import ProviderOffer
from plugwright.sandboxes import SandboxOffer

HOLDER = """
import time
from plugwright.host import Host
with Host.discover():
    print("held", flush=True)
    time.sleep(60)
"""


class Echo:
    """Offers a provider that is what it was asked for."""

    def __init__(self, scheme="echo", open=str):
        self._offer = ProviderOffer(scheme=scheme, summary="says it back", open=open)

    @hookimpl
    def providers(self):
        return [self._offer]


class Engines:
    def __init__(self, sandbox=OpenSandbox, judge=ScriptedJudge):
        self._sandbox, self._judge = sandbox, judge

    @hookimpl
    def sandboxes(self):
        offer = SandboxOffer(name="wasm", summary="no wall", open=self._sandbox)
        return [offer]

    @hookimpl
    def judges(self):
        return [self._judge()]


@pytest.fixture
def engines(host):
    host.manager.register(Engines(), "engines")
    return host


# Providers.


def test_a_provider_is_opened_with_what_stands_after_the_colon(host):
    host.manager.register(Echo(), "echo")

    assert host.provider("echo:a:b") == "a:b"
    assert host.provider("echo") == ""


def test_an_unknown_provider_is_answered_with_the_nearest(host):
    host.manager.register(Echo(), "echo")
    with pytest.raises(UsageError, match="has the name `eco:x`") as told:
        host.provider("eco:x")
    assert told.value.remedy.startswith("did you mean `echo:x`? ")


def test_without_any_provider_the_sentence_says_what_to_install(host):
    with pytest.raises(
        HostError, match="no installed plugin offers a provider"
    ) as told:
        host.provider("echo")
    assert told.value.remedy.startswith("pip install plugwright-cassette")


def test_of_two_plugins_with_one_scheme_both_are_named(host):
    host.manager.register(Echo(), "one")
    host.manager.register(Echo(), "other")
    with pytest.raises(UsageError) as told:
        host.provider("echo")
    assert told.value.message == "`one` and `other` both offer the provider `echo`"


def test_a_provider_that_cannot_be_opened_is_told_with_its_plugins_name(host):
    def missing(argument):
        raise ImportError("No module named 'llama_cpp'")

    def unsuited(argument):
        raise UsageError(f"there is no file `{argument}`", remedy="check its name")

    host.manager.register(Echo("missing", missing), "llamas")
    host.manager.register(Echo("unsuited", unsuited), "files")
    with pytest.raises(BrokeContract, match="`llamas`: ImportError: No module"):
        host.provider("missing")
    with pytest.raises(UsageError, match="there is no file `x`"):
        host.provider("unsuited:x")


def test_what_a_host_opened_is_closed_with_it_but_for_what_nobody_holds(home):
    closed = []

    class Held:
        def __init__(self, argument):
            self.name = argument

        def close(self):
            closed.append(self.name)

    with Host(home) as host:
        host.manager.register(Echo("held", Held), "held")
        host.manager.register(Echo("bare", str), "bare")
        kept = [host.provider("held:a"), host.provider("held:b"), host.provider("bare")]
        host.provider("held:forgotten")
        assert closed == []

    assert sorted(closed) == ["a", "b"]
    assert len(kept) == 3


def test_an_agent_lets_go_of_the_model_that_it_opened_by_name(monkeypatch, home):
    closed = []

    class Held:
        name = "held"

        def complete(self, request):
            raise AssertionError

        def close(self):
            closed.append(True)

    def found():
        host = Host(home)
        host.manager.register(Echo("held", lambda argument: Held()), "held")
        return host

    monkeypatch.setattr(Host, "discover", found)
    with Agent.builder("tutor").model("held:x").build() as agent:
        assert closed == []

    assert closed == [True]
    assert agent.name == "tutor"


# The sandbox and the judge.


def test_the_sandbox_is_made_once_and_prepared_each_time(engines):
    said = []
    engines.progress = lambda what, part: said.append(what)

    sandbox = engines.sandbox()
    assert engines.sandbox() is sandbox
    assert said == ["building the guest"] * 4

    engines.close()
    assert sandbox.closed


def test_nobody_has_to_watch_the_sandbox_being_built(engines):
    assert engines.sandbox().name == "wasm"


def test_an_engine_that_nobody_offers_is_answered_with_those_that_there_are(engines):
    with pytest.raises(UsageError, match="there is no sandbox `wasn`") as told:
        engines.sandbox("wasn")
    assert told.value.remedy == "did you mean `wasm`?"


def test_no_plugin_takes_the_place_of_an_engine_or_a_judge(engines):
    engines.manager.register(Engines(OpenSandbox), "other")
    with pytest.raises(UsageError, match="`engines` and `other` both offer the sandb"):
        engines.sandbox()

    class Judges:
        @hookimpl
        def judges(self):
            return [ScriptedJudge()]

    for name in ("one", "two"):
        engines.manager.register(Judges(), name)
    with pytest.raises(UsageError, match="`two` both offer the judge"):
        engines.judge()


def test_a_judge_without_a_report_is_named(host, sandbox):
    class Idle:
        def judge(self, case, watch=None):
            return {"passed": True}

    class Judges:
        @hookimpl
        def judges(self):
            return [Idle()]

    host.manager.register(Judges(), "idle")
    with pytest.raises(BrokeContract, match="`idle`: its judge gave no report"):
        host.examine(make_bundle())


@pytest.mark.parametrize(
    ("ask", "sentence", "remedy"),
    [
        (Host.sandbox, "offers a sandbox", "pip install plugwright-sandbox"),
        (Host.judge, "offers a judge", "pip install plugwright-qa"),
    ],
)
def test_without_an_engine_the_sentence_says_what_to_install(
    host, ask, sentence, remedy
):
    with pytest.raises(HostError, match=sentence) as told:
        ask(host)
    assert told.value.remedy.startswith(remedy)


def test_an_engine_that_cannot_start_is_told_with_its_plugins_name(host):
    def broken():
        raise OSError("no memory for it")

    host.manager.register(Engines(broken), "wasm")
    with pytest.raises(BrokeContract, match="`wasm`: OSError: no memory for it"):
        host.sandbox()


# Examining a bundle.


def test_a_plugin_is_described_by_its_own_code_in_the_sandbox(engines):
    told = engines.describe("doubler", make_bundle().sources)

    assert told["commands"]["double"]["parameters"] == ["number"]
    [session] = engines.sandbox().sessions
    assert session.closed
    assert session.guest.seed == 0
    assert not session.guest.services


def test_source_that_cannot_be_loaded_is_the_plugins_fault(engines):
    with pytest.raises(NotLoaded, match=r"SyntaxError: .*"):
        engines.describe("doubler", {"plugin.py": "def"})
    assert engines.sandbox().sessions[0].closed


LIAR = """
import plugwright_sdk.guest
plugwright_sdk.guest._OPERATIONS["describe"] = lambda _: ANSWER
"""


@pytest.mark.parametrize("answer", ["[]", "{'commands': 7}", "{}"])
def test_a_plugin_that_describes_itself_wrongly_is_named(engines, answer):
    bundle = make_bundle(LIAR.replace("ANSWER", answer))
    with pytest.raises(BrokeContract, match="`doubler`: ") as told:
        engines.examine(bundle)
    assert told.value.plugin == "doubler"


def test_what_the_judge_finds_is_kept_whether_good_or_bad(engines):
    good = make_bundle()
    bad = make_bundle(version="2", tests="# WA: five is not four")
    for bundle in (good, bad):
        engines.lives.forged(bundle)
    watched = []

    assert engines.examine(good).passed
    report = engines.examine(bad, watched.append)
    assert watched == [*report.results]
    assert [(r.verdict, r.message) for r in report.results] == [
        (Verdict.WA, "five is not four")
    ]
    assert engines.lives.life(good.id).passed
    assert not engines.lives.life(bad.id).passed


def test_the_judge_gets_the_tests_apart_from_the_code_and_the_wishes(host):
    judge = ScriptedJudge()
    host.manager.register(Engines(judge=lambda: judge), "engines")
    bundle = make_bundle(permissions=("clock", "storage"))
    host.lives.forged(bundle)
    host.examine(bundle)

    [case] = judge.cases
    assert [*case.files] == ["plugin.py"]
    assert [*case.tests] == ["test_it.py"]
    assert case.permissions == ("clock", "storage")
    assert case.quota == bundle.manifest.quota


@pytest.mark.parametrize("commands", [{}, {"double": ("number",), "halve": ()}])
def test_a_manifest_that_promises_other_commands_than_the_code_has_is_refused(
    engines, commands
):
    bundle = make_bundle(commands=commands)
    engines.lives.forged(bundle)
    with pytest.raises(BrokeContract, match="do not agree about") as told:
        engines.examine(bundle)
    assert told.value.message.endswith("`halve`" if commands else "`double`")
    assert engines.lives.life(bundle.id).state is State.FORGED


def test_a_manifest_that_promises_other_events_than_the_code_hears_is_refused(engines):
    bundle = make_bundle(events=("lesson-due",))

    with pytest.raises(BrokeContract, match="do not agree about `lesson-due`"):
        engines.check(bundle)


# One home, one host.


def test_a_second_host_is_refused_and_a_killed_one_holds_nothing(home):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout.readline() == b"held\n"
        host = Host(home)
        with pytest.raises(UsageError) as told, host:
            pass
        holder.send_signal(signal.SIGKILL)
    assert told.value.message == (
        f"another Plugwright (process {holder.pid}) is using `{home.folder}`"
    )
    assert "PLUGWRIGHT_HOME" in told.value.remedy
    with host:
        assert not host.plugins


def test_a_host_lets_go_of_its_home_at_the_end_of_the_block(home):
    with Host(home):
        pass
    with pytest.raises(ZeroDivisionError), Host(home):
        raise ZeroDivisionError
    with Host(home):
        pass


def test_making_a_host_and_asking_it_changes_nothing_on_the_disk(home):
    host = Host.discover()
    host.look_for_installed()
    host.ask_all()
    assert not host.lives.list()
    assert not home.folder.exists()


# Bundles that pip installed.


def test_an_installed_bundle_is_seen_by_all_and_taken_in_by_who_holds_the_home(
    home, installed
):
    bundle = make_bundle("raise SystemExit('ran')")
    installed.bundle(bundle)

    with Host(home) as host:
        assert not host.waiting
        [life] = host.lives.list()
        assert (life.bundle, life.state) == (bundle.id, State.PROPOSED)
        assert [row.kind for row in host.ledger.rows()] == [Kind.DISCOVERED]
        host.look_for_installed()
        assert not host.waiting


def test_before_that_an_installed_bundle_waits(home, installed):
    bundle = make_bundle()
    installed.bundle(bundle)
    host = Host(home)
    host.look_for_installed()

    assert [(name, found.id) for name, found in host.waiting] == [
        ("doubler", bundle.id)
    ]
    assert not home.folder.exists()


def test_a_broken_installed_bundle_is_named_and_stops_nobody(home, installed):
    installed.add("hollow", {"hollow": MARKER})
    with Host(home) as host:
        [row] = host.plugins
    assert (row.name, row.problem) == (
        "hollow",
        "`hollow`: its distribution holds no bundle",
    )
    assert row.remedy == "install it again"


def test_the_home_is_free_again_when_the_beginning_fails(home):
    home.make()
    home.database.write_bytes(b"not a database at all" * 100)
    with pytest.raises(HostError, match="damaged"), Host(home):
        pass
    home.database.unlink()
    with Host(home):
        pass
