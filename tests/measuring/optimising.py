"""What the optimiser makes of three slow plugins, without a model, in fuel.

    cd tests; python -m measuring.optimising

Fuel is counted, so it is the same on every machine with the same guest image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugwright.host import Host
from plugwright.judging import Call, Case, Report
from plugwright.sandboxes import JSON, Guest
from plugwright_forge.optimising import Outcome, SessionWorkshop, optimise
from plugwright_forge.specification import Command, Example, Specification

TESTS = {"test_plugin.py": "import plugin\n\n\ndef test_it_loads(): assert plugin\n"}
HEAD = "from plugwright_sdk import command\n\n\n"
PLUGINS: Mapping[str, tuple[str, dict[str, JSON]]] = {
    "unique": (
        f'''{HEAD}@command
def unique(words: list[str]) -> list[str]:
    """Give each word once."""
    seen: list[str] = []
    for word in words:
        if word not in seen:
            seen.append(word)
    return seen
''',
        {"words": ["b", "a", "b"]},
    ),
    "common": (
        f'''{HEAD}@command
def common(words: list[str], stop: list[str]) -> dict[str, int]:
    """Count the words that are there twice, but for some."""
    return {{w: words.count(w) for w in words if w not in stop and words.count(w) > 1}}
''',
        {"words": ["a", "b", "a"], "stop": ["b"]},
    ),
    "ways": (
        f'''{HEAD}def steps(stairs: int) -> int:
    if stairs < 2:
        return 1
    return steps(stairs - 1) + steps(stairs - 2)


@command
def ways(stairs: int) -> int:
    """Count the ways up, with one or two stairs at a time."""
    return steps(stairs) if 0 <= stairs <= 20 else 0
''',
        {"stairs": 4},
    ),
}


def main() -> None:
    """Print a table."""
    with Host.discover() as host:
        for name, (code, example) in PLUGINS.items():
            found = _optimised(host, name, code, example)
            print(f"{name}\n{found.in_words()}\n{found.profile}")
            print(_profiled(host, name, code, example))


def _optimised(host: Host, name: str, code: str, example: dict[str, JSON]) -> Outcome:
    judge: Any = host.judge()
    case = Case(name=name, files={}, tests=TESTS)

    def accepted(key: str, text: str) -> Report:
        report: Report = judge.judge(replace(case, files={"plugin.py": text}))
        return report

    workshop = SessionWorkshop(
        step=lambda key, compute: compute(),
        case=case,
        judge=judge,
        accepted=accepted,
        ask=lambda about, sections: None,
    )
    command = Command(name=name, function=name, parameters=(), returns="", summary="")
    specification = Specification(
        name=name,
        summary="",
        requirements=(),
        types="",
        commands=(command,),
        events=(),
        permissions=(),
        examples=(Example(text="", command=name, arguments=example),),
        unsure=(),
        plans=(),
    )
    return optimise(code, workshop, specification, _schemas(host, code), seed="1")


def _schemas(host: Host, code: str) -> dict[str, Any]:
    session = host.sandbox().open(
        Guest(
            name="described",
            files={"plugin.py": code},
            dispatcher="plugwright_sdk.guest:dispatch",
            packages=("plugwright_sdk",),
        )
    )
    described: Any = session.call("describe", None).value
    session.close()
    return {name: each["input"] for name, each in described["commands"].items()}


def _profiled(host: Host, name: str, code: str, example: dict[str, JSON]) -> str:
    """What the profile of a large input took."""
    large: dict[str, JSON] = {
        word: [f"w{n}" for n in range(200)] if isinstance(value, list) else 16
        for word, value in example.items()
    }
    judge: Any = host.judge()
    case = Case(name=name, files={"plugin.py": code}, tests={})
    found = judge.profile(case, [Call(command=name, arguments=large)])
    part = 100 * found.steps * found.each / found.total
    return (
        f"profile: {found.total:,} fuel, {found.steps} steps, {found.stops} stops; "
        f"counting a step costs {found.each:,} fuel ({part:.0f} %), taken off\n"
        f"{found.table(4)}\n"
    )


if __name__ == "__main__":
    main()
