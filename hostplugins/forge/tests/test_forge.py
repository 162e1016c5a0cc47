"""The whole way, with a team that knows its lines."""

from __future__ import annotations

import json

import pytest

from plugwright_forge.competition import known
from plugwright_forge.product import Failure, Product
from plugwright_forge.team import Unusable


def test_a_request_becomes_a_product(world):
    here = world()

    product = here.run()

    assert isinstance(product, Product)
    assert product.report.passed
    assert product.attempt.iterations == 0
    assert [r.role for r in here.script.asked()] == [
        "requirements-analyst",
        "architect",
        *["implementer"] * 3,
        "test-engineer",
        "test-engineer",
        "integration-specialist",
        "documentation-writer",
    ]


def test_every_candidate_has_a_plan_and_a_temperature_of_its_own(world):
    here = world()
    here.run()

    asked = here.script.asked("implementer")

    assert [r.sampling.temperature for r in asked] == [0.2, 0.6, 0.9]
    assert [r.sampling.seed for r in asked] == [1, 2, 3]
    for request, plan in zip(asked, ["Sort.", "Loop.", "Use max."], strict=True):
        assert f"Build it like this: {plan}" in request.messages[1].content


def test_no_tester_sees_code_or_plans(world):
    here = world()
    here.run()

    first, second = here.script.asked("test-engineer")
    for asked in (first, second):
        assert "Loop." not in asked.messages[1].content
        assert "max(lessons" not in asked.messages[1].content


def test_a_failure_is_repaired_with_the_judges_words(world, story):
    bad = story.fenced(story.failing("test_r1_the_longest"))
    here = world(
        implementer=[bad, bad, bad, story.fenced(story.code)],
        options={"candidates": 3},
    )

    product = here.run()

    assert product.attempt.iterations == 1
    assert story.code.split("\n")[-2] in product.attempt.best.code
    assert "# WA" not in product.attempt.best.code
    repair = here.script.asked("implementer")[3].messages[1].content
    assert "- test_plugin.py::test_r1_the_longest: WA: so\n" in repair


def test_a_repair_that_breaks_something_is_undone_and_said_so(world, story):
    first = story.fenced(story.failing("test_r1_the_longest"))
    worse = story.fenced(story.failing("test_r2_the_count"))
    here = world(
        implementer=[first, first, first, worse, story.fenced(story.code)],
        options={"candidates": 3},
    )

    product = here.run()

    assert product.attempt.best.iteration == 2
    second = here.script.asked("implementer")[4].messages[1].content
    assert "undone, for it broke test_r2_the_count" in second
    assert "# WA test_r1_the_longest" in second


def test_after_the_last_round_the_best_is_kept_and_the_gate_says_what_is_missing(
    world, story
):
    best = story.fenced(story.failing("test_r1_the_longest"))
    worse = story.fenced(story.failing("test_r1_the_longest", "test_r2_the_count"))
    here = world(implementer=[best, best, best, worse], options={"candidates": 3})

    failure = here.run()

    assert isinstance(failure, Failure)
    assert failure.attempt.best.iteration == 0
    assert failure.missing[:2] == (
        "1 of 2 trusted tests fail: `test_r1_the_longest` (WA)",
        "1 of 2 requirements are shown to be met, and 85 % are needed; not shown: "
        "R1 (Gives the longest lesson)",
    )
    assert "% sure: 3 of 3 candidates do the same" in failure.missing[2]
    assert not here.script.asked("documentation-writer")
    folder = here.session.folder
    assert "test_r1_the_longest" in (folder / "plugin.py").read_text()
    assert "WA" in (folder / "report.md").read_text()


def test_without_rounds_nothing_is_repaired(world, story):
    here = world(
        implementer=story.fenced(story.failing("test_r1_the_longest")),
        options={"iterations": 0, "candidates": 3},
    )

    assert isinstance(here.run(), Failure)
    assert len(here.script.asked("implementer")) == 3


def test_candidates_that_do_not_load_are_repaired_with_the_compilers_words(
    world, story
):
    broken = story.fenced("def broken(:\n")
    here = world(implementer=[broken, broken, broken, story.fenced(story.code)])

    assert isinstance(here.run(), Product)
    assert "- test_plugin.py: CE: it is not Python" in (
        here.script.asked("implementer")[3].messages[1].content
    )


def test_a_command_under_another_name_is_repaired(world, story):
    wrong = story.fenced(story.code.replace("longest-lesson", "longest"))
    here = world(implementer=[wrong, wrong, wrong, story.fenced(story.code)])

    assert isinstance(here.run(), Product)
    repair = here.script.asked("implementer")[3].messages[1].content
    assert "there is no command `longest-lesson`" in repair


def test_a_candidate_without_a_usable_answer_drops_out(world, story):
    answers = ["no idea", "none", story.fenced(story.code)]
    here = world(implementer=answers)

    product = here.run()

    assert product.attempt.best.candidate in (2, 3)
    assert len(product.attempt.trials) == 2


