"""The tables of `plugin.toml`: what may stand where, and what to say if it does not."""

from __future__ import annotations

from typing import Annotated, Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
)

from plugwright.errors import Rejected
from plugwright.permissions import nearest
from plugwright.places import Place, line_of
from plugwright.quotas import LARGEST, Quota
from plugwright.sources import MISLEADING, plain
from plugwright.targets import EVENT

API = "0.1"
"""The version of the promise between this host and its sandboxed plugins."""


def _readable(text: str) -> str:
    if MISLEADING.search(text):
        raise ValueError("has characters that a screen shows wrongly or not at all")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("must be one line")
    return _readable(text)


def _free_name(name: str) -> str:
    if name.startswith("plugwright"):
        raise ValueError("names that begin with `plugwright` are the host's own")
    return name


def _pep440(version: str) -> str:
    Version(version)
    return version


def _for_this_host(api: str) -> str:
    if not SpecifierSet(api).contains(API, prereleases=True):
        raise ValueError(
            f"`{api}` leaves out this Plugwright, whose api is {API}: "
            "upgrade plugwright-core, or widen the range if the plugin allows it"
        )
    return api


def _crossable(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    level: list[JsonValue] = [value]
    for _ in range(_DEEPEST):
        for number in level:
            if type(number) is int and abs(number) > _LARGEST:
                raise ValueError("has a whole number beyond 2**53")
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return value
    raise ValueError(f"is nested more than {_DEEPEST - 1} levels deep")


def _all_different(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("says something twice")
    return names


def _like(pattern: str, most: int) -> StringConstraints:
    return StringConstraints(pattern=f"^{pattern}$", max_length=most)


_Name = Annotated[
    str,
    StringConstraints(min_length=2),
    _like("[a-z0-9]+(-[a-z0-9]+)*", 64),
    AfterValidator(_free_name),
]
_CommandName = Annotated[str, _like("[a-z][a-z0-9_-]*", 64)]
_Parameter = Annotated[str, _like("[A-Za-z_][A-Za-z0-9_]*", 64)]
_Event = Annotated[str, _like(EVENT.pattern, 64)]
_Origin = Annotated[str, _like("[a-z][a-z0-9_-]*", 64)]
_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300), AfterValidator(_one_line)
]
_Text = Annotated[str, AfterValidator(_readable)]
_LARGEST = 1 << 53
# Less than `MOST_PARTS`: where a table is written, its name has all that is around it.
_DEEPEST = 61
_Schema = Annotated[dict[str, JsonValue], AfterValidator(_crossable)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class QuotaTable(_Table):
    """`[plugin.quota]`."""

    fuel: int = Field(default=Quota.fuel, gt=0, le=LARGEST.fuel)
    cpu_seconds: float = Field(default=Quota.cpu_seconds, gt=0, le=LARGEST.cpu_seconds)
    seconds: float = Field(default=Quota.seconds, gt=0, le=LARGEST.seconds)
    memory: int = Field(default=Quota.memory, gt=0, le=LARGEST.memory)
    output: int = Field(default=Quota.output, gt=0, le=LARGEST.output)
    writes: int = Field(default=Quota.writes, gt=0, le=LARGEST.writes)
    host_calls: int = Field(default=Quota.host_calls, gt=0, le=LARGEST.host_calls)
    payload: int = Field(default=Quota.payload, gt=0, le=LARGEST.payload)
    sent: int = Field(default=Quota.sent, gt=0, le=LARGEST.sent)
    received: int = Field(default=Quota.received, gt=0, le=LARGEST.received)
    storage: int = Field(default=Quota.storage, gt=0, le=LARGEST.storage)
    keys: int = Field(default=Quota.keys, gt=0, le=LARGEST.keys)
    load_fuel: int = Field(default=Quota.load_fuel, gt=0, le=LARGEST.load_fuel)
    load_seconds: float = Field(
        default=Quota.load_seconds, gt=0, le=LARGEST.load_seconds
    )
    hourly_fuel: int = Field(default=Quota.hourly_fuel, gt=0, le=LARGEST.hourly_fuel)
    hourly_seconds: float = Field(
        default=Quota.hourly_seconds, gt=0, le=LARGEST.hourly_seconds
    )


class _Plugin(_Table):
    name: _Name
    version: Annotated[_Line, AfterValidator(_pep440)]
    api: Annotated[_Line, AfterValidator(_for_this_host)]
    summary: _Line
    engine: Literal["wasm", "restricted"] = "wasm"
    quota: QuotaTable = QuotaTable()


class _Permission(_Table):
    permission: _Line
    reason: _Line


class _Command(_Table):
    summary: _Line
    parameters: Annotated[list[_Parameter], AfterValidator(_all_different)] = []
    input: _Schema = {}
    output: _Schema = {}


class _Events(_Table):
    handles: Annotated[list[_Event], AfterValidator(_all_different)] = []


class File(_Table):
    """The whole file."""

    plugin: _Plugin
    permissions: list[_Permission] = []
    commands: dict[_CommandName, _Command] = {}
    events: _Events = _Events()
    provenance: dict[_Origin, _Text] = Field(default={})


class Mistake(Exception):
    """One thing that is wrong, before it is known on which line it is."""

    def __init__(self, rule: str, place: Place, what: str, *, remedy: str) -> None:
        super().__init__(what)
        self.rule, self.place, self.what, self.remedy = rule, place, what, remedy

    def at(self, text: str, where: str) -> Rejected:
        """Give the error that names the line."""
        key = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.place
        ).removeprefix(".")
        try:
            line = line_of(text, self.place)
        except RecursionError:  # read before, but from less deep in the stack
            line = 0
        what = f"`{plain(key):.200}`{self.what}"
        return Rejected(self.rule, where, line, what, remedy=self.remedy)


def mistake_in(error: ValidationError) -> Mistake:
    """Give the one mistake that is told first."""
    # A misspelt key is also a missing key; the spelling is the better news.
    found = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")[0]
    # pydantic marks with `[key]` that the key itself is wrong.
    place = tuple(part for part in found["loc"] if part != "[key]")
    if found["type"] == "extra_forbidden":
        remedy = nearest(str(place[-1]), _keys_beside(place))
        return Mistake("unknown-key", place, " is not a known key", remedy=remedy)
    if found["type"] == "missing":
        return Mistake("missing-key", place, " is missing", remedy="add it")
    reason = found.get("ctx", {}).get("error", found["msg"])
    return Mistake(
        _RULES.get(place[:2], "value"),
        place,
        f": {reason}",
        remedy=f"it is {_shown(found['input'])}; correct it",
    )


def _shown(value: object) -> str:
    try:
        return f"{value!r:.100}"
    except (RecursionError, ValueError):  # ValueError: a number of very many digits
        return "too large to show"


_RULES: dict[Place, str] = {
    ("plugin", "quota"): "quota",
    ("plugin", "engine"): "engine",
}
"""The rule that a value breaks, where it is not just any value."""


def _keys_beside(place: tuple[int | str, ...]) -> list[str]:
    tables: dict[tuple[int | str, ...], type[_Table]] = {
        (): File,
        ("plugin",): _Plugin,
        ("plugin", "quota"): QuotaTable,
        ("events",): _Events,
        ("commands",): _Command,
        ("permissions",): _Permission,
    }
    around = place[:-1]
    table = tables[around] if around in tables else tables[around[:1]]
    return list(table.model_fields)
