"""A host finds what others offer, and is the only one on its home."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from doubles import OpenSandbox, ScriptedJudge, activate, make_bundle

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


# Plugins of both kinds.


COMMANDS = """
from plugwright.commands import Command
from plugwright.hooks import hookimpl
from plugwright.manifest import CommandSpec

@hookimpl
def commands():
    spec = CommandSpec(summary="Doubles", parameters=["number"])
    return [Command(name="double", spec=spec, call=lambda it: it["number"] * 2)]
"""


def test_a_command_is_called_by_name_whichever_kind_its_plugin_is(
    home, installed, chatty
):
    installed.plugin("helper", COMMANDS)
    with Host.discover(home) as host:
        assert list(host.commands("helper")) == ["double"]
        assert host.run("helper", "double", {"number": 21}) == 42
        assert "due" in host.commands("chatty")
        with pytest.raises(UsageError, match="has no command `doubel`") as error:
            host.run("helper", "doubel", {})
        assert error.value.remedy == "did you mean `double`?"


def test_two_commands_of_one_name_in_one_plugin_are_told(home, installed):
    twice = COMMANDS.replace("return [", "return 2 * [")
    installed.plugin("same", twice)  # one command, given twice, is no clash
    another = "Command(name='double', spec=spec, call=print), "
    installed.plugin("twins", COMMANDS.replace("return [", f"return [{another}"))
    with Host.discover(home) as host:
        assert list(host.commands("same")) == ["double"]
        with pytest.raises(BrokeContract, match="`twins`: it offers two commands `do"):
            host.run("twins", "double", {"number": 1})


def test_a_broken_host_plugin_has_no_commands_and_says_why(home, installed):
    installed.plugin("torn", "raise RuntimeError('torn')")
    with (
        Host.discover(home) as host,
        pytest.raises(UsageError, match="`torn` is failed: its import failed") as error,
    ):
        host.commands("torn")
    assert error.value.remedy == "update or uninstall `torn-distribution`"


def test_a_bundle_with_the_name_of_a_host_plugin_is_refused(home, installed):
    installed.plugin("doubler", COMMANDS)
    with Host.discover(home) as host:
        with pytest.raises(UsageError) as error:
            host.check(make_bundle())
        host.take_in(object(), "mine")
        with pytest.raises(UsageError) as by_hand:
            host.check(make_bundle(name="mine"))
    assert error.value.message == (
        "there is a host plugin `doubler`, of `doubler-distribution`, and a sandboxed"
        " plugin of the same name"
    )
    assert error.value.remedy == (
        "uninstall `doubler-distribution`, or rename the sandboxed one"
    )
    assert "of `this program`" in by_hand.value.message
    assert by_hand.value.remedy == "rename the sandboxed one"


def test_settings_for_a_plugin_that_is_not_there_take_no_name_from_a_bundle(
    home, installed
):
    installed.instead_of_engines()
    home.make()
    (home.folder / "config.toml").write_text("[plugins.doubler]\nenabled = false\n")
    with Host.discover(home) as host:
        assert "doubler" in {row.name for row in host.plugins}
        bundle = make_bundle("from plugwright_sdk import command\n")
        with pytest.raises(BrokeContract):  # of what it promises, not of its name
            host.check(bundle)


def test_of_two_that_have_one_name_neither_is_called(home, installed):
    with Host(home) as host:
        activate(host, make_bundle())
    installed.plugin("doubler", COMMANDS)
    with Host.discover(home) as host:
        for ask in (host.commands, lambda name: host.run(name, "double", {})):
            with pytest.raises(UsageError, match="and a sandboxed plugin of the same"):
                ask("doubler")


def test_a_host_plugin_gets_what_sandboxed_ones_do_as_far_as_it_promises(home, caplog):
    heard = []

    class Listener:
        @hookimpl
        def heard(self, name, data, host):
            heard.append((name, data, host))

    with Host(home) as host:
        host.take_in(Listener(), "listener")
        serve = host.services("helper", ["storage", "log", "events.emit:due"])
        serve["storage.set"]({"key": "a", "value": 1})
        with caplog.at_level("INFO", "plugwright.helper"):
            serve["log"]({"level": "info", "message": "kept", "fields": {}})
        serve["events.emit"]({"name": "due", "data": 7})

        assert serve["storage.get"]({"key": "a"}) == {"found": True, "value": 1}
        others = host.services("other", ["storage"])
        assert not others["storage.get"]({"key": "a"})["found"]
        assert "clock.now" not in serve
    assert "kept" in caplog.text
    assert heard == [("due", 7, host)]
