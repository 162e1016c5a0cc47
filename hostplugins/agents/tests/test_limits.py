"""Limits hold for each run and for all together, and money is counted by a table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Event

import pytest
from scripts import Model, Speaking, building, says, told, wants

from plugwright import Agent
from plugwright.agents import LimitReached, Limits, RunStopped
from plugwright.errors import Unavailable, UsageError
from plugwright.providers import Cancel, Sampling
from plugwright_agents.optional.limits import Limiting
from plugwright_agents.prices import prices_in, prices_of


def priced(*answers, name="openai:gpt-5-mini", by=None):
    model = Model(*answers, by=by)
    model.name = name
    return model


def test_limits_of_each_run_are_set(host):
    agent = building(host, "x").use("limits", requests=3, seconds=9.0).build()
    assert agent.plan.limits == Limits(requests=3, seconds=9.0)


def test_an_option_that_there_is_not_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="no option `request`") as raised:
        Limiting(request=3)
    assert "`requests`" in raised.value.remedy
    with pytest.raises(UsageError, match="`total`"):
        Limiting(total={"cents": 3})


@pytest.mark.parametrize(
    "options",
    [
        {"requests": "x"},
        {"total": 3},
        {"total": {"money": "x"}},
        {"total": {"money": -1}},
        {"retries": -1},
        {"patience": "x"},
        {"per_minute": 0},
        {"tokens_per_minute": 0},
    ],
)
def test_options_that_will_not_do_are_named(options):
    with pytest.raises(UsageError, match=f"`{next(iter(options))}`"):
        Limiting(**options)


def test_a_total_ends_the_run_before_the_call_that_is_too_much(host):
    model = Model("a", "b", "c")
    agent = building(host, model=model).use("limits", total={"requests": 2}).build()
    agent.run("1")
    agent.run("2")
    with pytest.raises(RunStopped, match="`total requests`"):
        agent.run("3")
    assert len(model.asked) == 2


def test_a_total_holds_for_runs_at_the_same_time(host):
    ability = Limiting(total={"requests": 5})
    model = Model(by=lambda request: "x")
    agent = building(host, model=model).use(ability).build()

    def go(n):
        with suppress(RunStopped):
            agent.run(str(n))

    with ThreadPoolExecutor(8) as pool:
        [*pool.map(go, range(40))]
    assert len(model.asked) == 5
    assert ability.used["requests"] == 5


def test_money_is_counted_from_the_table(host):
    ability = Limiting(total={"money": 1.0})
    answer = says("x", tokens_in=1_000_000, tokens_cached=500_000, tokens_out=1000)
    agent = building(host, model=priced(answer)).use(ability).build()
    assert agent.run("go").spent.money == pytest.approx(
        0.5 * 0.25 + 0.5 * 0.025 + 0.002
    )
    assert ability.used["money"] == pytest.approx(0.1395)


def test_money_is_refused_where_nobody_knows_the_price(host):
    model = priced("x", name="openai:strange")
    with pytest.raises(UsageError, match="nobody knows what `openai:strange` costs"):
        building(host, model=model).use("limits", total={"money": 1}).build()
    with pytest.raises(UsageError, match="nobody knows"):
        building(host, model=model).use("limits", money=1).build()
    assert building(host, model=model).use("limits").build().run("go").text == "x"


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("openai:gpt-5-mini", 0.25),
        ("openai:gpt-5-mini-2025-08-07", 0.25),
        ("openai:gpt-5-mini-x", None),
        ("gguf:/a/b.gguf", 0.0),
        ("ollama:qwen", 0.0),
        ("openai:any@http://127.0.0.1:8080/v1", 0.0),
        ("openai:gpt-5@https://else.example/v1", None),
        ("openai:gpt-5@http://localhost.example/v1", None),
        ("openai:gpt-5@https://127.0.0.1.example/v1", None),
        ("record:a.json=openai:gpt-5-mini", 0.25),
        ("", None),
    ],
)
def test_the_table_knows_who_costs_what(name, cost):
    price = prices_in().price(name)
    found = None if price is None else price(name.split(":")[1], 1_000_000, 0, 0)
    assert found == cost


def test_another_table_may_be_given_and_has_a_date(tmp_path):
    file = tmp_path / "prices.toml"
    file.write_text('as_of = 2030-01-02\n[models]\n"x:y" = {in = 1.0, out = 2.0}\n')
    assert str(Limiting(prices=file).as_of) == "2030-01-02"
    assert prices_in(file).price("x:y")("y", 1_000_000, 1_000_000, 1_000_000) == 3.0


@pytest.mark.parametrize(
    "text", ["as_of = 1", "[models]\n", "x", 'as_of=2030-01-02\n[models]\n"a"={in=-1}']
)
def test_a_table_that_is_none_says_how_to_write_one(tmp_path, text):
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match="is no table of prices") as raised:
        prices_in(file)
    assert "as_of = " in raised.value.remedy


# What a stranger would think of.


def test_a_limit_may_be_reached_exactly(host):
    ability = Limiting(total={"money": 0.3, "requests": 4})
    model = Model(by=lambda request: says("x", tokens_in=100_000, tokens_out=0))
    model.count = lambda request: 100_000
    agent = Agent.builder("tester", host=host).model(model)
    agent = agent.price(lambda model, asked, cached, answered: asked / 1_000_000)
    agent = agent.records(None).use(ability).build()
    for _ in range(3):
        agent.run("go")
    assert ability.used["money"] > 0.3  # three times 0.1 is a little more
    with pytest.raises(LimitReached, match="total money"):
        agent.run("go")
    assert len(model.asked) == 3


def test_the_last_answer_is_as_long_as_is_left(host):
    by = lambda request: says("x", tokens_in=7, tokens_out=20)  # noqa: E731
    model = Model(by=by)
    model.count = lambda request: 7
    ability = Limiting(total={"tokens": 100})
    agent = building(host, model=model).use(ability).build()
    for _ in range(3):
        agent.run("go")
    assert [each.sampling.max_tokens for each in model.asked] == [93, 66, 39]
    with pytest.raises(LimitReached, match=r"total tokens.*81 of 100"):
        agent.run("go")
    assert ability.used["tokens"] == 81


def test_a_total_of_nothing_asks_nothing(host):
    model = Model("x")
    agent = building(host, model=model).use("limits", total={"tokens": 0}).build()
    with pytest.raises(LimitReached, match="total tokens"):
        agent.run("go")
    assert model.asked == []


def test_who_finds_too_little_left_waits_for_what_others_give_back(host):
    begun, go_on = Event(), Event()

    def by(request):
        if request.messages[-1].content == "slow":
            begun.set()
            go_on.wait(30)
        return says("x", tokens_in=1, tokens_out=1)

    model = Model(by=by)
    model.count = lambda request: 1
    agent = building(host, model=model).sampling(Sampling(max_tokens=60))
    agent = agent.use("limits", total={"tokens": 100}).build()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(agent.run, "slow")
        begun.wait(30)
        quick = pool.submit(agent.run, "quick")
        assert not quick.done()
        assert len(model.asked) == 1
        go_on.set()
        assert (slow.result().text, quick.result().text) == ("x", "x")
    assert [each.sampling.max_tokens for each in model.asked] == [60, 60]


def test_who_waits_for_others_can_be_cancelled(host):
    begun, go_on, cancel = Event(), Event(), Cancel()

    def by(request):
        begun.set()
        go_on.wait(30)
        return "x"

    agent = building(host, model=Model(by=by))
    agent = agent.use("limits", total={"requests": 1}).build()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(agent.run, "slow")
        begun.wait(30)
        waits = pool.submit(agent.run, "waits", cancel=cancel)
        cancel.wish()
        with pytest.raises(RunStopped, match="cancelled"):
            waits.result(30)
        go_on.set()
        assert slow.result().text == "x"


def test_money_is_never_more_than_was_allowed_with_runs_at_once(host):
    ability, barrier = Limiting(total={"money": 0.1}), Barrier(4)

    def by(request):
        with suppress(Exception):
            barrier.wait(0.2)
        return says("x", tokens_in=10, tokens_out=request.sampling.max_tokens)

    model = priced(name="openai:gpt-5", by=by)
    model.count = lambda request: 10
    agent = building(host, model=model).use(ability).build()

    def go(n):
        with suppress(LimitReached):
            agent.run(str(n))

    with ThreadPoolExecutor(4) as pool:
        [*pool.map(go, range(12))]
    assert 0.0999 < ability.used["money"] <= 0.1
    assert len(model.asked) == 3


def test_a_cancelled_answer_counts_as_far_as_it_came(host):
    ability, cancel = Limiting(total={"tokens": 10_000}), Cancel()
    agent = building(host, model=Speaking("one two three four", size=3))
    with pytest.raises(RunStopped, match="cancelled"):
        agent.use(ability).build().run(
            "go", cancel=cancel, listen=lambda event: cancel.wish()
        )
    assert ability.used == {"requests": 1.0, "tokens": 15.0, "money": 0.0}


def test_an_error_gives_back_what_was_held(host):
    ability = Limiting(total={"requests": 1})
    model = Model(Unavailable("it", "is away"), "x")
    agent = building(host, model=model).use(ability).build()
    with pytest.raises(RunStopped, match="is away"):
        agent.run("go")
    assert ability.used["requests"] == 0
    assert agent.run("go").text == "x"


def test_who_does_not_count_is_taken_at_a_guess(host):
    ability = Limiting(total={"tokens": 10_000})
    model = Model(says("x" * 300, tokens_in=0, tokens_out=0))
    building(host, model=model).use(ability).build().run("y" * 300)
    assert ability.used["tokens"] == (300 + 12) // 3 + 1 + 100


def test_an_answer_from_the_record_is_paid_for_already(host, tmp_path):
    ability = Limiting(total={"requests": 5})
    agent = Agent.builder("tester", host=host).model(Model("x"))
    agent = agent.use(ability).records(tmp_path / "runs.db").build()
    run = agent.run("go").run
    agent.replay(run)
    assert ability.used["requests"] == 1


def test_the_time_of_a_run_ends_a_tool_that_hangs(host):
    hangs = Event()

    def wait() -> str:
        hangs.wait(30)
        return "never"

    model = Model(wants("wait"), "never")
    agent = building(host, model=model).tools(wait).use("limits", seconds=0.2).build()
    with pytest.raises(LimitReached, match="`seconds`") as raised:
        agent.run("go")
    hangs.set()
    assert "it did not end within" in raised.value.messages[-1].content
    assert len(model.asked) == 1


def test_tools_are_called_no_more_often_than_allowed(host):
    called = []

    def note() -> str:
        called.append(1)
        return "noted"

    model = Model(by=lambda request: wants("note"))
    agent = building(host, model=model).tools(note).use("limits", tool_calls=2).build()
    with pytest.raises(LimitReached, match="tool_calls"):
        agent.run("go")
    assert len(called) == 2


def test_the_date_of_the_prices_is_told_where_the_money_ends(host):
    agent = building(host, model=priced("x")).use("limits", total={"money": 0.0})
    with pytest.raises(LimitReached, match=r"prices of 20\d\d-\d\d-\d\d"):
        agent.build().run("go")


def test_a_person_may_name_prices_in_the_home(host, home):
    home.folder.mkdir(parents=True)
    file = home.folder / "prices.toml"
    file.write_text('as_of = 2024-05-06\n[models]\n"openai:strange" = {in=1, out=2}\n')
    prices = prices_of(home.folder)
    assert str(prices.as_of) == "2024-05-06"
    assert prices.price("openai:strange")("strange", 1_000_000, 0, 0) == 1.0
    assert prices.price("openai:gpt-5-mini") is not None
    model = priced("x", name="openai:strange")
    building(host, model=model).use("limits", total={"money": 1}).build().run("go")


def test_a_model_without_a_price_says_where_to_write_one(host):
    model = priced("x", name="openai:strange")
    with pytest.raises(UsageError) as raised:
        building(host, model=model).use("limits", money=1).build()
    assert '`"openai:strange" = { in = 1.0, out = 2.0 }`' in raised.value.remedy


def test_cached_tokens_without_a_price_of_their_own_cost_the_same(tmp_path):
    file = tmp_path / "prices.toml"
    file.write_text('as_of = 2030-01-02\n[models]\n"x:y" = {in = 3.0, out = 1.0}\n')
    assert prices_in(file).price("x:y")("y", 1_000_000, 400_000, 0) == 3.0


def test_the_model_that_answered_says_what_it_costs(host):
    answer = says("x", tokens_in=1_000_000, tokens_out=0, model="gpt-5-nano")
    agent = building(host, model=priced(answer)).use("limits").build()
    assert agent.run("go").spent.money == pytest.approx(0.05)


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_table_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(Exception, match=r"cannot use `") as raised:
        Limiting(prices=tmp_path / name)
    assert raised.value.remedy


def test_what_the_model_is_told_of_a_hung_tool_fits_into_its_next_question(host):
    def wait() -> str:
        Event().wait(0.3)
        return "never"

    from plugwright.agents import tool

    model = Model(wants("wait"), "gave up")
    agent = building(host, model=model).tools(tool(seconds=0.05)(wait))
    assert agent.use("limits", seconds=30.0).build().run("go").text == "gave up"
    assert told(model).startswith("error: it did not end within")
