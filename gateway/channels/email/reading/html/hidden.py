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

from gateway.channels.email.reading.html.colours import Colour, alike, colour, is_clear
from gateway.channels.email.reading.html.out_of_sight import is_gone, number
from gateway.channels.email.reading.signs import HIDDEN_BEGINS as BEGINS
from gateway.channels.email.reading.signs import HIDDEN_ENDS as ENDS

# Without one of these in the markup nothing is hidden.
_SIGN_OF_HIDING = re.compile(
    r"display|visibility|opacity|font-size|font:|color|overflow|text-indent|position|\bhidden\b|clip"
    r"|mso-hide|margin-|transform|filter|text-fill|scale|zoom|\\",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"([a-z-]{3,30})\s*:\s*([^;]{1,200})", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
_FOR_SOME = re.compile(
    r"@[a-z-]{1,30}+[^{};]{0,200}+\{"
    r"(?>(?:[^{}]{0,4000}+\{[^{}]{0,4000}+\}){0,200})[^{}]{0,4000}+\}?"
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.)?)", re.DOTALL)
_SELECTOR = re.compile(r"[a-z]{0,12}[.#]?[A-Za-z0-9_-]{1,60}")
_FONT_SIZE = re.compile(r"(?:^|\s)(\d{0,4}(?:\.\d{1,4})?(?:[a-z]{2,4}|%)?)(?=\s*/|\s|$)")
_LARGEST_SHEET = 65_536
_MOST_RULES = 1_000
_SMALLEST = 2.0  # pixels or points of a letter that anybody sees
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NO_TEXT = frozenset(("head", "style", "script", "title", "template", "noscript"))

_Style = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at one place; a background of None is one that is not known."""

    gone: bool = False
    unseen: bool = False
    tiny: bool = False
    clear: bool = False
    colour: Colour | None = None
    ground: Colour | None = (255, 255, 255)

    @property
    def hidden(self) -> bool:
        away = self.gone or self.unseen or self.tiny or self.clear
        return away or alike(self.colour, self.ground)


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
        for name, value in _DECLARATION.findall(_spelled_out(text[:2_000]))
    }


def _spelled_out(text: str) -> str:
    """Style without comments and escapes (CSS Syntax 3, section 4.3.7)."""
    if "/*" in text:
        text = _COMMENT.sub(" ", text)
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    """The letter that is meant; whatever else it is, it ends no value and begins none."""
    code = int(match[1], 16) if match[1] else ord(match[2] or " ")
    letter = chr(code) if code < 0xD800 else ""
    return letter if letter.isalnum() else "\ufffd"


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
        gone=parent.gone or is_gone(style),
        unseen=_unseen(style, parent),
        tiny=_tiny(style, parent),
        clear=_clear(style, parent),
        colour=colour(style["color"]) if "color" in style else parent.colour,
        ground=_ground(style, parent),
    )


def _unseen(style: _Style, parent: _Look) -> bool:
    visibility = style.get("visibility")
    return parent.unseen if visibility is None else visibility in ("hidden", "collapse")


def _clear(style: _Style, parent: _Look) -> bool:
    """Whether nothing is seen of letters, apart from those that are a picture or their shadow."""
    fill = style.get("-webkit-text-fill-color", style.get("color"))
    if fill is None:
        return parent.clear
    clipped = "text" in (style.get("background-clip"), style.get("-webkit-background-clip"))
    return is_clear(fill) and not clipped and style.get("text-shadow", "none") == "none"


def _tiny(style: _Style, parent: _Look) -> bool:
    size = style.get("font-size") or _size_of(style.get("font", ""))
    if not size or not (size[0].isdigit() or size[0] == "."):
        return parent.tiny
    if size.endswith(("em", "%", "rem")) and number(size) > 0:
        return parent.tiny
    return number(size) <= _SMALLEST


def _size_of(font: str) -> str:
    """The size in a short form such as ``italic 12px/1.4 Arial``: what is no weight."""
    sizes = (found for found in _FONT_SIZE.findall(font[:200]) if found)
    return next((size for size in sizes if not size.isdigit() or int(size) < 100), "")


def _ground(style: _Style, parent: _Look) -> Colour | None:
    """The colour behind text; none where it is a picture, or cannot be told."""
    if "url(" in style.get("background-image", "") + style.get("background", ""):
        return None
    told = style.get("background-color") or style.get("background", "").split(" ")[0]
    if not told or told in ("transparent", "none", "inherit", "initial"):
        return parent.ground
    return colour(told)
