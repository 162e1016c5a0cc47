"""What a plugin keeps between calls: JSON values under keys, up to a limit."""

from __future__ import annotations

import json
import re
from typing import Protocol

from plugwright.amounts import size_in_words
from plugwright.database import Database
from plugwright.errors import Refused as Refused
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON

LONGEST_KEY = 512
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Shelf(Protocol):
    """Where one plugin keeps its values. Every value given back is a copy."""

    def get(self, key: str) -> JSON:
        """Give back the value. Raises KeyError where there is none."""

    def set(self, key: str, value: JSON) -> None:
        """Keep a value. Raises `Refused` when it is too much."""

    def delete(self, key: str) -> None:
        """Forget a value, if it is there."""

    def keys(self, prefix: str = "") -> list[str]:
        """List the keys that begin like this, in order."""

    def entries(self) -> list[tuple[str, str]]:
        """List all keys, in order, with their values as JSON text."""


class Storage:
    """One plugin's shelf in the host's database."""

    def __init__(
        self,
        database: Database,
        plugin: str,
        limit_bytes: int,
        limit_keys: int = Quota.keys,
    ) -> None:
        self._database = database
        self._plugin = plugin
        self._limit = limit_bytes
        self._limit_keys = limit_keys

    def get(self, key: str) -> JSON:
        """Give back the value. Raises KeyError where there is none."""
        found = self._database.read(
            "SELECT value FROM storage WHERE plugin = ? AND key = ?",
            (self._plugin, _key(key)),
        )
        if not found:
            raise KeyError(key)
        value: JSON = json.loads(found[0][0])
        return value

    def set(self, key: str, value: JSON) -> None:
        """Keep a value. Raises `Refused` when it is too much."""
        text = _text(value)
        size = _size(_key(key), text)
        with self._database.transaction() as connection:
            used, old, count, has = connection.execute(
                "SELECT coalesce(sum(bytes), 0),"
                " coalesce(sum(bytes) FILTER (WHERE key = :key), 0),"
                " count(*), count(*) FILTER (WHERE key = :key)"
                " FROM storage WHERE plugin = :plugin",
                {"key": key, "plugin": self._plugin},
            ).fetchone()
            _check_limit(used - old + size, used, self._limit)
            _check_count(count + 1 - has, count, self._limit_keys)
            connection.execute(
                "INSERT OR REPLACE INTO storage VALUES (?, ?, ?, ?)",
                (self._plugin, key, size, text),
            )

    def delete(self, key: str) -> None:
        """Forget a value, if it is there."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM storage WHERE plugin = ? AND key = ?",
                (self._plugin, _key(key)),
            )

    def keys(self, prefix: str = "") -> list[str]:
        """List the keys that begin like this, in order."""
        # Not LIKE: a prefix may hold `%` and `_`, and means them.
        found = self._database.read(
            "SELECT key FROM storage"
            " WHERE plugin = ? AND substr(key, 1, ?) = ? ORDER BY key",
            (self._plugin, len(prefix), _prefix(prefix)),
        )
        return [key for (key,) in found]

    def entries(self) -> list[tuple[str, str]]:
        """List all keys, in order, with their values as JSON text."""
        return self._database.read(
            "SELECT key, value FROM storage WHERE plugin = ? ORDER BY key",
            (self._plugin,),
        )


class MemoryStorage:
    """A shelf that is gone with its owner, for judging and for tests."""

    def __init__(self, limit_bytes: int, limit_keys: int = Quota.keys) -> None:
        self._limit = limit_bytes
        self._limit_keys = limit_keys
        self._texts: dict[str, str] = {}
        self._used = 0

    def get(self, key: str) -> JSON:
        """Give back the value. Raises KeyError where there is none."""
        value: JSON = json.loads(self._texts[_key(key)])
        return value

    def set(self, key: str, value: JSON) -> None:
        """Keep a value. Raises `Refused` when it is too much."""
        text = _text(value)
        after = self._used - self._size_of(_key(key)) + _size(key, text)
        _check_limit(after, self._used, self._limit)
        count = len(self._texts)
        _check_count(count + (key not in self._texts), count, self._limit_keys)
        self._texts[key], self._used = text, after

    def delete(self, key: str) -> None:
        """Forget a value, if it is there."""
        self._used -= self._size_of(_key(key))
        self._texts.pop(key, None)

    def keys(self, prefix: str = "") -> list[str]:
        """List the keys that begin like this, in order."""
        return sorted(k for k in self._texts if k.startswith(_prefix(prefix)))

    def entries(self) -> list[tuple[str, str]]:
        """List all keys, in order, with their values as JSON text."""
        return sorted(self._texts.items())

    def _size_of(self, key: str) -> int:
        return _size(key, self._texts[key]) if key in self._texts else 0


def _key(key: str) -> str:
    if not key:
        raise Refused("a key cannot be empty", remedy="give it a name")
    return _prefix(key)


def _prefix(prefix: str) -> str:
    if len(prefix) > LONGEST_KEY or _UNFIT.search(prefix):
        raise Refused(
            f"a key has at most {LONGEST_KEY} characters, none of them a control one",
            remedy="use a shorter, plainer key",
        )
    return prefix


def _text(value: JSON) -> str:
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        text.encode()  # half characters pass as JSON, and nowhere else
    except (TypeError, ValueError, RecursionError) as error:
        raise Refused(
            f"the value cannot be kept as JSON: {error}",
            remedy="keep text, finite numbers, lists and dicts",
        ) from error
    return text


def _size(key: str, text: str) -> int:
    return len(key.encode()) + len(text.encode())


def _check_limit(after: int, used: int, limit: int) -> None:
    # What makes it smaller is let through, even where the limit was lowered since.
    if limit < after and used < after:
        raise Refused(
            f"this would take {size_in_words(after)}, keys included, and"
            f" {size_in_words(limit)} were granted",
            remedy="delete what is no longer needed, or raise `storage` under"
            " [plugin.quota] and approve again",
        )


def _check_count(after: int, count: int, limit: int) -> None:
    if limit < after and count < after:
        raise Refused(
            f"this would be {after} keys, and {limit} were granted",
            remedy="delete what is no longer needed, or raise `keys` under"
            " [plugin.quota] and approve again",
        )
