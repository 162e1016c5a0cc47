"""Another model answers where the first one cannot, and everybody is told."""

from __future__ import annotations

import pytest
from scripts import Model, Speaking, building, says
from test_limits_rates import slept  # noqa: F401

from plugwright import Agent
from plugwright.agents import Pain, RunStopped
from plugwright.errors import (
    Malformed,
    NotAuthenticated,
    PlugwrightError,
    RateLimited,
    Unavailable,
    UsageError,
)
from plugwright.providers import Capabilities, Done, Piece
from plugwright_agents.optional.limits import Limiting

FIRST, OTHER = "openai:gpt-5", "ollama:qwen"
AWAY = Unavailable("openai:gpt-5", "cannot be reached")


def named(name, *answers, kind=Model, by=None):
    model = kind(*answers) if by is None else kind(by=by)
    model.name = name
    return model


@pytest.fixture
def agent(host, tmp_path):
    def agent(first, other, **options):
        builder = Agent.builder("tester", host=host).model(first)
        builder.use("limits", otherwise=other, **options)
        return builder.records(tmp_path / "runs.db").build()

    return agent


def pains(agent):
    return [(kind, what) for _, _, _, kind, what, *_ in agent.book.pains()]


def test_another_model_answers_where_the_first_is_unavailable(agent):
    first, other = named(FIRST, AWAY, "first again"), named(OTHER, "from the other")
    both = agent(first, other)
    assert both.run("go").text == "from the other"
    assert pains(both) == [
        (Pain.FALLBACK, f"`{OTHER}` instead of `{FIRST}`: {AWAY.message}")
    ]
    assert both.run("go").text == "first again"


def test_the_record_says_who_answered(agent):
    exact = says("x", model="qwen-7b-q4")
    both = agent(named(FIRST, AWAY, AWAY, "x"), named(OTHER, "x", exact))
    runs = [both.run("go").run for _ in range(3)]
    said = [
        entry.facts["completion"]["model"]
        for run in runs
        for entry in both.book.entries(run)
        if entry.kind == "answer"
    ]
    assert said == [OTHER, "qwen-7b-q4", ""]
    assert both.replay(runs[0]).differences == ()


@pytest.mark.parametrize(
    ("options", "waits"), [({"patience": 20.0}, 0), ({"retries": 2}, 2)]
)
def test_another_model_answers_when_patience_is_over(agent, slept, options, waits):  # noqa: F811
    busy = [RateLimited(FIRST, "too often", retry_after=30.0)] * 3
    both = agent(named(FIRST, *busy), named(OTHER, "quick"), **options)
    assert both.run("go").text == "quick"
    assert len(slept) == waits
    kinds = [kind for kind, _ in pains(both)]
    assert kinds == [Pain.RETRY] * waits + [Pain.FALLBACK]


def unpaid(kind):
    error = kind(FIRST, "it is so")
    error.is_worth_retrying = False
    return error


@pytest.mark.parametrize(
    "error",
    [
        NotAuthenticated(FIRST, "it is so"),
        unpaid(Unavailable),  # the answer may be paid for
        unpaid(RateLimited),  # there is no credit
        UsageError("it is so"),
    ],
)
def test_no_other_model_is_asked_where_that_would_hide_what_is_wrong(
    agent,
    slept,  # noqa: F811
    error,
):
    other = named(OTHER)
    with pytest.raises(RunStopped, match="it is so"):
        agent(named(FIRST, error), other).run("go")
    assert (other.asked, slept) == ([], [])


class Breaks(Speaking):
    """Says a little, and is away then."""

    def stream(self, request, cancel):
        self.asked.append(request)
        yield Piece("some")
        raise Unavailable(self.name, "broke off")


def test_no_other_model_is_asked_after_some_of_an_answer(agent):
    other = named(OTHER)
    with pytest.raises(RunStopped, match="broke off"):
        agent(named(FIRST, kind=Breaks), other).run("go")
    assert other.asked == []


def test_the_other_model_may_speak_in_pieces(agent):
    both = agent(named(FIRST, AWAY), named(OTHER, "one two", kind=Speaking))
    heard = []
    both.run("go", listen=heard.append)
    assert [each.text for each in heard[:3]] == ["one", " tw", "o"]


