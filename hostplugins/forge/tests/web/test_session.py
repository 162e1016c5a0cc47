"""A session on the page, from the first question to the decision, over real HTTP."""

from __future__ import annotations

import json

import pytest

from plugwright.errors import UsageError
from plugwright.lives import State
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.session import Session
from plugwright_forge.web.desk import StoppedByPerson
from plugwright_forge.web.serving import serve


def steps(served):
    log = served.session.folder / "events.jsonl"
    return [json.loads(line)["key"] for line in log.read_text().splitlines()]


def decided(served, window, choice="approve"):
    """Answer everything that is asked, and decide."""
    assert window.answer("question", "default").status == 200
    assert window.answer("specification", "approve").status == 200
    assert window.answer("decision", choice).status == 200
    return served.end()


def test_what_is_approved_on_the_page_is_active(serving, lives):
    served = serving()

    delivery = decided(served, served.window())

    assert delivery.approved
    assert lives.life(delivery.bundle).state is State.ACTIVE
    assert served.session.folder.joinpath("plugin.py").exists()


def test_what_is_rejected_does_not_run_and_the_record_says_who_decided(serving, lives):
    served = serving()

    delivery = decided(served, served.window(), "reject")

    assert not delivery.approved
    assert lives.life(delivery.bundle).state is State.DISABLED


def test_the_ledger_says_that_it_was_the_person_at_the_page(serving, lives):
    served = serving()

    delivery = decided(served, served.window())

    assert lives.approval(delivery.bundle).by == "a person at the page"


def test_an_answer_is_kept_on_the_disk_before_the_page_is_told_so(serving):
    served = serving()
    window = served.window()

    reply = window.answer("question", "text", "the last")

    assert reply.status == 200
    assert json.loads(reply.text) == {"kept": True}
    kept = served.session.folder.joinpath("events.jsonl").read_text()
    assert '"the last"' in kept


def test_the_first_answer_wins_and_the_other_window_is_told(serving):
    served = serving()
    one, other = served.window(), served.window()
    ask = one.until("ask", about="question")
    said = {"id": ask["id"], "choice": "text", "text": "mine"}

    first, second = one.post("answer", said), other.post("answer", said)

    assert first.status == 200
    assert second.status == 409
    assert "not asked any more" in second.text or "first" in second.text
    assert other.until("answered")["text"] == "mine"


def test_an_example_card_is_answered_and_becomes_an_approved_example(
    serving, differing
):
    served = serving(autonomy=Autonomy.SEMI, **differing)
    window = served.window()
    window.answer("question", "unknown")

    card = window.until("ask", about="example")
    reply = window.answer("example", "yes")

    assert card["command"] == "longest-lesson"
    assert reply.status == 200
    assert "card/1" in steps(served)
    kept = window.until("kept", about="card")
    assert kept["value"]["wanted"] is True


@pytest.mark.parametrize(
    ("choice", "text", "kept"),
    [
        ("no", "", {"wanted": False}),
        ("unknown", "", None),
        ("refuse", "", '"refused": true'),
        ("text", '"no"', '"value": "no"'),
        ("text", "no", '"value": "no"'),
        ("text", '{"subject": "art"}', '"subject": "art"'),
    ],
)
def test_a_card_has_room_for_every_answer(serving, differing, choice, text, kept):
    served = serving(autonomy=Autonomy.SEMI, **differing)
    window = served.window()
    window.answer("question", "default")

    assert window.answer("example", choice, text).status == 200

    value = Session(served.session.folder).given("card/")["card/1"]
    if isinstance(kept, dict):
        assert kept.items() <= value.items()
    elif kept is None:
        assert value is None
    else:
        assert json.loads(value["output"]) == json.loads(value["output"])
        assert kept in json.dumps(json.loads(value["output"]))


def test_a_changed_specification_is_what_is_built(serving):
    served = serving()
    window = served.window()
    window.answer("question", "default")
    asked = window.until("ask", about="specification")
    assert asked["document"]["name"] == "lesson-finder"
    changed = asked["text"].replace("Finds the longest lesson.", "Finds what is long.")

    assert window.answer("specification", "text", changed).status == 200

    assert window.answer("decision", "approve").status == 200
    served.end()
    kept = served.session.folder.joinpath("specification.toml").read_text()
    assert "Finds what is long." in kept


