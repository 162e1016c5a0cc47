"""What could mislead who reads a plugin is refused with its rule, file and line."""

from __future__ import annotations

import sys

import pytest

from plugwright.bundles import Bundle
from plugwright.errors import Rejected
from plugwright.sources import LARGEST_FILE, LARGEST_SOURCE, MISLEADING, check

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS = "\x01\x07\x0b\x0c\r\x1b\x7f\x85\x9b\u2028\u2029"
INVISIBLE = "\xad\u180e\u200b\u2060\ufeff\U000e0041"


def refusal(path, content):
    with pytest.raises(Rejected) as told:
        check({path: content})
    assert told.value.file == path
    assert told.value.remedy
    return told.value


@pytest.mark.parametrize(
    ("rule", "characters"),
    [
        ("nul", "\x00"),
        ("bidi-control", BIDI),
        ("control-character", CONTROLS),
        ("invisible-character", INVISIBLE),
    ],
)
@pytest.mark.parametrize(
    "line", ["x = {}", "# a comment {}", "x = 'text {}'", "x = 1 # {}"]
)
def test_a_character_that_misleads_is_refused_wherever_it_stands(
    rule, characters, line
):
    for character in characters:
        source = "# fine\n\n" + line.format(character) + " \n"
        error = refusal("plugin.py", source.encode())
        assert (error.rule, error.line) == (rule, 3)
        assert error.message.startswith(
            f"`plugin.py:3`: rule `{rule}`: has the character U+{ord(character):04X}, "
        )


@pytest.mark.parametrize(
    "source",
    ["", "x = 'größe 中 🦉'\r\n\tpass\n", "x = '\\u202e'\n", "é = 1", "# -*- x -*-"],
)
def test_text_that_is_shown_as_it_is_is_allowed(source):
    check({"plugin.py": source, "tests/test_it.py": source})
    assert not MISLEADING.search(source.replace("\r\n", "\n"))


def test_every_character_that_is_refused_in_code_is_never_shown_raw():
    for character in "\x00" + BIDI + CONTROLS + INVISIBLE:
        assert MISLEADING.search(character)


def test_the_first_line_that_breaks_a_rule_is_told():
    error = refusal("plugin.py", "a = 1\nb = '\u202e'\nc = '\x00'\n")
    assert (error.rule, error.line) == ("bidi-control", 2)


@pytest.mark.parametrize("path", ["plugin.py", "tests/test_it.py", "README.md"])
def test_what_is_not_utf8_is_refused_with_its_line(path):
    error = refusal(path, "fine\ngrö".encode() + "ße".encode("latin-1"))
    assert error.message == f"`{path}:2`: rule `not-utf8`: is not UTF-8 text"
    assert refusal(path, "a\nb\n\ud800").line == 3


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("# coding: latin-1", 1),
        ("# -*- coding: utf-7 -*-\n", 1),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n", 2),
        ("\n  # coding=rot13\n", 2),
    ],
)
def test_another_encoding_than_utf8_is_refused(source, line):
    error = refusal("plugin.py", source)
    assert (error.rule, error.line) == ("coding", line)


@pytest.mark.parametrize(
    "source",
    [
        "# coding: utf-8\n",
        "# -*- coding: UTF_8 -*-\n",
        "x = 1\n# coding: latin-1\n",
        "# a\n# b\n# coding: latin-1\n",
        "x = '# coding: latin-1'\n",
    ],
)
def test_what_python_does_not_take_for_another_encoding_is_allowed(source):
    check({"plugin.py": source})


@pytest.mark.parametrize(
    "name",
    [
        *(
            "json",
            "JSON",
            "os",
            "annotationlib",
            "cgi",
            "__main__",
            "pytest",
            "_pytest",
        ),
        *("plugwright", "plugwright_sdk", "_plugwright_host", "sitecustomize"),
        *("usercustomize", "wit_world", "componentize_py_types", "guest_memory"),
    ],
)
def test_no_file_takes_the_place_of_another_module(name):
    error = refusal(f"{name}.py", "")
    assert error.message == (
        f"`{name}.py`: rule `module-name`: has the name of a module of Python or "
        "Plugwright"
    )
    check({f"tests/{name}.py": "", f"{name}.txt": "", f"my_{name}.py": ""})


def test_every_module_of_this_python_has_its_name_to_itself():
    for name in sys.stdlib_module_names:
        assert refusal(f"{name}.py", "").rule == "module-name"


def test_a_file_and_all_files_together_have_a_largest_size():
    check({"plugin.py": b"#" * LARGEST_FILE})
    assert refusal("plugin.py", b"#" * (LARGEST_FILE + 1)).rule == "file-size"
    assert refusal("notes.bin", b"#" * (LARGEST_FILE + 1)).rule == "file-size"
    whole = {f"part{n}.py": b"#" * LARGEST_FILE for n in range(4)}
    assert sum(map(len, whole.values())) == LARGEST_SOURCE
    check({**whole, "data.json": b"#" * LARGEST_FILE})
    with pytest.raises(Rejected, match="larger than 1024 KB in all") as told:
        check({**whole, "plugin.py": "x"})
    assert (told.value.rule, told.value.file) == ("source-size", "plugin.py")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("see\n\x1b[2J", "control-character"),
        ("see\n\u202etxt.exe", "bidi-control"),
        ("see\n\x00", "nul"),
    ],
)
def test_a_readme_obeys_the_rules_that_texts_can_obey(text, rule):
    error = refusal("README.md", text)
    assert (error.rule, error.line) == (rule, 2)
    assert refusal("docs/more.txt", text).rule == rule


def test_arabic_hebrew_and_emoji_may_have_the_marks_that_they_need():
    check({"README.md": "\ufeff# שלום\u200f \u061cمرحبا 🏴\U000e0067\U000e007f \xad"})


def test_other_files_are_data():
    check({"picture.png": b"\x00\xff", "table.csv": b"\x1b"})


def test_a_manifest_may_hide_nothing_in_a_comment():
    about = b"[plugin]\nname = 'ab'\n# \xe2\x80\xae\n"
    with pytest.raises(Rejected, match=r"plugin\.toml:3`: rule `bidi-control`"):
        Bundle({"plugin.toml": about, "plugin.py": b""})
