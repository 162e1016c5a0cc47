"""The contract of abilities: a good one keeps it, and each broken one breaks a part."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from plugwright.agents import Ability, AbilityOffer, Again
from plugwright.errors import UsageError
from plugwright.hooks import hookimpl
from plugwright_sdk.kit.contracts import AbilityContract


class Careful(Ability):
    """Does a little of everything, as it should be done."""

    name = "careful"

    def __init__(self, *, word: str) -> None:
        self.word = word

    def settings(self, plan):
        return replace(plan, repairs=plan.repairs + 1)

    def instructions(self, run):
        return f"Say {self.word}."

    def tools(self):
        return [self.shout]

    def shout(self, text: str) -> str:
        """Say it loud.

        Args:
            text: What to say.
        """
        if not text.strip():
            raise UsageError("nothing was to be said", remedy="say something")
        return text.upper()

    def around(self, run, request, ask):
        run.count("asked")
        return ask(request)

    def after(self, run, completion):
        if "forbidden" in completion.text:
            raise Again("Not that.")
        return completion

    def calling(self, run, call, do):
        return do(call)


class Offering:
    """A host plugin with one ability, and one that nobody has to configure."""

    @hookimpl
    def abilities(self):
        return [
            AbilityOffer(name="careful", summary="is careful", open=Careful),
            AbilityOffer(name="plain", summary="does nothing", open=Ability),
        ]


class TestGoodAbilities(AbilityContract):
    @pytest.fixture
    def plugin(self):
        return Offering()

    @pytest.fixture
    def options(self):
        return {"careful": {"word": "please"}}


BROKEN = '''
from dataclasses import replace

import pytest

from plugwright.agents import Ability, AbilityOffer, Tool
from plugwright.errors import PlugwrightError
from plugwright.hooks import hookimpl
from plugwright.providers import Completion, ToolSpec
from plugwright_sdk.kit.contracts import AbilityContract


def offering(open_it, name="broken", summary="is broken"):
    class Plugin:
        @hookimpl
        def abilities(self):
            return [AbilityOffer(name=name, summary=summary, open=open_it)]

    class Test(AbilityContract):
        @pytest.fixture
        def plugin(self):
            return Plugin()

    return Test


class Forgetful(Ability):
    """Does not ask what was asked."""

    def around(self, run, request, ask):
        last = replace(request.messages[-1], content="?")
        return ask(replace(request, messages=(*request.messages[:-1], last)))


class Hiding(Ability):
    """Makes an answer of an error."""

    def around(self, run, request, ask):
        try:
            return ask(request)
        except PlugwrightError:
            return Completion(text="all is well")


class Shared(Ability):
    """Keeps of one run what it uses in another."""

    said = "x"

    def after(self, run, completion):
        before, self.said = self.said, completion.text
        return replace(completion, text=before)


class Greedy(Ability):
    """Takes the tools of others away."""

    def settings(self, plan):
        return replace(plan, tools={})


class Brittle(Ability):
    """Cannot bear what is not ASCII."""

    def around(self, run, request, ask):
        request.messages[-1].content.encode("ascii")
        return ask(request)


class Stumbling(Ability):
    """Fails when a run ends."""

    def ended(self, run, answer):
        raise LookupError("nothing there")


class Twice(Ability):
    """Calls everything twice."""

    def calling(self, run, call, do):
        do(call)
        return do(call)


class Mute(Ability):
    """Has a tool that raises what it likes."""

    def tools(self):
        def mute(text: str) -> str:
            return {}[text]

        return [mute]


class Wordless(Ability):
    """Has a tool that nobody can know how to use."""

    def tools(self):
        spec = ToolSpec(name="what", summary="", parameters={})
        return [Tool(spec=spec, call=lambda given: "done")]


class Stubborn(Ability):
    """Does not end when it should."""

    def settings(self, plan):
        return replace(plan, limits=type(plan.limits)(requests=9))


class Impatient(Ability):
    """Answers without asking anybody."""

    def around(self, run, request, ask):
        return Completion(text="One of two\\nequal parts.")


class Loose(Ability):
    def __init__(self, **anything):
        pass


ONE = Ability()


class TestForgetful(offering(Forgetful)): pass
class TestHiding(offering(Hiding)): pass
class TestShared(offering(Shared)): pass
class TestGreedy(offering(Greedy)): pass
class TestBrittle(offering(Brittle)): pass
class TestStumbling(offering(Stumbling)): pass
class TestTwice(offering(Twice)): pass
class TestMute(offering(Mute)): pass
class TestWordless(offering(Wordless)): pass
class TestStubborn(offering(Stubborn)): pass
class TestImpatient(offering(Impatient)): pass
class TestLoose(offering(Loose)): pass
class TestSingle(offering(lambda: ONE)): pass
class TestNameless(offering(Ability, name="Two Words", summary="")): pass
'''

SENTENCES = {
    "TestForgetful": ["a_question_is_asked", "a_tool_is_called_once", "runs_at_once"],
    "TestHiding": [
        *("an_error_of_the_model", "a_run_goes_on", "a_cancelled_run"),
        "nothing_of_it_fails",
    ],
    "TestShared": [
        *("a_question_is_asked", "what_is_shown", "a_tool_is_called_once"),
        *("runs_at_once", "a_run_goes_on", "a_replay"),
    ],
    "TestGreedy": ["the_agent_stays", "a_tool_is_called_once", "a_run_goes_on"],
    "TestBrittle": ["odd_texts"],
    "TestStumbling": [
        *("nothing_of_it_fails", "odd_texts", "an_error_of_the_model"),
    ],
    "TestTwice": ["a_tool_is_called_once", "a_run_goes_on"],
    "TestMute": ["its_tools_say_in_words"],
    "TestWordless": ["tools_can_be_understood"],
    "TestStubborn": ["a_limit_ends"],
    "TestImpatient": [
        *("a_question_is_asked", "what_is_shown", "a_tool_is_called_once"),
        *("runs_at_once", "an_error_of_the_model", "a_limit_ends", "a_cancelled_run"),
        *("a_run_goes_on", "a_replay", "nothing_of_it_fails"),
    ],
    "TestLoose": ["an_option_that_there_is_not"],
    "TestSingle": ["each_agent_gets_one"],
    "TestNameless": ["each_has_a_name"],
}
"""The sentences that each breaks: no more, no fewer."""


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    (folder / "test_broken.py").write_text(BROKEN)
    answer = folder / "witness.json"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-p", "plugwright_sdk.kit.witness", "-c", os.devnull, "--rootdir", "."),
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
