"""A contract is worth what it refuses: each of these breaks a sentence of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

BROKEN = '''
import time

import pytest

from plugwright.commands import Command, Tool
from plugwright.hooks import hookimpl
from plugwright.manifest import CommandSpec
from plugwright.memory import MemoryOffer
from plugwright.providers import Completion, ProviderOffer
from plugwright.scheduling import Job, JobState, SchedulerOffer
from plugwright.validation import Finding
from plugwright_sdk.kit.contracts import *
from plugwright_sdk.kit.doubles import *


def memories(kind):
    """A contract's test on a memory that is broken."""

    class Plugin:
        def __init__(self):
            self.kept = {}

        @hookimpl
        def memories(self):
            def open_it(owner):
                return self.kept.setdefault(kind.key(owner), kind())

            return [MemoryOffer(name="broken", summary="broken", open=open_it)]

    class Test(MemoryContract):
        @pytest.fixture
        def plugin(self):
            return Plugin()

    return Test


class Shared(DictMemory):
    key = staticmethod(lambda owner: "all")


class Forgetful(DictMemory):
    key = staticmethod(lambda owner: (owner, object()))


class Stubborn(DictMemory):
    key = staticmethod(str)

    def forget(self, id):
        return True


class Eternal(DictMemory):
    key = staticmethod(str)

    def remember(self, text, *, about="", expires=None):
        return super().remember(text, about=about)


class Deaf(DictMemory):
    key = staticmethod(str)

    def recall(self, query="", *, about="", limit=10):
        return super().recall("", about=about, limit=limit)


class Brittle(DictMemory):
    key = staticmethod(str)

    def remember(self, text, *, about="", expires=None):
        text.encode("ascii")
        return super().remember(text, about=about, expires=expires)


class Greedy(DictMemory):
    key = staticmethod(str)

    def recall(self, query="", *, about="", limit=10):
        return super().recall(query, about=about, limit=100)


class TestShared(memories(Shared)): pass
class TestForgetful(memories(Forgetful)): pass
class TestStubborn(memories(Stubborn)): pass
class TestEternal(memories(Eternal)): pass
class TestDeaf(memories(Deaf)): pass
class TestBrittle(memories(Brittle)): pass
class TestGreedy(memories(Greedy)): pass


class Silent:
    name = ""

    def complete(self, request):
        return Completion(text=None)


class TestSilent(ProviderContract):
    @pytest.fixture
    def plugin(self):
        class Plugin:
            @hookimpl
            def providers(self):
                offer = ProviderOffer(
                    scheme="No Scheme", summary="", open=lambda _: Silent()
                )
                return [offer]

        return Plugin()


class TestNosy(ValidatorContract):
    @pytest.fixture
    def plugin(self):
        class Plugin:
            @hookimpl
            def validate(self, subject):
                return [Finding(what=subject.data.strip())]

        return Plugin()


class TestEager(SchedulerContract):
    @pytest.fixture
    def plugin(self):
        class Eager(ImmediateScheduler):
            def _kept(self, job):
                bare = Job(
                    plugin=job.plugin, command=job.command, arguments=job.arguments
                )
                return super()._kept(bare)

        class Plugin:
            @hookimpl
            def schedulers(self, host):
                def open_it():
                    return Eager(lambda j: host.run(j.plugin, j.command, j.arguments))

                return [SchedulerOffer(name="eager", summary="eager", open=open_it)]

        return Plugin()


class TestLying(ToolsContract):
    @pytest.fixture
    def plugin(self):
        class Plugin:
            @hookimpl
            def tools(self):
                spec = CommandSpec(
                    summary="",
                    parameters=("a",),
                    input={"type": "object", "properties": {"b": {}}},
                    output={"type": "string"},
                )
                return [
                    Tool(name="Bad Name", spec=spec, call=lambda _: 3, needs_approval=3)
                ]

        return Plugin()

    @pytest.fixture
    def calls(self):
        return {"Bad Name": {}}


class TestJumpy(ListenerContract):
    @pytest.fixture
    def plugin(self):
        class Plugin:
            @hookimpl
            def heard(self, name, data):
                data["seen"] = True

        return Plugin()
'''

SENTENCES = {
    "TestShared": ["owners_are_apart"],
    "TestForgetful": ["it_survives_reopening"],
    "TestStubborn": [
        *("forgotten_is_gone", "forgetting_what_never_was"),
        *("two_equal_facts", "owners_are_apart"),
    ],
    "TestEternal": ["expired_is_not_found"],
    "TestDeaf": ["what_nobody_said_is_not_found", "forgotten_is_gone"],
    "TestBrittle": ["odd_characters_are_kept"],
    "TestGreedy": ["no_more_is_recalled"],
    "TestSilent": [
        *("every_scheme_is_one_word", "it_has_a_name", "the_answer_is_text"),
        *("a_conversation_is_answered", "odd_characters", "half_a_character"),
        "pieces_are_the_answer",
    ],
    "TestNosy": ["what_it_does_not_know", "odd_subjects_never_raise"],
    "TestEager": [
        *("a_job_for_later_waits", "what_was_cancelled_never_runs", "what_is_paused"),
        *("a_job_with_the_key", "a_missed_deadline", "what_waits_for_an_event"),
    ],
    "TestLying": [
        *("names_can_be_typed", "each_has_a_summary", "parameters_are_those"),
        *("answers_are_json_that_fits", "each_says_whether_a_person"),
    ],
    "TestJumpy": ["odd_data_never_raises"],
}
"""The sentences that each breaks: no more, no fewer."""


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    (folder / "test_broken.py").write_text(BROKEN)
    answer = folder / "witness.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    subprocess.run(
        [
            *command,
            "-p",
            "plugwright_sdk.kit.witness",
            "-c",
            os.devnull,
            "--rootdir",
            ".",
        ],
        cwd=folder,
        env={**os.environ, "PLUGWRIGHT_WITNESS": str(answer)},
        capture_output=True,
        check=False,
    )
    return json.loads(answer.read_text("utf-8"))["failed"]


@pytest.mark.parametrize("broken", SENTENCES)
def test_what_is_broken_is_found(failed, broken):
    found = {name.split("::test_")[-1] for name in failed if f"::{broken}::" in name}

    for sentence in SENTENCES[broken]:
        assert any(each.startswith(sentence) for each in found), (sentence, found)
    others = [n for n in found if not any(n.startswith(s) for s in SENTENCES[broken])]
    assert others == []
