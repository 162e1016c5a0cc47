"""Makes hypothesis ready for tests in a guest: the same inputs every time, no files.

A guest has no folder to remember failures in and no clock to be slow by, and a verdict
has to be the same tomorrow. So every search starts at the same place and remembers
nothing.
"""

import gc
import unicodedata
from itertools import chain
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers
from hypothesis.internal.intervalsets import IntervalSet

INPUTS = 40
"""How many are tried for each property; a test may say otherwise."""
CHARACTERS = (range(0x3000), range(0x1F300, 0x1F650))
"""Of what texts are made, unless a test says of what: most alphabets, signs and faces.
Tables of all characters there are would take more memory than a guest has."""

LARGEST = 1 << 53
"""Whole numbers beyond it do not cross to a plugin as they are."""


def whole_numbers(min_value: Any = None, max_value: Any = None) -> Any:
    """As `st.integers`, of those that can be given to a plugin."""
    least = -LARGEST if min_value is None else min_value
    return _integers(least, LARGEST if max_value is None else max_value)


def numbers(*limits: Any, **more: Any) -> Any:
    """As `st.floats`, without those that JSON has no words for."""
    return _floats(*limits, **{"allow_nan": False, "allow_infinity": False, **more})


_integers, _floats = st.integers, st.floats


def by_category() -> dict[str, tuple[tuple[int, int], ...]]:
    """The characters by category, as hypothesis keeps them: from, to, from, to."""
    # Halves of characters and private ones: none, but hypothesis wants to know it.
    found: dict[str, list[tuple[int, int]]] = {"Cs": [], "Co": []}
    for code in chain(*CHARACTERS):
        spans = found.setdefault(unicodedata.category(chr(code)), [])
        if spans and spans[-1][1] == code - 1:
            spans[-1] = (spans[-1][0], code)
        else:
            spans.append((code, code))
    return {name: tuple(spans) for name, spans in found.items()}


def encodable(codec: str) -> IntervalSet:
    """The characters that a codec can write."""
    able = [code for code in chain(*CHARACTERS) if _is_able(codec, chr(code))]
    found = IntervalSet([(code, code) for code in able])
    return found.union(found)  # puts neighbours together


def _is_able(codec: str, character: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeError:
        return False
    return True


def warm_up() -> None:
    """Run while the image is built: search once, find something and make it small."""
    settings.register_profile(
        "plugwright",
        max_examples=INPUTS,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        # Which line it was would be a line of the judge's, not of the plugin.
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("plugwright")
    st.integers, st.floats = whole_numbers, numbers
    known, tables = {"utf-8": encodable("utf-8")}, vars(charmap)
    tables["_charmap"] = by_category()
    tables["intervals_from_codec"] = lambda name: known.get(name) or encodable(name)
    # It reads all sources that it can find for numbers to try. Here that would be the
    # whole standard library while the image is built, and nothing later on.
    providers._get_local_constants = lambda: providers._local_constants

    @given(st.lists(st.integers(-9, 9) | st.text(max_size=3), max_size=6))
    def holds(xs: list[object]) -> None:
        assert len(xs) < 2

    callbacks = gc.callbacks[:]
    try:
        holds()
    except AssertionError:
        # It looks at the clock with each collection. Plugins are in the same image, and
        # one that does so without a grant has reached for something.
        gc.callbacks[:] = callbacks
        return
    raise RuntimeError("the warm-up found no input that breaks a broken property")
