"""The tables of `memory.db`, and how a file of an older version is brought up to date.

Every owner has a table of words of its own. In a shared one the words of others would
change how rare a word is, and so the order of what an owner finds: others could be
guessed at. `facts.number` is never used twice, so that whatever is filed under it in
another table, as words are, can never come to belong to another fact.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE owners (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE facts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    owner INTEGER NOT NULL REFERENCES owners (number),
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    about TEXT NOT NULL,
    kept REAL NOT NULL,
    expires REAL,
    UNIQUE (owner, id)
) STRICT;

CREATE INDEX facts_by_subject ON facts (owner, about);

CREATE INDEX facts_by_owner ON facts (owner);

CREATE INDEX facts_that_expire ON facts (owner, expires) WHERE expires IS NOT NULL;
"""

MIGRATIONS = (_FIRST,)
"""Each brings the file one version up, a statement per paragraph; none ever changes."""


def words_of(owner: int) -> str:
    """Name the table with the words of one owner's facts."""
    return f"words_{owner:d}"


def words_table(owner: int) -> str:
    """Give the statement that makes it.

    Endings of English words and accents make no difference. `filed` holds the subject
    as one word that no text has.
    """
    return (
        f"CREATE VIRTUAL TABLE {words_of(owner)} USING fts5(text, about, filed,"
        " tokenize = 'porter unicode61 remove_diacritics 2')"
    )