def test_a_change_that_cannot_be_read_is_asked_again_with_the_place(serving):
    served = serving()
    window = served.window()
    window.answer("question", "default")

    reply = window.answer("specification", "text", "name = ")

    assert reply.status == 409
    assert "is not TOML" in reply.text
    again = [m for _, m in _all(window) if m["kind"] == "ask"][-1]
    assert "is not TOML" in again["problem"]
    assert again["text"] == "name = "
    assert again["document"] is None


def _all(window):
    """Read what is there until the newest question."""
    for number, message in window.follow():
        yield number, message
        if message["kind"] == "ask" and message.get("problem"):
            return


def test_the_proposal_says_what_it_may_do_and_shows_the_code(serving):
    served = serving()
    window = served.window()
    window.answer("question", "default")
    window.answer("specification", "approve")

    asked = window.until("ask", about="decision")

    titles = [each["title"] for each in asked["sections"]]
    assert "What it is allowed to do" in titles
    assert "Unsure" in titles
    assert asked["code"][0]["name"] == "plugin.py"
    assert "def longest_lesson" in asked["code"][0]["text"]
    assert asked["news"] is None


def test_an_upgrade_is_shown_with_its_difference(serving, lives, story):
    first = serving()
    decided(first, first.window())
    changed = story.code.replace("Find the", "Look for the")
    second = serving(implementer=story.fenced(changed))
    window = second.window()
    window.answer("question", "default")
    window.answer("specification", "approve")

    asked = window.until("ask", about="decision")

    assert "Different from version 0.1.0, which runs now" in asked["news"]["title"]
    difference = {each["name"]: each["text"] for each in asked["difference"]}
    assert '+    """Look for the longest lesson."""' in difference["plugin.py"]


def test_the_matrix_is_told_cell_by_cell(serving):
    served = serving()
    window = served.window()
    window.answer("question", "default")
    window.answer("specification", "approve")

    told = []
    for _, message in window.follow():
        told.append(message)
        if message["kind"] == "ask" and message["about"] == "decision":
            break

    kinds = {message["kind"] for message in told}
    assert {"session", "phase", "working", "judging", "result", "budget"} <= kinds
    cells = [m for m in told if m["kind"] == "result" and "candidate" in m["subject"]]
    assert {cell["verdict"] for cell in cells} == {"AC"}


def test_whoever_comes_back_gets_what_is_missing_and_nothing_twice(serving):
    served = serving()
    window = served.window()
    before = []
    for number, message in window.follow():
        before.append(number)
        if message["kind"] == "ask":
            break
    window.answer("question", "default")
    window.until("ask", about="specification")

    after = []
    for number, message in window.follow(Last_Event_ID=before[-1]):
        after.append(number)
        if message["kind"] == "ask":
            break

    assert not {*after} & {*before}
    places = [int(number.partition("-")[2]) for number in before + after]
    assert places == [*range(len(places))]


def test_a_number_of_another_run_begins_anew(serving):
    window = serving().window()

    _, first = next(window.follow(Last_Event_ID="00000000-7"))

    assert first == {"kind": "begin"}


def test_a_stopped_session_is_resumed_on_the_page_and_asks_nothing_twice(serving):
    served = serving()
    window = served.window()
    window.answer("question", "text", "the last")
    window.until("ask", about="specification")

    assert window.post("steer", {"wish": "stop"}).status == 200
    window.until("state", state="stopped")
    assert "end" not in steps(served)
    assert window.post("steer", {"wish": "resume"}).status == 200

    window.until("ask", about="specification")
    asked = []
    for _, message in window.follow():
        asked += [message["about"]] if message["kind"] == "ask" else []
        if asked:
            break
    assert asked == ["specification"]
    assert window.until("kept", key="interview/1")["value"]["text"] == "the last"
    window.answer("specification", "approve")
    window.answer("decision", "approve")
    assert served.end().approved
    assert len(served.world.script.asked("requirements-analyst")) == 1


