"""Where it hurts counts itself, and the report says what to build first."""

from __future__ import annotations

import pytest
from scripting import Scripted, building, call, says, wants

from plugwright.agents import Misfit, RunStopped, tool
from plugwright.agents.pain import Field, design, hurts
from plugwright.agents.pains import Pain, felt
from plugwright.errors import Denied, RateLimited, Refused, TooLong, UsageError
from plugwright.providers import Finish


def explode():
    """Fail."""
    raise ValueError("no such thing")


def flood():
    """Say much."""
    return "x" * 50_000


@tool(approval="ask")
def send(text: str) -> str:
    """Send."""
    return text


@pytest.fixture
def agent(tmp_path):
    def agent(*answers, kind=Scripted):
        return building(model=kind(*answers)).records(tmp_path / "runs.db")

    return agent


@pytest.mark.parametrize(
    ("answer", "kind", "what"),
    [
        (wants(call("explode")), "tool error", "explode: error: ValueError: no such"),
        (wants(call("flood")), "tool answer cut", "[cut: these are the first"),
        (wants(call("send", text="x")), "refused permission", "send"),
        (wants(call("send")), "refused permission", "send"),
        (wants(call("explode", x=1)), "unfit arguments", "explode: error: the arg"),
        (wants(call("nothing")), "unknown tool", "nothing"),
        (says("not a number"), "repair", "Invalid JSON"),
        (says("nope", finish=Finish.LENGTH, seconds=2.0), "truncation", "5 tokens"),
    ],
)
def test_what_hurts_is_counted_by_itself(agent, answer, kind, what):
    building = agent(answer, "7").tools(explode, flood, send).answers(int).build()
    building.run("go")
    pains = building.book.pains("")
    first = pains[0]
    assert first[3] == kind
    assert what in first[4]
    assert first[2] == "tester"
    assert all(pain[1] == building.book.rows()[0].id for pain in pains)


def test_a_truncated_answer_costs_its_time_and_tokens(agent):
    cut = agent(says("a", finish=Finish.LENGTH, seconds=2.0, tokens_out=99)).build()
    cut.run("go")
    assert cut.book.pains()[0][5:] == (2.0, 99)


def test_a_provider_counts_what_hurts_it_in_the_run_that_asks(agent):
    class Tries(Scripted):
        def complete(self, request):
            felt(Pain.RETRY, "it is away", seconds=1.5)
            return super().complete(request)

    trying = agent("done", kind=Tries).build()
    run = trying.run("go").run
    felt(Pain.RETRY, "nobody asks")
    assert [pain[1:6] for pain in trying.book.pains()] == [
        (run, "tester", "retry", "it is away", 1.5)
    ]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RateLimited("it", "slowly"), Pain.RATE_LIMIT),
        (TooLong("it", tokens=9, context=8), Pain.CONTEXT),
        (UsageError("there is no model `x`"), Pain.SETTING),
        (Denied("files"), Pain.REFUSED),
        (Refused("it must not leave"), Pain.GUARDRAIL),
        (ValueError("oh"), Pain.BROKEN),
    ],
)
def test_what_ends_a_run_is_counted_by_its_kind(agent, error, kind):
    broken = agent(error).build()
    with pytest.raises(RunStopped):
        broken.run("go")
    assert broken.book.pains()[0][3] == kind


def test_an_answer_that_never_fits_is_counted(agent):
    broken = agent("x", "y").answers(int).build()
    with pytest.raises(Misfit):
        broken.run("go")
    assert [pain[3] for pain in broken.book.pains()] == ["repair", "misfit"]


# The report.


def pain(kind, run="r1", what="it", seconds=0.0, tokens=0):
    return (0.0, run, "tester", kind, what, seconds, tokens)


@pytest.mark.parametrize(
    ("pains", "runs", "field"),
    [
        ([pain("limit", f"r{n}") for n in range(3)], 20, Field.FIRST),
        ([pain("limit")], 20, Field.EDGE),
        ([pain("unfit arguments", f"r{n}") for n in range(3)], 20, Field.NICE),
        ([pain("unfit arguments", f"r{n}") for n in range(3)], 200, Field.IGNORE),
        ([pain("unfit arguments")], 20, Field.IGNORE),
        # What costs much is severe, whatever it is.
        ([pain("retry", seconds=9.0)], 20, Field.EDGE),
        ([pain("truncation", tokens=900)], 20, Field.EDGE),
        # So is what somebody took the time to write down.
        ([pain("wish", "", f"wish {n}") for n in range(3)], 900, Field.FIRST),
        ([pain("wish", "")], 900, Field.EDGE),
        ([pain("workaround", "", f"way {n}") for n in range(3)], 900, Field.FIRST),
    ],
)
def test_each_pain_has_its_field(pains, runs, field):
    [hurt] = hurts(pains, runs)
    assert hurt.field is field


def test_what_to_build_first_is_at_the_top_with_what_it_costs():
    found = hurts(
        [
            pain("unfit arguments"),
            *[pain("context too long", f"r{n}", "long", 1.5, 100) for n in range(4)],
            pain("context too long", "r9", "longer", 1.5, 100),
        ],
        10,
    )
    first, last = found
    assert (first.kind, first.times, first.runs) == ("context too long", 5, 5)
    assert (first.seconds, first.tokens) == (7.5, 500)
    assert first.examples == ("long", "longer")
    assert (first.plugin, last.plugin) == ("", "")
    assert first.how.startswith("no plugin yet; take a model with a longer context")
    assert last.field is Field.IGNORE


def test_the_design_page_is_filled_from_the_record():
    [hurt] = hurts([pain("misfit", f"r{n}", "x: Field required") for n in range(3)], 10)
    page = design(hurt, 10)
    assert page.startswith("# config\n")
    assert "misfit: 3 times, in 3 of 10 runs" in page
    assert "\n\n- “x: Field required”\n" in page
    for part in ("Problem", "Solution", "API", "Dependencies", "Builder", "Success"):
        assert f"**{part}" in page


def test_what_no_plugin_solves_has_a_page_too():
    [hurt] = hurts([pain("odd kind")], 10)
    assert hurt.plugin == ""
    assert design(hurt, 10).startswith("# odd-kind\n")


def test_a_cost_that_is_none_is_not_added():
    costs = [float("inf"), -60.0, 2.0]
    [hurt] = hurts([pain("wish", "", seconds=each) for each in costs], 1)
    assert hurt.seconds == 2.0


@pytest.mark.parametrize("kind", [*Pain])
def test_every_pain_says_what_helps_or_that_nothing_does(kind):
    [hurt] = hurts([pain(kind)], 1)
    assert bool(hurt.plugin) is not hurt.how.startswith("no plugin yet")
