import textwrap

from plugwright_sdk import InputError, command


@command(name="rows")
def rows(text: str, width: int, height: int) -> list[str]:
    """Break a text into the rows of the board."""
    if min(width, height) <= 0:
        raise InputError("there is no such board")
    pieces: list[list[str]] = []
    for word in text.upper().split():
        cut = [word[at : at + width] for at in range(0, len(word), width)]
        # The end of a cut word stands alone, but others may follow it.
        pieces += [[piece] for piece in cut[:-1]]
        fits = pieces and sum(map(len, pieces[-1])) + len(pieces[-1]) + len(cut[-1])
        if len(cut) == 1 and fits and fits <= width:
            pieces[-1].append(cut[0])
        else:
            pieces.append([cut[-1]])
    if pieces[height:]:
        raise InputError("the board is too small")
    lines = [" ".join(words) for words in pieces]
    return [textwrap.indent(line, " " * ((width - len(line)) // 2)) for line in lines]
