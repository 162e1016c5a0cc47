"""What a permission can be narrowed to: keys, events, web addresses, folders, roles.

Each kind reads its text into the one form in which it is shown, compared and approved,
says in plain words what it allows, and tells whether one covers another.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Protocol

from plugwright.addresses import LOCALHOST, is_here, is_metadata, is_public, is_somebody
from plugwright.addresses import literal as literal_address
from plugwright.urls import URL, Unfit

EVENT = re.compile(r"[a-z][a-z0-9.-]{0,63}", re.ASCII)
"""What the name of an event looks like."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TOKENS = 1000
"""What a model may use up for one call of a plugin, unless more is granted."""
MOST_TOKENS = 1_000_000

_EVENTS = re.compile(rf"{EVENT.pattern}\*?|\*", re.ASCII)
_KEYS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}\*?", re.ASCII)
_ROLE = re.compile(
    r"role=([a-z][a-z0-9-]{0,31})(?:, ?tokens=([1-9][0-9]{0,6}))?", re.ASCII
)


class Malformed(ValueError):
    """A target that cannot be read: what is wrong with it, and what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Target(Protocol):
    """One kind of narrowing."""

    example: str

    def read(self, text: str) -> str:
        """Give the text in its one form. Raises `Malformed`."""

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""

    def covers(self, mine: str, other: str) -> bool:
        """Tell whether what `other` allows is all in `mine`."""


class Whole:
    """A permission that is not narrowed."""

    def __init__(self, name: str, words: str) -> None:
        self.example = name
        self._words = words

    def read(self, text: str) -> str:
        """Take nothing."""
        if text:
            raise Malformed("cannot be narrowed", f"write `{self.example}` alone")
        return ""

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""
        return self._words

    def covers(self, mine: str, other: str) -> bool:
        """There is only one."""
        return True


class Keys:
    """The keys of the storage: all, those that begin so, or one."""

    example = "storage"

    def read(self, text: str) -> str:
        """Take nothing, a key, or a beginning and `*`."""
        if text and not _KEYS.fullmatch(text):
            raise Malformed(
                "does not say plainly which keys",
                "write how they begin, as in `storage:lesson/*`, or `storage` for all",
            )
        return text

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""
        notes = "may keep notes of its own on this computer"
        if target.endswith("*"):
            return f"{notes}, under names that begin with “{target[:-1]}”"
        return f"{notes}, under the name “{target}”" if target else notes

    def covers(self, mine: str, other: str) -> bool:
        """No target is all keys."""
        return not mine or _begins(mine, other)


class Events:
    """Events by name, or by a beginning and `*`."""

    example = "events.emit:NAME"

    def read(self, text: str) -> str:
        """Take a name or a beginning."""
        if not _EVENTS.fullmatch(text):
            raise Malformed(
                "does not say which event",
                "name it in small letters, as in `events.emit:lesson-due`",
            )
        return text

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""
        if target == "*":
            told = "anything"
        elif target.endswith("*"):
            told = f"everything whose name begins with “{target[:-1]}”"
        else:
            told = f"“{target}”"
        return f"may tell other plugins about {told}"

    def covers(self, mine: str, other: str) -> bool:
        """A beginning covers whatever begins so."""
        return _begins(mine, other)


class Roles:
    """A language model in one role, and how much of it for one call of the plugin."""

    example = "model:role=NAME"

    def read(self, text: str) -> str:
        """Take `role=tutor` or `role=tutor,tokens=2000`."""
        found = _ROLE.fullmatch(text)
        if not found or int(found[2] or TOKENS) > MOST_TOKENS:
            raise Malformed(
                "does not say which role, or how many tokens",
                "write a role in small letters, as in `model:role=tutor`, or with up to"
                f" {MOST_TOKENS} tokens a call, as in `model:role=tutor,tokens=2000`",
            )
        tokens = int(found[2] or TOKENS)
        return f"role={found[1]}" + (f",tokens={tokens}" if tokens != TOKENS else "")

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""
        role, tokens = role_of(target)
        return (
            f"may ask a language model, in the role “{role}”, and tell it what it knows"
            f" (up to {tokens} tokens, some {tokens * 3 // 4} words, in each call)"
        )

    def covers(self, mine: str, other: str) -> bool:
        """The same role, and no more tokens."""
        (role, tokens), (wanted, needed) = role_of(mine), role_of(other)
        return role == wanted and needed <= tokens


def role_of(target: str) -> tuple[str, int]:
    """Take a model's role and its tokens out of a target that was read before."""
    role, _, tokens = target.removeprefix("role=").partition(",tokens=")
    return role, int(tokens or TOKENS)


