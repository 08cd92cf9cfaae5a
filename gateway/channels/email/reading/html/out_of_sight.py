"""Styles that leave nothing to be seen of all that is inside an element."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = re.compile(r"-?\d{0,6}(?:\.\d{0,4})?")
_NUMBERS = re.compile(r"-?(?:\d{1,6}(?:\.\d{0,4})?|\.\d{1,4})")
_CALL = re.compile(r"([a-z-]{1,30})\(([^()]{0,100})\)")
_FAR = -500.0  # pixels
_SCREENS = -100.0  # of a hundred
_PER_SCREEN = ("%", "vw", "vh")
_FAINTEST = 0.05  # of a letter that anybody sees
_UNSEEN_EDGE = 1.0  # pixels of a box that nobody sees


def is_gone(style: Mapping[str, str]) -> bool:
    """Whether all inside an element with this style is out of sight."""
    if style.get("display") == "none" or style.get("mso-hide") == "all":
        return True
    if style.get("content-visibility") == "hidden":
        return True
    if style.get("opacity") and number(style["opacity"]) <= _FAINTEST:
        return True
    if any(style.get(name) and number(style[name]) == 0 for name in ("scale", "zoom")):
        return True
    return _cut_off(style) or _far_away(style) or _shrunk(style)


def number(value: str) -> float:
    """The number that a length begins with; 100 where there is none."""
    match = _NUMBER.match(value)
    try:
        return float(match[0]) if match and match[0] else 100.0
    except ValueError:
        return 100.0


def _cut_off(style: Mapping[str, str]) -> bool:
    overflow = style.get("overflow", "")
    if "hidden" in overflow or "clip" in overflow:
        sizes = ("height", "max-height", "width", "max-width")
        if any(name in style and number(style[name]) in (0, 1) for name in sizes):
            return True
    for name, said in _CALL.findall(style.get("clip-path", "")):
        least = _numbers(said)[:1]
        if (name == "inset" and least and "%" in said and least[0] >= 50) or (
            name in ("circle", "ellipse") and least == [0]
        ):
            return True
    return _is_placed(style) and _clipped(style.get("clip", ""))


def _clipped(clip: str) -> bool:
    """Whether a rectangle (its top, right, bottom and left edge) holds next to nothing."""
    match = _CALL.match(clip)
    if match is None or match[1] != "rect" or "auto" in match[2]:
        return False
    edges = _numbers(match[2])
    if len(edges) != 4:
        return False
    top, right, bottom, left = edges
    return min(right - left, bottom - top) <= _UNSEEN_EDGE


def _is_placed(style: Mapping[str, str]) -> bool:
    return style.get("position") in ("absolute", "fixed")


def _far_away(style: Mapping[str, str]) -> bool:
    if _is_placed(style) and any(_is_far(style.get(name, "")) for name in ("left", "top", "right")):
        return True
    if any(number(style.get(name, "")) < _FAR for name in ("text-indent", "margin-left")):
        return True
    calls = _CALL.findall(style.get("transform", ""))
    moved = (said for name, said in calls if name.startswith("translate"))
    return any(_is_far(one.strip()) for said in moved for one in said.split(","))


def _is_far(place: str) -> bool:
    return number(place) < _FAR or (place.endswith(_PER_SCREEN) and number(place) <= _SCREENS)


def _shrunk(style: Mapping[str, str]) -> bool:
    calls = _CALL.findall(f"{style.get('transform', '')} {style.get('filter', '')}")
    return any(
        0 in _numbers(said)
        for name, said in calls
        if name in ("scale", "scalex", "scaley", "opacity")
    )


def _numbers(said: str) -> list[float]:
    return [float(found) for found in _NUMBERS.findall(said)]
