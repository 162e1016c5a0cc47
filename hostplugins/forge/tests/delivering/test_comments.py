"""Delivered source says why, and is the same program."""

from __future__ import annotations

import ast

import pytest

from plugwright.sources import check
from plugwright_forge.decisions import specification
from plugwright_forge.delivering.comments import bare, commented

SETTING = {"name": "MOST", "value": 6, "meaning": "Lessons at most.", "least": 1}


@pytest.fixture
def wanted(story):
    def make(**changes):
        return specification(story.specified(**changes))

    return make


def same(one, other):
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def test_each_command_says_which_requirements_it_meets(wanted, story):
    source = "MOST = 6\n\n" + story.code
    found = commented(
        source,
        wanted(settings=[SETTING]),
        story.tests,
        plan="Loop.",
        chosen="1.0 won.",
    )
    assert same(found, source)
    assert (
        "\n# R1: Gives the longest lesson.\n# R2: Counts all lessons.\n@command"
        in found
    )
    assert (
        "\n# Lessons at most. It can be changed: a whole number of at least 1.\n"
        "MOST = 6\n" in found
    )
    for said in ("# How it is built: Loop.", "# Why this candidate: 1.0 won."):
        assert said in found
    assert "# It may use storage: Keeps the count." in found
    assert "# Decided without being asked for: An empty day." in found


@pytest.mark.parametrize(
    "text",
    [
        "coding: utf-7",
        "-*- coding: latin-1 -*-",
        "type: ignore",
        "x " * 400,
        '""" + open("/etc/passwd") + """',
        "\\",
    ],
)
def test_whatever_the_words_are_the_program_stays_the_same(wanted, story, text):
    about = wanted(summary=text[:290], requirements=[{"id": "R1", "text": text[:290]}])
    found = commented(story.code, about, story.tests, plan=text, chosen=text)
    assert same(found, story.code)
    assert found != story.code
    check({"plugin.py": found})
    assert max(map(len, found.split("\n"))) <= 88


@pytest.mark.parametrize(
    "source",
    [
        "def (",
        "\0",
        '"""A text."""\nfrom __future__ import annotations\nx = 1\n',
        "x = 1; MOST = 6\n",
        "if True: pass\ndef longest_lesson(): pass\n",
        "x = '''\ndef longest_lesson(): pass\n'''\n",
        "x = 1 \\\n\ndef longest_lesson(): pass\n",
    ],
)
def test_odd_source_is_left_as_it_is_or_stays_the_same(wanted, story, source):
    found = commented(source, wanted(settings=[SETTING]), story.tests)
    assert found == source or same(found, source)


def test_comments_never_make_a_file_too_large(wanted, story):
    source = story.code + "# " + "x" * (256 * 1024 - len(story.code) - 10) + "\n"
    assert commented(source, wanted(), story.tests) == source


def test_an_improvement_does_not_inherit_the_comments_of_the_version_before(
    wanted, story
):
    source = "# mine\n\nMOST = 6\n\n# also mine\n" + story.code
    about = wanted(settings=[SETTING])
    found = commented(source, about, story.tests, plan="Loop.")

    assert bare(found) == source
    assert bare(source) == source
    assert commented(bare(found), about, story.tests, plan="Loop.") == found
    assert bare("def (") == "def ("
