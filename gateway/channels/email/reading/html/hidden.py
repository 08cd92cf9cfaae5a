"""Text in HTML that a person cannot see: it is marked, so that nobody answers to it.

What is looked at are the ways in which mail really hides text: inline style, old attributes, and
plain rules of a style sheet (one class, id or element; what is for some screens only is left out).
Where it is not clear what is seen, such as on a picture, text counts as seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.channels.email.reading.signs import HIDDEN_BEGINS as BEGINS
from gateway.channels.email.reading.signs import HIDDEN_ENDS as ENDS

# Without one of these in the markup nothing is hidden.
_SIGN_OF_HIDING = re.compile(
    r"display|visibility|opacity|font-size|font:|color|overflow|text-indent|position|\bhidden\b|clip"
    r"|mso-hide|margin-|transform",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"([a-z-]{3,30})\s*:\s*([^;]{1,200})", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
_FOR_SOME = re.compile(
    r"@[a-z-]{1,30}+[^{};]{0,200}+\{"
    r"(?:[^{}]{0,4000}+\{[^{}]{0,4000}+\}){0,200}+[^{}]{0,4000}+\}?"
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SELECTOR = re.compile(r"[a-z]{0,12}[.#]?[A-Za-z0-9_-]{1,60}")
_NUMBER = re.compile(r"-?\d{0,6}(?:\.\d{0,4})?")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})$")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})(?:\s*[,/]\s*([\d.]{1,5}))?"
)
_NAMES = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250),
          "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245)}  # fmt: skip
_LARGEST_SHEET = 65_536
_MOST_RULES = 1_000
_SMALLEST = 2.0  # pixels or points of a letter that anybody sees
_FAR = -500.0
_ALIKE = 12  # how much two colours differ at the least in one of three parts
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NO_TEXT = frozenset(("head", "style", "script", "title", "template", "noscript"))

_Colour = tuple[int, int, int]
_Style = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at one place; a background of None is one that is not known."""

    gone: bool = False
    unseen: bool = False
    tiny: bool = False
    colour: _Colour | None = None
    ground: _Colour | None = (255, 255, 255)

    @property
    def hidden(self) -> bool:
        return self.gone or self.unseen or self.tiny or _alike(self.colour, self.ground)


def mark_hidden(tree: Any, markup: str) -> None:
    """Put signs around the texts of a tree (lxml) that nobody sees, and have them rendered."""
    if _SIGN_OF_HIDING.search(markup) is None:
        return
    rules = _rules(tree)
    looks: dict[Any, _Look] = {}
    for element in tree.iter():
        parent = looks.get(element.getparent(), _Look())
        if not isinstance(element.tag, str):
            look = replace(parent, gone=True)
        else:
            look = _look(element, parent, rules)
            _mark_text(element, look)
        looks[element] = look
        if parent.hidden and element.tail and element.tail.strip():
            element.tail = f"{BEGINS}{element.tail}{ENDS}"


def _mark_text(element: Any, look: _Look) -> None:
    if not look.hidden or element.tag in _NO_TEXT:
        return
    if element.text and element.text.strip():
        element.text = f"{BEGINS}{element.text}{ENDS}"
    style = element.get("style")
    if style:
        element.set("style", _DISPLAY_NONE.sub("", style[:2_000]))


def _rules(tree: Any) -> dict[str, _Style]:
    """Style by selector, from the style sheets of a mail."""
    found: dict[str, _Style] = {}
    sheets = "\n".join(style.text or "" for style in tree.iter("style"))[:_LARGEST_SHEET]
    plain = _FOR_SOME.sub("", _COMMENT.sub("", sheets))
    for count, match in enumerate(_RULE.finditer(plain)):
        if count >= _MOST_RULES:
            break
        for selector in match[1].split(","):
            name = selector.strip()
            if _SELECTOR.fullmatch(name):
                found.setdefault(name, {}).update(_declared(match[2]))
    return found


