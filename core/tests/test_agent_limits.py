"""A limit does its work before the call that would be too much."""

from __future__ import annotations

import gc

import pytest
from scripting import Scripted, Streaming, building, call, says, wants

from plugwright.agents import LimitReached, Limits, RunCancelled, RunStopped
from plugwright.agents.limits import its_own
from plugwright.providers import Cancel, Completion, Finish


def again(number: int = 0) -> str:
    """Go on."""
    return "again"


def endless():
    """A model that never comes to an end."""

    class Endless(Scripted):
        def complete(self, request):
            self.asked.append(request)
            return wants(call("again"))

    return Endless()


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({}, 50),
        ({"requests": 3}, 3),
        ({"tool_calls": 2}, 3),
        ({"tokens_out": 14}, 3),
        ({"tokens_out": 15}, 3),
        ({"seconds": 0.0}, 0),
    ],
)
def test_a_limit_ends_a_run_before_the_next_call(limits, asked):
    model = endless()
    agent = building(model=model).tools(again).limits(**limits).build()
    with pytest.raises(LimitReached) as raised:
        agent.run("go")
    assert len(model.asked) == asked
    assert raised.value.limit == next(iter(limits), "requests")
    assert raised.value.spent.requests == asked


def test_tokens_in_count_a_question_before_it_is_sent():
    model = Scripted("never")
    agent = building(model=model).limits(tokens_in=50).build()
    with pytest.raises(LimitReached, match=r"`tokens_in`.*50 of 50 are left"):
        agent.run("word " * 100)
    assert not model.asked


def test_a_question_that_is_within_the_limit_is_sent():
    assert building("yes").limits(tokens_in=50).build().run("short").text == "yes"


def test_an_answer_is_asked_to_be_no_longer_than_what_is_left():
    model = Scripted(wants(call("again")), "done")
    building(model=model).tools(again).limits(tokens_out=8).build().run("go")
    assert [r.sampling.max_tokens for r in model.asked] == [8, 3]


def a_cent_each(model, tokens_in, tokens_cached, tokens_out):
    return (tokens_in + tokens_out) / 100


def test_money_is_never_more_than_was_said_however_long_the_answer():
    class Longest(Scripted):
        def complete(self, request):
            self.asked.append(request)
            return Completion(
                text="",
                calls=(call("again"),),
                tokens_in=10,
                tokens_out=min(200, request.sampling.max_tokens),
                finish=Finish.TOOLS,
            )

    model = Longest()
    agent = building(model=model).tools(again).price(a_cent_each).limits(money=5.0)
    with pytest.raises(LimitReached) as raised:
        agent.build().run("go")
    assert raised.value.limit == "money"
    assert 4.0 < raised.value.spent.money <= 5.0


def test_money_is_counted_without_a_limit_too():
    result = building(says("x")).price(a_cent_each).build().run("go")
    assert result.spent.money == pytest.approx(0.15)


def dear_or_unknown(model, *tokens):
    return {"scripted": 0.1}[model]


def test_a_model_without_a_price_is_not_asked_where_money_is_limited():
    model = Scripted("never")
    model.name = "unknown"
    agent = building(model=model).price(dear_or_unknown).limits(money=1.0).build()
    with pytest.raises(RunStopped, match="nobody knows what `unknown` costs"):
        agent.run("go")
    assert not model.asked


def test_an_answer_whose_price_nobody_knows_is_kept_before_the_run_ends(tmp_path):
    agent = building(says("dear words", model="other")).price(dear_or_unknown)
    agent = agent.records(tmp_path / "runs.db").build()
    with pytest.raises(RunStopped, match="nobody knows what `other` costs") as raised:
        agent.run("go")
    assert agent.book.entries(raised.value.run)[-1].text == "dear words"


def test_the_time_that_is_over_ends_an_answer_under_way():
    agent = building(model=Streaming("one ... two")).limits(seconds=0.2).build()
    with pytest.raises(LimitReached, match=r"0\.2 are over") as raised:
        agent.run("go")
    assert raised.value.limit == "seconds"


def test_limits_can_be_given_as_a_whole():
    plan = building("x").limits(Limits(requests=2), tokens_in=9).build().plan
    assert (plan.limits.requests, plan.limits.tokens_in) == (2, 9)


def test_one_wish_may_outlive_the_runs_that_it_is_about():
    cancel = Cancel()
    own = its_own(cancel)
    agent = building("one", "never").build()
    assert agent.run("go", cancel=cancel).text == "one"
    gc.collect()  # the run is gone now
    cancel.wish()
    assert own.is_wished
    with pytest.raises(RunCancelled):
        agent.run("go", cancel=cancel)


def test_who_leaves_a_stream_does_not_wish_for_others():
    cancel = Cancel()
    agent = building(model=Streaming("one two", "three")).build()
    agent.stream("go", cancel=cancel).close()
    stream = agent.stream("go", cancel=cancel)
    next(stream)
    stream.close()
    assert not cancel.is_wished
