"""Any provider can be asked like the best ones; what it lacks is made up for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scripting import Scripted, Streaming, says

from plugwright.agents.recording import frame_of
from plugwright.errors import UsageError
from plugwright.providers import (
    Cancel,
    Capabilities,
    Done,
    Finish,
    Message,
    Piece,
    Request,
    able,
    collected,
    counted,
    refuse_grammar,
    streamed,
)

ASKED = Request(role="tester", template="t/1", messages=(Message("user", "Ångström"),))


def test_pieces_of_a_provider_that_streams_are_its_own():
    assert [*streamed(Streaming("a b"), ASKED)] == [
        *(Piece("a"), Piece(" b")),
        Done(says("a b")),
    ]


def test_who_cannot_stream_answers_in_one_piece():
    assert [*streamed(Scripted("a b"), ASKED)] == [Piece("a b"), Done(says("a b"))]
    assert [*streamed(Scripted(""), ASKED)] == [Done(says(""))]


def test_who_cannot_be_stopped_has_been_cancelled_all_the_same():
    cancel = Cancel()
    cancel.wish()
    *_, done = streamed(Scripted("a"), ASKED, cancel)
    assert isinstance(done, Done)
    assert done.completion.finish is Finish.CANCELLED


def test_the_whole_of_an_answer_is_in_its_end():
    assert collected(streamed(Streaming("a b"), ASKED)).text == "a b"
    with pytest.raises(ValueError, match="without a `Done`"):
        collected([Piece("a")])


def test_what_a_provider_can_do_is_asked_once():
    class Telling(Scripted):
        asked_for = 0

        @property
        def capabilities(self):
            self.asked_for += 1
            return Capabilities(context=7)

    model = Telling()
    assert able(model).context == 7
    assert model.asked_for == 1
    assert (able(Streaming()).streams, able(Scripted()).streams) == (True, False)


def test_tokens_are_counted_as_the_provider_does_or_with_care():
    class Counting(Scripted):
        def count(self, request):
            return 3

    assert counted(Counting(), ASKED) == 3
    assert counted(Scripted(), ASKED) == (10 + 12) // 3 + 1


def test_who_knows_no_grammar_refuses_one_and_nothing_else():
    refuse_grammar("it", ASKED)
    with pytest.raises(UsageError, match="`it` cannot keep to a grammar") as caught:
        refuse_grammar("it", replace(ASKED, grammar='root ::= "a"'))
    assert caught.value.remedy


def test_a_grammar_is_in_a_records_key_and_older_keys_stay():
    assert "grammar" not in frame_of(ASKED)
    assert frame_of(replace(ASKED, grammar='root ::= "a"')) != frame_of(ASKED)
