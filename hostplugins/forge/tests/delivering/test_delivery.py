"""What is handed over of a real session: source, README, report, doubts."""

from __future__ import annotations

import ast

import pytest

from plugwright_forge.assembly import assemble
from plugwright_forge.customising import customs
from plugwright_forge.delivering.doubts import doubts
from plugwright_forge.delivering.reporting import FILE
from plugwright_forge.product import Failure, Product
from plugwright_forge.specification.document import loads

SETTING = {"name": "MOST", "value": 6, "meaning": "Lessons at most.", "least": 1}


@pytest.fixture
def made(world, story):
    here = world(
        architect=story.specified(settings=[SETTING]),
        implementer=story.fenced("MOST = 6\n\n" + story.code),
    )
    here.session = here.begin()
    here.forge = here.forge(here.session)
    return here, here.forge.run()


def test_the_source_says_what_was_decided_and_is_what_was_judged(made, story):
    here, product = made
    bundle = assemble(product, here.session)
    source = bundle.files["plugin.py"].decode()

    assert ast.dump(ast.parse(source)) == ast.dump(ast.parse("MOST = 6\n" + story.code))
    assert "# R1: Gives the longest lesson.\n" in source
    assert "written by plan 1. Sort." in source
    assert "# Why this candidate: 1.0 won" in source
    assert here.judge.cases[-1].files == {"plugin.py": source}


def test_the_bundle_says_what_it_was_made_from_and_can_be_customised(made):
    here, product = made
    bundle = assemble(product, here.session)

    kept = loads(bundle.files["specification.toml"].decode())
    assert kept.settings[0].name == "MOST"
    (custom,) = customs(bundle)
    assert custom.value == 6
    for title in ("Tutorial", "What it may do", "What you can change"):
        assert bundle.readme.count(f"## {title}\n") == 1
    assert (
        "- **R1** Gives the longest lesson. (1 of 1 tests of it pass)" in bundle.readme
    )


def test_what_is_unsure_is_in_the_proposal_the_readme_and_the_report(made):
    here, product = made
    bundle = assemble(product, here.session)
    here.forge.deliver(product, bundle.files)

    page = (here.session.folder / FILE).read_text("utf-8")
    said = bundle.manifest.provenance["unsure"]
    for doubt in product.unsure:
        assert doubt in said
        assert f"- {doubt}" in bundle.readme
    assert "An empty day." in page
    assert "Not asked, so assumed: Which of two equal lessons?" in page
    assert FILE not in bundle.files


def test_a_setting_that_is_no_constant_is_mended_or_said(world, story):
    here = world(architect=story.specified(settings=[SETTING]))
    result = here.run()

    assert isinstance(result, Failure)
    assert any("the setting `MOST` is no constant" in line for line in result.missing)
    assert any("cannot be changed later" in line for line in doubts(result.attempt))


def test_a_failed_session_has_a_report_that_says_what_is_missing(world, story):
    here = world(implementer=story.fenced(story.failing("test_r1_the_longest")))
    result = here.run()

    assert isinstance(result, Failure)
    page = (here.session.folder / FILE).read_text("utf-8")
    assert "It is not good enough to be proposed." in page
    assert "test_r1_the_longest" in page or "r1 the longest" in page


def test_nothing_doubtful_is_left_out(world, story):
    product = world(test_engineer=story.fenced(story.tests)).run()
    assert isinstance(product, Product)
    assert len(product.unsure) == len(set(product.unsure))
    assert "An empty day." in product.unsure
