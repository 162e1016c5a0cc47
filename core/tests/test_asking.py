"""Who is asked answers for itself alone: guarded, timed, named, left out at last."""

from __future__ import annotations

import asyncio
import contextvars
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest

from plugwright import watch as watching
from plugwright.asking import Ask, AskAsync, Asking, Tell, TellAsync, run
from plugwright.contracts import question
from plugwright.errors import BrokeContract
from plugwright.hooks import hookimpl
from plugwright.registration import Plugins
from plugwright.standings import COOL_DOWN, PATIENCE, Standing
from plugwright.watch import NEVER, TimedOut, Watch

QUICK = Watch(interval=0.002, grace=0.02)
SOON = 0.02


class Questions:
    @question()
    def names(host: object, depth: int = 1) -> list[str]:
        raise NotImplementedError

    @question(seconds=SOON)
    def quick(host: object) -> list[str]:
        raise NotImplementedError

    @question(seconds=SOON, closed=True)
    def closed(host: object) -> list[str]:
        raise NotImplementedError

    @question(shape=("real", "imag"))
    def numbers() -> list[complex]:
        raise NotImplementedError

    @question()
    def told(what: str) -> None:
        raise NotImplementedError

    @question(seconds=SOON)
    async def slow(host: object) -> list[str]:
        raise NotImplementedError

    @question(seconds=SOON, closed=True)
    async def shut(host: object) -> list[str]:
        raise NotImplementedError

    @question()
    async def heard(what: str) -> None:
        raise NotImplementedError


class Asked:
    """Every question, and what is seen of the answers."""

    def __init__(self, **options):
        self.now = 0.0
        self.failures = []
        self.lines = []
        self.plugins = Plugins(Questions)
        self.asking = Asking(
            plugins=self.plugins,
            failed=lambda *failure: self.failures.append(failure),
            clock=lambda: self.now,
            watch=QUICK,
            **options,
        )
        self.names = Ask(self.asking, Questions.names)
        self.quick = Ask(self.asking, Questions.quick)
        self.closed = Ask(self.asking, Questions.closed)
        self.numbers = Ask(self.asking, Questions.numbers)
        self.told = Tell(self.asking, Questions.told)
        self.slow = AskAsync(self.asking, Questions.slow)
        self.shut = AskAsync(self.asking, Questions.shut)
        self.heard = TellAsync(self.asking, Questions.heard)

    def add(self, name, **hooks):
        answers = {hook: hookimpl(answer) for hook, answer in hooks.items()}
        self.plugins.register(SimpleNamespace(**answers), name)

    def standing(self, plugin, hook):
        return self.asking.standings[plugin, hook]


@pytest.fixture
def asked():
    yield Asked()
    turn = QUICK.turn()
    assert (turn.deadline, turn.claim) == (NEVER, 0)


def loops(host):
    while True:
        pass


def sleeps(host):
    time.sleep(600)


def raises(error):
    def answer():
        raise error

    return answer


def yields_for_ever(host):
    while True:
        yield "more"


# What is given, and what comes back.


def test_all_answers_come_in_one_list_the_newest_first_and_may_say_whose_they_are(
    asked,
):
    asked.add("one", names=lambda: ["a", "b"])
    asked.add("none", names=lambda: ())
    asked.add("two", names=lambda host: (letter for letter in host))

    assert asked.names(host="cd") == ["c", "d", "a", "b"]
    assert asked.names.by_plugin(host="c") == [
        ("two", "c"),
        ("one", "a"),
        ("one", "b"),
    ]


def test_nobody_answers_where_nobody_is(asked):
    assert asked.names(host=1) == []


def test_a_new_argument_has_a_default_for_who_asks_and_need_not_be_taken(asked):
    asked.add("old", names=lambda host: [host])
    asked.add("new", names=lambda depth, host: [host * depth])

    assert asked.names(host=5) == [5, 5]
    assert asked.names(host=5, depth=3) == [15, 5]
    assert asked.names(5, 3) == [15, 5]


