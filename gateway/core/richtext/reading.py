"""From HTML, or plain text, to pieces. Never raises, and takes time in proportion to the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from gateway.core.richtext.pieces import Piece, Run, Shape, Style

_STYLES = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"), Style.BOLD),
    **dict.fromkeys(("i", "em", "cite", "var"), Style.ITALIC),
    **dict.fromkeys(("s", "strike", "del"), Style.STRIKE),
    **dict.fromkeys(("u", "ins"), Style.UNDERLINE),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), Style.CODE),
}
_BREAKING = frozenset(
    "address article aside blockquote body center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header"
    " hr html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_UNSEEN = frozenset("script style title template noscript iframe object select head".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SPACES = re.compile(r"[ \t\n\r\f]+")
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\x00-\x1f\x7f]+", re.IGNORECASE)
_DEEPEST = 8  # lists in lists; what is deeper is shown as deep as this
_MOST = 500_000  # characters of HTML that are looked at
_LAST_NUMBER = 1_000_000


def from_text(text: str) -> tuple[Piece, ...]:
    """Plain text: paragraphs between empty lines, each with its lines as they stand."""
    parts = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.replace("\r\n", "\n").replace("\r", "\n"))
    stripped = (part.strip("\n") for part in parts)
    return tuple(Piece(runs=(Run(text=part),)) for part in stripped if part.strip())


def from_html(html: str) -> tuple[Piece, ...]:
    """What sanitised HTML shows, tables as lines of cells, pictures as their descriptions."""
    reader = _Reader()
    reader.feed(html[:_MOST])
    reader.close()
    reader.end_piece()
    return tuple(reader.pieces)


def safe_link(href: str) -> str:
    """The address of a link, empty for one that must not be followed or that is none."""
    found = href.strip()
    return found if len(found) <= 3_000 and _LINK.fullmatch(found) else ""


class _Reader(HTMLParser):
    """Walks the tags; what is open is counted by name, so nesting costs nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self._runs: list[Run] = []
        self._open: dict[str, int] = {}
        self._links: list[str] = []
        self._lists: list[int | None] = []  # the number of the last item; None: no numbers
        self._item = False  # the next words begin an item

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKING:
            self.end_piece()
        if tag == "br":
            self._add("\n")
        elif tag == "img":
            self._add(_described(dict(attrs).get("alt")))
        elif tag in ("ul", "ol"):
            self._lists.append(_first(attrs) if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag in ("td", "th"):
            self._cell()
        elif tag == "a":
            self._links.append(safe_link(dict(attrs).get("href") or ""))
        if tag not in _VOID:
            self._open[tag] = self._open.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        if not self._open.get(tag):
            return
        if tag in _BREAKING:
            self.end_piece()
        self._open[tag] -= 1
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "a" and self._links:
            self._links.pop()

    def handle_data(self, data: str) -> None:
        if any(self._open.get(tag) for tag in _UNSEEN):
            return
        self._add(data if self._in("pre") else _SPACES.sub(" ", data))

    def end_piece(self) -> None:
        """What was gathered so far is a piece of its own, if there is anything in it."""
        runs, self._runs = self._runs, []
        listed, numbers = bool(self._lists), self._lists
        item = listed and self._item
        trimmed = _trimmed(runs, keep=self._in("pre"))
        if not trimmed:
            return
        self._item = False
        self.pieces.append(
            Piece(
                runs=trimmed,
                shape=self._shape(item=item),
                depth=min(len(numbers) - 1, _DEEPEST) if listed else 0,
                number=numbers[-1] if item else None,
                quoted=self._in("blockquote"),
            )
        )

    def _shape(self, *, item: bool) -> Shape:
        if self._in("pre"):
            return Shape.CODE
        return Shape.ITEM if item else Shape.PARAGRAPH

    def _in(self, tag: str) -> bool:
        return self._open.get(tag, 0) > 0

    def _begin_item(self) -> None:
        self._item = True
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1

    def _cell(self) -> None:
        if self._runs and self._runs[-1].text.strip():
            self._add(" | ")

    def _add(self, text: str) -> None:
        if not text:
            return
        pre = self._in("pre")
        styles = frozenset(s for tag, s in _STYLES.items() if self._in(tag) and not pre)
        run = Run(text=text, styles=styles, href=self._links[-1] if self._links else "")
        self._runs.append(run)


def _first(attrs: Iterable[tuple[str, str | None]]) -> int:
    """The number before that of the first item."""
    start = dict(attrs).get("start") or "1"
    fine = start.isascii() and start.isdigit() and len(start) <= 6
    return int(start) - 1 if fine and int(start) > 0 else 0


def _described(alt: str | None) -> str:
    words = " ".join((alt or "").split())
    return f"[{words}]" if words else ""


def _trimmed(runs: list[Run], *, keep: bool) -> tuple[Run, ...]:
    """Runs of one look together, without the space that HTML does not show."""
    joined: list[Run] = []
    for run in runs:
        text = run.text if keep else _after(joined, run.text)
        if not text:
            continue
        last = joined[-1] if joined else None
        if last is not None and (last.styles, last.href) == (run.styles, run.href):
            joined[-1] = Run(text=last.text + text, styles=run.styles, href=run.href)
        else:
            joined.append(Run(text=text, styles=run.styles, href=run.href))
    return _ends(joined, keep=keep)


def _after(before: list[Run], text: str) -> str:
    """A text without the space at its beginning where the line begins, or has a space, already."""
    shown = before[-1].text if before else "\n"
    return text.lstrip(" ") if shown.endswith((" ", "\n")) else text


def _ends(runs: list[Run], *, keep: bool) -> tuple[Run, ...]:
    strip = "\n" if keep else " \n\t"
    while runs and not runs[0].text.strip(strip):
        runs.pop(0)
    while runs and not runs[-1].text.strip(strip):
        runs.pop()
    if not runs or not any(run.text.strip() for run in runs):
        return ()
    runs[0] = _like(runs[0], runs[0].text.lstrip(strip))
    runs[-1] = _like(runs[-1], runs[-1].text.rstrip(strip))
    return tuple(runs)


def _like(run: Run, text: str) -> Run:
    return Run(text=text, styles=run.styles, href=run.href)
