"""What is found by vectors, and that they come and go with their facts."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from models import Meaning
from writers import ENVIRONMENT, check_all_embedded, check_whole

from plugwright_memory import exact, shelves, vectors
from plugwright_memory.codes import PLANES, code_of
from plugwright_memory.embedding_steps import STEP
from plugwright_memory.exact import cosines, in_python, packed
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.recalling import fused


@pytest.fixture
def model():
    return Meaning()


@pytest.fixture
def opened(database, clock):
    return lambda embedding, owner="me": SqliteMemory(database, owner, clock, embedding)


@pytest.fixture
def memory(opened, model):
    return opened(model)


def texts(found):
    return [fact.text for fact in found]


def rows(database, table):
    [(count,)] = database.read(f"SELECT count(*) FROM {table}")
    return count


def test_what_means_the_same_is_found_without_a_word_in_common(memory):
    memory.remember_all(["a red car", "a loud piano", "a fresh loaf"])

    assert texts(memory.recall("which vehicle?")) == ["a red car"]
    assert texts(memory.recall("bakery")) == ["a fresh loaf"]


def test_what_has_the_word_and_the_meaning_comes_first(memory):
    memory.remember_all(["the auto club", "a red car", "car and bread"])

    found = texts(memory.recall("car"))
    assert found[0] == "a red car"
    assert {*found} == {"the auto club", "a red car", "car and bread"}


def test_a_fact_that_both_orders_know_comes_before_the_best_of_each():
    def row(id):
        return (id, id, "", 0.0, None, "")

    a, b, c = row("a"), row("b"), row("c")

    assert fused([a, b], [c, b], 1.0) == [b, a, c]
    assert fused([a, b], [c, b], 0.1) == [b, a, c]
    assert fused([a], [c], 0.1) == [a, c]


def test_what_is_far_is_not_found(memory):
    memory.remember("a red car")

    assert memory.recall("rain") == []
    assert memory.recall("nothing of the kind") == []


def test_subjects_kinds_and_ends_hold_for_vectors_too(memory, clock):
    memory.remember("a red car", about="garage")
    memory.remember("a blue car", about="street")
    memory.remember("a lost car", expires=clock() + 5)
    memory.remember_run("r1", "washed the car")

    assert texts(memory.recall("vehicle", about="street")) == ["a blue car"]
    assert texts(memory.recall("vehicle", kind="run")) == ["washed the car"]
    assert "washed the car" not in texts(memory.recall("vehicle", kind="fact"))
    clock.seconds += 5
    assert "a lost car" not in texts(memory.recall("vehicle"))


def test_owners_are_apart_by_vectors_too(opened, model):
    opened(model, "ada").remember("a red car")

    assert opened(model, "ben").recall("vehicle") == []


def test_the_hashing_finds_word_pieces_and_no_meaning(opened):
    memory = opened(Hashing())
    memory.remember_all(["the Donaudampfschiff leaves", "a red automobile"])

    assert texts(memory.recall("Dampfschiff")) == ["the Donaudampfschiff leaves"]
    assert memory.recall("car") == []


def test_the_hashing_never_changes():
    # Vectors in files were made with it.
    [vector] = Hashing().embed(["Ada plays piano."])
    places = [(n, round(part, 4)) for n, part in enumerate(vector) if part]

    assert len(vector) == 512
    assert places[:3] == [(39, -0.4082), (40, 0.4082), (41, 0.4082)]
    assert code_of(vector).hex()[:16] == "a0d4e0b2f2965cb2"


# They come and go together.


def test_a_forgotten_fact_leaves_nothing_that_a_search_could_find(
    memory, database, model
):
    id = memory.remember("a secret car")
    memory.remember("a red car")
    [(fact,)] = database.read("SELECT number FROM facts WHERE id = ?", [id])
    [(parts,)] = database.read("SELECT parts FROM vectors WHERE fact = ?", [fact])
    assert memory.forget(id)

    assert texts(memory.recall("vehicle")) == ["a red car"]
    assert database.read("SELECT fact FROM vectors WHERE fact = ?", [fact]) == []
    [(facts, codes)] = database.read("SELECT facts, codes FROM shelves")
    assert (len(facts), len(codes)) == (8, PLANES)
    assert memory.recall("secret") == []
    check_whole(database)
    assert parts


def test_on_a_full_shelf_a_forgotten_code_becomes_zeros(memory, database, monkeypatch):
    monkeypatch.setattr(shelves, "SLOTS", 4)
    ids = memory.remember_all(["a loud piano"] * 6)
    memory.forget(ids[1])

    full, rest = database.read("SELECT facts, codes FROM shelves ORDER BY number")
    assert len(full[0]) // 8 == 4
    assert full[0][8:16] == bytes(8)
    assert full[1][1::4] == bytes(PLANES)
    assert full[1][0::4] != bytes(PLANES)
    assert len(rest[0]) // 8 == 2
    assert len(memory.recall("concerto")) == 5
    for id in ids:
        memory.forget(id)
    assert rows(database, "shelves") == rows(database, "vectors") == 0


def test_what_expires_takes_its_vector_along(memory, clock, database):
    memory.remember("a red car", expires=clock() + 1)
    clock.seconds += 1
    memory.remember("a blue car")

    assert rows(database, "vectors") == 1
    check_all_embedded(database)


def test_without_a_model_facts_are_kept_found_by_words_and_embedded_later(
    memory, model, database, caplog
):
    model.is_away = True
    memory.remember("a red car")
    assert texts(memory.recall("red")) == ["a red car"]
    assert "remembered without vectors for now" in caplog.text
    model.is_away = False
    assert memory.waiting() == 1
    assert memory.recall("vehicle") == []

    memory.remember("a loaf")
    assert memory.waiting() == 0
    assert texts(memory.recall("vehicle")) == ["a red car"]
    model.is_away = True
    assert memory.recall("vehicle") == []
    assert "searched by words alone" in caplog.text
    check_all_embedded(database)


def test_a_text_that_the_model_cannot_take_holds_up_no_other(memory, model):
    model.is_away = True
    memory.remember_all(["a red car", "an endless story", "a piano"])
    model.is_away = False

    assert memory.embed_some() == 3
    assert memory.embed_some() == 0
    assert texts(memory.recall("concerto")) == ["a piano"]
    assert texts(memory.recall("story")) == ["an endless story"]


# Another embedding.


def test_vectors_of_another_embedding_are_not_compared(opened):
    opened(Meaning()).remember("a red car")
    other = opened(Meaning("meanings/2"))

    assert other.recall("vehicle") == []
    assert other.waiting() == 1
    assert texts(other.recall("car")) == ["a red car"]


def test_a_change_of_the_embedding_embeds_all_anew_in_steps(opened, database):
    count = 2 * STEP + 10
    opened(Meaning()).remember_all(f"car {n}" for n in range(count))
    changed = opened(Meaning("meanings/2"))

    assert [changed.embed_some() for _ in range(4)] == [STEP, STEP, 10, 0]
    assert len(changed.recall("vehicle", limit=1000)) == count
    assert database.read("SELECT count(DISTINCT space) FROM shelves") == [(1,)]
    check_all_embedded(database)
    # And back: nothing of the first is believed to be there still.
    again = opened(Meaning())
    assert again.waiting() == count
    while again.embed_some():
        pass
    assert len(again.recall("vehicle", limit=1000)) == count
    check_all_embedded(database)


def test_a_model_whose_vectors_have_another_length_is_another(opened, database):
    opened(Meaning()).remember_all(["a red car", "a blue car"])
    longer = opened(Meaning(blank=3))
    assert longer.recall("vehicle") == []
    longer.remember("a green car")
    while longer.embed_some():
        pass

    assert len(longer.recall("vehicle")) == 3
    check_all_embedded(database)


def test_a_fact_that_is_forgotten_while_it_is_embedded_stays_forgotten(
    opened, database
):
    plain = opened(None)
    ids = plain.remember_all(["a red car", "a blue car"])

    class Slow(Meaning):
        def embed(self, texts):
            if not self.asked:
                plain.forget(ids[0])
            return super().embed(texts)

    memory = opened(Slow())
    assert memory.embed_some() == 2
    assert texts(memory.recall("vehicle")) == ["a blue car"]
    check_all_embedded(database)


EMBEDDER = """
import sys
from pathlib import Path
from plugwright.database import Database
from plugwright_memory import embedding_steps
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.schema import MIGRATIONS

