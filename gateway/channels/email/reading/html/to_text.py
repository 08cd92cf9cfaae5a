"""HTML to the lines a person sees, quoted parts shown as ``> `` lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gateway.channels.email.reading.html.hidden import mark_hidden
from gateway.channels.email.reading.html.limits import stripped, within_limits
from gateway.channels.email.reading.html.marks import divides, introduces, is_cited, signs
from gateway.channels.email.reading.signs import (
    ATTRIBUTION,
    BLANK,
    HISTORY,
    QUOTE_BEGINS,
    QUOTE_ENDS,
    SIGNATURE_BEGINS,
    SIGNATURE_ENDS,
)

_XML = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_ZERO_MARGIN = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0(?:[a-z%]+)?\s*(?:;|$|0)", re.IGNORECASE)
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_MANY_BLANK_LINES = re.compile(r"\n{4,}")
_MOST_MARKED = 2_000
# More signs of tags than that take the renderer seconds.
_MOST_RENDERED = 60_000


def text_of(markup: str) -> tuple[str, str]:
    """The text of HTML, and a defect if it could only be stripped of its tags (else empty).

    The markup must be without the signs of ``signs``.
    """
    markup, defect = within_limits(markup)
    if defect:
        return stripped(markup), defect
    if not markup.strip():
        return "", ""
    if markup.count("<") > _MOST_RENDERED:
        return stripped(markup), ""
    try:
        text = _rendered(markup)
    except Exception as error:
        # Two parsers and a renderer on hostile input: whatever they raise, words are kept.
        return _by_other_parser(markup), f"HTML that could not be rendered: {type(error).__name__}"
    return (text, "") if text.strip() else (_by_other_parser(markup), "")


def _by_other_parser(markup: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    try:
        body = LexborHTMLParser(markup).body
        return _tidied(body.text(separator="\n", strip=True)) if body is not None else ""
    except Exception:
        return stripped(markup)


def _rendered(markup: str) -> str:
    from inscriptis.html_engine import Inscriptis  # takes 100 ms: only for those who read HTML
    from lxml.html import document_fromstring  # type: ignore[import-untyped]

    match = _XML.match(markup)
    tree = document_fromstring(markup[match.end() :] if match else markup)
    mark_hidden(tree, markup)
    _prepare(tree)
    return _tidied(_with_quote_signs(Inscriptis(tree, _config()).get_text()))


_CONFIG: list[Any] = []
# What stands on lines of its own, beside what inscriptis knows to do so.
_BLOCKS = "center dd details dialog dir dl dt fieldset form legend menu section summary".split()


def _config() -> Any:
    """Block elements without the indentation that inscriptis adds to show their nesting."""
    if not _CONFIG:
        from inscriptis.css_profiles import CSS_PROFILES
        from inscriptis.html_properties import Display
        from inscriptis.model.config import ParserConfig
        from inscriptis.model.html_element import HtmlElement

        blocks = {tag: HtmlElement(tag=tag, display=Display.block) for tag in _BLOCKS}
        _CONFIG.append(ParserConfig(css=CSS_PROFILES["strict"] | blocks))
    return _CONFIG[0]


def _prepare(tree: Any) -> None:
    """Mark where quoted parts begin and end, and close the paragraphs that have no margin."""
    for unseen in tree.xpath("//template"):
        unseen.drop_tree()
    marked = 0
    for element in tree.iter("p", "div", "blockquote", "hr", "pre"):
        if marked < _MOST_MARKED and element.attrib and _mark(element):
            marked += 1
        if element.tag == "p":
            _close_paragraph(element)


def _mark(element: Any) -> bool:
    """Put the sign of what an element is into the text; whether it is anything."""
    if introduces(element):
        element.text = ATTRIBUTION + (element.text or "")
    elif element.tag != "hr" and is_cited(element):
        _enclose(element, QUOTE_BEGINS, QUOTE_ENDS)
    elif divides(element):
        _line(element.addprevious, element, HISTORY)
        if element.tag != "hr":
            _line(element.addnext, element, BLANK)  # the header lines end here
    elif element.tag != "hr" and signs(element):
        _enclose(element, SIGNATURE_BEGINS, SIGNATURE_ENDS)
    else:
        return False
    return True


def _line(put: Callable[[Any], None], element: Any, sign: str) -> None:
    """A line with the sign, put beside an element."""
    line = element.makeelement("div")
    line.text = sign
    put(line)


def _close_paragraph(element: Any) -> None:
    if "MsoNormal" in element.get("class", "") or _ZERO_MARGIN.search(
        element.get("style", "")[:500]
    ):
        element.tag = "div"
        if not any(text.strip() for text in element.itertext()):
            element.text = BLANK


def _enclose(element: Any, begins: str, ends: str) -> None:
    element.text = begins + (element.text or "")
    if len(element):
        last = element[-1]
        last.tail = (last.tail or "") + ends
    else:
        element.text += ends


def _with_quote_signs(text: str) -> str:
    """The lines, those between the signs of a quotation with ``> `` before them."""
    if QUOTE_BEGINS not in text:
        return text
    depth = 0
    lines = []
    for line in text.split("\n"):
        depth += line.count(QUOTE_BEGINS)
        content = line.replace(QUOTE_BEGINS, "").replace(QUOTE_ENDS, "")
        shown = min(depth, 20)
        lines.append(f"{'>' * shown} {content.lstrip()}".rstrip() if shown > 0 else content)
        depth -= line.count(QUOTE_ENDS)
    return "\n".join(lines)


def _tidied(text: str) -> str:
    text = _TRAILING.sub("", text.replace("\xa0", " ").replace(BLANK, ""))
    return _MANY_BLANK_LINES.sub("\n\n\n", text).strip("\n")
