"""Waiting is done where it helps, and nowhere else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from scripts import Model, building

from plugwright import Agent
from plugwright.agents import LimitReached, RunStopped
from plugwright.errors import RateLimited, Unavailable
from plugwright.providers import Cancel
from plugwright_agents.optional import limits, pacing


@pytest.fixture
def slept(monkeypatch):
    """How long was waited, without waiting."""
    seconds = []

    def sleep(wait, cancel):
        seconds.append(wait)
        return wait

    monkeypatch.setattr(limits, "sleep", sleep)
    monkeypatch.setattr(pacing, "sleep", sleep)
    return seconds


def test_too_often_is_waited_for_as_long_as_was_said(host, slept, tmp_path):
    model = Model(RateLimited("it", "too often", retry_after=3.0), "done")
    agent = Agent.builder("tester", host=host).model(model).use("limits")
    agent = agent.records(tmp_path / "runs.db").build()
    assert agent.run("go").text == "done"
    assert 3.0 <= slept[0] <= 4.0
    [pain] = agent.book.pains()
    assert pain[3] == "retry"


def test_a_wait_that_was_ended_early_costs_what_was_waited(host, tmp_path):
    agent = Agent.builder("tester", host=host).model(Model("one", "two"))
    agent = agent.use("limits", per_minute=1).limits(seconds=0.5)
    agent = agent.records(tmp_path / "runs.db").build()
    agent.run("go")
    with pytest.raises(LimitReached):
        agent.run("go")
    [(*_, kind, _, seconds, _)] = agent.book.pains("")[:1]
    assert kind == "rate kept"
    assert seconds < 30


def test_waits_grow_where_nothing_was_said_and_come_to_an_end(host, slept):
    model = Model(*[RateLimited("it", "too often")] * 4)
    agent = building(host, model=model).use("limits", retries=3).build()
    with pytest.raises(RunStopped, match="too often"):
        agent.run("go")
    assert len(model.asked) == 4
    assert 1 <= slept[0] <= 2 <= slept[1] <= 4 <= slept[2] <= 8


def test_a_wait_that_is_too_long_is_not_begun(host, slept):
    model = Model(RateLimited("it", "tomorrow", retry_after=86400.0))
    with pytest.raises(RunStopped, match="tomorrow"):
        building(host, model=model).use("limits").build().run("go")
    assert slept == []


def test_a_rate_is_kept_by_waiting(host, slept, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])

    def sleep(seconds, cancel):
        slept.append(seconds)
        now[0] += seconds
        return seconds

    monkeypatch.setattr(pacing, "sleep", sleep)
    model = Model(by=lambda request: "x")
    agent = building(host, model=model).use("limits", per_minute=2).build()
    for n in range(5):
        agent.run(str(n))
    assert slept == [60.0, 60.0]


def test_one_question_above_the_rate_is_sent_alone(host, slept):
    model = Model("x")
    agent = building(host, model=model).use("limits", tokens_per_minute=1).build()
    assert agent.run("a question of several tokens").text == "x"
    assert slept == []


def test_what_may_have_been_paid_for_is_not_asked_again(host, slept):
    model = Model(Unavailable("it", "broke off"), "x")
    with pytest.raises(RunStopped, match="broke off"):
        building(host, model=model).use("limits").build().run("go")
    assert (len(model.asked), slept) == (1, [])


def test_a_wait_that_outlasts_the_run_is_not_begun(host, slept):
    model = Model(RateLimited("it", "too often", retry_after=30.0))
    agent = building(host, model=model).use("limits", seconds=20.0).build()
    with pytest.raises(RunStopped, match="too often"):
        agent.run("go")
    assert slept == []


def test_a_wait_ends_when_it_is_cancelled(host):
    cancel = Cancel()
    model = Model(by=lambda request: RateLimited("it", "too often", retry_after=50.0))
    agent = building(host, model=model).use("limits").build()
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(agent.run, "go", cancel=cancel)
        while not model.asked:
            pass
        cancel.wish()
        with pytest.raises(RunStopped, match="cancelled"):
            going.result(30)


def test_each_try_keeps_the_rate(host, slept, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])

    def sleep(seconds, cancel):
        slept.append(seconds)
        now[0] += seconds
        return seconds

    monkeypatch.setattr(pacing, "sleep", sleep)
    model = Model(RateLimited("it", "too often", retry_after=0.0), "x")
    building(host, model=model).use("limits", per_minute=1).build().run("go")
    assert slept == [0.0, 60.0]


def test_a_rate_holds_for_runs_at_the_same_time(host, monkeypatch):
    now, waited = [0.0], []
    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])

    def sleep(seconds, cancel):
        waited.append(seconds)
        now[0] += seconds
        return seconds

    monkeypatch.setattr(pacing, "sleep", sleep)
    begun = []
    model = Model(by=lambda request: begun.append(now[0]) or "x")
    agent = building(host, model=model).use("limits", per_minute=3).build()
    with ThreadPoolExecutor(4) as pool:
        [*pool.map(agent.run, map(str, range(9)))]
    for start in begun:
        assert sum(start <= other < start + 60 for other in begun) <= 3


def test_tokens_of_a_minute_are_counted_before_they_are_sent(host, slept, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])

    def sleep(seconds, cancel):
        slept.append(seconds)
        now[0] += seconds
        return seconds

    monkeypatch.setattr(pacing, "sleep", sleep)
    model = Model(by=lambda request: "x")
    model.count = lambda request: 40
    agent = building(host, model=model).use("limits", tokens_per_minute=100).build()
    for n in range(4):
        agent.run(str(n))
    assert slept == [60.0]
