"""What nobody would ever ask is refused when it is registered, in one sentence."""

from __future__ import annotations

from functools import lru_cache, partial
from types import SimpleNamespace

import pytest

from plugwright.asking import Ask, Asking
from plugwright.contracts import question
from plugwright.errors import BrokeContract
from plugwright.hooks import hookimpl
from plugwright.registration import Plugins


class Questions:
    @question(seconds=3.0)
    def names(host: object, depth: int = 1) -> list[str]:
        raise NotImplementedError

    @question()
    def bare() -> list[str]:
        raise NotImplementedError

    @question()
    async def slow(host: object) -> list[str]:
        raise NotImplementedError

    @question(deprecated="ask `names` instead")
    def titles() -> list[str]:
        raise NotImplementedError

    @question(deprecated_arguments={"colour": "everything is red now"})
    def shapes(host: object, colour: str = "red") -> list[str]:
        raise NotImplementedError


@pytest.fixture
def plugins():
    return Plugins(Questions)


def plugin(**hooks):
    return SimpleNamespace(**{name: hookimpl(hook) for name, hook in hooks.items()})


async def coroutine(host):
    return []


async def yields(host):
    yield "a"


def by_keyword(*, host):
    return []


def by_keyword_of_its_own(*, colour="red"):
    return [colour]


def wrapper():
    yield


def list_of():
    return []


def test_a_plugin_is_asked_what_it_answers(plugins):
    version = plugins.version
    assert plugins.register(plugin(names=lambda host: []), "good") == "good"
    [answer] = plugins.hook.names.get_hookimpls()
    assert answer.plugin_name == "good"
    assert plugins.version > version


class Callable:
    def __call__(self, host):
        return []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Callable(), "Callable"),
        (partial(list_of), "partial"),
        (lru_cache(list_of), "_lru_cache_wrapper"),
        (type("Answers", (), {}), "type"),
    ],
)
def test_what_is_marked_but_is_no_function_is_refused_and_not_left_out_in_silence(
    plugins, answer, kind
):
    with pytest.raises(BrokeContract) as raised:
        plugins.register(plugin(bare=answer), "odd")
    assert raised.value.message == (
        "`odd`: `bare` is marked with `@hookimpl` but is no function: it is of the"
        f" type `{kind}`"
    )
    assert not plugins.get_plugins()


def test_nobody_looks_into_what_is_not_marked(plugins):
    class Shy:
        @property
        def bare(self):
            raise LookupError("not for you")

        def __getattr__(self, name):
            return self

    assert plugins.register(Shy(), "shy") == "shy"


def test_a_plugin_without_a_name_has_the_name_of_its_module(plugins):
    with pytest.raises(BrokeContract) as raised:
        plugins.register(SimpleNamespace(__name__="mine", nmaes=hookimpl(wrapper)))
    assert raised.value.plugin == "mine"


@pytest.mark.parametrize(
    ("hooks", "said", "remedy"),
    [
        (
            {"nams": lambda: []},
            "there is no hook `nams`",
            "did you mean `names`?",
        ),
        (
            {"names": lambda hots: []},
            "its answer to `names` takes `hots`, which is not given there",
            "did you mean `host`?",
        ),
        (
            {"bare": lambda host: []},
            "its answer to `bare` takes `host`, which is not given there",
            "it takes no arguments",
        ),
        (
            {"names": by_keyword},
            "its answer to `names` takes `host` by keyword only",
            "leave out the `*` before it",
        ),
        (
            {"names": coroutine},
            "its answer to `names` is an `async def`, but nobody awaits it there",
            "answer with a plain `def`",
        ),
        (
            {"slow": yields},
            "its answer to `slow` is an `async def` that yields",
            "give back a list instead",
        ),
    ],
)
def test_what_nobody_would_ask_is_refused_and_the_whole_plugin_with_it(
    plugins, hooks, said, remedy
):
    version = plugins.version
    with pytest.raises(BrokeContract) as raised:
        plugins.register(plugin(**{"bare": list_of, **hooks}), "bad")
    assert raised.value.plugin == "bad"
    assert raised.value.message == f"`bad`: {said}"
    assert raised.value.remedy == remedy
    assert not plugins.get_plugins()
    assert not plugins.hook.bare.get_hookimpls()
    assert plugins.version == version


