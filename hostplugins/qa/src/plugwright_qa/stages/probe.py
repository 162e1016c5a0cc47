"""Looks whether Python can read some files at all. A script; it runs under limits.

`probe.py SOURCE BARE` says, as JSON, what is wrong with which file of the folder
SOURCE, and writes each into the folder BARE with its comments blanked: comments tell
tools what not to say (`# noqa`, `# nosec`, `# type: ignore`, `# mypy: ...`).
"""

import ast
import io
import json
import sys
import tokenize
import warnings
from pathlib import Path
from typing import Any

DEEPEST = 150


def bare(text: str) -> str:
    """Give the text with a blank for each letter of a comment."""
    # As Python counts lines, whatever ends them.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [f"{line}\n" for line in text.split("\n")]
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, (start, end) = token.start[0] - 1, (token.start[1], token.end[1])
            line = lines[row]
            lines[row] = line[:start] + " " * (end - start) + line[end:]
    return "".join(lines)


def depth(tree: ast.AST) -> tuple[int, int]:
    """Say how deep a tree is, and in which line; without recursion."""
    deepest, line = 0, 1
    stack: list[tuple[ast.AST, int, int]] = [(tree, 0, 1)]
    while stack:
        node, level, at = stack.pop()
        at = getattr(node, "lineno", at)
        if level > deepest:
            deepest, line = level, at
        stack += [(child, level + 1, at) for child in ast.iter_child_nodes(node)]
    return deepest, line


def looked(text: str) -> tuple[str, int]:
    """Say what is wrong with a file, and where; nothing if it can be read."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return f"{error.msg}", error.lineno or 1
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"[:200], 1
    deepest, line = depth(tree)
    if deepest > DEEPEST:
        return f"it is nested {deepest} deep; {DEEPEST} can be followed", line
    return "", 0


def main(source: Path, target: Path) -> None:
    """Look at every file."""
    warnings.simplefilter("ignore")
    said: dict[str, Any] = {}
    for path in sorted(source.glob("*.py")):
        text = path.read_bytes().decode("utf-8")
        problem, line = looked(text)
        if not problem:
            try:
                (target / path.name).write_bytes(bare(text).encode())
            except (tokenize.TokenError, SyntaxError) as error:
                problem, line = f"it cannot be read: {error}"[:200], 1
        if problem:
            said[path.name] = [problem, line]
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
