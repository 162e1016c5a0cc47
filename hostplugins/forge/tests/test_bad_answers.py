"""What models may answer, one scripted session each, and how the forge ends it."""

from __future__ import annotations

import json

import pytest

from plugwright.errors import PlugwrightError
from plugwright_forge.commission import NotGoodEnough
from plugwright_forge.product import Product
from plugwright_forge.team import Unusable

HUGE = 50 << 20

ROLES = (
    "requirements_analyst",
    "architect",
    "test_engineer",
    "implementer",
    "integration_specialist",
    "documentation_writer",
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("answer", ["", " \n\t", "```python\n```"])
def test_an_empty_answer_is_asked_for_once_again_and_then_ends_it(
    world, carried_out, role, answer
):
    here = world(**{role: answer})

    error = carried_out(here)

    assert isinstance(error, Unusable)
    assert f"the {role.replace('_', '-')} gave no usable answer" in error.message


@pytest.mark.parametrize("role", ROLES[:4])
def test_an_answer_of_fifty_megabytes_ends_it_in_one_sentence(world, carried_out, role):
    here = world(**{role: "lesson " * (HUGE // 7)})

    error = carried_out(here)

    assert isinstance(error, PlugwrightError)
    assert len(error.message) < 1000


@pytest.mark.parametrize("role", ROLES[4:])
def test_fifty_megabytes_about_a_finished_plugin_are_left_out_of_it(world, role):
    """They use up the budget; what was judged before is still good, and says so."""
    here = world(**{role: "lesson " * (HUGE // 7)})

    product = here.run()

    assert isinstance(product, Product)
    assert len(product.readme) < 100_000
    assert len("".join(product.unsure)) < 10_000


def test_a_file_of_fifty_megabytes_is_not_judged(world, story, carried_out):
    here = world(implementer=story.fenced("#" * HUGE + "\n"))

    error = carried_out(here)

    assert len(error.message) < 1000
    assert all(len(case.files["plugin.py"]) < HUGE for case in here.judge.cases)


@pytest.mark.parametrize("role", ["architect", "test_engineer", "implementer"])
def test_another_programming_language_is_no_answer(world, story, carried_out, role):
    java = story.fenced("public class Plugin { public int longest() { } }\n", "java")
    here = world(**{role: java})

    error = carried_out(here)

    assert isinstance(error, Unusable)


def test_java_in_a_fence_that_says_python_is_not_proposed(world, story, carried_out):
    here = world(implementer=story.fenced("public class Plugin { }\n"))

    error = carried_out(here)

    assert isinstance(error, NotGoodEnough)
    assert "does not load" in error.message


def test_words_in_another_language_do_no_harm(world, story):
    questions = {
        "questions": [
            {
                "question": "Welche von zwei gleich langen Stunden?",
                "level": "essential",
                "implication": "Entscheidet bei Gleichstand.",
                "default": "die erste",
            }
        ]
    }
    here = world(
        requirements_analyst=json.dumps(questions, ensure_ascii=False),
        implementer=f"Hier ist sie, bitte schön:\n\n{story.fenced(story.code)}",
        documentation_writer=story.fenced(
            "# Stundenfinder\n\n最长的课。\n", "markdown"
        ),
    )

    product = here.run()

    assert isinstance(product, Product)
    assert "最长的课。" in product.readme


def test_of_two_fences_the_longer_is_the_file(world, story):
    small = story.fenced("print('how to call it')\n")
    here = world(implementer=f"{story.fenced(story.code)}\n\n{small}")

    product = here.run()

    assert "max(lessons" in product.attempt.best.code
    assert "how to call it" not in product.attempt.best.code


def test_of_two_fences_of_tests_none_is_mixed_into_the_other(world, story):
    small = story.fenced("def test_r1_more():\n    assert False\n")
    here = world(test_engineer=f"{story.fenced(story.tests)}\n\n{small}")

    product = here.run()

    assert "test_r1_more" not in product.acceptance.functions
