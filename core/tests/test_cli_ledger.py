"""The ledger can be read, by people and by programs, and be checked."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

from doubles import start


def test_the_ledger_is_told_the_newest_first(plugwright, chatty):
    code, out, _ = plugwright("ledger", "--limit", "2")
    first, *_ = out.splitlines()
    assert code == 0
    assert first.split() == ["5", first.split()[1], "active", "chatty", chatty[:12]]
    assert "    4  " in out
    assert '"by":"a test"' in out
    assert "    3  " not in out


def test_the_ledger_can_be_read_by_programs_and_for_one_plugin(plugwright, chatty):
    _, out, _ = plugwright("ledger", "--json", "--plugin", "chatty")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["kind"] for row in rows] == [
        "active",
        "approved",
        "proposed",
        "judged",
        "forged",
    ]
    assert rows[3]["detail"]["passed"] is True
    assert plugwright("ledger", "--json", "--plugin", "none")[1] == ""


def test_a_whole_ledger_is_told_with_its_length(plugwright, chatty):
    assert plugwright("ledger", "verify")[:2] == (0, "The ledger is whole: 5 rows.\n")


def flip(home, old, new):
    with sqlite3.connect(home.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    raw = home.database.read_bytes()
    assert raw.count(old) >= 1
    home.database.write_bytes(raw.replace(old, new))


def test_one_flipped_byte_breaks_the_ledger(refused, plugwright, home, chatty):
    flip(home, b'"by":"a test"', b'"by":"a pest"')
    assert refused("ledger", "verify") == (
        1,
        "plugwright: the ledger is broken at row 4: row 4 was changed",
    )
    assert plugwright("ledger")[0] == 0


def test_a_row_that_is_no_json_any_more_is_shown_as_it_is(plugwright, home, chatty):
    flip(home, b'"by":"a test"', b'"by\x1b:"a test"')
    code, out, _ = plugwright("ledger")
    assert code == 0
    assert '"by\\u001b:"a test"' in out
    code, out, _ = plugwright("ledger", "--json")
    assert code == 0
    assert '"by\x1b:"a test"' in json.loads(out.splitlines()[1])["detail"]


def test_a_reader_that_leaves_early_is_not_bothered(home, installed, chatty):
    command = f"'{sys.executable}' -m plugwright ledger | head -1"
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        env=installed.environment(),
        timeout=30,
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
    process = start(installed, "ledger")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()