def test_a_plugin_may_have_defaults_of_its_own_for_a_host_that_is_older(asked):
    asked.add("both", names=lambda host, depth=7: [host * depth])
    asked.add("newer", names=lambda host, colour="red": [colour])
    asked.add("mixed", names=lambda host, colour="red", depth=7: [colour * depth])
    asked.add("only", names=lambda depth=7: [depth])

    assert asked.names(host=5) == [1, "red", "red", 5]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "missing a required argument: 'host'"),
        ({"host": 1, "hots": 2}, "unexpected keyword argument 'hots'"),
        ({"depth": 2}, "missing a required argument: 'host'"),
    ],
)
def test_what_is_asked_wrongly_is_the_fault_of_who_asks(asked, given, said):
    asked.add("one", names=lambda: ["a"])
    with pytest.raises(TypeError, match=said):
        asked.names(**given)
    assert not asked.failures


def test_who_is_only_told_answers_nothing(asked):
    heard = []
    asked.add("silent", told=lambda what: heard.append(what))
    asked.add("chatty", told=lambda what: ["thanks"])
    asked.add("async", heard=raises_nothing)
    assert asked.told(what="it is noon") == []
    assert heard == ["it is noon"]
    assert asked.heard.wait(what="it is one") == []
    assert not asked.failures


async def raises_nothing(what):
    return ["thanks"]


def test_who_did_not_hear_is_said(asked):
    assert asked.heard.unheard(what="nobody is there") == []
    asked.add("good", heard=lambda what: None)
    asked.add("bad", heard=lambda what: 1 // len(what))
    assert asked.heard.unheard(what="it is noon") == []
    assert asked.heard.unheard(what="") == [
        "`bad`: ZeroDivisionError: integer division or modulo by zero"
    ]


def test_who_came_or_went_in_between_is_known(asked):
    asked.add("one", names=lambda: ["a"])
    assert asked.names(host=1) == ["a"]
    asked.add("two", names=lambda: ["b"])
    assert asked.names(host=1) == ["b", "a"]
    asked.plugins.unregister(name="one")
    assert asked.names(host=1) == ["b"]


def test_who_waits_to_be_imported_is_wanted_by_the_hook_that_is_asked(asked):
    wanted = []

    def want(hook):
        wanted.append(hook)
        if len(wanted) == 1:
            asked.add("lazy", names=lambda: ["at last"])

    asked.plugins.want = want
    assert asked.names(host=1) == ["at last"]
    assert asked.names(host=1) == ["at last"]
    assert {*wanted} == {"names"}


def test_many_threads_that_ask_at_once_all_get_all_answers(asked):
    asked.add("one", names=lambda: ["a"])
    asked.plugins.want = lambda hook: time.sleep(0.01)
    with ThreadPoolExecutor(8) as threads:
        found = [*threads.map(lambda n: asked.names(host=n), range(8))]
    assert found == [["a"]] * 8


# Who cannot answer.


class Panic(BaseException):
    """As compiled code raises it."""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (raises(LookupError("nothing there")), "LookupError: nothing there"),
        (raises(SystemExit(3)), "SystemExit: 3"),
        (raises(GeneratorExit), "GeneratorExit"),
        (raises(asyncio.CancelledError), "CancelledError"),
        (raises(RecursionError("too deep")), "RecursionError: too deep"),
        (raises(Panic("index out of range")), "Panic: index out of range"),
        (raises(TimeoutError("no route")), "TimeoutError: no route"),
        (lambda: None, "TypeError: 'NoneType' object is not iterable"),
        (lambda host: host.nonsense, "AttributeError: 'int' object has no attribute"),
        (
            lambda: asyncio.sleep(0),
            "TypeError: the answer is a coroutine, but nobody awaits it here",
        ),
    ],
)
def test_who_raises_is_named_and_the_others_answer(asked, answer, said):
    asked.add("first", names=lambda: ["a"])
    asked.add("broken", names=answer)
    asked.add("last", names=lambda: ["b"])

    assert asked.names(host=1) == ["b", "a"]
    [(plugin, hook, how)] = asked.failures
    assert (plugin, hook) == ("broken", "names")
    assert how.startswith(said)


def test_who_goes_too_deep_is_named(asked):
    def deep():
        return deep()

    asked.add("deep", names=deep)
    asked.add("good", names=lambda: ["a"])
    assert asked.names(host=1) == ["a"]
    assert asked.failures[0][2].startswith("RecursionError: maximum recursion depth")


def test_an_answer_has_the_shape_that_was_promised(asked):
    asked.add("good", numbers=lambda: [1, 2.0, 3j])
    asked.add("bad", numbers=lambda: [1, "2"])
    assert asked.numbers() == [1, 2.0, 3j]
    assert asked.failures == [
        ("bad", "numbers", "AttributeError: 'str' object has no attribute 'real'")
    ]


