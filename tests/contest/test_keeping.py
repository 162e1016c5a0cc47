"""What is remembered is what the judge would say again."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from contest.check import TESTS, load
from contest.keeping import Kept, KeptJudge
from contest.mistakes import Misunderstandings, Reading, misread, watching
from contest.persons import Requester
from contest.students import broken, misjudged

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Call, Case
from plugwright_forge.example_cards import ExampleCard

NAMES = ["bill-split", "table-bell"]


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host.discover(Home(tmp_path_factory.mktemp("home"))) as host:
        yield host


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return Kept(tmp_path_factory.mktemp("kept") / "judged.db")


def case(name, seed, wrong=0.0):
    asked = load(name)
    return Case(
        name=name,
        files={
            "plugin.py": broken(asked.plugin, Random(seed)) if seed else asked.plugin
        },
        tests={TESTS: misjudged(asked.tests, Random(seed), wrong)},
        permissions=asked.permissions,
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 1])
def test_functions_put_together_are_the_whole_report(host, kept, name, seed):
    judge = KeptJudge(host, kept)
    for wrong in (0.0, 0.3, 0.0):
        asked = case(name, seed, wrong)
        assert judge.judge(asked) == host.judge().judge(asked)


def test_what_is_known_is_not_run_again(host, kept):
    class Broken:
        name = "broken"

        def judge(self):
            return self

    first = KeptJudge(host, kept).judge(case(NAMES[0], 0))
    assert KeptJudge(Broken(), kept).judge(case(NAMES[0], 0)) == first
    with pytest.raises(TypeError):
        KeptJudge(Broken(), kept).judge(case(NAMES[0], 3))


def test_what_tests_notice_is_measured_as_the_judge_does(host, kept):
    asked = case(NAMES[0], 0, 0.3)
    report, found = host.judge().judge(asked), KeptJudge(host, kept).mutate(asked, 6)
    assert found == host.judge().mutate(asked, 6, report)
    assert found.killed


def test_a_plugin_that_does_not_load_is_reported_as_it_is(host, kept):
    asked = case(NAMES[0], 0)
    asked.files["plugin.py"] = "1 / 0\n"
    judge = KeptJudge(host, kept)
    assert judge.judge(asked) == judge.judge(asked) == host.judge().judge(asked)


def test_what_was_seen_once_is_seen_again(host, kept):
    asked = load(NAMES[0])
    story = [Call(command="split-bill", arguments={"dishes": [], "tip_percent": 5})]
    judge, seen = (
        KeptJudge(host, kept),
        host.judge().observe(case(NAMES[0], 0), [story]),
    )
    assert judge.observe(case(NAMES[0], 0), [story]) == seen
    assert judge.observe(case(NAMES[0], 0), [story]) == seen
    assert asked.permissions == ()


def test_everybody_misunderstands_in_ways_that_a_tester_shares(host, kept):
    judge = KeptJudge(host, kept)
    asked, alike = load("chord-sheet"), Misunderstandings(judge)
    wrong = alike.programs("chord-sheet")[0]
    files = {"files": {"plugin.py": wrong}, "name": "chord-sheet"}
    right = judge.judge(Case(tests={TESTS: asked.tests}, **files))
    tests = misread(asked.tests, alike.reading("chord-sheet", 0))
    shared = judge.judge(Case(tests={TESTS: tests}, **files))
    assert not right.passed
    assert shared.passed


def test_tests_can_be_read_otherwise_without_another_change():
    source = (
        "def test_r1_a():\n    assert f('ü') == 1\n\n\ndef test_r1_b():\n    pass\n"
    )
    reading = Reading({("test_r1_a", 0): "'é'"}, frozenset({"test_r1_b"}))
    assert misread(source, Reading()) == source
    assert misread(source, reading) == source.replace("1\n\n", "'é'\n\n").replace(
        "def test_r1_b():\n    pass", ""
    )
    assert "_seen.append((0, repr(f('ü'))))" in watching(source)


def test_a_person_knows_what_is_right_nine_times_of_ten(host, kept):
    card = ExampleCard(
        command="split-bill",
        input="dishes = []; tip_percent = 5",
        output="[]",
        others=1,
    )
    said = []
    for seed in range(60):
        person = Requester(load(NAMES[0]), KeptJudge(host, kept), seed)
        said.append(person.card(1, card))
    assert set(said) == {"yes", "no"}
    assert 45 <= said.count("yes") < 60  # 54 are expected


@pytest.mark.parametrize(
    ("input", "output", "answer"),
    [
        ("dishes = []; tip_percent = 5", "[1]", "[]"),
        ("dishes = []; tip_percent = -5", "[]", "refused"),
        ("dishes = [{…; tip_percent = 5", "[]", None),
    ],
)
def test_a_person_types_what_is_right(host, kept, input, output, answer):
    card = ExampleCard(command="split-bill", input=input, output=output, others=1)
    people = [Requester(load(NAMES[0]), KeptJudge(host, kept), n) for n in range(9)]
    said = [person.card(1, card) for person in people]
    assert Counter(said).most_common(1)[0][0] == answer
