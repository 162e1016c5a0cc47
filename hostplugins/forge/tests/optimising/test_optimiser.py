"""What is kept does the same for less; everything else is left, with a reason."""

from __future__ import annotations

from plugwright.judging import Call, Case
from plugwright_forge.optimising import asking

UNIQUE = '''\
from plugwright_sdk import command


@command
def unique(words: list[str]) -> list[str]:
    """Give each word once."""
    seen: list[str] = []
    for word in words:
        if word not in seen:  # is it new?
            seen.append(word)
    return seen
'''
WORDS = {"words": ["b", "a", "b"]}
SLOW = '''\
from plugwright_sdk import command


@command
def total(number: int) -> int:
    """Add up the numbers below."""
    found = 0
    for each in range(number):
        found += each
    return found
'''
FAST = SLOW.replace(
    """    found = 0
    for each in range(number):
        found += each
    return found
""",
    "    return max(0, number) * (max(0, number) - 1) // 2\n",
)


def test_a_quadratic_plugin_gets_faster_without_a_model(desk):
    found = desk.optimise(UNIQUE, WORDS, command="unique")

    [kept] = found.tries
    assert (kept.name, kept.kept, kept.where) == ("seen", True, "unique, line 9")
    assert "seen_known.add(word)" in found.code
    assert "  # is it new?" in found.code
    assert found.ratio < 0.7
    assert found.ratio == found.after / found.before
    assert found.inputs > 1000
    assert " %         if word not in seen:" in found.profile
    assert "a ratio of 0." in found.in_words()


def test_what_is_in_the_session_is_not_done_again_and_comes_out_the_same(desk):
    first = desk.optimise(UNIQUE, WORDS, command="unique")
    done = [*desk.done]

    again = desk.optimise(UNIQUE, WORDS, command="unique")

    assert again == first
    assert desk.done == done
    assert len(done) == len({*done})


def test_a_rewrite_that_saves_nothing_is_not_sure_yet_and_left(desk):
    joined = '''\
from plugwright_sdk import command


@command
def joined(words: list[str]) -> str:
    """Write them one after the other."""
    text = ""
    for word in words:
        text += word
    return text
'''
    found = desk.optimise(joined, WORDS, command="joined")

    assert [(each.name, each.kept) for each in found.tries] == [("joining", False)]
    assert found.tries[0].why.startswith("not sure yet")
    assert found.code == joined
    assert (found.ratio, found.changed) == (1.0, False)
    assert found.in_words().startswith("No rewrite was better.\n- left: joins")


def test_a_models_rewrite_that_is_right_is_kept(desk):
    found = desk.optimise(SLOW, {"number": 400}, command="total", answers=(FAST,))

    assert found.code == FAST
    assert found.ratio < 0.9
    assert found.tries[0].name == "model"
    [sections] = desk.asked
    assert sections["code"] == SLOW
    assert " %         found += each" in sections["profile"]


def test_a_rewrite_that_is_wrong_for_one_in_a_thousand_is_left_and_the_next_is_told(
    desk,
):
    wrong = FAST.replace(
        "    return max", "    if number == 977:\n        return 1\n    return max"
    )

    found = desk.optimise(SLOW, {"number": 400}, command="total", answers=(wrong, FAST))

    assert [each.kept for each in found.tries] == [False, True]
    why = 'it answers differently to `total {"number": 977}`'
    assert found.tries[0].why == why
    assert why in desk.asked[1]["lesson"]
    assert found.code == FAST


def test_who_behaves_while_it_is_profiled_gains_nothing(desk, host):
    looks = "sys.monitoring.get_tool(sys.monitoring.PROFILER_ID)"
    head = SLOW.partition("    found = 0")[0].replace("from", "import sys\nfrom", 1)
    right = SLOW.partition('below."""\n')[2].replace("    ", "        ")
    wrong_unwatched = f"{head}    if {looks}:\n{right}    return 0\n"
    slow_unwatched = (
        f"{head}    n = max(0, number)\n    if {looks}:\n"
        f"        return n * (n - 1) // 2\n    else:\n{right}"
    )
    files = {"plugin.py": slow_unwatched}
    call = Call(command="total", arguments={"number": 400})
    watched = host.judge().profile(Case(name="p", files=files, tests={}), [call])
    lines = {line.line for line in watched.lines}

    found = desk.optimise(
        SLOW,
        {"number": 400},
        command="total",
        answers=(wrong_unwatched, slow_unwatched),
    )

    stripped = [line.strip() for line in slow_unwatched.split("\n")]
    loop = 1 + stripped.index("found += each")
    assert loop not in lines  # it does notice
    assert [each.kept for each in found.tries] == [False, False]
    assert "answers differently" in found.tries[0].why
    assert found.tries[1].why.startswith(("not sure yet", "worse"))
    assert found.code == SLOW