def test_a_coroutine_where_nobody_listens_is_told(asked):
    asked.add("odd", told=lambda what: asyncio.sleep(0))
    asked.told(what="noon")
    assert [plugin for plugin, *_ in asked.failures] == ["odd"]


@pytest.mark.parametrize("hangs", [loops, sleeps, yields_for_ever])
def test_who_takes_too_long_is_ended_and_the_others_answer(asked, hangs):
    asked.add("first", quick=lambda: ["a"])
    asked.add("hangs", quick=hangs)
    asked.add("last", quick=lambda: ["b"])

    assert asked.quick(host=1) == ["b", "a"]
    assert asked.failures == [
        ("hangs", "quick", "TimeoutError: no answer within 0.02 s")
    ]


def test_who_loops_in_another_thread_is_ended(asked):
    asked.add("good", quick=lambda: ["a"])
    asked.add("hangs", quick=loops)
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(asked.quick, host=1).result() == ["a"]


def test_who_is_asked_by_a_plugin_fails_for_itself_alone(asked):
    asked.add("asks", names=lambda host: [*asked.quick(host=host), "and more"])
    asked.add("hangs", quick=loops)
    asked.add("good", quick=lambda: ["a"])

    assert asked.names(host=1) == ["a", "and more"]
    assert [plugin for plugin, *_ in asked.failures] == ["hangs"]


@pytest.mark.parametrize("hook", ["names", "slow"])
def test_an_interrupt_is_the_persons(asked, hook):
    asked.add("slow", **{hook: raises(KeyboardInterrupt)})
    with pytest.raises(KeyboardInterrupt):
        ask(asked, hook)
    assert not asked.failures


def test_an_interrupt_by_the_person_while_a_turn_ends_lets_nothing_slip(asked):
    turn = QUICK.turn()

    def person():
        time.sleep(SOON)
        signal.raise_signal(signal.SIGINT)
        time.sleep(SOON)
        watching._raise_in(turn.thread, TimedOut)
        turn.claim = watching._SENT

    def answer():
        turn.claim = watching._LOOKING
        threading.Thread(target=person).start()
        return []

    asked.add("odd", names=answer)
    with pytest.raises(KeyboardInterrupt):
        asked.names(host=1)


@pytest.mark.parametrize("is_main", [True, False])
def test_who_ends_at_its_deadline_answers_or_fails_and_nothing_else_happens(
    asked, is_main
):
    """What comes a moment too late would be raised outside, or in somebody else."""
    times = random.Random(0)

    def spins(host):
        end = time.perf_counter() + times.gauss(SOON, SOON / 5)
        while time.perf_counter() < end:
            pass
        return ["spun"]

    def asks(host):
        spins(host)
        return [str(asked.names(host=host))]

    asked.add("at-once", quick=lambda: ["at once"], names=lambda: ["a"])
    asked.add("late", quick=lambda host: spins(host))
    asked.add("between", quick=lambda: ["between"])
    asked.add("asks", quick=asks)
    asked.add("too-late", quick=lambda host: spins(host))

    def turns():
        for _ in range(25):
            already = len(asked.failures)
            answers = asked.quick(host=1)
            assert len(answers) + len(asked.failures) - already == 5
            for standing in asked.asking.standings.values():
                standing.in_a_row, standing.left_out_until = 0, 0.0
        turn = QUICK.turn()
        return turn.deadline, turn.claim

    with ThreadPoolExecutor(1) as threads:
        found = turns() if is_main else threads.submit(turns).result()
    assert found == (NEVER, 0)
    assert {said.partition(";")[0] for *_, said in asked.failures} == {
        "TimeoutError: no answer within 0.02 s"
    }


# Who fails again and again.


