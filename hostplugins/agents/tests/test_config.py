"""What stands in a file goes over what the code says."""

from __future__ import annotations

import re

import pytest
from scripts import Model, building

from plugwright import hookimpl
from plugwright.errors import HostError, UsageError
from plugwright.providers import ProviderOffer


class Offers:
    """A plugin with one model."""

    def __init__(self):
        self.model = Model("from the file")

    @hookimpl
    def providers(self):
        return [ProviderOffer(scheme="echo", summary="x", open=lambda name: self.model)]


@pytest.fixture
def write(host):
    def write(text):
        host.home.folder.mkdir(parents=True, exist_ok=True)
        (host.home.folder / "config.toml").write_text(text)

    return write


def test_model_words_sampling_and_limits_come_from_the_file(host, write):
    offers = Offers()
    host.take_in(offers, "echo")
    write(
        "[agents.tester]\nmodel = 'echo:x'\ninstructions = 'Be kind.'\n"
        "temperature = 0.5\nseed = 7\nmax_tokens = 99\nrepairs = 2\n"
        "limits = {requests = 3}\n"
    )
    agent = building(host, "from the code").instructions("Be short.").use("config")
    agent = agent.build()
    assert agent.run("go").text == "from the file"
    [request] = offers.model.asked
    assert request.messages[0].content == "Be short.\n\nBe kind."
    sampling = request.sampling
    assert (sampling.temperature, sampling.seed, sampling.max_tokens) == (0.5, 7, 99)
    assert (agent.plan.limits.requests, agent.plan.repairs) == (3, 2)


def test_without_a_file_or_a_table_nothing_changes(host, write):
    plan = building(host, "x").build().plan
    assert building(host, "x").use("config").build().plan.limits == plan.limits
    write("[agents.other]\nrepairs = 5\n")
    assert building(host, "x").use("config").build().plan.repairs == plan.repairs


def test_a_profile_goes_over_the_rest(host, write):
    write(
        "[agents.tester]\ntemperature = 0.5\nseed = 1\n"
        "[agents.tester.profiles.strict]\ntemperature = 0.0\n"
    )
    sampling = building(host).use("config", profile="strict").build().plan.sampling
    assert (sampling.temperature, sampling.seed) == (0.0, 1)


def test_another_file_may_be_named_and_has_to_be_there(host, tmp_path):
    file = tmp_path / "mine.toml"
    with pytest.raises(Exception, match=r"mine\.toml"):
        building(host).use("config", file=file).build()
    file.write_text("[agents.tester]\nrepairs = 4\n")
    assert building(host).use("config", file=file).build().plan.repairs == 4


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ("[agents.tester]\ntemprature = 1", "agents.tester.temprature", "temperature"),
        ("[agents.tester]\nseed = 'x'", "agents.tester.seed", "correct"),
        ("[agents.tester]\nlimits = {request = 1}", "`request`", "`requests`"),
        ("[agents.tester.profiles.fast]\n", "has no `strict`", "`fast`"),
        ("[agents", "is not TOML", "correct"),
        ("agents = 3", "agents.tester", "correct"),
        ("[agents]\ntester = 'x'", "agents.tester", "correct"),
        ("[agents.tester]\nlimits = {requests = 'x'}", "limits.requests", "correct"),
        ("[agents.tester]\nlimits = {requests = true}", "limits.requests", "correct"),
        ("[agents.tester]\ntemperature = nan", "agents.tester.temperature", "correct"),
        ("[agents.tester]\nmax_tokens = 0", "agents.tester.max_tokens", "correct"),
        ("[agents.tester.profiles.x]\nprofiles = {}", "profiles.x.profiles", ""),
        ("x = " + "[" * 3000, "is not TOML", "correct"),
    ],
)
def test_mistakes_are_named_with_file_and_place(host, write, text, said, remedy):
    write(text)
    profile = "strict" if "profiles" in text else ""
    with pytest.raises(UsageError) as raised:
        building(host).use("config", profile=profile).build()
    assert "config.toml" in raised.value.message
    assert said in raised.value.message
    assert remedy in raised.value.remedy


def test_a_profile_that_nobody_wrote_is_refused_with_what_to_write(host, write):
    write("[agents.tester]\nseed = 1\n")
    with pytest.raises(UsageError) as raised:
        building(host).use("config", profile="fast").build()
    assert raised.value.remedy == "write `[agents.tester.profiles.fast]`"


def test_only_the_model_that_answers_is_opened(host, write):
    offers = Offers()
    host.take_in(offers, "echo")
    write(
        "[agents.tester]\nmodel = 'nobody:x'\n"
        "[agents.tester.profiles.here]\nmodel = 'echo:x'\n"
    )
    agent = building(host, "from the code").use("config", profile="here").build()
    assert agent.run("go").text == "from the file"


def test_a_model_that_there_is_not_is_a_sentence(host, write):
    host.take_in(Offers(), "echo")
    write("[agents.tester]\nmodel = 'ecko:x'\n")
    with pytest.raises(UsageError, match="ecko") as raised:
        building(host).use("config").build()
    assert "`echo" in raised.value.remedy


def test_a_file_with_a_mark_of_windows_at_its_beginning_is_read(host, write):
    write("\ufeff[agents.tester]\nrepairs = 6\n")
    assert building(host).use("config").build().plan.repairs == 6


def test_what_cannot_be_read_is_named(host, tmp_path):
    with pytest.raises(HostError, match=re.escape(str(tmp_path))):
        building(host).use("config", file=tmp_path).build()


def test_what_is_used_later_goes_over_the_file(host, write):
    write("[agents.tester]\nlimits = {requests = 3, seconds = 4.5}\n")
    plan = building(host, "x").use("config").use("limits", requests=9).build().plan
    assert (plan.limits.requests, plan.limits.seconds) == (9, 4.5)


def test_another_model_has_another_price(host, write):
    offers = Offers()
    offers.model.name = "openai:gpt-5-nano"
    host.take_in(offers, "echo")
    write("[agents.tester]\nmodel = 'echo:x'\n")
    model = Model("x")
    model.name = "openai:gpt-5"
    plan = building(host, model=model).use("limits").use("config").build().plan
    assert plan.price("gpt-5-nano", 1_000_000, 0, 0) == 0.05
    offers.model.name = "openai:strange"
    with pytest.raises(UsageError, match="has a limit for money"):
        building(host, model=model).use("limits", money=1).use("config").build()
