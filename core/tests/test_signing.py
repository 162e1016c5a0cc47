"""The key of a home: made once, for its user alone, and never guessed about."""

from __future__ import annotations

import stat

import pytest

from plugwright.errors import HostError, UsageError
from plugwright.home import HAS_MODES
from plugwright.signing import SIZE, SigningKey


@pytest.fixture
def key(tmp_path):
    return SigningKey(tmp_path / "approval.key")


def test_what_was_signed_is_known_again_and_nothing_else_is(key):
    id = key.make()
    signature = key.sign("yes")
    assert key.verify("yes", signature)
    assert not key.verify("yes ", signature)
    last = "0" if signature[-1] != "0" else "1"
    assert not key.verify("yes", signature[:-1] + last)
    assert not key.verify("yes", "no signature")
    assert SigningKey(key.path).verify("yes", signature)
    assert key.make() == key.id == id


def test_another_key_knows_nothing_of_it(key, tmp_path):
    other = SigningKey(tmp_path / "other.key")
    assert other.make() != key.make()
    assert not other.verify("yes", key.sign("yes"))


@pytest.mark.skipif(not HAS_MODES, reason="files have no modes here")
def test_only_its_user_can_read_it(key):
    key.make()
    assert stat.S_IMODE(key.path.stat().st_mode) == 0o600
    assert [file.name for file in key.path.parent.iterdir()] == ["approval.key"]
    for mode in (0o640, 0o604, 0o620, 0o601):
        key.path.chmod(mode)
        with pytest.raises(UsageError, match="other users of this computer") as told:
            key.sign("yes")
        assert f"`chmod 600 '{key.path}'`" in told.value.remedy
    key.path.chmod(0o600)
    assert key.verify("yes", key.sign("yes"))


@pytest.mark.parametrize("content", [b"", b"x" * (SIZE - 1), b"x" * (SIZE + 1)])
def test_a_garbled_key_is_told_with_what_to_do(key, content):
    key.make()
    key.path.write_bytes(content)
    with pytest.raises(HostError, match=r"`.*approval.key` holds no key") as told:
        key.make()
    assert "put back a copy, or delete it" in told.value.remedy


def test_a_key_that_cannot_be_read_is_told_by_its_path(key):
    key.path.mkdir()
    with pytest.raises(HostError, match=r"cannot use `.*approval.key`"):
        key.sign("yes")
