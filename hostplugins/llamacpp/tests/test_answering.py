"""A question is answered: whole, in pieces, within limits, and the same way twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from plugwright.errors import TooLong, UsageError
from plugwright.providers import (
    Cancel,
    Done,
    Finish,
    Message,
    Piece,
    Request,
    collected,
)
from plugwright_llamacpp.provider import LocalModel

Ask = Callable[..., Request]
Open = Callable[..., LocalModel]


def test_the_same_seed_gives_the_same_text(model: LocalModel, ask: Ask) -> None:
    first = model.complete(ask(temperature=0.9, seed=7))
    second = model.complete(ask(temperature=0.9, seed=7))

    assert second.text == first.text
    assert model.complete(ask(temperature=0.9, seed=8)).text != first.text


def test_what_was_read_is_not_read_again(model: LocalModel, ask: Ask) -> None:
    first, second = model.complete(ask()), model.complete(ask())

    assert first.tokens_cached == 0
    assert second.tokens_cached == second.tokens_in - 1
    assert second.text == first.text


def test_without_reuse_everything_is_read_each_time(open_model: Open, ask: Ask) -> None:
    model = open_model("context=1024&reuse=0")

    answers = [model.complete(ask()) for _ in range(2)]

    assert [each.tokens_cached for each in answers] == [0, 0]
    assert answers[0].text == answers[1].text


def test_the_pieces_are_the_answer(model: LocalModel, ask: Ask) -> None:
    *pieces, done = model.stream(ask(), Cancel())

    assert isinstance(done, Done)
    text = "".join(piece.text for piece in pieces if isinstance(piece, Piece))
    assert text == done.completion.text == model.complete(ask()).text
    assert len(pieces) > 1


def test_an_answer_ends_with_its_tokens(model: LocalModel, ask: Ask) -> None:
    answer = model.complete(ask(max_tokens=13))

    assert answer.finish is Finish.LENGTH
    assert answer.tokens_out == 13
    assert 0 < answer.waited <= answer.seconds
    assert answer.model == "tiny"


def test_an_answer_ends_with_its_context(open_model: Open, ask: Ask) -> None:
    model = open_model("context=256")

    answer = model.complete(ask(max_tokens=4096))

    assert answer.finish is Finish.LENGTH
    assert answer.tokens_in + answer.tokens_out == 256


def test_a_text_to_stop_at_ends_the_answer_and_is_not_in_it(
    model: LocalModel, ask: Ask
) -> None:
    whole = model.complete(ask()).text
    stop = whole[10:13]

    answer = model.complete(ask(stop=(stop,)))

    assert answer.finish is Finish.STOP
    assert answer.text == whole[: whole.index(stop)]


def test_a_wish_ends_the_answer_where_it_is(model: LocalModel, ask: Ask) -> None:
    cancel = Cancel()
    said = []

    for event in model.stream(ask(max_tokens=3000), cancel):
        said.append(event)
        if len(said) == 5:
            cancel.wish()

    assert isinstance(said[-1], Done)
    assert said[-1].completion.finish is Finish.CANCELLED
    assert said[-1].completion.tokens_out < 3000
    assert model.complete(ask()).finish is Finish.LENGTH


def test_a_wish_from_another_thread_stops_the_reading(
    open_model: Open, ask: Ask
) -> None:
    model = open_model("context=8192")
    asked = ask("x" * 7000, max_tokens=2)
    cancel = Cancel()
    # As the wish is made in the middle of what the library computes.
    seats = model.model.submit(lambda loaded: loaded.seats).result()
    engine = model.model.submit(lambda loaded: loaded.engine).result()
    parts: list[int] = []
    decode = engine._decode

    def counted() -> None:
        parts.append(1)
        if len(parts) == 3:
            cancel.wish()
        decode()

    engine._decode = counted  # type: ignore[method-assign]

    answer = collected(model.stream(asked, cancel))

    assert (answer.finish, answer.tokens_out) == (Finish.CANCELLED, 0)
    assert len(parts) == 3
    assert seats.of("tutor").tokens == []
    assert model.complete(asked).finish is Finish.LENGTH


def test_a_wish_before_the_answer_costs_nothing(model: LocalModel, ask: Ask) -> None:
    cancel = Cancel()
    cancel.wish()

    answer = collected(model.stream(ask(), cancel))

    assert (answer.finish, answer.tokens_out) == (Finish.CANCELLED, 0)


def test_who_listens_no_more_ends_the_answer(model: LocalModel, ask: Ask) -> None:
    events = model.stream(ask(max_tokens=3000), Cancel())
    next(iter(events))

    events.close()  # type: ignore[attr-defined]

    assert model.complete(ask(role="other", max_tokens=2)).tokens_out == 2


def test_a_question_that_is_too_long_says_by_how_much(
    open_model: Open, ask: Ask
) -> None:
    model = open_model("context=512")

    with pytest.raises(TooLong) as caught:
        model.complete(ask("x" * 600))

    assert caught.value.context == 512
    assert caught.value.tokens == model.count(ask("x" * 600))
    over = caught.value.tokens - 511
    assert f"send at least {over} tokens less" in caught.value.remedy
    assert "or open it with `?context=1024`" in caught.value.remedy


def test_bytes_that_are_no_text_are_shown_as_such(model: LocalModel, ask: Ask) -> None:
    answer = model.complete(ask(max_tokens=500, temperature=2.0))

    answer.text.encode()
    assert "\N{REPLACEMENT CHARACTER}" in answer.text


def test_half_a_character_is_not_said(model: LocalModel, ask: Ask) -> None:
    request = ask(schema={"const": "é😀"}, max_tokens=50)

    *pieces, done = model.stream(request, Cancel())

    assert isinstance(done, Done)
    assert done.completion.text == '"é😀"'
    assert [p.text for p in pieces if isinstance(p, Piece)] == ['"', "é", "😀", '"']


def test_several_threads_get_each_their_answer(model: LocalModel, ask: Ask) -> None:
    alone = {role: model.complete(ask(role, role=role)).text for role in "abc"}
    found: dict[str, str] = {}

    def work(role: str) -> None:
        found[role] = model.complete(ask(role, role=role)).text

    threads = [threading.Thread(target=work, args=(role,)) for role in "abc"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert found == alone


def test_more_roles_than_seats_are_answered(open_model: Open, ask: Ask) -> None:
    model = open_model("context=512&seats=2")

    answers = [model.complete(ask(str(n), role=str(n))).text for n in range(5)]

    assert answers[0] == model.complete(ask("0", role="0")).text


def test_roles_share_what_they_have_in_common(model: LocalModel, ask: Ask) -> None:
    told = Message("system", "Be short. " * 20)
    one = model.complete(ask(role="a", messages=(told, Message("user", "One?"))))
    two = model.complete(ask(role="b", messages=(told, Message("user", "Two?"))))

    assert one.tokens_cached == 0
    assert two.tokens_cached > 200


def test_full_seats_make_way_for_a_long_question(open_model: Open, ask: Ask) -> None:
    model = open_model("context=512")
    for role in "abc":
        model.complete(ask("x" * 100, role=role))

    answer = model.complete(ask("y" * 400, role="d", max_tokens=4096))

    assert answer.tokens_in + answer.tokens_out == 512


def test_texts_become_vectors(model: LocalModel) -> None:
    half, same, other = model.embed(["a half", "a half", "thirds"])

    assert half == same != other
    assert sum(each * each for each in half) == pytest.approx(1)
    assert len(half) == 64


def test_counting_is_exact(model: LocalModel, ask: Ask) -> None:
    assert model.count(ask("abc")) == model.complete(ask("abc")).tokens_in
    assert model.count(ask("abcd")) == model.count(ask("abc")) + 1


def test_after_close_it_says_so(model: LocalModel, ask: Ask) -> None:
    model.close()
    model.close()

    for use in (model.complete, model.count):
        with pytest.raises(UsageError, match="was closed"):
            use(ask())
