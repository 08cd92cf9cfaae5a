"""Which parts are the words of a message and which are files that came along."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.channels.email.reading.charsets import clean, decode
from gateway.channels.email.reading.flowed import unflowed
from gateway.channels.email.reading.params import split_value
from gateway.channels.email.reading.parts import Part

_WORDS = ("text/plain", "text/html", "text/enriched", "text/richtext")
# A plain text beyond this is no letter: its beginning is shown, and all of it comes as a file.
_LONGEST = 1_000_000  # octets
_BEGINNING = 100_000  # octets
_IGNORED = ("text/x-amp-html", "application/applefile")


@dataclass(slots=True, kw_only=True)
class Words:
    """A stretch of text: as plain text, as HTML, or as both (then they say the same)."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True, kw_only=True)
class FilePart:
    """A part that is a file, with what its headers call it."""

    part: Part
    name: str
    disposition: str
    cid: str | None


@dataclass(slots=True)
class Bodies:
    """What a tree of parts holds, in the order of reading."""

    words: list[Words] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)


def read_bodies(root: Part) -> Bodies:
    """Sort the parts of a message into words and files."""
    bodies = Bodies()
    _collect(root, bodies, top=True)
    return bodies


def _collect(part: Part, into: Bodies, *, top: bool = False) -> None:
    if not part.children:
        _collect_leaf(part, into, top=top)
    elif part.type == "multipart/alternative":
        _collect_alternative(part, into)
    else:
        for child in part.children:
            _collect(child, into, top=top and len(part.children) == 1)


def _collect_alternative(part: Part, into: Bodies) -> None:
    """Of several forms of the same words keep the first plain and the last rich one."""
    forms = []
    for child in part.children:
        form = Bodies()
        _collect(child, form)
        into.files.extend(form.files)
        forms.append(form.words)
    plain = next((form for form in forms if form and all(w.html is None for w in form)), None)
    rich = next((form for form in reversed(forms) if any(w.html for w in form)), None)
    if plain is None and rich is None:
        return
    into.words.append(
        Words(
            plain="\n".join(w.plain or "" for w in plain) if plain else None,
            html="\n".join(_as_html(w) for w in rich) if rich else None,
        )
    )


def _as_html(words: Words) -> str:
    from html import escape

    if words.html is not None:
        return words.html
    return f"<pre>{escape(words.plain or '')}</pre>" if words.plain else ""


def html_of(words: list[Words]) -> str | None:
    """The HTML form of all stretches together, or None if none of them has one."""
    if not any(w.html is not None for w in words):
        return None
    return "\n".join(_as_html(w) for w in words)


def _collect_leaf(part: Part, into: Bodies, *, top: bool) -> None:
    if part.type in _IGNORED:
        return
    disposition, params = split_value(part.headers.raw("content-disposition"), part.headers.charset)
    name = params.get("filename") or part.params.get("name") or ""
    if part.type in _WORDS and _is_words(disposition, name, top=top):
        into.words.append(_words(part))
        if _is_too_long(part):
            into.files.append(FilePart(part=part, name=name, disposition="attachment", cid=None))
        return
    into.files.append(
        FilePart(part=part, name=name, disposition=disposition, cid=_content_id(part))
    )


def _is_words(disposition: str, name: str, *, top: bool) -> bool:
    """Whether a text part is read as words: it is the whole mail, or not offered as a file."""
    if top:
        return disposition != "attachment" or not name
    return disposition != "attachment" and not name


def _is_too_long(part: Part) -> bool:
    """Whether only its beginning is read as words; files written out inside it are left to find."""
    return (
        part.type == "text/plain"
        and len(part.content()) > _LONGEST
        and b"\nbegin " not in part.content()
    )


def _content_id(part: Part) -> str | None:
    cid = part.headers.text("content-id").strip().removeprefix("<").removesuffix(">").strip()
    return cid[:250] or None


def _words(part: Part) -> Words:
    data = part.content()[:_BEGINNING] if _is_too_long(part) else part.content()
    text = clean(decode(data, part.params.get("charset")))
    if part.type == "text/html":
        return Words(html=text)
    if part.type in ("text/enriched", "text/richtext"):
        from gateway.channels.email.reading.html.limits import stripped

        return Words(plain=stripped(text.replace("<<", "&lt;")))
    if part.params.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.params.get("delsp", "").lower() == "yes")
    return Words(plain=text)
