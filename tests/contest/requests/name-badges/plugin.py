from plugwright_sdk import InputError, command


def badge(words: list[str], everybody: list[list[str]]) -> str:
    first, last = words[0], words[-1]
    if len(words) == 1:
        return first
    rivals = [
        other[-1]
        for other in everybody
        if len(other) > 1 and other[0] == first and other[-1] != last
    ]
    for length in range(1, len(last)):
        beginning = last[:length]
        if not any(rival.startswith(beginning) for rival in rivals):
            return f"{first} {beginning}."
    return f"{first} {last}"


@command(name="badges")
def badges(names: list[str]) -> list[str]:
    """Write a badge for each name."""
    everybody = [name.split() for name in names]
    if [] in everybody:
        raise InputError("a name is empty")
    return [badge(words, everybody) for words in everybody]
