"""The web, files, models and SQL, as a plugin's author meets them under pytest."""

import sys
from types import ModuleType

import pytest

from plugwright_sdk import HostRefused, files, http, models, storage, testing

URL = "https://api.example.org/v1/a"

# The web.


def test_an_address_answers_what_the_test_said():
    testing.answer("GET", URL, json={"a": 1}, headers={"X-Left": "2"})

    response = http.get(URL)

    assert response.ok
    assert response.json() == {"a": 1}
    assert response.text == '{"a": 1}'
    assert response.headers == {"x-left": "2"}
    assert response.url == URL


def test_a_status_is_no_error():
    testing.answer("GET", URL, status=404, text="grün")

    response = http.get(URL)

    assert (response.ok, response.status, response.text) == (False, 404, "grün")


def test_parameters_are_quoted_into_the_address():
    testing.answer("GET", f"{URL}?q=a+b%26c&n=1&n=2", text="found")

    assert http.get(URL, params={"q": "a b&c", "n": [1, 2]}).text == "found"


@pytest.mark.parametrize(
    ("url", "params", "asked"),
    [
        (f"{URL}/grün und blau", None, f"{URL}/gr%C3%BCn%20und%20blau"),
        (f"{URL}/%20", None, f"{URL}/%20"),
        (f"{URL}?a=1", {"b": 2}, f"{URL}?a=1&b=2"),
        ("https://api.example.org", None, "https://api.example.org"),
        ("https://api.example.org?a=ü", None, "https://api.example.org?a=ü"),
    ],
)
def test_an_address_is_sent_as_the_host_can_read_it(url, params, asked):
    testing.answer("GET", asked)

    assert http.get(url, params=params).url == asked


def test_what_was_asked_can_be_looked_into():
    for method in ("post", "put", "patch", "delete", "head"):
        testing.answer(method, URL)
    http.post(URL, json=[1], headers={"X-Key": "k"})
    http.put(URL, text="t")
    http.patch(URL, json={}, headers={"content-type": "own"})
    http.delete(URL)
    http.head(URL)

    post, put, patch, delete, head = testing.requests()
    assert post == {
        "method": "POST",
        "url": URL,
        "headers": {"content-type": "application/json", "X-Key": "k"},
        "body": "[1]",
    }
    assert (put["method"], put["body"]) == ("PUT", "t")
    assert patch["headers"] == {"content-type": "own"}
    assert (delete["method"], delete["body"]) == ("DELETE", None)
    assert head["method"] == "HEAD"


def test_nobody_answers_what_no_test_said():
    with pytest.raises(HostRefused, match=f"no test said what GET {URL} answers"):
        http.get(URL)


# Files.


def test_files_are_written_read_and_listed():
    files.write_text("week.txt", "mön")
    files.write_bytes("old/er/data.bin", b"\xff")

    assert files.read_text("week.txt") == "mön"
    assert files.read_bytes("old/er/data.bin") == b"\xff"
    assert files.list() == [("old", True, 0), ("week.txt", False, 4)]
    assert [entry.name for entry in files.list("old/er")] == ["data.bin"]
    assert files.exists("week.txt")
    assert files.exists("old/er")
    assert not files.exists("ol")


def test_folders_do_not_mix():
    testing.put_file("week.txt", "mon", folder="~/lessons")

    assert files.read_text("week.txt", folder="~/lessons") == "mon"
    assert [entry.name for entry in files.list(folder="~/lessons/")] == ["week.txt"]
    with pytest.raises(FileNotFoundError, match=r"no file `week\.txt`"):
        files.read_text("week.txt")


def test_a_test_sees_what_the_plugin_wrote():
    files.write_text("week.txt", "mon")

    assert testing.file("week.txt") == "mon"
    assert testing.file("other.txt") is None


# Models.


def test_a_model_says_its_lines_and_the_last_for_ever():
    testing.say("tutor", "one")
    testing.say("tutor", "two")

    assert [models.ask("tutor", f"{n}", max_tokens=5) for n in range(3)] == [
        "one",
        "two",
        "two",
    ]
    assert testing.prompts()[0] == {"role": "tutor", "prompt": "0"}
    with pytest.raises(HostRefused, match="no test said what a model in the role"):
        models.ask("judge", "a")


# SQL.


def test_notes_can_be_asked_for_in_sql():
    storage.set("a", {"n": 1})
    storage.set("b", "ü")

    assert storage.query("SELECT key, value FROM storage ORDER BY key") == [
        {"key": "a", "value": '{"n":1}'},
        {"key": "b", "value": '"ü"'},
    ]
    found = storage.query("SELECT key FROM storage WHERE key > ?", "a")
    assert found == [{"key": "b"}]


@pytest.mark.parametrize("sql", ["SELEC", "DELETE FROM storage", "SELECT * FROM x"])
def test_a_question_that_sqlite_cannot_answer_says_why(sql):
    with pytest.raises(HostRefused, match="SQLite cannot answer this"):
        storage.query(sql)


# Everywhere.


def test_reset_forgets_all_of_it():
    testing.answer("GET", URL)
    http.get(URL)
    testing.put_file("a", "b")
    testing.say("tutor", "one")
    models.ask("tutor", "a")

    testing.reset()

    assert testing.requests() == testing.prompts() == []
    assert testing.file("a") is None
    for ask in (lambda: http.get(URL), lambda: models.ask("tutor", "a")):
        with pytest.raises(HostRefused):
            ask()


def test_in_the_sandbox_the_host_is_asked(monkeypatch):
    host = ModuleType("_plugwright_host")
    asked = []
    answers = {
        "http.request": {"status": 200, "url": URL, "headers": {}, "body": "aGk="},
        "files.read": {"found": True, "body": "aGk="},
        "models.ask": {"text": "hi", "tokens": 1, "left": 9},
        "storage.query": {"columns": ["a"], "rows": [[1]]},
    }

    def call(service, arguments):
        asked.append((service, arguments))
        return answers[service]

    host.call, host.Denied, host.Refused = call, KeyError, ValueError
    monkeypatch.setitem(sys.modules, "_plugwright_host", host)

    assert http.get(URL).text == "hi"
    assert files.read_text("a") == "hi"
    assert models.ask("tutor", "a") == "hi"
    assert storage.query("SELECT ?", None) == [{"a": 1}]
    assert asked == [
        ("http.request", {"method": "GET", "url": URL, "headers": {}, "body": None}),
        ("files.read", {"name": "a", "folder": ""}),
        ("models.ask", {"role": "tutor", "prompt": "a", "max_tokens": None}),
        ("storage.query", {"sql": "SELECT ?", "parameters": [None]}),
    ]
