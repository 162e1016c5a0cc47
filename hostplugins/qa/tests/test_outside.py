"""Plugins that use the web, files, models and SQL are judged on doubles of them."""

from __future__ import annotations

from plugwright.judging import Verdict

PLUGIN = """
from plugwright_sdk import command, files, http, models, storage

@command
def fetch(subject: str) -> str:
    found = http.get("https://api.example.org/v1/find", params={"q": subject})
    return found.json()["title"] if found.ok else "nothing"

@command
def copy(name: str) -> list[str]:
    files.write_text(f"copies/{name}", files.read_text(name).upper())
    return [entry.name for entry in files.list()]

@command
def explain(what: str) -> str:
    return models.ask("tutor", f"Explain {what}", max_tokens=100)

@command
def long_ones() -> list[str]:
    storage.set("lesson/1", {"minutes": 30})
    storage.set("lesson/2", {"minutes": 60})
    rows = storage.query(
        "SELECT key FROM storage WHERE value->>'minutes' > ?", 45
    )
    return [row["key"] for row in rows]
"""
TESTS = """
import pytest

from plugin import copy, explain, fetch, long_ones
from plugwright_sdk.testing import answer, file, prompts, put_file, requests, say

URL = "https://api.example.org/v1/find?q=gr%C3%BCn"

def test_the_web():
    answer("GET", URL, json={"title": "Green"})
    assert fetch("grün") == "Green"
    assert [asked["url"] for asked in requests()] == [URL]

def test_a_web_that_says_no():
    answer("GET", URL, status=404)
    assert fetch("grün") == "nothing"

def test_files():
    put_file("week.txt", "mon")
    assert copy("week.txt") == ["copies", "week.txt"]
    assert file("copies/week.txt") == "MON"
    assert file("other.txt") is None

def test_models():
    say("tutor", "It is so.")
    assert explain("rain") == "It is so."
    assert prompts() == [{"role": "tutor", "prompt": "Explain rain"}]

def test_sql():
    assert long_ones() == ["lesson/2"]
"""
GRANTS = (
    "files.read:~/lessons",
    "files.write:~/lessons",
    "http:GET https://api.example.org/v1/*",
    "model:role=tutor",
    "storage:lesson/*",
)


def test_tests_set_the_stage_and_look_at_it_afterwards(judge):
    report = judge(PLUGIN, TESTS, *GRANTS)
    assert [(r.verdict, r.message) for r in report.results] == [(Verdict.AC, "")] * 5
    assert report.used == GRANTS
    assert report.denied == ()


def test_without_a_grant_each_is_a_violation_that_names_what_is_lacking(judge):
    report = judge(PLUGIN, TESTS)
    assert set(report.denied) == {"http", "model", "storage"}
    files, *others = sorted(report.results, key=lambda result: result.verdict.value)[
        ::-1
    ]
    assert {result.verdict for result in others} == {Verdict.SV}
    # This one failed by itself: it put a file where the plugin has no folder.
    assert (files.test.partition("::")[2], files.verdict) == ("test_files", Verdict.WA)
    assert "this plugin may use no folder" in files.message
