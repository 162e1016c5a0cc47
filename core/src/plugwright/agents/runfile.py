"""The file of all runs, and what stands in it.

Theory
------
A run is the list of its entries, each written when it happened, in this order:

    said     what the model was told: instructions, the prompt, a wish to mend an answer
    answer   what a model answered. On the disk before anybody sees it: it is paid for
    used     the last answer, or what an ability made of it, is in the conversation now
    began    a call of a tool that may not be repeated is about to be made
    tool     what the model is told of a call
    partial  how far an answer came that was broken off

So after `kill -9` everything is there but what was under way. An answer that was not
used yet is used by whoever goes on, and not asked for again. A call that began and has
no end is not made again, as nobody knows what it did.

Only an answer waits for the disk. The rest survives the end of the process; when the
machine loses power it may be lost, and then the tools since the last answer are called
again: whoever cannot have that uses `approval="ask"`.

Texts are kept once, under their SHA-256: a conversation that goes on repeats itself.
"""

_FIRST = """
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    model TEXT NOT NULL,
    made_by TEXT NOT NULL,
    state TEXT NOT NULL,
    process TEXT NOT NULL,
    began REAL NOT NULL,
    ended REAL NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT '',
    requests INTEGER NOT NULL DEFAULT 0,
    tokens_in INTEGER NOT NULL DEFAULT 0,
    tokens_out INTEGER NOT NULL DEFAULT 0,
    tokens_cached INTEGER NOT NULL DEFAULT 0,
    tool_calls INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    money REAL NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX runs_by_time ON runs (began);

CREATE TABLE entries (
    run TEXT NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    text BLOB NOT NULL,
    facts TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;

-- One statement for an entry and its text, so that neither is without the other.
CREATE VIEW told AS
SELECT run, n, kind, role, entries.text AS hash, texts.text AS text, facts, at
FROM entries JOIN texts ON texts.hash = entries.text;

CREATE TRIGGER telling INSTEAD OF INSERT ON told
BEGIN
    INSERT OR IGNORE INTO texts (hash, text) VALUES (NEW.hash, NEW.text);
    INSERT INTO entries
    VALUES (NEW.run, NEW.n, NEW.kind, NEW.role, NEW.hash, NEW.facts, NEW.at);
END;

CREATE TABLE pains (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    run TEXT NOT NULL,
    agent TEXT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    seconds REAL NOT NULL,
    tokens INTEGER NOT NULL
) STRICT;

CREATE INDEX pains_by_kind ON pains (kind);
"""

MIGRATIONS = (_FIRST,)
