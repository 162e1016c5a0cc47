"""What a worker sends is a message or a BadFrame; what a guest says is JSON or not."""

from __future__ import annotations

import json
import os
import string
import threading
import tracemalloc

import pytest
from fuzz import strict_json, targets
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugwright_sandbox.wire import frames
from plugwright_sandbox.wire.channel import Channel, Closed

steady = settings(max_examples=300, derandomize=True, database=None)

whole = st.integers(-frames.LARGEST, frames.LARGEST)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    whole,
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner), st.dictionaries(st.text('ab\n"\\é'), inner)
    ),
    max_leaves=30,
)
heads = st.dictionaries(st.text("abc", max_size=5), values, max_size=5)
printable = st.text(string.printable + "\x00\x7f", max_size=50)

pieces = [
    *'{}[],:" \n\\-+.eE019é\ud800',
    *("null", "true", "NaN", "Infinity", "9007199254740992", "1e400", '"a"', '"a":1'),
    *("\\u", "\\ud83d", "\\uDe00", "[" * 60, "]" * 60, '{"a":' * 60, "}" * 60),
]
tokens = st.lists(st.sampled_from(pieces), max_size=40).map("".join)


@pytest.mark.parametrize("path", targets.corpus("frames"), ids=lambda path: path.name)
def test_every_kept_frame_is_a_message_or_a_bad_frame(path):
    targets.frame(path.read_bytes())


@pytest.mark.parametrize("path", targets.corpus("json"), ids=lambda path: path.name)
def test_two_readers_agree_on_every_kept_text(path):
    targets.json_text(path.read_bytes())


def test_some_of_what_is_kept_is_accepted_and_most_is_not():
    for name in ("frames", "json"):
        kept = [
            targets.TARGETS[name](path.read_bytes()) for path in targets.corpus(name)
        ]
        assert len(kept) // 5 < sum(kept) < len(kept)


@steady
@given(st.binary(max_size=200))
@example(b"")
def test_any_bytes_are_a_message_or_a_bad_frame(body):
    targets.frame(body)


@steady
@given(
    st.sampled_from(sorted(targets.PACKED)),
    st.binary(max_size=100),
    st.text(string.printable, max_size=9),
)
def test_bytes_behind_a_letter_are_numbers_and_a_text_or_a_bad_frame(
    letter, body, text
):
    targets.frame(letter + body + text.encode())


@steady
@given(tokens)
def test_two_readers_agree_on_text_made_of_pieces_of_json(text):
    targets.json_text(text.encode("utf-8", "surrogatepass"))


@steady
@given(tokens, printable)
def test_pieces_of_json_before_a_text_are_a_message_or_a_bad_frame(head, text):
    targets.frame(f"{head}\n{text}".encode("utf-8", "surrogatepass"))


@steady
@given(values, st.data())
def test_one_changed_character_is_read_alike_by_two_readers(value, data):
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    at = data.draw(st.integers(0, len(text)))
    with_this = data.draw(st.sampled_from([*string.printable, ""]))
    targets.json_text((text[:at] + with_this + text[at + 1 :]).encode())


@steady
@given(values)
def test_what_is_dumped_is_parsed_as_the_same(value):
    written = frames.dump(value)

    assert targets.same(frames.parse(written), value)
    assert targets.same(strict_json.read(written), value)


@steady
@given(heads, printable)
def test_what_is_encoded_is_decoded_as_the_same(head, text):
    sent = frames.encoded(head, text)
    start, body = sent[: frames.LENGTH_SIZE], sent[frames.LENGTH_SIZE :]

    assert frames.length(start) == len(body)
    assert targets.same(frames.decoded(body).head, head)
    assert frames.decoded(body).text == text


@settings(steady, max_examples=50)
@given(st.lists(st.tuples(heads, printable), max_size=4), st.integers(0, 6))
def test_what_one_end_sends_the_other_receives_however_it_is_cut(messages, cut):
    wire = b"".join(frames.encoded(head, text) for head, text in messages)
    inward, outward = os.pipe()
    try:
        os.write(outward, wire[: len(wire) - cut])
        os.close(outward)
        received = list(_all(Channel(inward, inward)))
    finally:
        os.close(inward)

    whole_ones = messages if not cut else messages[: len(received)]
    assert [m.text for m in received] == [text for _, text in whole_ones]
    assert [m.head for m in received] == [head for head, _ in whole_ones]


def _all(channel):
    while True:
        try:
            yield channel.receive()
        except Closed:
            return


@steady
@given(st.binary(max_size=64), st.binary(max_size=64))
def test_any_bytes_on_the_wire_are_messages_and_then_the_end(one, other):
    inward, outward = os.pipe()

    def send():
        for part in (one, other):
            os.write(outward, part)
        os.close(outward)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for message in _all(Channel(inward, inward)):
            assert type(message.head) is dict
    finally:
        sender.join()
        os.close(inward)


@pytest.mark.parametrize("size", [frames.LIMIT + 1, 1 << 31, (1 << 32) - 1])
def test_a_frame_that_is_too_long_is_refused_by_its_first_four_bytes(size):
    with pytest.raises(frames.BadFrame, match=str(size)):
        frames.length(size.to_bytes(4, "big"))


@pytest.mark.parametrize(
    "unit", ["[],", "{},", '{"":0},', '{"a":0},', "0.1,", '"ab",', "[[]],", "1234567,"]
)
def test_reading_a_frame_takes_at_most_64_bytes_for_each_of_its_bytes(unit):
    body = b'{"a":[' + unit.encode() * (40_000 // len(unit)) + b"0]}"
    tracemalloc.start()
    try:
        targets.frame(b"{}")
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        message = frames.decoded(body)
        held = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

    assert message.head["a"]
    assert held < 64 * len(body)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":[', "[0,", '["[",'])
def test_what_is_nested_without_end_is_refused_and_does_not_overflow(opening):
    with pytest.raises(ValueError, match=r"nested too deeply|Expecting"):
        frames.parse(opening * 100_000)