def test_who_fails_in_a_row_is_left_out_for_a_while_and_then_tried_again(asked):
    answers = []

    def answer():
        answers.append(1)
        if len(answers) <= PATIENCE + 1:
            raise OSError("broken")
        return ["mended"]

    asked.add("bad", names=answer)
    for _ in range(PATIENCE):
        asked.names(host=1)
    assert [said for *_, said in asked.failures] == [
        "OSError: broken",
        "OSError: broken",
        "OSError: broken; left out for a while after 3 in a row",
    ]

    asked.now = COOL_DOWN - 1
    asked.names(host=1)
    assert len(answers) == PATIENCE

    asked.now = COOL_DOWN
    asked.names(host=1)  # one more try, which fails
    asked.names(host=1)
    assert len(answers) == PATIENCE + 1
    assert asked.failures[-1][-1].endswith("after 4 in a row")

    asked.now = 2 * COOL_DOWN
    assert asked.names(host=1) == ["mended"]
    assert asked.names(host=1) == ["mended"]
    standing = asked.standing("bad", "names")
    assert (standing.in_a_row, standing.left_out_until) == (0, 0.0)


def test_who_answers_in_between_has_not_failed_in_a_row(asked):
    answers = iter([0, 0, 1, 0, 0, 1])
    asked.add("moody", names=lambda: [1 // next(answers)])
    for _ in range(6):
        asked.names(host=1)
    assert asked.standing("moody", "names").failures == 4
    assert asked.standing("moody", "names").left_out_until == 0.0


def test_who_is_left_out_of_one_question_is_asked_the_others(asked):
    asked.add("half", names=raises(OSError), numbers=lambda: [1])
    for _ in range(PATIENCE):
        asked.names(host=1)
    assert asked.numbers() == [1]


def test_everybody_is_counted_and_timed(asked):
    asked.add("good", names=lambda: ["a"], slow=lambda: ["b"])
    asked.add("bad", quick=sleeps, slow=raises(OSError("away")))
    asked.names(host=1)
    asked.quick(host=1)
    asked.slow.wait(host=1)

    def counted(plugin, hook):
        standing = asked.standing(plugin, hook)
        return standing.calls, standing.failures, standing.problem

    assert counted("good", "names") == (1, 0, "")
    assert counted("bad", "quick") == (1, 1, "TimeoutError: no answer within 0.02 s")
    assert counted("good", "slow") == (1, 0, "")
    assert counted("bad", "slow") == (1, 1, "OSError: away")
    assert asked.standing("bad", "quick").seconds >= SOON
    assert asked.standing("good", "names").seconds > 0
    assert Standing("good", "judges").calls == 0


# What is asked strictly, and what fails as a whole.


@pytest.mark.parametrize("error", [LookupError("away"), SystemExit(3)])
@pytest.mark.parametrize("hook", ["names", "closed", "slow", "shut"])
def test_who_is_strict_gets_what_was_raised(error, hook):
    asked = Asked(strict=True)
    asked.add("bad", **{hook: raises(error)})
    with pytest.raises(type(error)) as raised:
        ask(asked, hook)
    assert raised.value is error


def test_who_is_strict_sees_where_it_hung():
    asked = Asked(strict=True)
    asked.add("hangs", quick=loops)
    with pytest.raises(TimeoutError) as raised:
        asked.quick(host=1)
    assert any(entry.name == "loops" for entry in raised.traceback)


def ask(asked, hook):
    question = getattr(asked, hook)
    return getattr(question, "wait", question)(host=1)


@pytest.mark.parametrize("hook", ["closed", "shut"])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (raises(LookupError("away")), "LookupError: away"),
        (raises(SystemExit(0)), "SystemExit: 0"),
        (loops, "TimeoutError: no answer within 0.02 s"),
        (lambda: 5, "TypeError: 'int' object is not iterable"),
    ],
)
def test_a_question_that_fails_closed_does_so_as_a_whole(asked, hook, answer, said):
    asked.add("good", **{hook: lambda: ["fine"]})
    asked.add("bad", **{hook: answer})

    for _ in range(PATIENCE - 1):
        with pytest.raises(BrokeContract) as raised:
            ask(asked, hook)
        assert raised.value.plugin == "bad"
        assert raised.value.message == f"`bad`: its hook `{hook}` failed: {said}"
        assert "plugwright disable bad" in raised.value.remedy


@pytest.mark.parametrize("hook", ["closed", "shut"])
def test_who_is_left_out_keeps_such_a_question_closed(asked, hook):
    asked.add("bad", **{hook: raises(OSError("away"))})
    for _ in range(PATIENCE):
        with pytest.raises(BrokeContract):
            ask(asked, hook)

    told = len(asked.failures)
    with pytest.raises(BrokeContract, match="OSError: away; left out for a while"):
        ask(asked, hook)
    assert len(asked.failures) == told