def test_the_answering_model_says_what_it_costs(agent):
    def cost(first, other, **options):
        return agent(first, other, **options).run("go").spent.money

    much = says("x", tokens_in=1_000_000, tokens_out=0)
    nano = "openai:gpt-5-nano"
    assert cost(named(FIRST, much), named(nano)) == pytest.approx(1.25)
    assert cost(named(FIRST, AWAY), named(nano, much)) == pytest.approx(0.05)
    assert cost(named(FIRST, AWAY), named(OTHER, much)) == 0.0
    assert cost(named("x:y", AWAY), named(nano, much)) == pytest.approx(0.05)
    assert cost(named("x:y", AWAY), named("x:z", much)) == 0.0


def test_a_total_holds_for_the_dearer_model_and_counts_the_one_that_answered(host):
    ability = Limiting(
        total={"money": 0.02}, otherwise=named(FIRST, "x", says("x", tokens_out=0))
    )
    first = named(OTHER, AWAY, AWAY, says("x", tokens_in=0, tokens_out=0))
    both = building(host, model=first).use(ability).build()
    both.run("go")
    assert first.asked[0].sampling.max_tokens < 2000  # of the dearer one
    assert ability.used["money"] == pytest.approx((10 * 1.25 + 5 * 10) / 1e6)
    both.run("go")
    spent = ability.used["money"]
    both.run("go")  # nobody counts, and it is free
    assert ability.used["money"] == spent


def test_a_limit_for_money_needs_both_prices(agent):
    for first, other in ((FIRST, "x:z"), ("x:z", FIRST)):
        with pytest.raises(UsageError, match="nobody knows what `x:z` costs"):
            agent(named(first), named(other), total={"money": 1})


def test_a_price_function_is_told_who_is_asked(host):
    asked = []

    def price(model, *tokens):
        asked.append(model)
        return 0.0

    builder = Agent.builder("tester", host=host).model(named(FIRST, AWAY))
    builder.price(price).limits(money=1.0).records(None)
    builder.use("limits", otherwise=named(OTHER, "x")).build().run("go")
    assert asked[-1] == OTHER
    assert {*asked} == {FIRST, OTHER}


def test_guardrails_are_around_both(host):
    other = named(OTHER, "x")
    builder = building(host, model=named(FIRST, AWAY)).use("limits", otherwise=other)
    builder.use("guardrails", personal="mask").build().run("write to ada@example.org")
    assert other.asked[0].messages[-1].content == "write to [email]"


def test_where_both_are_away_the_other_says_so(agent):
    both = agent(named(FIRST, AWAY), named(OTHER, Unavailable(OTHER, "is out, too")))
    with pytest.raises(RunStopped, match="is out, too"):
        both.run("go")
    assert [kind for kind, _ in pains(both)] == [Pain.FALLBACK, Pain.OUTAGE]


def test_who_changes_the_model_later_is_told(host):
    from plugwright.agents import Ability

    class Changes(Ability):
        def settings(self, plan):
            from dataclasses import replace

            return replace(plan, provider=named("third", AWAY))

    builder = building(host, model=named(FIRST)).use("limits", otherwise=named(OTHER))
    with pytest.raises(RunStopped, match="changed the model") as raised:
        builder.use(Changes()).build().run("go")
    assert "use `limits` after it" in raised.value.remedy


def test_it_may_be_named_and_has_to_be_a_model(host):
    with pytest.raises(PlugwrightError, match="no installed plugin offers a provider"):
        building(host, "x").use("limits", otherwise="nope:x").build()
    with pytest.raises(UsageError, match="has no host"):
        Limiting(otherwise="ollama:x")
    for wrong in (3, Model):
        with pytest.raises(UsageError, match="`otherwise`"):
            Limiting(otherwise=wrong)


def test_a_malformed_answer_says_who_gave_it(agent):
    for kind in (Model, Streaming):
        odd = Malformed(OTHER, "no JSON", completion=says("odd"))
        both = agent(named(FIRST, AWAY), named(OTHER, odd, kind=kind))
        run = both.run("go").run
        [entry] = [e for e in both.book.entries(run) if e.kind == "answer"]
        assert entry.facts["completion"]["model"] == OTHER


class Streaming(Model):
    """Says it all at once, as a stream."""

    def stream(self, request, cancel):
        yield Done(self.complete(request))


def test_what_the_first_model_can_is_known(agent):
    first, other = named(FIRST), named(OTHER)
    first.capabilities = Capabilities(tools=True, embeds=True)
    first.embed = lambda texts: [[1.0] for _ in texts]
    closed = []
    other.close = lambda: closed.append(OTHER)
    either = agent(first, other).plan.provider
    assert either.capabilities.tools
    assert either.embed(["x"]) == [[1.0]]
    either.close()
    assert closed == [OTHER]