def test_when_all_drop_out_the_error_names_the_role_and_the_folder(world):
    here = world(implementer="no idea")

    with pytest.raises(Unusable, match="the implementer gave no usable answer") as said:
        here.run()

    assert str(here.session.folder) in said.value.remedy


def test_a_test_that_proves_nothing_rejects_nobody_and_is_set_aside(world, story):
    code = story.failing("test_r2_nothing_is_proved")
    here = world(implementer=story.fenced(code))

    product = here.run()

    assert product.acceptance.functions == ("test_r1_the_longest", "test_r2_the_count")
    assert "test_r2_nothing" not in product.acceptance.source
    assert any("was set aside" in doubt for doubt in product.unsure)
    assert product.report.passed


def test_what_speaks_against_a_test_is_known_from_the_log_alone(world, story):
    copies = (
        "\n\ndef test_r1_copies():\n    wanted = longest_lesson(DAY)\n"
        "    assert longest_lesson(DAY) == wanted\n"
    )
    here = world(test_engineer=story.fenced(story.tests + copies))

    live = here.run().attempt.board
    shown = known(here.session)

    assert "computes what it expects" in shown.explain_test("test_r1_copies")
    assert shown.explain_test("test_r1_copies") == live.explain_test("test_r1_copies")


def test_a_candidate_never_touches_a_test(world, story):
    answer = (
        story.fenced(story.code)
        + "\n\nAnd `test_plugin.py`:\n\n```python\nassert True\n```\n"
    )
    here = world(implementer=answer)

    product = here.run()

    assert product.acceptance.source == story.tests
    tried = [c for c in here.judge.cases if "return None" not in c.files["plugin.py"]]
    assert {case.tests["test_plugin.py"] for case in tried} == {story.tests}
    assert all(set(case.files) == {"plugin.py"} for case in here.judge.cases)


def test_the_final_judge_runs_with_exactly_the_final_permissions(world):
    here = world()
    here.run()

    assert [case.permissions for case in here.judge.cases[-2:]] == [("storage",), ()]


def test_a_permission_in_use_stays_whatever_the_specialist_says(world):
    here = world()
    here.judge.used = ("storage",)

    product = here.run()

    assert [str(wish.permission) for wish in product.permissions] == ["storage"]
    assert any("settled by what the tests showed" in line for line in product.unsure)


def test_what_was_not_asked_is_said(world, story):
    product = world().run()

    assert (
        "Not asked, so assumed: Which of two equal lessons? – the first"
        in product.unsure
    )
    assert "An empty day." in product.unsure


@pytest.mark.parametrize(
    "role",
    [
        "requirements_analyst",
        "architect",
        "test_engineer",
        "integration_specialist",
        "documentation_writer",
    ],
)
def test_a_role_is_asked_once_again_with_the_problem_and_then_no_more(world, role):
    here = world(**{role: "I would rather not."})

    with pytest.raises(Unusable, match="gave no usable answer: there is no"):
        here.run()

    first, second = here.script.asked(role.replace("_", "-"))
    assert "An earlier answer could not be used: there is no" in (
        second.messages[1].content
    )
    assert second.messages[1].content.startswith(first.messages[1].content)


@pytest.mark.parametrize(
    ("role", "file"),
    [("implementer", "plugin.py"), ("test_engineer", "test_plugin.py")],
)
def test_a_file_that_no_sandbox_would_load_goes_back_with_rule_file_and_line(
    world, story, role, file
):
    good = story.fenced(story.code if role == "implementer" else story.tests)
    hidden = good.replace("```python\n", "```python\n# coding: utf-7\n")
    here = world(**{role: [hidden, *[good] * 6]})

    product = here.run()

    assert isinstance(product, Product)
    assert "coding" not in product.attempt.best.code
    _, second = here.script.asked(role.replace("_", "-"))[:2]
    assert (
        f"An earlier answer could not be used: `{file}:1`: rule `coding`: says that it"
        " is written in `utf-7` (save it as UTF-8 and delete that comment).\n"
    ) in second.messages[1].content


def test_a_repair_that_no_sandbox_would_load_is_asked_for_once_again(world, story):
    bad = story.fenced(story.failing("test_r1_the_longest"))
    hidden = story.fenced(story.code + "# \u202e\n")
    here = world(
        implementer=[bad, bad, bad, hidden, story.fenced(story.code)],
        options={"candidates": 3},
    )

    product = here.run()

    assert product.attempt.iterations == 1
    assert story.code.split("\n")[-2] in product.attempt.best.code
    assert "# WA" not in product.attempt.best.code
    again = here.script.asked("implementer")[4].messages[1].content
    line = story.code.count("\n") + 1
    assert f"`plugin.py:{line}`: rule `bidi-control`: has the character" in again


def test_a_second_answer_that_is_usable_is_used(world, story):
    here = world(architect=["{", json.dumps(story.specification)])

    assert isinstance(here.run(), Product)
