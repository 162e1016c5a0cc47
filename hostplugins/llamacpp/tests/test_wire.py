"""Whatever an error knows, it knows on the other side as well."""

from __future__ import annotations

import json

from plugwright.errors import Malformed, TooLong
from plugwright.providers import Completion, Finish
from plugwright_llamacpp.wire import error_in, error_out


def crossed(error: BaseException) -> BaseException:
    return error_in(json.loads(json.dumps(error_out(error))))


def test_an_answer_that_does_not_fit_crosses_over_with_its_error() -> None:
    whole = Completion(text='"six"', tokens_out=3, finish=Finish.LENGTH)
    error = crossed(Malformed("it", "it is a text", completion=whole, remedy="again"))

    assert isinstance(error, Malformed)
    assert error.completion == whole
    assert (error.text, error.remedy) == ('"six"', "again")


def test_errors_keep_their_kind_and_what_they_know() -> None:
    error = crossed(TooLong("it", tokens=9, context=7))

    assert isinstance(error, TooLong)
    assert vars(error) == vars(TooLong("it", tokens=9, context=7))


def test_a_mistake_of_ours_is_a_sentence_too() -> None:
    assert "the model's process: ZeroDivisionError" in str(crossed(ZeroDivisionError()))
