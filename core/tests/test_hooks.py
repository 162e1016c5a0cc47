"""A question gets every answer there is, and says who could not answer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from plugwright.hooks import Questions, hookimpl, hookspec
from plugwright.host import Host
from plugwright.loading import HostPlugin
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
    host.manager.register(answering(judges=lambda host: [host]), "echo")

    assert host.hooks.judges(host) == host.hooks.judges(host=host) == [host]
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
    assert host.plugins == (
        HostPlugin(
            "bad",
            "bad",
            "",
            problem=f"its hook `providers` failed: {said}",
            remedy="update or uninstall `bad`",
        ),
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
    assert bad.hooks == ("judges", "providers")


def test_every_question_can_be_asked_by_its_name(host):
    assert [*vars(host.hooks)] == QUESTIONS


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_its_contract_and_an_example(name):
    text = getattr(Questions, name).__doc__
    assert "@hookimpl" in text
    assert f"def {name}(" in text


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_itself_answers_nothing(name):
    question = getattr(Questions, name)
    assert getattr(question, hookspec.project_name + "_spec")
    with pytest.raises(NotImplementedError):
        question(*([None] * question.__code__.co_argcount))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_by_a_plugin_of_our_own(name, home):
    ours = [
        plugin
        for plugin in Host.discover(home).plugins
        if plugin.distribution.startswith("plugwright-")
    ]
    assert any(name in plugin.hooks for plugin in ours)


def test_every_question_is_asked_when_the_person_wants_to_know_what_is_broken(host):
    asked = []
    host.manager.register(
        answering(
            providers=lambda: asked.append("providers") or [],
            sandboxes=lambda: asked.append("sandboxes") or [],
            guest_packages=lambda: asked.append("guest_packages") or [],
            judges=lambda: asked.append("judges") or [],
            subcommands=lambda: asked.append("subcommands") or [],
        ),
        "listening",
    )
    host.ask_all()
    assert asked == QUESTIONS
