"""How long a memory of 100,000 facts takes to find some, by words and by vectors."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from measuring.figures import Figure, quantile, seconds
from plugwright.database import Database
from plugwright_memory.exact import cosines, in_python
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.schema import MIGRATIONS

FACTS = 100_000
AT_ONCE = 5_000
"""Facts of one transaction."""
SUBJECTS = 10
VOCABULARY = 20_000
WORDS = 12
"""Of each fact; the n-th most frequent is drawn as often as one in n."""
QUESTIONS = 100
ROUNDS = 3
PROMISED = 30.0
"""Milliseconds that a search may take."""
LETTERS = "etaoinshrdlucmfwypvbgk"


def figures() -> Iterator[Figure]:
    """On the disk where this system keeps temporary files."""
    chance = random.Random(5)
    words = [
        "".join(chance.choices(LETTERS, k=chance.randint(3, 10)))
        for _ in range(VOCABULARY)
    ]
    shares = [1 / (rank + 2) for rank in range(VOCABULARY)]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, shares, k=count))

    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(Path(folder) / "memory.db", migrations=MIGRATIONS)) as file,
    ):
        memory = SqliteMemory(file, "many", embedding=Hashing())
        alone = SqliteMemory(file, "many")
        keeping = 0.0
        for number in range(FACTS // AT_ONCE):
            texts = [text(WORDS) for _ in range(AT_ONCE)]
            about = f"subject {number % SUBJECTS}"
            keeping += seconds(lambda t=texts, a=about: memory.remember_all(t, about=a))
        yield Figure("memory, facts kept at once", FACTS / keeping, "/s")
        # One word as people use them, and two of which each is as likely.
        questions = [
            f"{text(1)} {' '.join(chance.sample(words, 2))}" for _ in range(QUESTIONS)
        ]
        yield _figure("words and vectors", memory.recall, questions, PROMISED)
        yield _figure("words alone", alone.recall, questions)
        yield _figure(
            "both, within 10,000",
            lambda q: memory.recall(q, about="subject 7"),
            questions,
        )


def _figure(
    what: str,
    search: Callable[[str], object],
    questions: Sequence[str],
    promised: float | None = None,
) -> Figure:
    for question in questions[:5]:
        search(question)  # what the first ones wait for is the disk
    times = [
        seconds(lambda q=question: search(q))
        for _ in range(ROUNDS)
        for question in questions
    ]
    how = "in Python" if cosines() is in_python else "with sqlite-vec"
    return Figure(
        f"memory search, {FACTS:,} facts, {what}",
        statistics.median(times) * 1e3,
        "ms",
        promised,
        note=f"nine in ten take {quantile(times, 0.9) * 1e3:.1f} ms; cosines {how}",
    )
