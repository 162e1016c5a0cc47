"""Another value makes another bundle, judged, and with what does not hold left out."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from plugwright.bundles import Bundle
from plugwright.errors import UsageError
from plugwright.judging import Observed, Report, TestResult, Verdict
from plugwright.lives import State
from plugwright_forge.constants import constants
from plugwright_forge.customising import (
    customise_bundle,
    customs,
    next_patch,
    read_changes,
    specification_of,
)
from plugwright_forge.decisions import specification
from plugwright_forge.documentation import with_facts
from plugwright_forge.specification.checks import draft
from plugwright_forge.specification.document import dumps

SETTINGS = [
    {"name": "MOST", "value": 6, "meaning": "Lessons.", "least": 1, "most": 12},
    {"name": "SHARE", "value": 0.5, "meaning": "How much.", "least": 0},
    {"name": "LOUD", "value": False, "meaning": "Whether it shouts."},
    {"name": "ORDER", "value": "time", "meaning": "By what.", "choices": ["time", "a"]},
    {"name": "TITLE", "value": "Day", "meaning": "A word."},
    {"name": "GONE", "value": 1, "meaning": "No constant of the code."},
]
HEAD = 'MOST = 6  # lessons\nSHARE = 0.5\nLOUD = False\nORDER = "time"\nTITLE = "Day"\n'
TESTS = """\
from plugin import longest_lesson


def test_r1_the_longest():
    assert longest_lesson([]) == 6


def test_r2_the_count():
    assert longest_lesson([]) != None


def test_example_1():
    'One gives 6.'
    assert longest_lesson([]) == 6
