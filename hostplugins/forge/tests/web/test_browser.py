"""A whole session in a real browser: with a mouse, with keys alone, and on a phone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Event

import pytest

from plugwright_forge.autonomy import Autonomy

SHOTS = os.environ.get("PLUGWRIGHT_SHOTS", "")
"""A folder for pictures, for whoever wants to look at the page."""
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def is_wider_than_its_window(page):
    return page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


def through_examples(page):
    """Find the examples right that are left; the decision comes after them."""
    while next_question(page) == "Is this right?":
        page.get_by_label("Yes, that is right").check()
        page.get_by_role("button", name="Answer", exact=True).click()


def next_question(page):
    # What was answered is locked at once, so what is open is new.
    page.locator("#ask button:enabled").first.wait_for()
    return page.locator("#ask-title").text_content()


@pytest.fixture
def guided(serving, differing, story):
    """A session in which everything is asked, and a candidate fails a test."""
    bad = story.failing("test_r1_the_longest")
    lines = [story.fenced(bad), differing["implementer"][1], story.fenced(story.code)]
    return lambda: serving(**{**differing, "implementer": lines})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("light", ["light", "dark"])
def test_a_whole_session_is_gone_through(guided, browse, size, light):
    served = guided()
    width, height = SIZES[size]
    page = browse(served, width, height, color_scheme=light)
    name = f"{size}-{light}"

    page.get_by_role("heading", name="Which of two equal lessons?").wait_for()
    assert "Your answer is needed" in page.title()
    shoot(page, f"{name}-1-question")
    assert not is_wider_than_its_window(page)
    page.get_by_label("Your answer").fill("the last")
    page.get_by_role("button", name="Answer", exact=True).click()

    page.get_by_role("heading", name="Is this what you want?").wait_for()
    assert page.get_by_text("Gives the longest lesson.").is_visible()
    shoot(page, f"{name}-2-specification")
    assert not is_wider_than_its_window(page)
    page.get_by_role("button", name="Approve", exact=True).click()

    page.get_by_role("heading", name="Is this right?").wait_for()
    names = page.locator(".example .values th").all_text_contents()
    assert names == ["subject", "minutes", "minutes", "subject"]
    assert "{" not in page.locator("#ask").inner_text()
    shoot(page, f"{name}-3-example")
    assert not is_wider_than_its_window(page)
    page.get_by_label("Yes, that is right").check()
    page.get_by_role("button", name="Answer", exact=True).click()

    through_examples(page)
    assert page.locator("#matrix .cell.AC").count() > 2
    assert page.locator("#matrix .cell.WA button").count() > 0
    assert page.get_by_role("link", name="Read the test report").is_visible()
    shoot(page, f"{name}-4-decision")
    assert not is_wider_than_its_window(page)
    page.get_by_role("button", name="Approve: let it run").click()

    page.get_by_role("heading", name="lesson-finder is active.").wait_for()
    shoot(page, f"{name}-5-over")
    assert not is_wider_than_its_window(page)
    assert served.end().approved
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Read the test report").click()
    report = opened.value
    report.get_by_text("It is ready for a decision.").wait_for()
    shoot(report, f"{name}-6-report")
    assert report.evaluate("getComputedStyle(document.body).margin") == "0px"
    assert page.get_by_text(str(served.session.folder / "report.html")).is_visible()


def test_keys_alone_are_enough(guided, browse):
    served = guided()
    page = browse(served)
    page.locator("#ask-title").wait_for()
    keys = page.keyboard.press

    assert page.evaluate("document.activeElement.id") == "ask-title"
    keys("Tab")
    keys("Space")
    keys("ArrowDown")
    keys("Tab")
    page.keyboard.type("the last")
    keys("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Answer"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    keys("Enter")
    assert next_question(page) == "Is this what you want?"
    for _ in range(9):
        keys("Tab")
        if page.evaluate("document.activeElement.textContent") == "Approve":
            break
    keys("Enter")
    while next_question(page) == "Is this right?":
        keys("Tab")
        keys("Space")
        for _ in range(9):
            keys("Tab")
            if page.evaluate("document.activeElement.textContent") == "Answer":
                break
        keys("Enter")
    for _ in range(20):
        keys("Tab")
        if "Approve" in page.evaluate("document.activeElement.textContent"):
            break
    keys("Enter")

    assert served.end().approved
    kept = served.session.folder.joinpath("events.jsonl").read_text()
    assert '"the last"' in kept


def test_a_lost_connection_is_said_and_found_again_with_nothing_lost(guided, browse):
    served = guided()
    page = browse(served)
    next_question(page)
    page.get_by_label("Your answer").fill("half an ans")
    network = page.context.new_cdp_session(page)
    calm = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.enable")

    network.send("Network.emulateNetworkConditions", {"offline": True, **calm})
    served.window().post("steer", {"wish": "pause"})
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("cannot be reached, so this was not kept").wait_for()
    network.send("Network.emulateNetworkConditions", {"offline": False, **calm})
    page.get_by_role("button", name="Go on").wait_for()

    # What was typed is still there, and can be finished.
    assert page.get_by_label("Your answer").input_value() == "half an ans"
    page.get_by_label("Your answer").fill("a whole answer")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_text("Paused. Nothing is lost.").wait_for()
    page.get_by_role("button", name="Go on").click()
    assert next_question(page) == "Is this what you want?"
    assert page.locator("#answers dd").all_text_contents() == ["a whole answer"]


def test_two_windows_are_alive_and_the_second_answer_is_told(guided, browse):
    served = guided()
    one, other = browse(served), browse(served)
    next_question(one)
    next_question(other)

    one.get_by_label("Take the suggestion").check()
    one.get_by_role("button", name="Answer", exact=True).click()

    assert next_question(one) == "Is this what you want?"
    other.get_by_role("heading", name="Is this what you want?").wait_for()
    assert other.locator("#answers dd").all_text_contents() == ["the first"]


def test_it_is_stopped_and_resumed_with_two_buttons(guided, browse):
    served = guided()
    page = browse(served)
    next_question(page)
    page.get_by_label("Your answer").fill("the last")
    page.get_by_role("button", name="Answer", exact=True).click()
    next_question(page)

    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for()
    assert "stopped" in page.title()
    shoot(page, "stopped")
    page.get_by_role("button", name="Resume").click()

    assert next_question(page) == "Is this what you want?"
    assert page.locator("#answers dd").all_text_contents() == ["the last"]
    page.get_by_role("button", name="Approve", exact=True).click()
    through_examples(page)
    page.get_by_role("button", name="Reject").click()
    page.get_by_role("heading", name="was not approved").wait_for()
    assert not served.end().approved


def test_a_stop_says_what_it_waits_for(guided, browse):
    served = guided()
    page, may_go_on = browse(served, 390, 844), Event()
    judge = served.world.judge.judge

    def slow(case, watch=None):
        assert may_go_on.wait(30)
        return judge(case, watch)

    served.world.judge.judge = slow
    next_question(page)
    page.get_by_label("Take the suggestion").check()
    page.get_by_role("button", name="Answer", exact=True).click()
    next_question(page)
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_text("The judge tries the tests").wait_for()

    page.get_by_role("button", name="Stop").click()

    page.get_by_text("It stops after this step").wait_for()
    shoot(page, "stopping")
    may_go_on.set()
    page.get_by_role("button", name="Resume").wait_for()
    assert not page.get_by_text("after this step").is_visible()


def test_a_right_answer_is_made_of_the_wrong_one(guided, browse):
    served = guided()
    page = browse(served)
    next_question(page)
    page.get_by_label("Take the suggestion").check()
    page.get_by_role("button", name="Answer", exact=True).click()
    next_question(page)
    page.get_by_role("button", name="Approve", exact=True).click()
    next_question(page)

    page.get_by_label("No, it should give something else").check()
    typed = page.get_by_label("What it should give", exact=True)
    assert json.loads(typed.input_value()) == {"minutes": 45, "subject": "art"}
    shoot(page, "changing")
    typed.fill(typed.input_value().replace("45", "46"))
    page.get_by_role("button", name="Answer", exact=True).click()

    page.locator("#answers .values").wait_for()
    assert page.locator("#answers .values td").all_text_contents() == ["46", "art"]


def test_what_a_model_writes_is_shown_and_never_run(serving, browse, story):
    evil = "<img src=x onerror=alert(1)><script>document.title='x'</script>"
    asked = {**story.questions["questions"][0], "question": evil}
    served = serving(requirements_analyst='{"questions": [' + json.dumps(asked) + "]}")
    page = browse(served)

    page.get_by_role("heading", name=evil).wait_for()

    assert page.locator("#ask img, #ask script").count() == 0
    assert "Plugwright forge" in page.title()


def test_nothing_moves_for_whoever_wants_no_motion(serving, browse):
    page = browse(serving(autonomy=Autonomy.GUIDED), reduced_motion="reduce")
    next_question(page)

    moving = "document.getAnimations().filter((a) => a.playState === 'running').length"
    assert page.evaluate(moving) == 0


def test_who_is_judged_anew_by_more_tests_keeps_the_column(serving, browse, story):
    tie = "test_r1_of_equals_the_first"
    tied = f"\n\ndef {tie}():\n    assert longest_lesson(DAY[1:]) == DAY[1]\n"
    page = browse(
        serving(
            autonomy=Autonomy.FULL,
            implementer=[story.fenced(story.failing(tie))] * 3
            + [story.fenced(story.code)],
            test_engineer=[story.fenced(story.tests), story.fenced(story.tests + tied)],
        )
    )
    page.get_by_role("button", name="Approve").wait_for()

    versions = page.locator("#matrix thead th", has_text=".").all_text_contents()
    assert versions == ["1.0", "2.0", "3.0", "4.0", "5.0"]
    row = page.locator("#matrix tbody tr", has_text="of equals the first")
    assert row.locator("td.WA").count() >= 3
