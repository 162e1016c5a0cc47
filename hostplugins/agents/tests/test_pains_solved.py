"""What `plugwright pain` names as a help does help: with it, the pain is gone."""

from __future__ import annotations

import pytest
from scripts import Model, says, wants

from plugwright import Agent
from plugwright.agents import Pain, RunStopped
from plugwright.agents.pain import help_for
from plugwright.errors import RateLimited, Unavailable
from plugwright.providers import Finish
from plugwright_agents.optional import limits, pacing

HELPED: dict[Pain, str] = {}
"""The kinds that a test below is about, and the ability that it uses."""


def helped(kind, ability):
    """Mark the test that shows it."""
    HELPED[kind] = ability
    return lambda test: test


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass as soon as somebody waits."""
    now = [0.0]

    def sleep(seconds, cancel):
        now[0] += seconds
        return seconds

    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])
    monkeypatch.setattr(pacing, "sleep", sleep)
    monkeypatch.setattr(limits, "sleep", sleep)
    return now


@pytest.fixture
def building(host, tmp_path):
    """Begin an agent that keeps records; each has a file of its own."""
    built = []

    def building(model):
        built.append(model)
        builder = Agent.builder("tester", host=host).model(model)
        return builder.records(tmp_path / f"runs{len(built)}.db")

    return building


@pytest.fixture
def said(home):
    """Write what config.toml says of the agent."""

    def said(line):
        home.folder.mkdir(parents=True, exist_ok=True)
        (home.folder / "config.toml").write_text(f"[agents.tester]\n{line}\n", "utf-8")

    return said


def hurt(builder, prompts=("go",)):
    """Run it; give the kinds of pains, and the last answer."""
    text = None
    with builder.build() as agent:
        for prompt in prompts:
            try:
                text = agent.run(prompt).text
            except RunStopped:
                text = None
        return {pain[3] for pain in agent.book.pains()}, text


@helped(Pain.RETRY, "limits")
def test_below_what_a_service_allows_nothing_is_asked_again(building, clock):
    def busy():
        begun = []

        def by(request):
            while begun and begun[0] <= clock[0] - 60:
                begun.pop(0)
            if len(begun) == 2:
                left = begun[0] + 60 - clock[0]
                return RateLimited("it", "two a minute", retry_after=left)
            begun.append(clock[0])
            return "done"

        return Model(by=by)

    five = [str(n) for n in range(5)]
    assert Pain.RETRY in hurt(building(busy()).use("limits", patience=90), five)[0]
    slower = building(busy()).use("limits", per_minute=2)
    kinds, text = hurt(slower, five)
    assert (Pain.RETRY in kinds, text) == (False, "done")


@helped(Pain.RATE_LIMIT, "limits")
def test_who_waits_is_answered(building, clock):
    def busy():
        return Model(RateLimited("it", "too often", retry_after=5.0), "done")

    assert hurt(building(busy())) == ({Pain.RATE_LIMIT}, None)
    assert hurt(building(busy()).use("limits")) == ({Pain.RETRY}, "done")


@helped(Pain.OUTAGE, "limits")
def test_another_model_answers(building):
    def away():
        return Model(Unavailable("it", "is away"))

    assert hurt(building(away())) == ({Pain.OUTAGE}, None)
    both = building(away()).use("limits", otherwise=Model("done"))
    assert hurt(both) == ({Pain.FALLBACK}, "done")


@helped(Pain.TRUNCATION, "config")
def test_answers_may_be_longer(building, said):
    def long():
        def by(request):
            if request.sampling.max_tokens < 9000:
                return says("half", finish=Finish.LENGTH)
            return "the whole of it"

        return Model(by=by)

    assert hurt(building(long()).use("config")) == ({Pain.TRUNCATION}, "half")
    said("max_tokens = 9000")
    assert hurt(building(long()).use("config")) == (set(), "the whole of it")


@helped(Pain.MISFIT, "config")
def test_answers_are_mended_more_than_once(building, said):
    def slow():
        return building(Model("seven", "it is VII", "7")).answers(int).use("config")

    assert hurt(slow()) == ({Pain.REPAIR, Pain.MISFIT}, None)
    said("repairs = 3")
    assert hurt(slow()) == ({Pain.REPAIR}, "7")


@helped(Pain.TOOL_CUT, "discovery")
def test_a_file_is_read_in_parts_that_are_not_cut(building, tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("".join(f"line {n}\n" for n in range(9000)), "utf-8")

    def read_all() -> str:
        """Read it."""
        return file.read_text("utf-8")

    model = Model(wants("read_all"), "I did not see the end")
    kinds, _ = hurt(building(model).tools(read_all))
    assert kinds == {Pain.TOOL_CUT}

    def by(request):
        shown = [each.content for each in request.messages if each.role == "tool"]
        if shown and "go on with line" not in shown[-1]:
            return shown[-1].splitlines()[-1]
        line = int(shown[-1].rpartition(" ")[2].rstrip("]")) if shown else 1
        return wants("read_file", file="long.txt", line=line)

    assert hurt(building(Model(by=by)).use("discovery", roots=tmp_path)) == (
        set(),
        "line 8999",
    )


@helped(Pain.TOOL_ERROR, "discovery")
def test_a_file_is_found_before_a_tool_is_told_its_name(building, tmp_path):
    (tmp_path / "lessons-2026.txt").write_text("harp", "utf-8")

    def count_words(file: str) -> int:
        """Count them.

        Args:
            file: Its name.
        """
        return len((tmp_path / file).read_text("utf-8").split())

    def by(request):
        """Look before it asks, if it can, and guess the name else."""
        shown = [each.content for each in request.messages if each.role == "tool"]
        if not shown and any(tool.name == "find_files" for tool in request.tools):
            return wants("find_files", pattern="lessons*")
        if "lessons-2026.txt" in "".join(shown):
            return wants("count_words", file="lessons-2026.txt")
        return shown[-1] if shown else wants("count_words", file="lessons.txt")

    kinds, text = hurt(building(Model(by=by)).tools(count_words))
    assert (kinds, text[:6]) == ({Pain.TOOL_ERROR}, "error:")

    def find_and_count(request):
        shown = [each.content for each in request.messages if each.role == "tool"]
        return by(request) if len(shown) < 2 else shown[-1]

    looking = building(Model(by=find_and_count)).tools(count_words)
    assert hurt(looking.use("discovery", roots=tmp_path)) == (set(), "1")


def test_each_pain_that_names_an_ability_has_a_test_here():
    named = {kind: help_for(kind)[0] for kind in Pain if help_for(kind)[0]}
    assert named == HELPED