def test_a_stopped_session_that_is_closed_ends_as_with_ctrl_c(serving):
    served = serving()
    window = served.window()
    window.until("ask", about="question")

    window.post("steer", {"wish": "stop"})
    window.until("state", state="stopped")
    window.post("steer", {"wish": "close"})

    outcome = served.end()
    assert isinstance(outcome, StoppedByPerson)
    assert isinstance(outcome, KeyboardInterrupt)
    assert "end" not in steps(served)


def test_a_pause_waits_between_two_steps(serving):
    served = serving()
    window = served.window()
    ask = window.until("ask", about="question")

    assert window.post("steer", {"wish": "pause"}).status == 200
    window.post("answer", {"id": ask["id"], "choice": "default"})
    window.until("state", state="paused")
    done = steps(served)
    assert done[-1] == "interview/1"
    assert window.post("steer", {"wish": "go-on"}).status == 200

    window.until("ask", about="specification")
    assert steps(served)[: len(done)] == done


@pytest.mark.parametrize("wish", ["go-on", "resume", "close"])
def test_what_cannot_be_wished_now_is_said(serving, wish):
    window = serving().window()
    window.until("ask")

    reply = window.post("steer", {"wish": wish})

    assert reply.status == 409
    assert f"nothing to {wish}" in reply.text


def test_a_model_that_fails_can_be_tried_again_on_the_page(serving):
    from plugwright.errors import Unavailable

    served = serving()
    window = served.window()
    lines = served.world.script.lines
    good, lines["architect"] = lines["architect"], None

    def fails(request):
        if lines["architect"] is None and request.role == "architect":
            raise Unavailable("scripted", "it is out of order")
        return answer(request)

    answer = served.world.script.provider._answer
    served.world.script.provider._answer = fails
    window.answer("question", "default")
    stopped = window.until("state", state="stopped")
    assert "it is out of order" in stopped["why"]

    lines["architect"] = good
    window.post("steer", {"wish": "resume"})

    window.answer("specification", "approve")
    window.answer("decision", "approve")
    assert served.end().approved


def test_a_gate_that_stays_shut_is_said_on_the_page(serving, story):
    bad = story.fenced(story.failing("test_r1_the_longest"))
    served = serving(implementer=bad)
    window = served.window()
    says = {"question": "default", "specification": "approve"}

    for _, over in window.follow():
        if over["kind"] == "ask":
            choice = says.get(over["about"], "unknown")
            window.post("answer", {"id": over["id"], "choice": choice, "text": ""})

    assert over["kind"] == "over"
    assert not over["good"]
    assert "no plugin was good enough" in over["words"]
    assert "no plugin was good enough" in str(served.end())


def test_alarms_of_the_guard_and_the_budget_come_from_the_sessions_log(serving, world):
    here = world()
    session = here.begin()
    alarm = {"signal": "chanting", "rung": "nudge", "reasoning": "It says it again."}
    session.step("alarm/1", lambda: alarm)
    from plugwright_forge.web.desk import Desk
    from plugwright_forge.web.feed import Feed
    from plugwright_forge.web.following import Followed

    feed = Feed()
    Followed(session.folder, Desk(feed)).step("alarm/1", dict)

    told = [json.loads(text) for text in feed._messages]
    assert told[-1]["value"] == alarm
    calls = next(each for each in told[0]["lines"] if each["what"].startswith("calls"))
    assert calls == {"what": "calls of models", "spent": 0, "most": 60}


def test_a_port_that_is_taken_is_one_sentence(serving, lives):
    served = serving()
    port = served.window().at.port

    with pytest.raises(UsageError, match=f"the port {port} cannot be used"):
        serve(None, served.session, announce=print, port=port)


def test_a_stop_that_was_wished_before_the_work_began_is_not_forgotten():
    from plugwright_forge.web.desk import Desk, Wish
    from plugwright_forge.web.feed import Feed

    desk = Desk(Feed())
    desk.steer(Wish.STOP)
    desk.begin()

    with pytest.raises(StoppedByPerson):
        desk.look_up()
