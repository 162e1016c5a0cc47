"""Permissions are few, narrow and said in plain words."""

from __future__ import annotations

import pytest

from plugwright.amounts import size_in_words
from plugwright.errors import UsageError
from plugwright.permissions import Permission, nearest


@pytest.mark.parametrize(
    "text",
    [
        "storage",
        "log",
        "clock",
        "events.emit:lesson-due",
        "events.emit:lesson-*",
        "events.emit:*",
    ],
)
def test_a_permission_reads_as_it_is_written(text):
    assert str(Permission.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("storage:lesson/*", "storage:lesson/*"),
        ("storage:settings", "storage:settings"),
        ("model:role=tutor", "model:role=tutor"),
        ("model:role=tutor,tokens=2000", "model:role=tutor,tokens=2000"),
        ("model:role=tutor, tokens=1000", "model:role=tutor"),
        (
            "http:get HTTPS://API.Example.org:443/v1/*",
            "http:GET https://api.example.org/v1/*",
        ),
        ("http:POST http://localhost:8080/*", "http:POST http://localhost:8080/*"),
        ("http:GET http://127.0.0.1/x", "http:GET http://127.0.0.1/x"),
        ("http:GET https://[::1]/*", "http:GET https://[::1]/*"),
        (
            "http:GET https://bücher.example/*",
            "http:GET https://xn--bcher-kva.example/*",
        ),
        ("http:GET https://a.b/%7e%2d*", "http:GET https://a.b/~-*"),
        ("files.read:~/lessons", "files.read:~/lessons"),
        ("files.write:~/My lessons/Übung/", "files.write:~/My lessons/Übung"),
        ("files.read:/srv/lessons", "files.read:/srv/lessons"),
    ],
)
def test_a_permission_has_one_form(text, form):
    permission = Permission.parse(text)
    assert str(permission) == form
    assert Permission.parse(form) == permission
    assert permission.covers(permission)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("storag", "did you mean `storage`?"),
        ("events.emt:x", "did you mean `events.emit:NAME`?"),
        ("files.reed:~/x", "did you mean `files.read:FOLDER`?"),
        (
            "network",
            "use one of `clock`, `events.emit:NAME`, `files.read:FOLDER`, "
            "`files.write:FOLDER`, `http:GET https://HOST/PATH`, `log`, "
            "`model:role=NAME`, `storage`",
        ),
        ("", "use one of `clock`"),
    ],
)
def test_what_is_no_permission_is_answered_with_the_nearest(text, remedy):
    with pytest.raises(UsageError) as told:
        Permission.parse(text)
    assert told.value.message == f"there is no permission `{text}`"
    assert told.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("clock:fast", "cannot be narrowed", "write `clock` alone"),
        ("log:", "ends with a `:`", "write it as `log`"),
        ("storage:", "ends with a `:`", "write it as `storage`"),
        ("storage:*", "does not say plainly which keys", "`storage` for all"),
        ("storage:a*b", "does not say plainly which keys", "`storage:lesson/*`"),
        ("storage:é*", "does not say plainly which keys", "`storage:lesson/*`"),
        ("model", "does not say which role", "`model:role=tutor`"),
        ("model:tutor", "does not say which role", "`model:role=tutor`"),
        ("model:role=Tutor", "does not say which role", "`model:role=tutor`"),
        ("model:role=tutor,tokens=0", "does not say which role", "tokens=2000"),
        ("model:role=tutor,tokens=1000001", "does not say which role", "1000000"),
        ("http", "does not begin with a method", "use one of GET, HEAD"),
        ("http:https://a.b/", "does not begin with a method", "use one of GET, HEAD"),
        ("http:TRACE https://a.b/", "does not begin with a method", "GET, HEAD"),
        ("http:CONNECT https://a.b/", "does not begin with a method", "GET, HEAD"),
        ("http:GET  https://a.b/", "is no address", "write it as in"),
        ("http:GET ftp://a.b/", "is no address", "write it as in"),
        ("http:GET https://*.b/", "is no address", "write it as in"),
        ("http:GET https://a.b:*/", "is no address", "write it as in"),
        ("http:GET https://me@a.b/", "is no address", "write it as in"),
        ("http:GET https://a.b/#x", "is no address", "write it as in"),
        ("http:GET https://a.b/../*", "is no address", "write it as in"),
        ("http:GET https://a.b/*/c", "is no address", "write it as in"),
        ("http:GET https://a.b/**", "is no address", "write it as in"),
        ("http:GET https://127.1/*", "is no address", "write it as in"),
        ("http:GET https://a.b/c?d=*", "has a `?`", "end it before the `?`"),
        ("http:GET https://a.b/c?", "has a `?`", "end it before the `?`"),
        ("http:GET https://a.b*", "does not say which paths", "write `https://a.b/*`"),
        ("http:GET https://a.b", "does not say which paths", "write `https://a.b/*`"),
        ("http:GET http://0.0.0.0/*", "no one machine's", "write it as in"),
        ("http:GET http://[::]/*", "no one machine's", "write it as in"),
        ("http:GET http://224.0.0.1/*", "no one machine's", "write it as in"),
        ("http:GET http://[::ffff:10.0.0.1]/*", "no one machine's", "write it as in"),
        ("files.read", "does not name a folder", "`files.read:~/lessons`"),
        ("files.read:lessons", "does not name a folder", "whole path"),
        ("files.read:~me/x", "does not name a folder", "whole path"),
        ("files.read:/", "is far too much", "whole path"),
        ("files.write:~", "is far too much", "`files.write:~/lessons`"),
        ("files.write:~/", "is far too much", "whole path"),
        ("files.read:~/../x", "empty, `.` or `..`", "whole path"),
        ("files.read:/srv//x", "empty, `.` or `..`", "whole path"),
        ("files.read:~/.ssh", "hidden", "whole path"),
        ("files.read:~/x*", "a name holds one of", "whole path"),
        ("files.read:~/a\\b", "a name holds one of", "whole path"),
        ("files.read:~/a\u202eb", "cannot be seen", "whole path"),
        ("files.read:~/a\x00b", "cannot be seen", "whole path"),
        ("files.read:/proc/self", "the machine itself", "whole path"),
        ("files.read:/dev/shm", "the machine itself", "whole path"),
        ("files.read:~/nul.txt", "a device", "whole path"),
        ("files.read:~/" + "x" * 201, "too long", "whole path"),
    ],
)
def test_what_a_permission_is_narrowed_to_must_be_plain(text, what, remedy):
    with pytest.raises(UsageError) as told:
        Permission.parse(text)
    assert told.value.message.startswith(f"`{text}` ")
    assert what in told.value.message
    assert remedy in told.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "events.emit",
        "events.emit:",
        "events.emit:Lesson",
        "events.emit:a*b",
        "events.emit:a\n",
        "events.emit:é",
    ],
)
def test_an_event_must_be_named_plainly(text):
    with pytest.raises(UsageError, match="does not say which event"):
        Permission.parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("storage", "may keep notes of its own on this computer (up to 4 MB)"),
        ("clock", "may know the date and the time"),
        ("log", "may write messages into Plugwright's log"),
        ("events.emit:due", "may tell other plugins about “due”"),
        (
            "events.emit:lesson-*",
            "may tell other plugins about everything whose name begins with “lesson-”",
        ),
        ("events.emit:*", "may tell other plugins about anything"),
        (
            "storage:lesson/*",
            "may keep notes of its own on this computer, under names that begin with "
            "“lesson/” (up to 4 MB)",
        ),
        (
            "storage:settings",
            "may keep notes of its own on this computer, under the name “settings” (up "
            "to 4 MB)",
        ),
        (
            "model:role=tutor",
            "may ask a language model, in the role “tutor”, and tell it what it knows "
            "(up to 1000 tokens, some 750 words, in each call)",
        ),
        (
            "http:GET https://api.example.org/v1/*",
            "may ask “api.example.org”, on the internet, and tell it in the question "
            "whatever it knows (only addresses that begin with "
            "“https://api.example.org/v1/”)",
        ),
        (
            "http:POST https://api.example.org/*",
            "may send whatever it knows to “api.example.org”, on the internet, and "
            "have things changed there",
        ),
        (
            "http:DELETE http://api.example.org/all",
            "may have things deleted at “api.example.org”, on the internet (only "
            "addresses of exactly “http://api.example.org/all”); others on the way can "
            "read it",
        ),
        (
            "http:GET http://localhost:8080/*",
            "may ask “localhost:8080”, on this computer, and tell it in the question "
            "whatever it knows",
        ),
        (
            "http:HEAD http://192.168.1.1/*",
            "may ask “192.168.1.1”, in your own network, and tell it in the question "
            "whatever it knows",
        ),
        (
            "http:GET http://169.254.169.254/*",
            "may ask “169.254.169.254”, which hands out the passwords of a computer in "
            "a cloud, and tell it in the question whatever it knows",
        ),
        (
            "http:GET https://1.1.1.1/*",
            "may ask “1.1.1.1”, on the internet, and tell it in the question whatever "
            "it knows",
        ),
        (
            "files.read:~/lessons",
            "may read the files in the folder “~/lessons” and in the folders within",
        ),
        (
            "files.write:~/lessons",
            "may make and replace files in the folder “~/lessons” and in the folders "
            "within, without reading any",
        ),
    ],
)
def test_everybody_can_read_what_it_allows(text, words):
    assert Permission.parse(text).in_words() == words


