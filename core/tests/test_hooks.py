"""Every question has its contract in words, is asked by its name, and is answered."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from plugwright import (
    commands,
    hooks,
    manifest,
    memory,
    providers,
    sandboxes,
    scheduling,
    secrets,
    validation,
)
from plugwright.agents import abilities
from plugwright.asking import AskAsync, TellAsync
from plugwright.contracts import Contract
from plugwright.errors import BrokeContract
from plugwright.home import Home
from plugwright.hooks import Questions, hookimpl
from plugwright.host import Host
from plugwright.providers import ProviderOffer

QUESTIONS = [
    name for name, value in vars(Questions).items() if isinstance(value, staticmethod)
]


def answering(**hooks):
    """Make a plugin out of functions."""
    return SimpleNamespace(**{name: hookimpl(hook) for name, hook in hooks.items()})


def offer(scheme):
    return ProviderOffer(scheme=scheme, summary="says nothing", open=str)


def raises(host):
    raise LookupError("nothing there")


def stops_half_way():
    yield offer("half")
    raise LookupError("no more")


# As a host asks them.


def test_all_answers_come_in_one_list_the_newest_plugin_first(host):
    host.manager.register(answering(providers=lambda: [offer("a"), offer("b")]), "one")
    host.manager.register(answering(providers=lambda: (offer(s) for s in "c")), "two")

    given = host.hooks.providers.by_plugin(host=host)
    assert [(plugin, offer.scheme) for plugin, offer in given] == [
        ("two", "c"),
        ("one", "a"),
        ("one", "b"),
    ]


def test_a_question_may_be_asked_with_or_without_names(host):
    class Judge:
        judge = None

    judge = Judge()
    host.manager.register(answering(judges=lambda host: [judge]), "echo")

    assert host.hooks.judges(host) == host.hooks.judges(host=host) == [judge]
    with pytest.raises(TypeError, match="missing a required argument: 'host'"):
        host.hooks.judges()


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        (raises, "LookupError: nothing there"),
        (stops_half_way, "LookupError: no more"),
        (lambda: None, "TypeError: 'NoneType' object is not iterable"),
        (lambda: ["x"], "AttributeError: 'str' object has no attribute 'scheme'"),
    ],
)
def test_a_plugin_that_cannot_answer_is_named_and_the_others_answer(host, hook, said):
    host.manager.register(answering(providers=lambda: [offer("good")]), "good")
    host.manager.register(answering(providers=hook), "bad")

    assert [o.scheme for o in host.hooks.providers(host=host)] == ["good"]
    [row] = [row for row in host.plugins if row.problem]
    assert row.name == "bad"
    assert row.problem == f"its hook `providers` failed: {said}"
    assert row.remedy


def test_a_strict_host_raises_what_a_plugin_raises(home, tmp_path):
    host = Host(home, cache=tmp_path / "cache", strict=True)
    host.manager.register(answering(providers=raises), "bad")
    with pytest.raises(LookupError, match="nothing there"):
        host.hooks.providers(host=host)


def test_a_host_can_tell_every_call(home, tmp_path):
    lines = []
    host = Host(home, cache=tmp_path / "cache", trace=lines.append)
    host.manager.register(answering(providers=raises), "bad")
    host.hooks.providers(host=host)
    assert lines == ["providers: bad failed: LookupError: nothing there"]


def test_an_unknown_hook_is_refused_with_the_one_that_was_meant(host):
    with pytest.raises(BrokeContract) as raised:
        host.manager.register(answering(provider=lambda: []), "typo")
    assert str(raised.value) == (
        "`typo`: there is no hook `provider` (did you mean `providers`?)"
    )


def test_an_interrupt_in_a_hook_is_the_persons(host):
    def interrupted():
        raise KeyboardInterrupt

    host.manager.register(answering(providers=interrupted), "slow")
    with pytest.raises(KeyboardInterrupt):
        host.hooks.providers(host=host)


def test_who_failed_keeps_the_first_reason_and_its_distribution(installed, home):
    installed.plugin(
        "bad",
        "from plugwright.hooks import hookimpl\n"
        "@hookimpl\ndef judges(): return 1 / 0\n"
        "@hookimpl\ndef providers(): return 2 / 0\n",
    )
    host = Host.discover(home)
    host.hooks.judges(host=host)
    host.hooks.providers(host=host)

    [bad] = [row for row in host.plugins if row.problem]
    assert bad.distribution == "bad-distribution"
    assert (
        bad.problem == "its hook `judges` failed: ZeroDivisionError: division by zero"
    )
    assert tuple(bad.hooks) == ("judges", "providers")


def test_every_question_about_offers_is_asked_to_know_what_is_broken(host):
    asked = []

    def noting(name):
        return lambda: asked.append(name) or []

    about_offers = [name for name in QUESTIONS if name not in MAY_CHANGE_SOMETHING]
    host.manager.register(
        answering(**{name: noting(name) for name in about_offers}), "listening"
    )
    host.ask_all()
    assert sorted(asked) == sorted(about_offers)


MAY_CHANGE_SOMETHING = {"validate", "heard", "configured", "started", "stopping"}
"""Questions that need a subject, or tell that something happens."""


# As they are written.

FIRST = {
    "providers": ["host"],
    "memories": ["host"],
    "validate": ["subject"],
    "schedulers": ["host"],
    "commands": ["host"],
    "tools": ["host"],
    "subcommands": [],
    "heard": ["name", "data"],
    "configured": ["settings"],
    "started": ["host"],
    "stopping": ["host"],
    "sandboxes": ["host"],
    "guest_packages": [],
    "judges": ["host"],
}
"""What each question of api 0.1 gives. A question that comes later is not in here."""


@pytest.mark.parametrize("name", FIRST)
def test_an_argument_that_came_later_has_a_default_and_none_went(name):
    """Or hosts and plugins of different age would not understand each other."""
    parameters = inspect.signature(getattr(Questions, name)).parameters.values()

    assert [each.name for each in parameters if each.default is each.empty] == (
        FIRST[name]
    )


def example(name):
    """Give the example in the text of a question."""
    lines = inspect.cleandoc(getattr(Questions, name).__doc__).splitlines()
    start = next(n for n, line in enumerate(lines) if line.lstrip().startswith("@"))
    margin = len(lines[start]) - len(lines[start].lstrip())
    found = []
    for before, line in zip(["", *lines[start:]], lines[start:], strict=False):
        is_outside = line and (len(line) - len(line.lstrip())) <= margin
        if found and is_outside and not before and not line.lstrip().startswith("@"):
            break  # a new paragraph, of words again
        found.append(line[margin:])
    return "\n".join(found)


def answer(name):
    """Give the function that answers in the example of a question."""
    functions = [
        each
        for each in ast.parse(example(name)).body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    [found] = [each for each in functions if each.name == name]
    return found


def test_every_question_can_be_asked_by_its_name(host):
    assert [*vars(host.hooks)] == QUESTIONS


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_awaited_if_it_is_written_so(name, host):
    is_awaited = isinstance(getattr(host.hooks, name), AskAsync | TellAsync)
    assert is_awaited == inspect.iscoroutinefunction(getattr(Questions, name))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_says_what_it_is_for_and_what_may_surprise(name):
    summary, *rest = inspect.cleandoc(getattr(Questions, name).__doc__).splitlines()
    assert summary.endswith((".", ":"))
    assert summary[0].isupper()
    assert rest


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_shows_an_answer_that_is_python(name):
    compile(example(name), f"<{name}>", "exec")
    [mark] = answer(name).decorator_list
    assert ast.unparse(mark) == "hookimpl"


@pytest.fixture
def shown(home, tmp_path):
    """Run an example as a plugin of a host that forgives nothing, and ask it."""
    said = []

    async def remind(child):
        said.append(child)

    # What an author has of their own. All else is Plugwright's, as authors import it.
    theirs = {
        "Dates": abilities.Ability,
        "Client": lambda url, key: said.append(url),
        "Echo": str,
        "PytestJudge": lambda host: SimpleNamespace(judge=host),
        "WasmSandbox": lambda cache, packages: said.append(cache),
        "forge": click.Command("forge"),
        "remind": remind,
        "roll": lambda it: it["sides"],
        "watcher": SimpleNamespace(start=said.append, stop=lambda: said.append("end")),
    }
    ours = (abilities, commands, hooks, manifest, memory, providers, sandboxes)
    ours += (scheduling, secrets, validation)
    with Host(home, cache=tmp_path / "cache", strict=True) as host:

        def shown(name):
            names = {"dataclass": dataclass, **theirs}
            for module in ours:
                names |= vars(module)
            exec(compile(example(name), f"<{name}>", "exec", dont_inherit=True), names)
            host.manager.register(SimpleNamespace(**{name: names[name]}), "example")
            given = {
                "host": host,
                "subject": validation.Subject(kind="text", name="it", data="a secret"),
                "name": "lesson-due",
                "data": {"child": "Ann"},
            }
            if "Settings" in names and name == "configured":
                given["settings"] = names["Settings"](url="https://example.com")
            question = getattr(host.hooks, name)
            wanted = inspect.signature(getattr(Questions, name)).parameters
            ask = getattr(question, "wait", question)
            return ask(**{each: given[each] for each in wanted}), said

        yield shown


@pytest.mark.parametrize("name", [*QUESTIONS])
def test_every_answer_shown_answers(name, shown):
    answers, said = shown(name)
    assert bool(answers) != bool(said)  # who is only told answers nothing


def test_the_command_shown_says_it_back(shown):
    [command], _ = shown("commands")
    assert command.call({"text": "hello"}) == "hello"


def test_the_sandbox_shown_is_made_when_it_is_needed(shown):
    [offer], made = shown("sandboxes")
    assert made == []
    offer.open()
    assert len(made) == 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_type_checker_is_shown_every_question(name):
    """What it says of them is told where types are checked: `typed_hooks.py`."""
    text = Path(__file__).with_name("typed_hooks.py").read_text()
    assert f"hooks.{name}" in text


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_shown_takes_arguments_of_the_question_and_no_others(name):
    shown = answer(name).args
    taken = [each.arg for each in shown.args]
    given = [*inspect.signature(getattr(Questions, name)).parameters]
    assert [each for each in given if each in taken] == taken
    others = [*shown.kwonlyargs, *shown.posonlyargs, shown.vararg, shown.kwarg]
    assert not any(others)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_shown_awaits_only_where_the_question_does(name):
    is_awaited = inspect.iscoroutinefunction(getattr(Questions, name))
    assert is_awaited or isinstance(answer(name), ast.FunctionDef)


@pytest.mark.parametrize("name", QUESTIONS)
def test_only_what_says_that_it_fails_closed_does_so(name):
    question = getattr(Questions, name)
    contract: Contract = question.contract
    assert contract.closed == ("fails closed" in " ".join(question.__doc__.split()))
    assert 0 < contract.seconds <= 60


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_itself_answers_nothing(name):
    question = getattr(Questions, name)
    arguments = [None] * question.__code__.co_argcount
    if inspect.iscoroutinefunction(question):
        with pytest.raises(NotImplementedError):
            question(*arguments).send(None)
    else:
        with pytest.raises(NotImplementedError):
            question(*arguments)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """Which hooks the plugins of this workspace answer."""
    host = Host.discover(Home(tmp_path_factory.mktemp("home")))
    host.ask_all()
    rows = [p for p in host.plugins if p.distribution.startswith("plugwright-")]
    yield {hook for row in rows for hook in row.hooks}
    host.close()


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_by_a_plugin_of_our_own(name, ours):
    assert name in ours
