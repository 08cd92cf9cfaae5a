from __future__ import annotations

_LONGEST = 2_000_000
_MOST_LINES = 100_000


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Text of format=flowed with its soft line breaks closed (RFC 3676, sections 4.1 to 4.5).

    What is far too long for a letter stays as it is.
    """
    if len(text) > _LONGEST or text.count("\n") > _MOST_LINES:
        return text
    out: list[str] = []
    held: list[str] = []
    held_depth = 0
    for line in text.split("\n"):
        depth, content = _unquoted(line)
        signature = content == "-- "
        if held and (depth != held_depth or signature):
            out.append(_quoted("".join(held), held_depth))
            held = []
        soft = content.endswith(" ") and not signature
        held_depth = depth
        held.append(content[:-1] if soft and delete_space else content)
        if not soft:
            out.append(_quoted("".join(held), depth))
            held = []
    if held:
        out.append(_quoted("".join(held), held_depth))
    return "\n".join(out)


def _unquoted(line: str) -> tuple[int, str]:
    content = line.lstrip(">")
    depth = len(line) - len(content)
    return depth, content.removeprefix(" ")


def _quoted(content: str, depth: int) -> str:
    return f"{'>' * depth} {content}" if depth else content
