"""The fixtures of the pytest plugin, each as an author uses it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from textwrap import dedent

import pytest

from plugwright.errors import BrokeContract, Stopped, UsageError
from plugwright.validation import Subject

ECHO = """
    from plugwright.hooks import hookimpl
    from plugwright.providers import ProviderOffer
    from plugwright_sdk.kit.doubles import EchoProvider

    @hookimpl
    def providers():
        return [ProviderOffer(scheme="echo", summary="says it", open=EchoProvider)]
"""
DOUBLE = '''
    from plugwright_sdk import command, storage

    @command
    def double(number: int) -> int:
        """Double a number."""
        storage.set("last", number)
        return 2 * number
'''


def test_the_host_has_nothing_but_what_a_test_registers(plugwright_host):
    assert plugwright_host.hooks.providers(host=plugwright_host) == []
    assert plugwright_host.plugins == ()


def test_the_host_raises_what_a_plugin_raises(plugwright_host, plugwright_tmp_plugin):
    plugwright_tmp_plugin.host("""
        from plugwright.hooks import hookimpl

        @hookimpl
        def providers():
            raise ZeroDivisionError
    """)

    with pytest.raises(ZeroDivisionError):
        plugwright_host.hooks.providers(host=plugwright_host)


def test_a_host_plugin_is_written_and_registered(
    plugwright_host, plugwright_tmp_plugin
):
    module = plugwright_tmp_plugin.host(ECHO, "echo")

    assert module.providers
    assert plugwright_host.provider("echo:anna").name == "anna"


def test_a_host_plugin_is_given_its_settings(plugwright_tmp_plugin):
    source = """
        from dataclasses import dataclass
        from plugwright.hooks import hookimpl

        @dataclass
        class Settings:
            language: str

        @hookimpl
        def configured(settings: Settings):
            global current
            current = settings
    """

    module = plugwright_tmp_plugin.host(source, "a", {"language": "de"})

    assert module.current.language == "de"
    with pytest.raises(UsageError, match="language"):
        plugwright_tmp_plugin.host(source, "b", {"language": 3})


def test_a_bundle_is_written_and_activated(plugwright_host, plugwright_tmp_plugin):
    name = plugwright_tmp_plugin.bundle(DOUBLE, permissions=("storage",))

    assert plugwright_host.run(name, "double", {"number": 4}) == 8


def test_what_a_bundle_was_not_granted_it_cannot_do(
    plugwright_host, plugwright_tmp_plugin
):
    name = plugwright_tmp_plugin.bundle(DOUBLE)

    with pytest.raises(Exception, match="storage"):
        plugwright_host.run(name, "double", {"number": 4})


def test_a_quota_is_exhausted_when_the_test_says_so(
    plugwright_host, plugwright_tmp_plugin, plugwright_exhausted
):
    name = plugwright_tmp_plugin.bundle(DOUBLE, permissions=("storage",))
    assert plugwright_host.run(name, "double", {"number": 4}) == 8

    plugwright_exhausted("memory")

    with pytest.raises(Stopped) as stopped:
        plugwright_host.run(name, "double", {"number": 4})
    assert stopped.value.quota == "memory"


def test_who_was_asked_what_and_answered_what_is_recorded(
    plugwright_host, plugwright_tmp_plugin, plugwright_recorder
):
    plugwright_tmp_plugin.host(ECHO, "echo")
    plugwright_tmp_plugin.host(
        """
        from plugwright.hooks import hookimpl
        from plugwright.validation import Finding

        @hookimpl
        async def validate(subject):
            return [Finding(what="it is odd")]

        @hookimpl
        def heard(name):
            raise ValueError(name)
        """,
        "odd",
    )
    subject = Subject(kind="text", name="a", data="b")

    offers = plugwright_host.hooks.providers(host=plugwright_host)
    findings = plugwright_host.hooks.validate.wait(subject=subject)
    with pytest.raises(ValueError, match="lesson-due"):
        plugwright_host.hooks.heard.wait(name="lesson-due", data=1)

    assert plugwright_recorder.asked == ["providers", "validate", "heard"]
    (asked,) = plugwright_recorder.of("validate")
    assert (asked.plugin, asked.arguments["subject"]) == ("odd", subject)
    assert asked.answer == findings
    assert plugwright_recorder.of("providers", "echo")[0].answer == offers
    (heard,) = plugwright_recorder.of("heard")
    assert heard.arguments == {"name": "lesson-due"}
    assert isinstance(heard.error, ValueError)


def test_a_plugin_that_is_made_to_raise_is_named_and_the_others_answer(
    plugwright_faults, plugwright_tmp_plugin
):
    host = plugwright_faults.host
    plugwright_tmp_plugin.host(ECHO, "good")
    plugwright_tmp_plugin.host(ECHO.replace('"echo"', '"other"'), "bad")

    plugwright_faults.raises("bad", "providers")

    assert [o.scheme for o in host.hooks.providers(host=host)] == ["echo"]
    (row,) = [row for row in host.plugins if row.problem]
    assert row.name == "bad"
    assert "a fault that the test put in" in row.problem

    plugwright_faults.heal("bad", "providers")
    assert len(host.hooks.providers(host=host)) == 2


def test_a_plugin_that_is_made_to_hang_has_no_answer(
    plugwright_faults, plugwright_tmp_plugin
):
    host = plugwright_faults.host
    plugwright_tmp_plugin.host(ECHO, "slow")

    plugwright_faults.hangs("slow", "providers")

    assert host.hooks.providers(host=host) == []
    assert [row.name for row in host.plugins if row.problem] == ["slow"]


def test_a_plugin_that_is_made_to_answer_nonsense_is_named(
    plugwright_faults, plugwright_tmp_plugin
):
    host = plugwright_faults.host
    plugwright_tmp_plugin.host(ECHO, "odd")

    for nonsense in (None, 3, ["nonsense"], [object()]):
        plugwright_faults.answers("odd", "providers", nonsense)
        assert host.hooks.providers(host=host) == []

    assert [row.name for row in host.plugins if row.problem] == ["odd"]


def test_a_validator_that_fails_lets_nothing_pass(
    plugwright_faults, plugwright_tmp_plugin
):
    plugwright_tmp_plugin.host(
        """
        from plugwright.hooks import hookimpl

        @hookimpl
        def validate(subject):
            return []
        """,
        "guard",
    )
    plugwright_faults.raises("guard", "validate")

    with pytest.raises(BrokeContract, match="guard"):
        plugwright_faults.host.hooks.validate.wait(
            subject=Subject(kind="text", name="a", data="b")
        )


def test_the_clock_stands_still_until_it_is_moved(plugwright_clock):
    before = time.time()

    plugwright_clock.advance(60)

    assert time.time() == before + 60
    plugwright_clock.set(5.0)
    assert time.time() == 5.0


def test_what_no_test_asks_for_is_not_imported(tmp_path):
    (tmp_path / "test_nothing.py").write_text(
        dedent("""
        import sys

        def test_nothing():
            assert "plugwright.host" not in sys.modules
            assert not [n for n in sys.modules if n.startswith("plugwright_sdk.kit")]
        """)
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    run = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in run.stdout, run.stdout + run.stderr
