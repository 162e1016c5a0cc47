"""Which mutants there are of a plugin: found in its tree, chosen evenly.

Ours and not one of the well-known tools: mutmut and cosmic-ray change files and run
pytest in processes of their own. Here a mutant is a text, and the judge runs it.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plugwright_qa.mutation.edits import Edit, Source, inner
from plugwright_qa.mutation.steps import of_steps
from plugwright_qa.mutation.values import of_values

MOST = 25
"""Mutants of one function; what a module does by itself counts as one function."""
MODULE = "(module)"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One file of a plugin with one mistake in it."""

    file: str
    function: str
    """`Plan.move`, or `(module)` for what stands outside of all functions."""
    line: int
    operator: str
    """The kind of mistake: arguments, arithmetic, boolean, boundary, comparison,
    condition, constant, default, ends, exception, removal or return."""
    said: str
    """What is wrong, in a sentence: "line 12: `<` became `<=`"."""
    source: str
    """The whole file with the mistake; all else is where it was."""

    @property
    def id(self) -> str:
        """The same for the same mistake in the same file."""
        content = f"{self.file}\0{self.source}".encode()
        return hashlib.sha256(content).hexdigest()[:12]


def mutants(files: Mapping[str, str], *, most: int = MOST) -> tuple[Mutant, ...]:
    """List the mutants of a plugin's source; a file that is not Python has none."""
    return tuple(
        mutant
        for file in sorted(files)
        if file.endswith(".py")
        for mutant in _of_file(file, files[file], most)
    )


def _of_file(file: str, text: str, most: int) -> Iterator[Mutant]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    own = _fingerprint(text)
    if own is None:
        return
    tree, source, seen = ast.parse(text, file), Source(text), {own}
    by_function: dict[str, list[Mutant]] = {}
    for function, edit in _edits(tree, source):
        changed = source.changed(edit)
        fingerprint = _fingerprint(changed)
        if fingerprint is None or fingerprint in seen:
            continue
        seen.add(fingerprint)
        mutant = Mutant(
            file=file,
            function=function,
            line=edit.line,
            operator=edit.operator,
            said=f"line {edit.line}: {edit.said}",
            source=changed,
        )
        by_function.setdefault(function, []).append(mutant)
    for found in by_function.values():
        found.sort(key=lambda mutant: mutant.line)
        yield from chosen(found, most)


def _fingerprint(text: str) -> str | None:
    """What two texts share that do the same; None for what cannot be compiled."""
    try:
        tree = ast.parse(text)
        compile(tree, "mutant", "exec", dont_inherit=True)
        return ast.dump(tree)  # of a number with thousands of digits there is no text
    except (SyntaxError, ValueError, RecursionError):
        return None


def _edits(tree: ast.Module, source: Source) -> Iterator[tuple[str, Edit]]:
    """Every change, in the order of the text, with the function that it is in."""
    waiting: list[tuple[ast.AST, str, ast.expr | None, bool]]
    waiting = [(tree, "", None, False)]
    while waiting:
        node, place, returns, told = waiting.pop()
        for edit in (*of_steps(node, source, returns), *of_values(node)):
            # What an error says is for people; tests that look at it are rare.
            if not (told and edit.operator == "constant"):
                yield place or MODULE, edit
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                place = f"{place}.{node.name}".lstrip(".")
                returns = node.returns
                for edit in of_steps(node.args, source, returns):
                    yield place, edit
            case ast.ClassDef():
                place = f"{place}.{node.name}".lstrip(".")
            case ast.Raise():
                told = True
        defaults = _defaults(node)
        inside = [each for each in inner(node) if id(each) not in defaults]
        waiting += [(each, place, returns, told) for each in reversed(inside)]


def _defaults(node: ast.AST) -> set[int]:
    """The defaults that are constants have their own operator."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return set()
    every = (*node.args.defaults, *node.args.kw_defaults)
    return {id(each) for each in every if isinstance(each, ast.Constant)}


def chosen(found: Sequence[Mutant], most: int) -> list[Mutant]:
    """At most so many: as even over the operators as can be, and over the lines.

    They come in the order of their lines, and stay in it.
    """
    if len(found) <= most:
        return list(found)
    kinds: dict[str, list[Mutant]] = {}
    for mutant in found:
        kinds.setdefault(mutant.operator, []).append(mutant)
    names = sorted(kinds, key=lambda name: (len(kinds[name]), name))
    kept: set[str] = set()
    left = most
    for number, name in enumerate(names):
        kind = kinds[name]
        share = -(-left // (len(names) - number))  # the rarest first: none is wasted
        taken = min(len(kind), share, left)
        kept |= {kind[(2 * n + 1) * len(kind) // (2 * taken)].id for n in range(taken)}
        left -= taken
    return [mutant for mutant in found if mutant.id in kept]
