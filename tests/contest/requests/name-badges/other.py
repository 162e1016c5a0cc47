from bisect import bisect_left

from plugwright_sdk import InputError, command


def shared(one: str, other: str) -> int:
    """Count the letters with which both begin."""
    for place, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return place
    return min(len(one), len(other))


@command(name="badges")
def badges(names: list[str]) -> list[str]:
    """Write a badge for each name."""
    families: dict[str, set[str]] = {}
    people: list[tuple[str, str]] = []
    for name in names:
        first, *others = name.split() or [""]
        if not first:
            raise InputError("who is that?")
        people.append((first, others[-1] if others else ""))
        if others:
            families.setdefault(first, set()).add(others[-1])
    listed = {first: sorted(family) for first, family in families.items()}
    written: list[str] = []
    for first, last in people:
        if not last:
            written.append(first)
            continue
        family = listed[first]
        place = bisect_left(family, last)
        # Who shares the longest beginning stands next to it in sorted order.
        beside = family[max(place - 1, 0) : place] + family[place + 1 : place + 2]
        needed = 1 + max((shared(last, x) for x in beside), default=0)
        short = f"{last[:needed]}." if needed < len(last) else last
        written.append(f"{first} {short}")
    return written
