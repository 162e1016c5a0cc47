"""A model answers in a role, for so many tokens, and nobody learns which one it is."""

from __future__ import annotations

import pytest

from plugwright.capabilities import Outside, Turn, services
from plugwright.capabilities.doubles import ScriptedModels
from plugwright.capabilities.models import LONGEST_PROMPT, Assigned, tokens_in
from plugwright.errors import Denied, HostError
from plugwright.permissions import Permission
from plugwright.providers import Completion
from plugwright.storage import MemoryStorage, Refused


class Echo:
    """A provider that says what it was asked."""

    name = "echo"

    def __init__(self, tokens=(0, 0)):
        self.requests = []
        self.tokens = tokens

    def complete(self, request):
        self.requests.append(request)
        text = request.messages[0].content.upper()
        return Completion(
            text=text, tokens_in=self.tokens[0], tokens_out=self.tokens[1]
        )


def ask_of(models, *permissions, turn=None, log=print):
    made = services(
        "p",
        [Permission.parse(text) for text in permissions or ["model:role=tutor"]],
        MemoryStorage(1),
        print,
        log,
        lambda: 0.0,
        Outside(models=models, turn=turn or Turn()),
    )
    return made["models.ask"]


def test_who_plays_the_role_is_asked():
    echo = Echo()
    models = Assigned({"tutor": "echo:x"}, {"echo:x": echo}.__getitem__)
    told = ask_of(models)({"role": "tutor", "prompt": "why?", "max_tokens": 50})
    assert told == {"text": "WHY?", "tokens": 4, "left": 996}
    [request] = echo.requests
    assert (request.role, request.template) == ("tutor", "plugin/1")
    assert request.sampling.max_tokens == 50


def test_a_provider_that_counts_is_believed():
    models = Assigned({"tutor": "echo"}, lambda name: Echo((7, 11)))
    told = ask_of(models)({"role": "tutor", "prompt": "why?"})
    assert (told["tokens"], told["left"]) == (18, 982)


def test_tokens_are_for_one_call_of_the_plugin_and_begin_anew_with_the_next():
    turn = Turn()
    echo = Echo((50, 40))
    models = Assigned({"tutor": "echo"}, lambda name: echo)
    ask = ask_of(models, "model:role=tutor,tokens=100", turn=turn)
    assert ask({"role": "tutor", "prompt": "a"})["left"] == 10
    assert ask({"role": "tutor", "prompt": "a", "max_tokens": 500})["left"] == 0
    assert [each.sampling.max_tokens for each in echo.requests] == [99, 9]
    with pytest.raises(Refused, match="takes some 1 tokens, and 0 are left of this"):
        ask({"role": "tutor", "prompt": "a"})
    turn.next()
    assert ask({"role": "tutor", "prompt": "a"})["left"] == 10


def test_a_question_that_is_not_answered_counts_too():
    def broken(name):
        raise LookupError(name)

    ask = ask_of(Assigned({"tutor": "x"}, broken), "model:role=tutor,tokens=10")
    for _ in range(3):
        with pytest.raises(Refused, match="did not answer"):
            ask({"role": "tutor", "prompt": "aaaaaaaaa"})
    with pytest.raises(Refused, match="1 are left"):
        ask({"role": "tutor", "prompt": "aaaaaaaaa"})


def test_a_role_has_the_widest_of_its_grants_and_a_budget_of_its_own():
    models = Assigned({"tutor": "e", "writer": "e"}, lambda name: Echo((50, 40)))
    grants = ("model:role=tutor", "model:role=tutor,tokens=2000", "model:role=writer")
    ask = ask_of(models, *grants)
    assert ask({"role": "tutor", "prompt": "a"})["left"] == 1910
    assert ask({"role": "writer", "prompt": "a"})["left"] == 910


def test_another_role_is_denied_by_name():
    with pytest.raises(Denied) as told:
        ask_of(ScriptedModels())({"role": "judge", "prompt": "a"})
    assert told.value.permission == "model:role=judge"


@pytest.mark.parametrize(
    "arguments",
    [
        {"role": "Tutor", "prompt": "a"},
        {"role": "tutor\n", "prompt": "a"},
        {"role": "tutor"},
        {"role": "tutor", "prompt": "a" * (LONGEST_PROMPT + 1)},
        {"role": "tutor", "prompt": "a", "max_tokens": 0},
        {"role": "tutor", "prompt": "a", "max_tokens": True},
        {"role": "tutor", "prompt": "a", "model": "the-large-one"},
    ],
)
def test_bad_arguments_are_refused(arguments):
    with pytest.raises(Refused, match=r"^`"):
        ask_of(ScriptedModels())(arguments)


def test_a_role_that_nobody_plays_says_what_a_person_has_to_do():
    with pytest.raises(Refused, match="has to assign a model to it"):
        ask_of(Assigned({}, Echo))({"role": "tutor", "prompt": "a"})
    with pytest.raises(Refused, match="there are no models here"):
        ask_of(None)({"role": "tutor", "prompt": "a"})


def test_what_a_provider_says_when_it_fails_is_for_people_only():
    class Broken:
        name = "broken"

        def complete(self, request):
            raise HostError("the key sk-secret was not accepted")

    heard = []
    ask = ask_of(
        Assigned({"tutor": "broken"}, lambda name: Broken()),
        log=lambda *words: heard.append(words),
    )
    with pytest.raises(Refused) as told:
        ask({"role": "tutor", "prompt": "a"})
    assert "secret" not in str(told.value)
    assert told.value.__cause__ is None
    [(plugin, level, message, _)] = heard
    assert (plugin, level) == ("p", "error")
    assert message == "asking `tutor`: the key sk-secret was not accepted"


def test_the_double_says_its_lines_one_after_the_other_and_the_last_for_ever():
    models = ScriptedModels()
    models.lines["tutor"] = ["one", "two"]
    ask = ask_of(models)
    said = [ask({"role": "tutor", "prompt": f"{n}"})["text"] for n in range(3)]
    assert said == ["one", "two", "two"]
    assert models.prompts == [("tutor", "0"), ("tutor", "1"), ("tutor", "2")]
    with pytest.raises(Refused, match="no test said what a model"):
        ask_of(ScriptedModels())({"role": "tutor", "prompt": "a"})


def test_tokens_are_estimated_rather_too_many():
    assert [tokens_in(text) for text in ("", "abc", "abcd", "üü")] == [0, 1, 2, 2]
