"""Every key of a TOML file is found on its line."""

from __future__ import annotations

import pytest

from plugwright.places import line_of, long_key

TRICKY = (
    """
# [plugin]
[plugin]  # name = 1
"na.me" = '''
[quota]
seconds = 1
'''
quota.fuel = 3
quota . "seconds" = 4
list = [ # five
  [1, 2], "]",
  {a = "}"},
]
text = """
    + '"""\n\\"""\nx = 9\n"""'
    + """

[[rows]]
name = "first"

[[rows]]
name = "second"
[rows.more]
deep.er = {x = 1, y = {z = 2}}
[["rows"]]
  name = 'third'
[last]"""
)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("plugin",), 3),
        (("plugin", "na.me"), 4),
        (("plugin", "quota", "fuel"), 8),
        (("plugin", "quota", "seconds"), 9),
        (("plugin", "list", 2, "a"), 10),
        (("plugin", "list", 9), 10),
        (("plugin", "text"), 14),
        (("rows", 0, "name"), 20),
        (("rows", 1, "name"), 23),
        (("rows", 1, "more", "deep", "er", "y", "z"), 25),
        (("rows", 2, "name"), 27),
        (("rows", 2, "missing"), 26),
        (("last", "missing"), 28),
        (("nowhere", 3), 1),
        ((), 1),
    ],
)
def test_a_place_is_found_on_its_line(place, line):
    assert line_of(TRICKY, place) == line


@pytest.mark.parametrize(
    "text", ["", "a = 1", "a.b.c = 1", "a = '" + "b." * 99 + "'", "# " + "b." * 99]
)
def test_a_key_of_a_few_parts_is_short_whatever_a_text_says(text):
    assert long_key(text) == 0


@pytest.mark.parametrize(
    "key", ["a." * 64 + "a", "[" + "a . " * 64 + "a]", '"a".' * 64 + "a"]
)
def test_a_key_of_many_parts_is_found_before_it_is_read(key):
    assert long_key(f"x = '''\n\n'''\n{key} = 1") == 4
