"""Reference pages in Markdown, one for each module, and an index of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugwright.errors import UsageError
from plugwright_agents.docs.parsing import Item, Module
from plugwright_agents.docs.prose import fenced, first_sentence, markdown

INDEX = "index.md"


def pages(modules: Sequence[Module]) -> dict[str, str]:
    """Write all pages, by the names of their files. UsageError where two are one."""
    found: dict[str, Module] = {}
    for module in modules:
        # Some disks take `Car.md` and `car.md` for the same.
        name = page_name(module).casefold()
        if (other := found.setdefault(name, module)) is not module:
            raise UsageError(
                f"`{other.path}` and `{module.path}` would both be"
                f" `{page_name(module)}`",
                remedy="write their pages into folders of their own",
            )
    written = {page_name(module): page(module) for module in modules}
    return {**written, INDEX: index(modules)}


def page(module: Module) -> str:
    """Write the page of a module."""
    return "\n".join(_page(module)).rstrip() + "\n"


def index(modules: Sequence[Module]) -> str:
    """Write the page that names all others, each with its first sentence."""
    lines = ["# Reference", ""]
    for module in sorted(modules, key=lambda each: each.name):
        said = f": {first_sentence(module.doc)}" if module.doc else ""
        lines.append(f"- [`{module.name}`]({page_name(module)}){said}")
    return "\n".join((*lines, ""))


def page_name(module: Module) -> str:
    """Name the file of a module's page."""
    name = f"{module.name}.md"
    return f"module-{name}" if name.casefold() == INDEX else name


def is_worth_a_page(module: Module) -> bool:
    """Whether there is anything for others in it."""
    return bool(module.doc or next(module.shown(), None))


def _page(module: Module) -> Iterator[str]:
    yield f"# `{module.name}`"
    yield ""
    if module.doc:
        yield markdown(module.doc)
        yield ""
    for item in module.shown():
        yield from _item(item, "##", "")


def _item(item: Item, level: str, of: str) -> Iterator[str]:
    yield f"{level} `{of}{item.name}`"
    yield ""
    # `py`, as `python` is what `docs examples` runs.
    yield fenced(item.head, "py")
    yield ""
    if item.doc:
        yield markdown(item.doc)
        yield ""
    inside = [each for each in item.items if not each.name.startswith("_")]
    fields = [each for each in inside if each.kind == "field"]
    for each in fields:
        said = f": {each.doc}" if each.doc else ""
        yield f"- {_code(' '.join(each.head.split()))}{said}"
    if fields:
        yield ""
    for each in inside:
        if each.kind != "field":
            yield from _item(each, f"{level}#"[:6], f"{of}{item.name}.")


def _code(text: str) -> str:
    """Write code within a line; of backticks in it, two have to be around."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"
