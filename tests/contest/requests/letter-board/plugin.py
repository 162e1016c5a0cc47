from plugwright_sdk import InputError, command


def broken(words: list[str], width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        joined = f"{line} {word}" if line else word
        if len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while len(word) > width:
            lines.append(word[:width])
            word = word[width:]
        line = word
    return [*lines, line] if line else lines


@command(name="rows")
def rows(text: str, width: int, height: int) -> list[str]:
    """Break a text into the rows of the board."""
    if width < 1 or height < 1:
        raise InputError("a board has at least one row of one letter")
    lines = broken(text.upper().split(), width)
    if len(lines) > height:
        raise InputError(f"the text needs {len(lines)} rows")
    return [" " * ((width - len(line)) // 2) + line for line in lines]