def test_a_test_that_was_passed_has_to_be_passed(desk):
    kept = SLOW.replace("import command", "import command, storage").replace(
        "    return found", '    storage.set("last", number)\n    return found'
    )
    forgets = FAST.replace("import command", "import command, storage")
    tests = (
        "from plugin import total\nfrom plugwright_sdk.testing import stored\n\n\n"
        "def test_r1_kept():\n    total(3)\n    assert stored('last') == 3\n"
    )
    found = desk.optimise(
        kept,
        {"number": 400},
        command="total",
        permissions=("storage",),
        tests=tests,
        answers=(forgets,),
    )

    assert found.code == kept
    assert "it fails the test `test_plugin.py::test_r1_kept`" in found.tries[0].why


def test_what_reaches_for_more_or_does_not_load_is_left(desk):
    reaches = FAST.replace("import command", "import clock, command").replace(
        "    return",
        "    try:\n        clock.now()\n    except Exception:\n"
        "        pass\n    return",
    )
    fails = f"import nothing\n{FAST}"

    found = desk.optimise(
        SLOW, {"number": 400}, command="total", answers=(reaches, fails)
    )

    assert [each.kept for each in found.tries] == [False, False]
    assert all("answers differently" in each.why for each in found.tries)
    assert found.code == SLOW


def test_what_raises_where_a_loop_was_never_gone_through_is_left(desk):
    hoists = """\
from plugwright_sdk import command


@command
def most(words: list[str], best: list[int]) -> list[int]:
    \"""Add the most to the length of each.\"""
    return [len(word) + max(best) for word in words]
"""
    example = {"words": ["a", "b", "c"], "best": [1, 2, 3]}

    found = desk.optimise(hoists, example, command="most")

    [tried] = found.tries
    assert (tried.name, tried.kept) == ("hoisting", False)
    assert '"best": []' in tried.why
    assert '"words": []' in tried.why


def test_a_session_without_budget_keeps_what_was_found_before(desk):
    desk.optimise(UNIQUE, WORDS, command="unique")
    whole = len(desk.done)
    desk.steps.clear()
    desk.done.clear()
    desk.budget = whole - 1

    found = desk.optimise(UNIQUE, WORDS, command="unique")

    assert found.stopped == "nothing is left"
    assert found.changed
    assert found.in_words().endswith("\nIt ended early: nothing is left.")


def test_calls_that_never_end_are_left_out_and_the_others_of_their_story_compared(desk):
    endless = SLOW.replace(
        "    found = 0\n", "    while number == 3:\n        pass\n    found = 0\n"
    )
    wrong = FAST.replace(
        "    return max", "    if number == -977:\n        return 1\n    return max"
    )

    found = desk.optimise(
        endless, {"number": 400}, command="total", answers=(wrong, FAST)
    )

    assert [each.kept for each in found.tries] == [False, True]
    assert found.inputs > 900


def test_without_an_input_that_can_grow_nobody_is_sure_yet(desk):
    no_arguments = SLOW.replace("number: int", "").replace("number", "400")
    fast = no_arguments.partition("    found")[0] + "    return 79800\n"

    found = desk.optimise(no_arguments, command="total", answers=(fast,))

    assert found.code == no_arguments
    assert found.tries[0].why.startswith("not sure yet: 0 → 0 fuel")


def test_what_others_rely_on_stays_as_it_is(desk):
    renamed = FAST.replace("number", "n")
    summary = FAST.replace("below.", "below!")

    found = desk.optimise(
        SLOW, {"number": 400}, command="total", answers=(renamed, summary)
    )

    assert found.code == SLOW
    why = "it changes `total`, on which others rely"
    assert [each.why for each in found.tries] == [why, why]


class TeamOfOne:
    """Asks nobody; reads what it was given."""

    def __init__(self, text):
        self.text = text
        self.assignments = []

    def ask(self, assignment, read):
        self.assignments.append(assignment)

        class Reply:
            text = self.text

        return read(Reply)


def test_the_card_shows_the_code_its_profile_and_what_was_wrong_before(
    specification,
):
    team = TeamOfOne("Here:\n```python\nx = 1\n```\n")
    sections = {"code": SLOW, "profile": "  9 % found += each", "lesson": "It failed."}

    new = asking(team, specification)("rewrite-1", sections)

    assert new == "x = 1\n"
    request = team.assignments[0].request("")
    asked = request.messages[1].content
    assert request.template == "optimiser/1"
    assert all(each in asked for each in sections.values())