def test_the_words_know_how_much_may_be_kept():
    assert Permission("storage").in_words(10 << 10).endswith("(up to 10 KB)")


def test_sizes_are_read_easily():
    assert [size_in_words(n) for n in (100, 1 << 20, 3 << 19)] == [
        "100 bytes",
        "1 MB",
        "1.5 MB",
    ]


@pytest.mark.parametrize(
    ("granted", "wanted", "is_covered"),
    [
        ("storage", "storage", True),
        ("storage", "log", False),
        ("events.emit:due", "events.emit:due", True),
        ("events.emit:due", "events.emit:due-now", False),
        ("events.emit:due-*", "events.emit:due-now", True),
        ("events.emit:due-*", "events.emit:due", False),
        ("events.emit:due-*", "events.emit:due-now-*", True),
        ("events.emit:due-now-*", "events.emit:due-*", False),
        ("events.emit:*", "events.emit:due", True),
        ("events.emit:*", "storage", False),
        ("storage", "storage:a*", True),
        ("storage:a*", "storage", False),
        ("storage:a*", "storage:ab*", True),
        ("storage:a*", "storage:b", False),
        ("model:role=tutor", "model:role=tutor", True),
        ("model:role=tutor", "model:role=tutor,tokens=1001", False),
        ("model:role=tutor,tokens=2000", "model:role=tutor", True),
        ("model:role=tutor", "model:role=writer", False),
        ("http:GET https://a.b/v1/*", "http:GET https://a.b/v1/x/y", True),
        ("http:GET https://a.b/v1/*", "http:GET https://a.b/v10", False),
        ("http:GET https://a.b/v1/*", "http:GET https://a.b/v1", False),
        ("http:GET https://a.b/v1/*", "http:GET https://a.b/v1/x*", True),
        ("http:GET https://a.b/v1/*", "http:POST https://a.b/v1/x", False),
        ("http:GET https://a.b/v1/*", "http:GET http://a.b/v1/x", False),
        ("http:GET https://a.b/v1/*", "http:GET https://a.b:8443/v1/x", False),
        ("http:GET https://a.b/*", "http:GET https://a.b.evil/", False),
        ("http:GET https://a.b/x", "http:GET https://a.b/x", True),
        ("files.read:~/a", "files.read:~/a/b", True),
        ("files.read:~/a", "files.read:~/ab", False),
        ("files.read:~/a/b", "files.read:~/a", False),
        ("files.write:~/a", "files.read:~/a", False),
    ],
)
def test_a_wide_permission_covers_a_narrow_one_and_never_back(
    granted, wanted, is_covered
):
    assert Permission.parse(granted).covers(Permission.parse(wanted)) is is_covered


def test_without_a_near_word_all_are_listed():
    assert nearest("zzz", ["b", "a"]) == "use one of `a`, `b`"
