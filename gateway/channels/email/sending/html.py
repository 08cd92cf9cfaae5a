"""A document as simple HTML: readable in dark mode, nothing remote, nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import unquote

from gateway.channels.email.reading.html.limits import within_limits
from gateway.channels.email.reading.html.sanitise import sanitised
from gateway.core.documents import Block, Document
from gateway.core.scrubbing import without_marks

_URL = re.compile(r"https?://[^\s<>\"'`\\^{|}]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]*_"
_CID = re.compile(r"""src=["']cid:([^"'\s>]+)""", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

# No colours for text or ground: the reader's own theme has them. The greys show on both.
_PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n'
    '<meta name="supported-color-schemes" content="light dark">\n'
    "<title>{title}</title>\n</head>\n"
    "<body style=\"font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
    'font-size:15px;line-height:1.5">\n{body}\n</body>\n</html>\n'
)
_PARAGRAPH = '<p dir="auto" style="margin:0 0 1em 0">{}</p>'
_QUOTE = (
    '<blockquote dir="auto" style="margin:0 0 1em 0;padding:0 0 0 1em;'
    'border-left:3px solid #999999">{}</blockquote>'
)
_TABLE = '<table cellpadding="0" cellspacing="0" style="margin:0 0 1em 0;font-size:14px">{}</table>'
_ROW = (
    '<tr><td style="padding:0 1em 0 0;color:#808080;vertical-align:top">{}</td>'
    '<td dir="auto">{}</td></tr>'
)
_MARK = '<p style="margin:0 0 1em 0;font-size:11px;color:#999999">{}</p>'


def page(document: Document, *, language: str) -> str:
    """The whole HTML page of a document. ``language`` is a checked BCP 47 tag."""
    return _PAGE.format(
        language=escape(language),
        title=escape(document.subject),
        body="\n".join(_BLOCKS[b.kind](b) for b in document.blocks if b.text or b.html),
    )


def shown_pictures(html: str) -> frozenset[str]:
    """The Content-IDs, without angle brackets, that a page shows."""
    return frozenset(unquote(unescape(cid)) for cid in _CID.findall(html))


def _text(block: Block) -> str:
    paragraphs = _BLANK_LINES.split(block.text.strip("\n"))
    return "\n".join(_PARAGRAPH.format(_lines(text)) for text in paragraphs)


def _words(block: Block) -> str:
    html, too_much = within_limits(block.html or "")
    if not html or too_much:
        return _text(block)
    # Sanitised again: what goes out must not depend on how it came to be stored.
    return f'<div dir="auto" style="margin:0 0 1em 0">{sanitised(without_marks(html))}</div>'


def _quote(block: Block) -> str:
    return _QUOTE.format(_words(block))


def _facts(block: Block) -> str:
    rows = (line.partition(":") for line in block.text.splitlines() if line.strip())
    return _TABLE.format("".join(_ROW.format(escape(k), _inline(v.strip())) for k, _, v in rows))


def _mark(block: Block) -> str:
    return _MARK.format(escape(block.text, quote=False))


_BLOCKS: dict[str, Callable[[Block], str]] = {
    "text": _text,
    "words": _words,
    "quote": _quote,
    "facts": _facts,
    "mark": _mark,
}


def _lines(text: str) -> str:
    return "<br>\n".join(_inline(line) for line in text.split("\n"))


def _inline(line: str) -> str:
    """Escaped text, its web addresses clickable, its indentation kept."""
    done, at = [], 0
    for found in _URL.finditer(line):
        url = found[0].rstrip(_TRAILING)
        done += [_escaped(line[at : found.start()]), _link(url)]
        at = found.start() + len(url)
    return "".join(done) + _escaped(line[at:])


def _link(url: str) -> str:
    safe = escape(url)
    return f'<a href="{safe}" rel="noopener noreferrer">{safe}</a>'


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("  ", "&nbsp; ").replace("\t", "&nbsp; &nbsp; ")
