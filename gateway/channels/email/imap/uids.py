"""Sets of UIDs as IMAP writes them (RFC 3501, section 9: sequence-set)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def ranges(uids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of neighbours, ascending."""
    first = last = 0
    for uid in sorted(set(uids)):
        if uid == last + 1 and first:
            last = uid
            continue
        if first:
            yield first, last
        first = last = uid
    if first:
        yield first, last


def spell(uids: Iterable[int]) -> str:
    """``1:5,9`` for 1, 2, 3, 4, 5 and 9; empty for none."""
    return ",".join(f"{a}:{b}" if a != b else str(a) for a, b in ranges(uids))


def spelled(text: str) -> set[int]:
    """The UIDs of what `spell` wrote."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition(":")
        found.update(range(int(first), int(last or first) + 1))
    return found
