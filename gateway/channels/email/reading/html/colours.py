"""The colours of a mail's style, as far as mail uses them."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]

_NAMES = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250),
          "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245)}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})$")
_PARTS = r"\(\s*([\d.]{1,6})(?:deg)?\s*[,\s]\s*([\d.]{1,6})%?\s*[,\s]\s*([\d.]{1,6})%?"
_ALPHA = r"(?:\s*[,/]\s*([\d.]{1,6})(%?))?"
_RGB = re.compile(f"rgba?{_PARTS}{_ALPHA}")
_HSL = re.compile(f"hsla?{_PARTS}{_ALPHA}")
_ALIKE = 12  # how much two colours differ at the least in one of three parts


def colour(value: str) -> Colour | None:
    """A colour (lower case) as three numbers; one that shines through is none of them known."""
    if value in _NAMES:
        return _NAMES[value]
    if _opacity(value) < 1:
        return None
    if match := _HEX.match(value):
        return _of_digits(match[1])
    if match := _RGB.match(value):
        return _whole(match[1]), _whole(match[2]), _whole(match[3])
    match = _HSL.match(value)
    if match is None or _number(match[3]) not in (0, 100):
        return None
    return _NAMES["white"] if _number(match[3]) else _NAMES["black"]


def is_clear(value: str) -> bool:
    """Whether nothing is seen of a colour."""
    return value == "transparent" or _opacity(value) <= 0


def alike(one: Colour | None, other: Colour | None) -> bool:
    """Whether nobody tells one from the other."""
    if one is None or other is None:
        return False
    return all(abs(a - b) < _ALIKE for a, b in zip(one, other, strict=True))


def _of_digits(digits: str) -> Colour:
    if len(digits) < 6:
        digits = "".join(c * 2 for c in digits)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _opacity(value: str) -> float:
    """From 0 to 1."""
    if (match := _HEX.match(value)) and len(match[1]) in (4, 8):
        last = match[1][3] * 2 if len(match[1]) == 4 else match[1][6:]
        return int(last, 16) / 255
    match = _RGB.match(value) or _HSL.match(value)
    if match is None or match[4] is None:
        return 1.0
    return _number(match[4]) / (100 if match[5] else 1)


def _whole(value: str) -> int:
    return min(255, int(_number(value)))


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 1.0
