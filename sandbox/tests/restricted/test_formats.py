"""Formatting: a small language of its own, of which the plain part is there."""

from __future__ import annotations

import pytest


def test_format_strings_work(value):
    assert value(
        """
            n, name, width = 3.14159, "pi", 8
            return [f"{name!r:>{width}}|{n:.2f}|{n=:.1f}", "%s %d" % ("a", 1),
                    format(n, ".1f"), "{} {x:>3} {{}}".format("a", x=1),
                    "{a:>{w}}".format(a=1, w=3), "{k}".format_map({"k": "v"})]
            """
    ) == ["    'pi'|3.14|n=3.1", "a 1", "3.1", "a   1 {}", "  1", "v"]


@pytest.mark.parametrize(
    "template",
    [
        "{0.__class__}",
        "{0.real}",
        "{0[0]}",
        "{x.y}",
        "{0:{1.real}}",
        "{0!r:{0.real}}",
    ],
)
def test_a_field_looks_into_no_value(value, template):
    with pytest.raises(ValueError, match=r"rule `format-field`: .* looks into a value"):
        value(f"return {template!r}.format(1, 2, x=3)")
    with pytest.raises(ValueError, match="rule `format-field`"):
        value(f"return {template!r}.format_map({{'x': 3, '0': 1, '1': 1}})")


@pytest.mark.parametrize("owner", ["str", "S", "type('')"])
def test_the_unbound_method_is_closed(value, owner):
    with pytest.raises(AttributeError) as caught:
        value(f"class S(str): pass\nreturn {owner}.format")

    assert str(caught.value) == (
        "rule `closed-attribute`: `.format` is closed; use a format string, or call it "
        "on the text itself"
    )


def test_a_subclass_of_text_has_no_other_way_to_it(value):
    with pytest.raises(AttributeError, match=r"not by way of `super\(\)`"):
        value(
            "class S(str):\n"
            "    def f(self): return super().format\n"
            "return S('{0.real}').f()(1)"
        )
    with pytest.raises(ValueError, match="rule `format-field`"):
        value(
            "class S(str):\n"
            "    def __str__(self): return 'harmless'\n"
            "return S('{0.real}').format(1)"
        )


@pytest.mark.parametrize(
    "expression",
    ["f'{x:>1000000000}'", "'%1000000000d' % x", "b'%999999d' % x", "f'{x:.100000f}'"],
)
def test_a_width_that_is_written_out_is_not_absurd(refused, expression):
    assert refused(f"def f(x):\n    return {expression}") == (
        "2: rule `format-width`: a width has at most 5 digits"
    )


def test_an_ordinary_width_is_fine(refused):
    assert refused("f'{1:>10000}' '%05d' % 1") == ""