def test_every_call_can_be_traced():
    lines = []
    asked = Asked(trace=lines.append)
    asked.add("good", names=lambda: ["a"], slow=lambda: ["a"])
    asked.add("bad", names=raises(OSError("away")))
    asked.names(host=1)
    asked.slow.wait(host=1)
    told = [line.partition(" in ")[0] for line in lines]
    assert told == [
        "names: bad failed: OSError: away",
        "names: good answered",
        "slow: good answered",
    ]
    assert all(line.endswith(" ms") for line in lines[1:])


# Answers that take their time.


async def answers(host):
    await asyncio.sleep(0)
    return [host]


async def waits(host):
    await asyncio.sleep(600)


async def loops_inside(host):
    await asyncio.sleep(0)
    loops(host)


async def never_cancelled(host):
    while True:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(600)


def raises_later(error):
    async def answer():
        await asyncio.sleep(0)
        raise error

    return answer


def test_plain_functions_and_coroutines_answer_alike(asked):
    asked.add("plain", slow=lambda: ["p"])
    asked.add("async", slow=answers)
    asked.add("generator", slow=lambda: (letter for letter in "gh"))

    async def main():
        return await asked.slow("a"), await asked.slow.by_plugin(host="b")

    found, named = asyncio.run(main())
    assert found == ["g", "h", "a", "p"]
    assert named == [
        ("generator", "g"),
        ("generator", "h"),
        ("async", "b"),
        ("plain", "p"),
    ]


@pytest.mark.parametrize(
    "hangs",
    [waits, loops, sleeps, yields_for_ever, loops_inside, never_cancelled],
)
def test_who_is_awaited_too_long_is_ended_and_the_others_answer(asked, hangs):
    asked.add("good", slow=answers)
    asked.add("hangs", slow=hangs)
    assert asked.slow.wait(host=1) == [1]
    assert asked.failures == [
        ("hangs", "slow", "TimeoutError: no answer within 0.02 s")
    ]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LookupError("away"), "LookupError: away"),
        (SystemExit(3), "SystemExit: 3"),
        (asyncio.CancelledError(), "CancelledError"),
        (GeneratorExit(), "GeneratorExit"),
        (TimeoutError("no route"), "TimeoutError: no route"),
    ],
)
def test_who_raises_while_awaited_is_named_and_the_others_answer(asked, error, said):
    asked.add("good", slow=answers)
    asked.add("bad", slow=raises_later(error))
    assert asked.slow.wait(host=1) == [1]
    assert asked.failures == [("bad", "slow", said)]


def test_who_cancels_itself_has_failed_alone(asked):
    async def gives_up(host):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    asked.add("good", slow=answers)
    asked.add("gives-up", slow=gives_up)
    assert asked.slow.wait(host=1) == [1]
    assert asked.failures == [("gives-up", "slow", "CancelledError")]


def test_who_asks_may_be_cancelled_and_nobody_is_blamed_for_it(asked):
    ended = []

    async def notes(host):
        try:
            await asyncio.sleep(600)
        finally:
            ended.append(host)

    async def main():
        task = asyncio.create_task(asked.slow(host=1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asked.add("waits", slow=notes)
    asyncio.run(main())
    assert ended == [1]
    assert not asked.failures


def test_who_fails_while_awaited_is_left_out_as_well(asked):
    asked.add("bad", slow=raises_later(OSError("away")))
    for _ in range(PATIENCE + 1):
        assert asked.slow.wait(host=1) == []
    assert len(asked.failures) == PATIENCE


def test_the_others_are_not_left_running_when_one_fails_closed(asked):
    ended = []

    async def takes_a_moment(host):
        await asyncio.sleep(SOON / 4)
        ended.append(host)
        return []

    asked.add("good", shut=takes_a_moment)
    asked.add("bad", shut=raises_later(OSError("away")))
    with pytest.raises(BrokeContract):
        asked.shut.wait(host=1)
    assert ended == [1]


def test_it_can_be_waited_for_also_inside_a_loop_that_runs(asked):
    asked.add("async", slow=answers)
    who = contextvars.ContextVar("who")

    async def told():
        return who.get()

    async def main():
        who.set("a person")
        return asked.slow.wait(host=1), run(told())

    assert asyncio.run(main()) == ([1], "a person")
