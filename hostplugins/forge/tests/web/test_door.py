"""Who gets in to the page, and what each refusal says."""

from __future__ import annotations

import json
from threading import Thread

import pytest


@pytest.fixture
def window(serving):
    found = serving().window()
    found.until("ask")
    return found


def one_sentence(reply, status):
    assert reply.status == status
    assert reply.text.count("\n") == 1
    assert "Traceback" not in reply.text
    return reply.text


def test_the_address_is_on_this_machine_alone_and_its_key_is_long(serving):
    at = serving().window().at

    assert at.hostname == "127.0.0.1"
    assert len(at.path.removeprefix("/enter/")) >= 32


def test_the_cookie_is_strict_hidden_from_scripts_and_for_one_path(window):
    reply = window.ask("GET", window.at.path)

    cookie = reply.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"path={window.room}".lower() in cookie


@pytest.mark.parametrize("path", ["/enter/", "/enter/x", "/enter/%00", "/enter/%ff"])
def test_a_wrong_key_opens_nothing(window, path):
    reply = window.ask("GET", path)

    assert reply.status in (403, 404)
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("name", ["", "events", "main.js", "answer", "nothing", "../"])
@pytest.mark.parametrize(
    "cookie", [None, "plugwright=x", "plugwright=", "ä=;;\x7f", 'plugwright="\\']
)
def test_without_the_cookie_there_is_nothing(window, name, cookie):
    reply = window.get(name, Cookie=cookie)

    said = one_sentence(reply, 403)
    assert "wrote in the terminal" in said


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
def test_another_name_of_the_host_is_refused_whatever_the_cookie(window, host):
    one_sentence(window.get("", Host=host), 421)
    one_sentence(window.get("events", Host=host), 421)
    one_sentence(window.ask("GET", window.at.path, Host=host), 421)


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"]
)
def test_only_the_page_itself_changes_anything(window, origin):
    for name, body in [("steer", {"wish": "stop"}), ("answer", {"id": "1"})]:
        one_sentence(window.post(name, body, Origin=origin), 403)

    assert window.until("ask")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", ""]
)
def test_what_a_form_of_another_site_could_send_is_refused(window, kind):
    one_sentence(window.post("steer", {"wish": "stop"}, Content_Type=kind), 415)


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[]", "null", '"x"', "{}", "\xff", '{"id": 1, "choice": "yes"}'),
        '{"id": "1", "choice": "yes", "by": "Sarah"}',
        '{"id": "1"}',
        json.dumps({"id": "1", "choice": "x" * 30}),
        json.dumps({"id": "1", "choice": "approve"}),
        json.dumps({"id": "1", "choice": "text", "text": "x" * 400_001}),
        "[" * 5000,
    ],
)
def test_a_bad_answer_is_one_sentence(window, body):
    one_sentence(window.post("answer", body.encode("latin-1")), 400)


@pytest.mark.parametrize("body", ["{", "{}", '{"wish": "explode"}', '{"wish": []}'])
def test_a_bad_wish_is_one_sentence(window, body):
    one_sentence(window.post("steer", body), 400)


def test_an_answer_to_what_is_not_asked_is_too_late(window):
    reply = window.post("answer", {"id": "99", "choice": "default"})

    assert "not asked any more" in one_sentence(reply, 409)


def test_a_body_is_not_read_beyond_what_fits(window):
    reply = window.post("answer", "x", Content_Length="99999999")

    assert "longer than" in one_sentence(reply, 413)


@pytest.mark.parametrize("length", ["", "-1", "x", "9" * 30])
def test_a_body_without_a_length_is_refused(window, length):
    assert window.post("answer", "", Content_Length=length).status in (400, 411)


@pytest.mark.parametrize(
    ("method", "name"), [("DELETE", "answer"), ("PUT", ""), ("GET", "answer")]
)
def test_other_methods_are_one_sentence(window, method, name):
    same = {"Origin": f"http://{window.at.netloc}", "Content_Type": "application/json"}
    reply = window.ask(
        method,
        window.room + name,
        "{}",
        Cookie=window.cookie,
        Content_Length="2",
        **same,
    )

    one_sentence(reply, 405)


def test_no_text_can_become_a_script(window):
    policy = window.get().headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_every_answer_says_how_it_may_be_used(window):
    for reply in (window.get(), window.get("main.js"), window.get(Cookie=None)):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["X-Frame-Options"] == "DENY"


def test_nothing_of_the_page_comes_from_elsewhere(window):
    page = window.get().text

    for name in ("main.js", "asks.js", "matrix.js", "parts.js", "talk.js", "words.js"):
        page += window.get(name).text
    page += window.get("style.css").text
    assert "//" not in page.replace("// ", "")
    assert "innerHTML" not in page
    assert "@import" not in page


def test_too_many_windows_are_one_sentence(window):
    streams = [window.get("events") for _ in range(20)]

    assert "too many windows" in one_sentence(window.get("events"), 503)

    for stream in streams:
        stream.close()
        stream.connection.close()


def test_of_many_answers_at_once_one_is_kept(serving):
    window = serving().window()
    ask = window.until("ask")
    replies = []

    def answer(number):
        body = {"id": ask["id"], "choice": "text", "text": f"answer {number}"}
        replies.append(window.post("answer", body).status)

    threads = [Thread(target=answer, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(replies) == [200] + [409] * 11