embedding_steps.STEP = 3
embedding = Hashing()
embedding.identity = sys.argv[2]
database = Database(Path(sys.argv[1]), migrations=MIGRATIONS)
memory = SqliteMemory(database, "me", embedding=embedding)
while memory.embed_some():
    print("step", flush=True)
"""


def test_killing_it_while_it_embeds_anew_loses_nothing(opened, database, path):
    hashing = Hashing()
    opened(hashing).remember_all(f"car number {n}" for n in range(300))
    chance = random.Random(3)
    left = []
    for _ in range(40):
        command = [sys.executable, "-c", EMBEDDER, str(path), "another"]
        busy = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
        busy.stdout.readline()
        time.sleep(chance.uniform(0, 0.02))
        busy.kill()
        busy.communicate()
        check_all_embedded(database)
        other = Hashing()
        other.identity = "another"
        memory = opened(other)
        left.append(memory.waiting())
        assert len({fact.id for fact in memory.recall("car", limit=1000)}) == 300
        if left[-1] == 0:
            break
    assert left == sorted(left, reverse=True)
    assert left[0] < 300
    while memory.embed_some():
        pass
    assert memory.waiting() == 0
    check_all_embedded(database)


# Codes and cosines.


def test_the_nearest_of_many_are_among_the_likely(opened, database):
    class Dense(Meaning):
        def embed(self, texts):
            return [
                [chance.gauss(0, 1) for _ in range(300)]
                for chance in map(random.Random, texts)
            ]

    dense = Dense()
    dense.at_least = -1.0
    memory = opened(dense)
    memory.remember_all(f"text {n}" for n in range(3000))
    overlooked = 0
    every = database.read("SELECT fact, size, parts FROM vectors")
    for number in range(0, 3000, 300):
        [wanted] = dense.embed([f"text {number}"])
        # Half of it is something else.
        [noise] = dense.embed([f"noise {number}"])
        mixed = [a + b for a, b in zip(wanted, noise, strict=True)]
        found = in_python(packed(mixed), [row[1:] for row in every])
        best = max(zip(found, (row[0] for row in every), strict=True))[1]
        [(owner, space)] = database.read("SELECT owner, space FROM embedded")
        near = vectors.near(database.read, owner, space, mixed, -1.0)
        overlooked += near[0] != best
    assert overlooked == 0


def test_a_text_without_words_is_near_nothing(opened, database):
    memory = opened(Hashing())
    memory.remember_all(["...", "a red car"])

    assert texts(memory.recall("red")) == ["a red car"]
    assert memory.recall("?!") == []
    check_all_embedded(database)


def test_cosines_are_as_they_are_computed_by_hand():
    found = in_python(
        packed([1.0, 0.0, 0.0]),
        [packed([2.0, 0.0, 0.0]), packed([1.0, 1.0, 0.0]), packed([-3.0, 0.0, 0.0])],
    )

    assert found == pytest.approx([1.0, 0.5**0.5, -1.0], abs=1e-6)
    assert in_python(packed([0.0]), [packed([1.0])]) == [0.0]


@pytest.mark.skipif(cosines() is in_python, reason="cannot load sqlite-vec")
def test_sqlite_vec_gives_the_same_cosines():
    chance = random.Random(1)
    some = [packed([chance.gauss(0, 1) for _ in range(100)]) for _ in range(50)]

    assert cosines()(some[0], some) == pytest.approx(in_python(some[0], some), abs=1e-4)
    assert cosines()((0.0, bytes(100)), some[:1]) == [0.0]


def test_without_sqlite_vec_python_does_it(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(exact, "import_module", missing)

    assert cosines.__wrapped__() is in_python