def _declared(text: str) -> _Style:
    return {
        name.lower(): value.lower().replace("!important", "").strip()
        for name, value in _DECLARATION.findall(text[:2_000])
    }


def _styles(element: Any, rules: dict[str, _Style]) -> _Style:
    """The style of one element: by its name, its classes, its id, then its own."""
    style: _Style = {}
    if rules:
        for name in _selectors(element):
            style |= rules.get(name, {})
    for attribute, name in (("bgcolor", "background-color"), ("color", "color")):
        if element.get(attribute):
            style[name] = element.get(attribute).strip().lower()
    if element.get("background"):
        style["background-image"] = "url()"
    own = element.get("style")
    return style | _declared(own) if own else style


def _selectors(element: Any) -> Iterator[str]:
    yield element.tag
    for name in element.get("class", "")[:300].split()[:10]:
        yield f".{name}"
        yield f"{element.tag}.{name}"
    if element.get("id"):
        yield f"#{element.get('id')}"


def _look(element: Any, parent: _Look, rules: dict[str, _Style]) -> _Look:
    style = _styles(element, rules)
    if element.get("hidden") is not None:
        return replace(parent, gone=True)
    if not style:
        return parent
    return _Look(
        gone=parent.gone or _is_gone(style),
        unseen=_unseen(style, parent),
        tiny=_tiny(style, parent),
        colour=_colour(style["color"]) if "color" in style else parent.colour,
        ground=_ground(style, parent),
    )


def _is_gone(style: _Style) -> bool:
    """Whether all inside an element is out of sight."""
    if style.get("display") == "none" or style.get("mso-hide") == "all":
        return True
    if style.get("opacity") and _number(style["opacity"]) == 0:
        return True
    if "hidden" in style.get("overflow", ""):
        sizes = ("height", "max-height", "width", "max-width")
        if any(name in style and _number(style[name]) in (0, 1) for name in sizes):
            return True
    if style.get("position") in ("absolute", "fixed"):
        places = [style.get(name, "") for name in ("left", "top", "right")]
        if any(_number(place) < _FAR for place in places):
            return True
    return any(_number(style.get(name, "")) < _FAR for name in ("text-indent", "margin-left"))


def _unseen(style: _Style, parent: _Look) -> bool:
    visibility = style.get("visibility")
    return parent.unseen if visibility is None else visibility in ("hidden", "collapse")


def _tiny(style: _Style, parent: _Look) -> bool:
    size = style.get("font-size", "")
    if not size or not (size[0].isdigit() or size[0] == "."):
        return parent.tiny
    if size.endswith(("em", "%", "rem")) and _number(size) > 0:
        return parent.tiny
    return _number(size) <= _SMALLEST


def _number(value: str) -> float:
    """The number that a length begins with; 100 where there is none."""
    match = _NUMBER.match(value)
    try:
        return float(match[0]) if match and match[0] else 100.0
    except ValueError:
        return 100.0


def _ground(style: _Style, parent: _Look) -> _Colour | None:
    """The colour behind text; none where it is a picture, or cannot be told."""
    if "url(" in style.get("background-image", "") + style.get("background", ""):
        return None
    told = style.get("background-color") or style.get("background", "").split(" ")[0]
    if not told or told in ("transparent", "none", "inherit", "initial"):
        return parent.ground
    return _colour(told)


def _colour(value: str) -> _Colour | None:
    """A colour as three numbers, one that shines through as none of them known."""
    if value in _NAMES:
        return _NAMES[value]
    match = _HEX.match(value)
    if match:
        digits = match[1] if len(match[1]) == 6 else "".join(c * 2 for c in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    match = _RGB.match(value)
    if match is None or (match[4] and _number(match[4]) < 1):
        return None
    return int(match[1]), int(match[2]), int(match[3])


def _alike(one: _Colour | None, other: _Colour | None) -> bool:
    if one is None or other is None:
        return False
    return all(abs(a - b) < _ALIKE for a, b in zip(one, other, strict=True))
