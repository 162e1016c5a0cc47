"""The tables of `memory.db`, and how a file of an older version is brought up to date.

Every owner has a table of words of its own. In a shared one the words of others would
change how rare a word is, and so the order of what an owner finds: others could be
guessed at. Vectors tell nothing of each other, but stand apart as well. `facts.number`
is never used twice, so that whatever is filed under it in another table, as words are,
can never come to belong to another fact.
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

_SECOND = """
-- What a fact says of a run; a run has one summary.
CREATE TABLE runs (
    fact INTEGER PRIMARY KEY REFERENCES facts (number),
    owner INTEGER NOT NULL,
    run TEXT NOT NULL,
    UNIQUE (owner, run)
) STRICT;

-- Vectors of one embedding and one length; only those are compared with each other.
-- The newest of an identity is the one in use.
CREATE TABLE spaces (
    number INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    length INTEGER NOT NULL
) STRICT;

CREATE TABLE vectors (
    fact INTEGER PRIMARY KEY REFERENCES facts (number),
    space INTEGER NOT NULL REFERENCES spaces (number),
    shelf INTEGER NOT NULL,
    size REAL NOT NULL,
    parts BLOB NOT NULL
) STRICT;

-- The codes of many vectors side by side, see `shelves`.
CREATE TABLE shelves (
    number INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL,
    space INTEGER NOT NULL,
    used INTEGER NOT NULL,
    facts BLOB NOT NULL,
    codes BLOB NOT NULL
) STRICT;

CREATE INDEX shelves_by_owner ON shelves (owner, space, used);

-- Up to which fact each owner's have been embedded, or cannot be.
CREATE TABLE embedded (
    owner INTEGER NOT NULL,
    space INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    PRIMARY KEY (owner, space)
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS = (_FIRST, _SECOND)
"""Each brings the file one version up, a statement per paragraph; none ever changes."""


def words_of(owner: int) -> str:
    """Name the table with the words of one owner's facts."""
    return f"words_{owner:d}"


def words_table(owner: int) -> str:
    """Give the statement that makes it.

    Endings of English words and accents make no difference. `filed` holds the subject
    as one word that no text has, and another for the summary of a run.
    """
    return (
        f"CREATE VIRTUAL TABLE {words_of(owner)} USING fts5(text, about, filed,"
        " tokenize = 'porter unicode61 remove_diacritics 2')"
    )