class Addresses:
    """One method at one web address, or at all that begin so.

    The internet is meant. A private address is reached only where the permission spells
    it as numbers, or says `localhost`: whoever approves then sees what it is. A name is
    not enough, since whoever answers for that name can point it anywhere, later.
    """

    example = "http:GET https://HOST/PATH"
    _like = "write it as in `http:GET https://api.example.org/v1/*`"

    def read(self, text: str) -> str:
        """Take a method, a blank and an address."""
        method, _, address = text.partition(" ")
        if method.upper() not in METHODS:
            raise Malformed(
                "does not begin with a method",
                f"use one of {', '.join(METHODS)}, as in "
                "`http:GET https://api.example.org/v1/*`",
            )
        star = "*" if address.endswith("*") else ""
        try:
            url = URL.parse(address.removesuffix("*"))
        except Unfit as error:
            raise Malformed(f"is no address: {error}", self._like) from error
        self._check(url, address)
        return f"{method.upper()} {url}{star}"

    def _check(self, url: URL, address: str) -> None:
        if url.query or "?" in address:
            raise Malformed("has a `?`", "end it before the `?`; any query is allowed")
        if "/" not in address.partition("://")[2]:
            raise Malformed(
                "does not say which paths", f"write `{url.origin}/*` for all of them"
            )
        if literal_address(url.host) and not is_somebody(url.host):
            raise Malformed("names an address that is no one machine's", self._like)

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""
        method, _, address = target.partition(" ")
        url = URL.parse(address.removesuffix("*"))
        if method in ("GET", "HEAD"):
            what = "may ask {}, and tell it in the question whatever it knows"
        elif method == "DELETE":
            what = "may have things deleted at {}"
        else:
            what = "may send whatever it knows to {}, and have things changed there"
        said = what.format(f"“{url.authority}”, {_where(url.host)}")
        if address != f"{url.origin}/*":
            begin = "that begin with" if address.endswith("*") else "of exactly"
            said += f" (only addresses {begin} “{url.origin}{url.path}”)"
        if url.scheme == "http" and not _is_near(url.host):
            said += "; others on the way can read it"
        return said

    def covers(self, mine: str, other: str) -> bool:
        """The same method at the same host, and a path that begins so."""
        return _begins(mine, other)


def _is_near(host: str) -> bool:
    return host == LOCALHOST or bool(literal_address(host) and not is_public(host))


def _where(host: str) -> str:
    if host == LOCALHOST or (literal_address(host) and is_here(host)):
        return "on this computer"
    if is_metadata(host):
        return "which hands out the passwords of a computer in a cloud"
    return "in your own network" if _is_near(host) else "on the internet"


class Folders:
    """A folder with all that is in it, but for what is hidden."""

    def __init__(self, name: str, words: str) -> None:
        self.example = f"{name}:FOLDER"
        self._words = words
        self._like = f"name one with its whole path, as in `{name}:~/lessons`"

    def read(self, text: str) -> str:
        """Take `~/lessons` or `/srv/lessons`."""
        root, *parts = (text.removesuffix("/") if text != "/" else text).split("/")
        if not text or root not in ("", "~"):
            raise Malformed("does not name a folder", self._like)
        if not any(parts):
            raise Malformed("is far too much to give away", self._like)
        for part in parts:
            if reason := unfit_name(part):
                raise Malformed(f"does not name a folder: {reason}", self._like)
        if root == "" and parts[0] in ("proc", "sys", "dev"):
            raise Malformed("names no folder, but the machine itself", self._like)
        return "/".join((root, *parts))

    def words(self, target: str) -> str:
        """Say what it allows, to somebody who does not program."""
        return self._words.format(f"the folder “{target}” and in the folders within")

    def covers(self, mine: str, other: str) -> bool:
        """Folders within a folder are covered."""
        return f"{other}/".startswith(f"{mine}/")


_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?", re.I)
_STRANGE = re.compile(r'[<>:"|?*\\/]')


def unfit_name(name: str) -> str:
    """Say why a name cannot be a file's or a folder's here; nothing if it can.

    Names have to mean the same on every system, and nothing beside themselves.
    """
    if name in ("", ".", ".."):
        return "a part of its path is empty, `.` or `..`"
    if name.startswith("."):
        return "a name that begins with `.` is hidden, and no plugin's business"
    if any(unicodedata.category(letter) in _UNSEEN for letter in name):
        return "a name holds a character that cannot be seen"
    if _STRANGE.search(name) or name.endswith((".", " ")) or name.startswith(" "):
        return 'a name holds one of `<>:"|?*\\`, or has a blank or a dot at its end'
    if _DEVICE.fullmatch(name):
        return "a name is a device on some systems"
    if len(name.encode()) > 200:
        return "a name is too long"
    return ""


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _begins(mine: str, other: str) -> bool:
    """Whether the one is the other, or is its beginning, which ends with `*`."""
    if mine.endswith("*"):
        return other.startswith(mine[:-1])
    return mine == other


TARGETS: dict[str, Target] = {
    "clock": Whole("clock", "may know the date and the time"),
    "events.emit": Events(),
    "files.read": Folders("files.read", "may read the files in {}"),
    "files.write": Folders(
        "files.write", "may make and replace files in {}, without reading any"
    ),
    "http": Addresses(),
    "log": Whole("log", "may write messages into Plugwright's log"),
    "model": Roles(),
    "storage": Keys(),
}
"""Every permission that there is, by its name."""
