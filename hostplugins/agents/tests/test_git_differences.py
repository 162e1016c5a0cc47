"""Differences are taken apart as git put them together, and made to fit."""

from __future__ import annotations

import pytest

from plugwright_agents.git.differences import (
    begun,
    fitted,
    hunks_with,
    lines_in,
    unquoted,
)


def change(name, lines, what="line"):
    body = "".join(f"+{what} {n}\n" for n in range(lines))
    return (
        f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n"
        f"@@ -0,0 +1,{lines} @@\n{body}"
    )


def test_what_fits_is_left_as_it_is():
    whole = change("a", 3) + change("b", 3)
    assert fitted(whole, 10_000) == (whole, ())
    assert [*lines_in(whole)] == ["a", "b"]


def test_of_what_does_not_the_longest_files_are_cut():
    small, big = change("small", 3), change("big", 5000)
    text, cut = fitted(small + big, 2000)
    assert cut == ("big",)
    assert small in text
    assert len(text) < 2100
    assert "more lines of this file were left out]" in text


def test_where_there_are_too_many_files_the_last_are_only_named():
    text, cut = fitted("".join(change(f"f{n}", 30) for n in range(500)), 8000)
    assert len(text) < 10_000
    assert "diff --git a/f0 b/f0" in text
    assert "480 more files were left out: f20, f21" in text
    assert cut[-1] == "f499"


def test_a_line_that_a_program_made_does_not_take_the_room_of_others():
    made = change("min.js", 1, "x" * 50_000)
    text, cut = fitted(made + change("a", 3), 5000)
    assert "more characters]" in text
    assert "+line 2" in text
    assert cut == ("min.js",)


def test_letters_of_several_bytes_are_counted_as_such_and_not_cut_in_two():
    text, _ = fitted(change("a", 900, "三三三三"), 3000)
    assert len(text.encode()) < 3200
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_what_stands_before_the_first_file_is_no_file():
    assert [*lines_in("abc A subject\n\n" + change("a", 1))] == ["a"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("diff --git a/x y b/x y\nnew file mode 100644", "x y"),
        ("diff --git a/o b/n\nrename from o\nrename to n", "n"),
        ("diff --git a/o b/o\n--- a/o\n+++ /dev/null\n@@ -1 +0,0 @@\n-x", "o"),
        ('diff --git "a/q\\"" "b/q\\""\n--- "a/q\\""\n+++ "b/q\\""', 'q"'),
        ('diff --git "a/\\377" "b/\\377"\nindex 1..2', "\\xff"),
        ("diff --git a/b b/b\nBinary files a/b and b/b differ", "b"),
        (
            # A line that went away and reads like the name of a file.
            "diff --git a/q.sql b/q.sql\n--- a/q.sql\n+++ b/q.sql\n@@ -1 +1 @@\n"
            "--- a/other\n+++ b/other",
            "q.sql",
        ),
    ],
)
def test_files_are_named_as_they_are_called(head, name):
    assert [*lines_in(f"{head}\n")] == [name]


def test_octal_names_are_read():
    assert unquoted('"\\303\\244\\t"') == "ä\t"
    assert unquoted("plain") == "plain"
    assert unquoted('"') == '"'


def test_the_lines_that_are_shown_are_known():
    two = change("a", 3) + "@@ -9 +12 @@\n-x\n+y\n"
    assert lines_in(two) == {"a": [range(1, 4), range(12, 13)]}


def test_only_the_places_with_a_text_are_kept():
    two = change("a", 2) + "@@ -9 +12 @@\n-x\n+word\n"
    assert hunks_with("word", two) == "a\n@@ -9 +12 @@\n-x\n+word\n"
    assert hunks_with("nothing", two) == ""


def test_of_a_long_place_only_what_is_near_is_kept():
    found = hunks_with("line 50", change("a", 100))
    assert "+line 46\n+line 47" in found
    assert "+line 54\n" in found
    assert "line 45" not in found
    assert found.startswith("a\n@@ -0,0 +1,100 @@\n…\n")


def test_any_text_is_cut_between_lines():
    assert begun("a\nb\n", 100) == ("a\nb\n", ())
    text, cut = begun("abc\n" * 100, 50)
    assert text.startswith("abc\nabc\n")
    assert cut == ("the end",)