"""
EXAMPLE = {
    "text": "One gives 6.",
    "command": "longest-lesson",
    "arguments": {"lessons": []},
    "gives": 6,
}


class Workshop:
    """A host that judges by the value of one constant."""

    def __init__(self, lives, verdicts):
        self.lives, self._verdicts = lives, verdicts
        self.cases = []

    def judge(self):
        return self

    def judge_one(self, case):
        self.cases.append(case)
        changed = constants(case.files["plugin.py"])["MOST"] != 6
        names = [n.name for n in ast.parse(case.tests["test_plugin.py"]).body[1:]]
        return Report(
            results=tuple(
                TestResult(
                    test=f"test_plugin.py::{name}",
                    verdict=self._verdicts.get(name, Verdict.AC)
                    if changed
                    else Verdict.AC,
                    message="InputError: 6 is too many",
                )
                for name in names
            )
        )

    def observe(self, case, stories):
        most = constants(case.files["plugin.py"])["MOST"]
        return [(Observed(value=most),) for _ in stories]

    def describe(self, name, files):
        return {
            "commands": {
                "longest-lesson": {"input": {"type": "object"}, "output": {}},
            }
        }


class Judge:
    def __init__(self, workshop):
        self.judge, self.observe = workshop.judge_one, workshop.observe


@pytest.fixture
def bundle(story):
    wanted = specification(story.specified(settings=SETTINGS, examples=[EXAMPLE]))
    about = replace(draft(wanted), provenance={"unsure": "An empty day."})
    readme = with_facts(
        "# Lessons\n", wanted, wanted.permissions, Report(results=()), (), ()
    )
    return Bundle(
        {
            "plugin.toml": about.dumps().encode(),
            "plugin.py": (HEAD + story.code).encode(),
            "tests/test_plugin.py": TESTS.encode(),
            "README.md": readme.encode(),
            "specification.toml": dumps(wanted).encode(),
        }
    )


@pytest.fixture
def workshop(lives):
    def make(**verdicts):
        made = Workshop(lives, verdicts)
        made.judge = lambda: Judge(made)
        return made

    return make


def test_only_constants_of_the_code_can_be_changed(bundle):
    names = [custom.setting.name for custom in customs(bundle)]
    assert names == ["MOST", "SHARE", "LOUD", "ORDER", "TITLE"]


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("MOST=12", 12),
        ("SHARE=2", 2.0),
        ("LOUD=true", True),
        ("ORDER=a", "a"),
        ("TITLE=", ""),
        ("TITLE=a=b", "a=b"),
    ],
)
def test_what_is_typed_becomes_what_the_setting_is(bundle, pair, value):
    (found,) = read_changes([pair], customs(bundle)).values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["MOST"], "`MOST` is no change"),
        (["MOTS=1"], "did you mean `MOST`"),
        (["MOST=0"], "a whole number from 1 to 12"),
        (["MOST=13"], "a whole number from 1 to 12"),
        (["MOST=1.5"], "`MOST` cannot be `1.5`"),
        (["MOST=six"], "`MOST` cannot be `six`"),
        (["SHARE=nan"], "a number of at least 0"),
        (["SHARE=inf"], "a number of at least 0"),
        (["SHARE=" + "9" * 400], "a number of at least 0"),
        (["LOUD=loud"], "true or false"),
        (["ORDER=b"], 'one of "time", "a"'),
        (["TITLE=\x1b[2J"], "a text on one line"),
        (["TITLE=\u202e"], "a text on one line"),
        (["MOST=7", "MOST=8"], "`MOST` is there twice"),
        (["MOST=6"], "it has these values already"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(bundle, pairs, said):
    with pytest.raises(UsageError) as refused:
        read_changes(pairs, customs(bundle))
    assert said in str(refused.value)


def test_a_new_version_has_the_value_and_is_not_approved(bundle, workshop, lives):
    lives.forged(bundle)
    here = workshop()

    id = customise_bundle(here, bundle, {"MOST": 8})

    life = lives.life(id)
    made = lives.bundle(life)
    assert (life.state, life.version) == (State.FORGED, "0.1.1")
    assert b"MOST = 8  # lessons\n" in made.files["plugin.py"]
    assert made.files["tests/test_plugin.py"] == TESTS.encode()
    assert made.manifest.provenance["customised"] == "MOST = 8"
    assert "- `MOST`, now 8: Lessons." in made.readme
    assert made.readme.startswith("# Lessons\n\n## What it does")
    assert "\n    8\n" in made.readme
    assert made.readme.count("## Tutorial") == 1
    assert specification_of(made) == specification_of(bundle)


def test_tests_that_expect_the_old_value_are_left_out_and_named(
    bundle, workshop, lives
):
    lives.forged(bundle)
    here = workshop(test_r1_the_longest=Verdict.RE, test_example_1=Verdict.WA)

    made = lives.bundle(lives.life(customise_bundle(here, bundle, {"MOST": 8})))

    assert b"test_r2_the_count" in made.files["tests/test_plugin.py"]
    assert b"test_r1" not in made.files["tests/test_plugin.py"]
    assert b"test_example" not in made.files["tests/test_plugin.py"]
    assert specification_of(made).examples == ()
    unsure = made.manifest.provenance["unsure"].split("\n")
    assert unsure[0] == "An empty day."
    assert "the test `test_r1_the_longest` does not hold any more" in unsure[1]
    assert "test_example_1" in made.readme


def test_what_was_left_out_is_there_again_with_the_old_value(bundle, workshop, lives):
    lives.forged(bundle)
    here = workshop(test_r1_the_longest=Verdict.WA)
    made = lives.bundle(lives.life(customise_bundle(here, bundle, {"MOST": 8})))

    both = lives.bundle(lives.life(customise_bundle(here, made, {"LOUD": True})))
    back = lives.bundle(lives.life(customise_bundle(here, both, {"MOST": 6})))

    assert both.manifest.provenance["customised"] == "MOST = 8, LOUD = True"
    assert both.manifest.provenance["unsure"].count("does not hold") == 1
    assert back.files["tests/test_plugin.py"] == TESTS.encode()
    assert back.manifest.provenance["customised"] == "LOUD = True"
    assert back.manifest.provenance["unsure"] == "An empty day."
    assert b"LOUD = True" in back.files["plugin.py"]
    assert next(life.version for life in lives.list()) == "0.1.3"


@pytest.mark.parametrize("verdict", [Verdict.TLE, Verdict.SV, Verdict.CE, Verdict.MLE])
def test_a_value_that_breaks_the_plugin_is_refused(bundle, workshop, lives, verdict):
    lives.forged(bundle)
    with pytest.raises(UsageError, match=f"with MOST = 8 .* ends with {verdict}"):
        customise_bundle(workshop(test_r1_the_longest=verdict), bundle, {"MOST": 8})
    assert len(lives.list()) == 1


def test_a_value_that_no_test_holds_of_is_refused(bundle, workshop, lives):
    lives.forged(bundle)
    names = ("test_r1_the_longest", "test_r2_the_count", "test_example_1")
    here = workshop(**dict.fromkeys(names, Verdict.WA))
    with pytest.raises(UsageError, match="no test is left that passes"):
        customise_bundle(here, bundle, {"MOST": 8})


@pytest.mark.parametrize("change", ["", "settings = 7", "[[", "\udc80"])
def test_a_bundle_without_settings_says_so(bundle, change):
    files = {**bundle.files}
    del files["specification.toml"]
    if change:
        files["specification.toml"] = change.encode(errors="replace")
    with pytest.raises(UsageError):
        customs(Bundle(files))


def test_versions_go_up():
    assert next_patch(["0.1.0", "0.10.3", "0.9.0"]) == "0.10.4"
