"""A web address has one form, or it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.urls import LONGEST, URL, Unfit


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://Example.ORG:443/A", "https://example.org/A"),
        ("http://example.org:80?x=1", "http://example.org/?x=1"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.org/%61%2d%7E%c3", "https://example.org/a-~%C3"),
        ("https://[2001:DB8:0::1]:1/", "https://[2001:db8::1]:1/"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("http://localhost/", "http://localhost/"),
        ("https://example.org/a...b/.c/;x", "https://example.org/a...b/.c/;x"),
        (
            "https://example.org/?a=..//%2F&b=@:?",
            "https://example.org/?a=..//%2F&b=@:?",
        ),
        ("https://ⓔxample.org/", "https://example.org/"),
    ],
)
def test_an_address_is_written_in_one_way(text, form):
    assert str(URL.parse(text)) == form
    assert str(URL.parse(form)) == form


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ftp://example.org/", "not like"),
        ("file:///etc/passwd", "not like"),
        ("//example.org/", "not like"),
        ("https:/example.org", "not like"),
        ("https:\\\\example.org", "not like"),
        ("https://example.org/#part", "not like"),
        (" https://example.org/", "not like"),
        ("https://me@example.org/", "user name"),
        ("https://me:secret@example.org/", "user name"),
        ("https://example.org@127.0.0.1/", "user name"),
        ("https:///path", "host"),
        ("https://example.org:/", "port"),
        ("https://example.org:0/", "port"),
        ("https://example.org:65536/", "no such port"),
        ("https://example.org:080/", "port"),
        ("https://example.org:80:80/", "port"),
        ("https://[::1/", "malformed"),
        ("https://[::1%25eth0]/", "number"),
        ("https://[example.org]/", "number"),
        ("https://127.1/", "number"),
        ("https://2130706433/", "number"),
        ("https://0x7f000001/", "number"),
        ("https://0x7f.0.0.1/", "number"),
        ("https://0177.0.0.1/", "number"),
        ("https://127.0.0.1.1/", "number"),
        ("https://1.2.3.4.0x/", "number"),
        ("https://example.org./", "not a name"),
        ("https://exam_ple-.org/", "not a name"),
        ("https://-a.org/", "not a name"),
        ("https://a..org/", "not a name"),
        ("https://*.example.org/", "not a name"),
        ("https://exa mple.org/", "not a name"),
        ("https://exa\nmple.org/", "not a name"),
        ("https://ex%61mple.org/", "not a name"),
        ("https://" + "a" * 64 + ".org/", "not a name"),
        ("https://" + "a." * 130 + "org/", "not a name"),
        ("https://\ud800.org/", "not a name"),
        ("https://ü" + "ü" * 80 + ".org/", "not a name"),
        ("https://evil.localhost/", "no names below"),
        ("https://example.org/a\\b", "`\\`"),
        ("https://example.org/a b", "percent-encoded"),
        ("https://example.org/é", "percent-encoded"),
        ("https://example.org/a*", "percent-encoded"),
        ("https://example.org/%zz", "percent-encoded"),
        ("https://example.org/a%", "percent-encoded"),
        ("https://example.org/a\r\nHost: x", "percent-encoded"),
        ("https://example.org/..", "`.` or `..`"),
        ("https://example.org/v1/../admin", "`.` or `..`"),
        ("https://example.org/v1/./a", "`.` or `..`"),
        ("https://example.org/v1/%2e%2E/admin", "`.` or `..`"),
        ("https://example.org/v1/.%2e/admin", "`.` or `..`"),
        ("https://example.org/v1/..;x/admin", "`.` or `..`"),
        ("https://example.org/v1%2fadmin", "`/` in disguise"),
        ("https://example.org/v1%5Cadmin", "`\\` in disguise"),
        ("https://example.org/v1/%252e%252e/", "`%` in disguise"),
        ("https://example.org/%00", "NUL in disguise"),
        ("https://example.org//admin", "`//`"),
        ("https://example.org/a?b c", "query"),
        ("https://example.org/a?b\r\nX: 1", "query"),
        ("https://example.org/a?é", "query"),
        ("https://example.org/" + "a" * LONGEST, "more than"),
        ("", "not like"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_the_reason(text, reason):
    with pytest.raises(Unfit) as told:
        URL.parse(text)
    assert reason in str(told.value)


@given(st.text(st.sampled_from("ht ps:/.%25eEfF@[]\\?#aü0x1;*\r\n"), max_size=40))
def test_no_address_has_two_forms(text):
    for whole in (text, f"https://{text}", f"https://a.b/{text}"):
        try:
            url = URL.parse(whole)
        except Unfit:
            continue
        assert URL.parse(str(url)) == url
        assert str(url).isascii()
        assert "//" not in url.path
        assert not {".", ".."} & set(url.path.split("/"))
