"""The table itself: it is whole, and the README says what it does not meet."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from attacks.invariants import INVARIANTS
from attacks.scenarios import SCENARIOS
from attacks.table import ENGINES, LETTERS, known_gaps, table

CATALOGUE = frozenset(range(1, 119)) - frozenset(
    # Numbers that the catalogue does not use.
    (12, 18, 22, 25, 35, 43, 48, 57, 76, 79, 80, 82, 86, 97, 98, 103)
)
PUBLISHED = {
    "RestrictedPython": (
        *("RestrictedPython issue 142", "RestrictedPython 4.0", "RestrictedPython 7.2"),
        *("CVE-2023-37271", "GHSA-wqc8-x2pr-7jqh"),
        *("CVE-2023-41039", "GHSA-xjw2-6jm9-rf67"),
        *("CVE-2024-47532", "PYSEC-2024-186"),
        *("CVE-2025-22153", "GHSA-gmj9-h825-chq2"),
        *("CVE-2026-55830", "GHSA-ffg3-p8fm-mjx2"),
        *("CVE-2026-76825", "GHSA-hp3v-5vw7-fx9w"),
        *("RestrictedPython 8.5", "RestrictedPython 9.0"),
    ),
    "smolagents": (
        *("CVE-2025-5120", "CVE-2025-9959", "CVE-2025-14931", "CVE-2026-4963"),
        *("smolagents issue 2094", "smolagents issue 2395", "smolagents pull 2271"),
    ),
    "asteval": (
        *("asteval issue 86", "CVE-2025-24359", "GHSA-3wwr-3g9f-9gc7"),
        *("GHSA-vp47-9734-prjw", "CVE-2026-55244", "GHSA-89v8-rhwq-hf77"),
    ),
    "n8n": ("CVE-2026-0863",),
}
README = Path(__file__).parents[2] / "sandbox" / "README.md"
MARKS = re.compile(r"<!-- known gaps -->\n(.*?)\n*<!-- known gaps -->", re.DOTALL)

ATTACKS = table().attack


def test_every_row_has_a_name_of_its_own() -> None:
    times = Counter(attack.id for attack in ATTACKS)

    assert [id for id, count in times.items() if count > 1] == []


def test_there_are_enough_rows_and_enough_of_our_own() -> None:
    own = [attack for attack in ATTACKS if "attacks.md" not in attack.source]

    assert len(ATTACKS) >= 160
    assert len(own) >= 60


def test_every_number_of_the_catalogue_is_played() -> None:
    sources = " ".join(attack.source for attack in ATTACKS)
    found = {int(number) for number in re.findall(r"attacks\.md (\d+)", sources)}

    assert found == CATALOGUE


@pytest.mark.parametrize("project", PUBLISHED)
def test_every_published_escape_is_played(project: str) -> None:
    sources = {part for a in ATTACKS for part in a.source.split(", ")}

    assert set(PUBLISHED[project]) - sources == set()


@pytest.mark.parametrize("letter", LETTERS)
def test_every_class_has_rows_for_every_engine(letter: str) -> None:
    rows = [attack for attack in ATTACKS if attack.id.startswith(letter)]

    for engine in ENGINES:
        assert any(attack.is_applicable(engine) for attack in rows)


def test_what_rows_name_is_there_and_what_is_there_is_named() -> None:
    scenarios = {attack.scenario for attack in ATTACKS} - {""}
    invariants = {
        name
        for attack in ATTACKS
        for engine in ENGINES
        for name in attack.invariants(engine)
    }

    assert scenarios == set(SCENARIOS)
    assert invariants == set(INVARIANTS)


def test_rows_are_in_the_order_of_their_ids() -> None:
    def order(id: str) -> tuple[str, int, str]:
        number = re.search(r"\d+", id)
        assert number is not None
        return id[0], int(number[0]), id

    ids = [attack.id for attack in ATTACKS]

    assert ids == sorted(ids, key=order)


def test_the_readme_lists_what_is_not_met() -> None:
    found = MARKS.search(README.read_text("utf-8"))
    if found is None:
        pytest.skip(f"sandbox/README.md has no place for it yet:\n{known_gaps()}")

    assert found[1].strip() == known_gaps()
