"""Numbers are read easily, with their units."""

from __future__ import annotations

from dataclasses import fields

import pytest

from plugwright.amounts import (
    amount,
    count_in_words,
    reread,
    seconds_in_words,
    size_in_words,
)
from plugwright.quotas import Quota


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (size_in_words(0), "0 bytes"),
        (size_in_words(1023), "1023 bytes"),
        (size_in_words(1536), "1.5 KB"),
        (size_in_words(64 << 20), "64 MB"),
        (size_in_words(75 << 30), "75 GB"),
        (seconds_in_words(0), "0 ms"),
        (seconds_in_words(0.0123), "12.3 ms"),
        (seconds_in_words(0.9999), "0.9999 s"),
        (seconds_in_words(30.5), "30.5 s"),
        (seconds_in_words(1200), "20 min"),
        (seconds_in_words(86400), "24 h"),
        (count_in_words(9999), "9,999"),
        (count_in_words(12345), "12.35 k"),
        (count_in_words(2_000_000_000), "2 G"),
        (count_in_words(3 * 10**12), "3 T"),
    ],
)
def test_a_number_is_written_as_people_read_it(words, expected):
    assert words == expected


@pytest.mark.parametrize(
    ("quota", "said", "shown"),
    [
        ("fuel", "used 20000000000 of 20000000000",
         "used 20,000,000,000 of 20,000,000,000 fuel"),
        ("load_fuel", "used 7 of 5", "used 7 of 5 fuel"),
        ("memory", "used 201326593 of 201326592", "used 192 MB of 192 MB"),
        ("seconds", "used 10.01 of 10.0", "used 10.01 s of 10 s"),
        ("load_seconds", "used 1e-05 of 0.001", "used 0.01 ms of 1 ms"),
        ("host_calls", "used 10001 of 10000", "used 10,001 of 10,000 questions"),
        ("writes", "used 2 of 1", "used 2 of 1 times"),
        ("fuel", "used it up", "used it up"),
        ("fuel", "used 1 of 2 of 3", "used 1 of 2 of 3"),
    ],
)  # fmt: skip
def test_what_an_engine_says_gets_its_unit(quota, said, shown):
    assert reread(quota, said) == shown


def test_every_quota_has_a_unit():
    for field in fields(Quota):
        number, unit = amount(field.name, 3).split()
        assert number == "3" or unit == "KB"
        assert unit in {"fuel", "s", "bytes", "times", "questions", "entries"}
