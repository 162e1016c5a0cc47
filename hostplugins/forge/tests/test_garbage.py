"""Whatever models say, the forge ends: within its calls, and with words."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugwright.errors import PlugwrightError
from plugwright_forge.product import Failure, Product

MOST_CALLS = 20
"""Two for each of five roles, two for each of three candidates and of two repairs."""

ROLES = (
    "requirements_analyst",
    "architect",
    "test_engineer",
    "implementer",
    "integration_specialist",
    "documentation_writer",
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def answers(story):
    """Good answers, bad ones, and good ones with something wrong in them."""
    specification = st.dictionaries(
        st.sampled_from(sorted(story.specification)), values, min_size=1, max_size=2
    ).map(lambda change: json.dumps({**story.specification, **change}))
    good = st.sampled_from(
        [
            json.dumps(story.questions),
            json.dumps(story.specification),
            story.fenced(story.tests),
            story.fenced(story.code),
            story.fenced(story.failing("test_r1_the_longest")),
            story.fenced(story.failing("test_r2_the_count", verdict="SV")),
            story.fenced("# CE\n"),
            json.dumps(story.review),
            story.fenced(story.readme, "markdown"),
        ]
    )
    wild = st.text(
        alphabet=st.characters(codec=None) | st.sampled_from("`~{}\n\ud800\x1b"),
        max_size=80,
    )
    return good | specification | wild | wild.map(lambda t: story.fenced(t + "\n"))


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_answers_come_to_an_end(world, story, data):
    spoken = data.draw(
        st.dictionaries(
            st.sampled_from(ROLES),
            st.lists(answers(story), min_size=1, max_size=5),
            max_size=3,
        )
    )
    here = world(**spoken)
    with tempfile.TemporaryDirectory() as folder:
        here.root = Path(folder)
        result = _come_to_an_end(here)
        assert len(here.script.asked()) <= MOST_CALLS
        if isinstance(result, Product):
            assert result.report.passed
            assert not result.report.denied
        else:
            assert (
                result.remedy
                if isinstance(result, PlugwrightError)
                else (result.missing)
            )


def _come_to_an_end(here) -> Product | Failure | PlugwrightError:
    try:
        return here.run()
    except PlugwrightError as error:
        return error
