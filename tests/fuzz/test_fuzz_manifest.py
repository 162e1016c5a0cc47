"""What a stranger calls a manifest or a bundle is one, or is refused in a sentence."""

from __future__ import annotations

import sys

import pytest
from fuzz import targets
from hypothesis import given, settings
from hypothesis import strategies as st

from plugwright.errors import UsageError
from plugwright.manifest import Manifest

steady = settings(max_examples=200, derandomize=True, database=None)

LEAST = targets.CORPUS.joinpath("manifest/least").read_text("utf-8")
FULL = targets.CORPUS.joinpath("manifest/full").read_text("utf-8")
ACCEPTED = {"least", "full", "lists-of-59", "key-of-59-parts", "crlf"}

keys = st.sampled_from(
    [
        *("plugin", "name", "version", "api", "summary", "engine", "quota", "fuel"),
        *("seconds", "commands", "parameters", "input", "permissions", "permission"),
        *("reason", "events", "handles", "provenance"),
        *("a", "1", '""', "'a-b'", '"\\u001b"'),
    ]
)
scalars = st.sampled_from(
    [
        *(
            "1",
            "0",
            "-1",
            "1.5",
            "nan",
            "inf",
            "true",
            "1979-05-27",
            "07:32:00",
            "1e999",
        ),
        *("0x" + "f" * 4000, "9" * 4000, "{}", "[]", "[[]]"),
        *('""', '"a"', '"~=0.1"', '"\\u202e"', '"""x\ny"""', '"1.0"', '"wasm"'),
        *('"storage"', '"events.emit:*"'),
    ]
)
plain_values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.tuples(keys, inner).map(lambda pair: f"{{{pair[0]} = {pair[1]}}}"),
    ),
    max_leaves=5,
)
dotted = st.lists(keys, min_size=1, max_size=4).map(".".join)
statements = st.one_of(
    st.tuples(dotted, plain_values).map(" = ".join),
    dotted.map("[{}]".format),
    dotted.map("[[{}]]".format),
    st.sampled_from(["# note", "", "=", "[", '"']),
)
documents = st.lists(statements, max_size=8).map("\n".join)


@pytest.mark.parametrize("path", targets.corpus("manifest"), ids=lambda path: path.name)
def test_every_kept_manifest_is_read_or_refused(path):
    targets.manifest(path.read_bytes())


@pytest.mark.parametrize("path", targets.corpus("bundles"), ids=lambda path: path.name)
def test_every_kept_bundle_is_read_or_refused(path):
    targets.bundle(path.read_bytes())


def test_what_is_meant_to_be_accepted_is_accepted():
    for name in ACCEPTED:
        Manifest.parse(targets.CORPUS.joinpath("manifest", name).read_text("utf-8"))
    for name in ("least", "full"):
        assert targets.bundle(targets.CORPUS.joinpath("bundles", name).read_bytes())


def test_what_is_kept_is_small():
    for name in targets.TARGETS:
        kept = targets.corpus(name)
        assert 10 <= len(kept) <= 90
        assert all(path.stat().st_size < targets.LARGEST_INPUT for path in kept)


@steady
@given(documents)
def test_any_toml_is_a_manifest_or_refused(text):
    targets.manifest(text.encode())


@steady
@given(documents)
def test_anything_after_a_manifest_is_part_of_it_or_refused(text):
    targets.manifest(f"{LEAST}\n{text}".encode())


@steady
@given(st.binary(max_size=100))
def test_any_bytes_are_a_manifest_or_refused(raw):
    targets.manifest(raw)


@steady
@given(st.data())
def test_a_manifest_with_one_stretch_changed_is_read_or_refused(data):
    start = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(start, min(len(FULL), start + 20)))
    new = data.draw(st.one_of(st.text(max_size=10), plain_values, dotted))
    targets.manifest((FULL[:start] + new + FULL[end:]).encode("utf-8", "replace"))


@steady
@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(
                    ["plugin.toml", "plugin.py", "a.py", "tests/test_a.py"]
                ),
                st.text(max_size=12),
            ),
            st.one_of(st.just(LEAST), st.text(max_size=30)),
        ),
        max_size=5,
    )
)
def test_any_files_are_a_bundle_or_refused(files):
    raw = "".join(f"=== {name}\n{content}\n" for name, content in files)
    targets.bundle(raw.encode("utf-8", "replace"))


@pytest.mark.parametrize("parts", [65, 200, 5_000, 100_000])
@pytest.mark.parametrize("part", ["a.", "'a'.", '"a b" . ', '"\\"" .', "\t-."])
@pytest.mark.parametrize("before", ["", "[", "x = [\n'''\n''', {", 'x = """\n""" #\n'])
def test_a_key_of_very_many_parts_is_refused_before_it_is_read(before, part, parts):
    # Read by Python's own reader, the longest of these would take minutes.
    with pytest.raises(UsageError):
        Manifest.parse(f"{LEAST}\n{before}{part * parts}a = 1")


@pytest.mark.parametrize("text", ["a. " * 500, "a.b." * 500, "\\n.\\n." * 500])
def test_many_dots_in_a_text_are_no_key(text):
    read = Manifest.parse(f'{LEAST}\n[provenance]\nrequest = "{text}"\n# {text[:9]}')

    assert read.provenance["request"].count(".") >= 500


def test_what_python_can_only_just_read_is_refused_like_the_rest():
    # Somewhere on the way the stack suffices for one reading and not for another.
    for deep in range(200, sys.getrecursionlimit()):
        lists = "[" * deep + "]" * deep
        targets.manifest(f"{LEAST}\nx = {lists}".encode())