@pytest.mark.parametrize("kind", ["wrapper", "hookwrapper"])
def test_the_answers_of_others_are_not_to_be_wrapped(plugins, kind):
    wraps = SimpleNamespace(names=hookimpl(**{kind: True})(wrapper))
    with pytest.raises(BrokeContract, match="`names` is a wrapper around the answers"):
        plugins.register(wraps, "wraps")
    assert not plugins.get_plugins()


def test_a_question_that_awaits_takes_both_kinds(plugins):
    plugins.register(plugin(slow=coroutine), "async")
    plugins.register(plugin(slow=lambda host: []), "plain")
    assert len(plugins.hook.slow.get_hookimpls()) == 2


def test_an_answer_may_have_another_name_than_its_question(plugins):
    @hookimpl(specname="names")
    def all_of_them(host):
        return []

    plugins.register(SimpleNamespace(all_of_them=all_of_them), "good")
    assert len(plugins.hook.names.get_hookimpls()) == 1


def test_a_hook_of_some_other_host_may_be_answered_if_it_says_so(plugins):
    @hookimpl(optionalhook=True)
    def from_the_future(anything):
        return []

    plugins.register(SimpleNamespace(from_the_future=from_the_future), "ahead")
    plugins.register(SimpleNamespace(other=hookimpl(specname="bare")(list_of)), "next")
    with pytest.raises(BrokeContract, match="there is no hook `from_the_future`"):
        plugins.register(plugin(from_the_future=lambda: []), "lost")


def test_what_has_a_default_need_not_be_given(plugins):
    plugins.register(plugin(names=by_keyword_of_its_own), "good")
    plugins.register(plugin(names=lambda host, colour="red": []), "newer")
    assert len(plugins.hook.names.get_hookimpls()) == 2


def test_methods_answer_as_functions_do(plugins):
    class Plugin:
        @hookimpl
        def names(self, host):
            return [host]

        @hookimpl
        @staticmethod
        def bare():
            return ["b"]

    plugins.register(Plugin(), "object")
    asking = Asking(plugins=plugins, failed=print, strict=True)
    assert Ask(asking, Questions.names)(host=5) == [5]
    assert Ask(asking, Questions.bare)() == ["b"]


def test_a_name_is_given_once(plugins):
    plugins.register(plugin(bare=lambda: []), "one")
    version = plugins.version
    with pytest.raises(ValueError, match="already registered"):
        plugins.register(plugin(bare=lambda: []), "one")
    assert plugins.version == version


def test_who_goes_is_not_asked_any_more(plugins):
    plugins.register(plugin(bare=lambda: []), "one")
    version = plugins.version
    assert plugins.unregister(name="one") is not None
    assert plugins.version > version
    assert not plugins.hook.bare.get_hookimpls()


def test_nobody_waits_to_be_imported_until_somebody_says_so(plugins):
    assert plugins.want("names") is None


def test_the_time_limit_of_a_question_is_known(plugins):
    assert plugins.seconds("names") == 3.0
    assert plugins.seconds("bare") == 10.0


# What goes away is told to those who would miss it.


def test_who_answers_a_question_that_goes_away_is_warned(plugins):
    with pytest.warns(DeprecationWarning, match="goes away: ask `names` instead"):
        plugins.register(plugin(titles=lambda: ["Dr."]), "old")
    asking = Asking(plugins=plugins, failed=print)
    assert Ask(asking, Questions.titles)() == ["Dr."]


@pytest.mark.parametrize(
    "answer", [lambda colour: [colour], lambda host, colour="blue": [colour]]
)
def test_who_takes_an_argument_that_goes_away_is_warned(plugins, answer):
    with pytest.warns(
        DeprecationWarning, match="`colour` goes away: everything is red now"
    ):
        plugins.register(plugin(shapes=answer), "old")
    asking = Asking(plugins=plugins, failed=print)
    assert Ask(asking, Questions.shapes)(host=1) == ["red"]


@pytest.mark.filterwarnings("error")
def test_who_does_not_take_it_is_left_alone(plugins):
    plugins.register(plugin(shapes=lambda host: [host], bare=list_of), "new")
    assert len(plugins.hook.shapes.get_hookimpls()) == 1
