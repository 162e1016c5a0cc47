"""A plugin's shelf: its own, limited, and the same in memory and on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.database import Database
from plugwright.storage import MemoryStorage, Refused, Shelf, Storage


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "plugwright.db")
    yield database
    database.close()


@pytest.fixture(params=["disk", "memory"])
def shelf(request, database) -> Shelf:
    if request.param == "memory":
        return MemoryStorage(100)
    return Storage(database, "planner", 100)


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, 10**30, "é“\n", [], {"a": [1, {"b": None}]}]
)
def test_a_value_comes_back_as_it_was(shelf, value):
    shelf.set("key", value)
    assert shelf.get("key") == value


def test_a_missing_key_is_a_key_error(shelf):
    with pytest.raises(KeyError):
        shelf.get("none")


def test_what_was_deleted_is_gone_and_may_be_deleted_again(shelf):
    shelf.set("key", 1)
    shelf.delete("key")
    shelf.delete("key")
    assert shelf.keys() == []


def test_a_value_given_back_is_a_copy(shelf):
    value = [1]
    shelf.set("key", value)
    value.append(2)
    shelf.get("key").append(3)
    assert shelf.get("key") == [1]


def test_a_prefix_means_its_characters_and_nothing_else(shelf):
    for key in ("a%b", "axb", "a_b", "A%b", "'; DROP TABLE storage; --", "ä"):
        shelf.set(key, 1)
    assert shelf.keys("a%") == ["a%b"]
    assert shelf.keys("a_") == ["a_b"]
    assert shelf.keys("'") == ["'; DROP TABLE storage; --"]
    assert shelf.keys("ä") == ["ä"]
    assert shelf.keys() == sorted(shelf.keys())
    assert len(shelf.keys()) == 6


@pytest.mark.parametrize(
    "key", ["", "a\x00b", "a\nb", "\x7f", "\x85", "\ud800", "k" * 513]
)
def test_an_unfit_key_is_refused(shelf, key):
    for ask in (shelf.get, shelf.delete, lambda key: shelf.set(key, 1)):
        with pytest.raises(Refused, match=r"^a key"):
            ask(key)


def test_the_longest_key_is_allowed(database):
    Storage(database, "planner", 1000).set("k" * 512, 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_what_is_not_json_is_refused(shelf, value):
    with pytest.raises(Refused, match="cannot be kept as JSON"):
        shelf.set("key", value)


def test_keys_and_values_count_in_bytes(shelf):
    shelf.set("ü" * 10, "ü" * 39)  # 20 + 78 + 2 quotation marks
    with pytest.raises(Refused) as told:
        shelf.set("k", 1)
    assert told.value.message == (
        "this would take 102 bytes, keys included, and 100 bytes were granted"
    )
    assert "raise `storage`" in told.value.remedy
    assert shelf.keys() == ["ü" * 10]


def test_what_is_replaced_no_longer_counts(shelf):
    shelf.set("key", "x" * 90)
    shelf.set("key", "y" * 90)
    assert shelf.get("key") == "y" * 90


def test_over_a_lowered_limit_only_less_is_accepted(database):
    Storage(database, "planner", 100).set("key", "x" * 90)
    lowered = Storage(database, "planner", 10)
    lowered.set("key", "x" * 80)
    with pytest.raises(Refused):
        lowered.set("key", "x" * 81)


@pytest.fixture(params=["disk", "memory"])
def two_keys(request, database) -> Shelf:
    if request.param == "memory":
        return MemoryStorage(1000, 2)
    return Storage(database, "planner", 1000, 2)


def test_keys_are_counted_too(two_keys):
    two_keys.set("a", 1)
    two_keys.set("b", 1)
    two_keys.set("b", 2)
    with pytest.raises(Refused) as told:
        two_keys.set("c", 1)
    assert told.value.message == "this would be 3 keys, and 2 were granted"
    assert "raise `keys`" in told.value.remedy
    two_keys.delete("a")
    two_keys.set("c", 1)
    assert two_keys.entries() == [("b", "2"), ("c", "1")]


def test_over_a_lowered_number_of_keys_what_is_there_may_still_change(database):
    for key in ("a", "b", "c"):
        Storage(database, "planner", 1000).set(key, 1)
    lowered = Storage(database, "planner", 1000, 1)
    lowered.set("c", 2)
    with pytest.raises(Refused):
        lowered.set("d", 1)


def test_two_plugins_share_nothing(database):
    mine, yours = (Storage(database, name, 100) for name in ("mine", "yours"))
    mine.set("key", "x" * 90)
    yours.set("key", "y")
    mine.delete("other")
    assert (mine.get("key"), yours.get("key")) == ("x" * 90, "y")


keys = st.text(st.sampled_from("a%_\\é'*"), min_size=1, max_size=4)


@given(
    st.lists(
        st.tuples(keys, st.none() | st.text(st.characters(codec="utf-8"), max_size=30))
    ),
    keys,
)
def test_memory_and_disk_never_disagree(tmp_path_factory, steps, prefix):
    database = Database(tmp_path_factory.mktemp("both") / "plugwright.db")
    shelves = (Storage(database, "planner", 60), MemoryStorage(60))
    for key, value in steps:
        told = []
        for shelf in shelves:
            try:
                shelf.delete(key) if value is None else shelf.set(key, value)
                told.append("")
            except Refused as refusal:
                told.append(str(refusal))
        assert told[0] == told[1]
    assert shelves[0].keys(prefix) == shelves[1].keys(prefix)
    disk, memory = ([(k, s.get(k)) for k in s.keys("")] for s in shelves)
    assert disk == memory
    database.close()
