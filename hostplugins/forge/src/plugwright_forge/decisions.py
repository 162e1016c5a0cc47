"""The edge where a model's JSON becomes what the forge works with, or is refused."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from plugwright.errors import UsageError
from plugwright.manifest import MISLEADING, CommandSpec, Manifest
from plugwright.permissions import Permission
from plugwright_forge.answers import Level, Question
from plugwright_forge.fences import Malformed, json_object
from plugwright_forge.skeletons import HEADER
from plugwright_forge.specification import (
    Command,
    Parameter,
    Requirement,
    Specification,
    Wish,
)

API_RANGE = ">=0.1,<0.2"
VERSION = "0.1.0"
MOST_QUESTIONS = 7
PLANS = 3


def _readable(text: str) -> str:
    if MISLEADING.search(text):
        raise ValueError("it has characters that a screen does not show as they are")
    return text


def _on_one_line(text: str) -> str:
    return _readable(" ".join(text.split()))


def _as_text(value: object) -> object:
    # An example may well be written as the JSON that it talks about.
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _identifier(name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError("it is not a public Python name")
    return name


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    AfterValidator(_on_one_line),
    StringConstraints(min_length=1),
]
Paragraph = Annotated[
    str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_on_one_line)
]
Sentence = Annotated[Paragraph, BeforeValidator(_as_text)]
Source = Annotated[str, StringConstraints(max_length=8000), AfterValidator(_readable)]
Name = Annotated[Line, AfterValidator(_identifier)]


class _Decision(BaseModel):
    # What a model adds of its own does no harm; what it leaves out does.
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class _Question(_Decision):
    question: Line
    level: Level
    implication: Paragraph
    default: Line


class _Questions(_Decision):
    questions: Annotated[list[_Question], Field(max_length=MOST_QUESTIONS)]


class _Requirement(_Decision):
    id: Annotated[str, StringConstraints(pattern=r"^R[1-9][0-9]?$")]
    text: Line


class _Parameter(_Decision):
    name: Name
    type: Line
    meaning: Line


class _Command(_Decision):
    name: Line
    function: Name
    parameters: list[_Parameter] = []
    returns: Line
    summary: Line


class _Wish(_Decision):
    permission: Line
    reason: Line


class _Specification(_Decision):
    name: Line
    summary: Line
    requirements: Annotated[list[_Requirement], Field(min_length=1, max_length=30)]
    types: Source = ""
    commands: Annotated[list[_Command], Field(min_length=1, max_length=20)]
    events: Annotated[list[Line], Field(max_length=20)] = []
    permissions: Annotated[list[_Wish], Field(max_length=20)] = []
    examples: Annotated[list[Sentence], Field(max_length=20)] = []
    unsure: Annotated[list[Sentence], Field(max_length=20)] = []
    plans: Annotated[list[Paragraph], Field(min_length=PLANS)]


class _Review(_Decision):
    permissions: list[_Wish]
    unsure: list[Sentence] = []
    verdict: Annotated[str, StringConstraints(pattern=r"^(fits|does not fit)$")]
    why: Paragraph


D = TypeVar("D", bound=_Decision)


def questions(text: str) -> tuple[Question, ...]:
    """Read what the analyst wants to know."""
    decided = _read(_Questions, text).questions
    _all_different("question", [each.question for each in decided])
    return tuple(Question(**dict(each)) for each in decided)


def specification(text: str) -> Specification:
    """Read what the architect decided."""
    decided = _read(_Specification, text)
    found = Specification(
        name=decided.name,
        summary=decided.summary,
        requirements=tuple(Requirement(**dict(r)) for r in decided.requirements),
        types=decided.types,
        commands=tuple(_command(each) for each in decided.commands),
        events=tuple(decided.events),
        permissions=_wishes(decided.permissions),
        examples=tuple(decided.examples),
        unsure=tuple(decided.unsure),
        plans=tuple(decided.plans),
    )
    _check(found)
    return found


def review(text: str) -> tuple[tuple[Wish, ...], tuple[str, ...]]:
    """Read the integration specialist's permissions, and what is unsure."""
    decided = _read(_Review, text)
    unsure = tuple(decided.unsure)
    if decided.verdict != "fits":
        unsure += (
            f"The integration specialist says that it does not fit: {decided.why}",
        )
    return _wishes(decided.permissions), unsure


def draft(specification: Specification) -> Manifest:
    """Write the manifest that a specification amounts to, without schemas."""
    return Manifest(
        name=specification.name,
        version=VERSION,
        api=API_RANGE,
        summary=specification.summary,
        permissions=tuple(wish.permission for wish in specification.permissions),
        reasons={wish.permission: wish.reason for wish in specification.permissions},
        commands={
            command.name: CommandSpec(
                summary=command.summary,
                parameters=tuple(parameter.name for parameter in command.parameters),
            )
            for command in specification.commands
        },
        events=specification.events,
    )


def _read(shape: type[D], text: str) -> D:
    try:
        return shape.model_validate(json_object(text))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[0]
        place = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}"
            for part in found["loc"]
        ).removeprefix(".")
        raise Malformed(f"`{place}`: {found['msg']}") from error


def _command(decided: _Command) -> Command:
    return Command(
        name=decided.name,
        function=decided.function,
        parameters=tuple(Parameter(**dict(each)) for each in decided.parameters),
        returns=decided.returns,
        summary=decided.summary,
    )


def _wishes(decided: list[_Wish]) -> tuple[Wish, ...]:
    try:
        wishes = [
            Wish(permission=Permission.parse(each.permission), reason=each.reason)
            for each in decided
        ]
    except UsageError as error:
        raise Malformed(f"`permissions`: {error}") from error
    _all_different("permission", [str(wish.permission) for wish in wishes])
    return tuple(wishes)


def _check(specification: Specification) -> None:
    _all_different("requirement", [each.id for each in specification.requirements])
    _all_different("command", [each.name for each in specification.commands])
    _all_different("function", [each.function for each in specification.commands])
    _all_different("plan", [*specification.plans])
    _check_types(specification)
    try:
        # The manifest knows which names are legal; it is asked rather than imitated.
        Manifest.parse(draft(specification).dumps())
    except UsageError as error:
        raise Malformed(error.message.replace("`plugin.toml`: ", "")) from error


def _check_types(specification: Specification) -> None:
    known = {*dir(builtins)} | _defined(HEADER) | _defined(specification.types)
    for command in specification.commands:
        places = {f"parameter `{p.name}`": p.type for p in command.parameters}
        for place, annotation in {**places, "the result": command.returns}.items():
            where = f"command `{command.name}`, {place}: `{annotation}`"
            missing = _names(annotation, where) - known
            if missing:
                raise Malformed(f"{where} needs `{min(missing)}`, not found in `types`")


def _defined(types: str) -> set[str]:
    names = set[str]()
    for node in _parsed(types, "`types`").body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
        else:
            raise Malformed(
                f"`types`, line {node.lineno}: only imports, classes and names of types"
            )
    return names


def _names(annotation: str, where: str) -> set[str]:
    body = _parsed(annotation, where).body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise Malformed(f"{where} is not a type")
    return {node.id for node in ast.walk(body[0]) if isinstance(node, ast.Name)}


def _parsed(source: str, where: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"{where} is not Python: {error}") from error


def _all_different(what: str, names: list[Any]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Malformed(f"there are two of the {what} `{twice}`")
