"""Which parts are the words of a message and which are files that came along."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from gateway.channels.email.reading.charsets import clean, codec_of, decode
from gateway.channels.email.reading.flowed import unflowed
from gateway.channels.email.reading.params import split_value
from gateway.channels.email.reading.parts import Part
from gateway.channels.email.reading.secured.armour import unarmoured
from gateway.channels.email.reading.tnef import unwrapped
from gateway.channels.email.reading.written_out import without_files
from gateway.core.model import Attachment, Remark, RemarkKind

_WORDS = ("text/plain", "text/html", "text/enriched", "text/richtext")
# A plain text beyond this is no letter: its beginning is shown, and all of it comes as a file.
_LONGEST = 1_000_000  # octets
_BEGINNING = 100_000  # octets
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_MOST_WRAPPED = 4
_CALENDARS = ("text/calendar", "application/ics")
_IGNORED = ("text/x-amp-html",)
_META = re.compile(rb"(?i)<meta[^<>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([a-z0-9_.:-]{2,40})")


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
    files: list[FilePart | Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    # What stands in a wrapping of Outlook's, for a mail that has no other words.
    wrapped: list[Words] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unwrapped: int = 0


def read_bodies(root: Part) -> Bodies:
    """Sort the parts of a message into words and files."""
    bodies = Bodies()
    _collect(root, bodies, top=True)
    if not any((w.plain or "").strip() or w.html for w in bodies.words):
        bodies.words.extend(bodies.wrapped)
    return bodies


def _collect(part: Part, into: Bodies, *, top: bool = False) -> None:
    if not part.children:
        _collect_leaf(part, into, top=top)
    elif part.type == "multipart/alternative":
        _collect_alternative(part, into)
    else:
        if part.sealed:
            into.files.append(_file_part(part))
        for child in _wanted(part):
            _collect(child, into, top=top and len(part.children) == 1)


def _wanted(part: Part) -> list[Part]:
    """The parts of a file of the old Macintosh (RFC 1740): the data fork is the file."""
    if part.type == "multipart/appledouble" and len(part.children) > 1:
        return [child for child in part.children if child.type != "application/applefile"]
    return part.children


def _collect_alternative(part: Part, into: Bodies) -> None:
    """Of several forms of the same words keep the first plain and the last rich one."""
    forms = []
    for child in part.children:
        form = replace(into, words=[], files=[])
        _collect(child, form)
        into.files.extend(form.files)
        into.unwrapped = form.unwrapped
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
    file = _file_part(part)
    if part.type in _WORDS and _is_words(file.disposition, file.name, top=top):
        _collect_words(part, file, into)
    elif not _collect_wrapped(file, into):
        into.files.append(file)
        if part.type in _CALENDARS:
            into.calendars.append(clean(decode(part.content(), part.params.get("charset"))))


def _file_part(part: Part) -> FilePart:
    disposition, params = split_value(part.headers.raw("content-disposition"), part.headers.charset)
    name = params.get("filename") or part.params.get("name") or ""
    return FilePart(part=part, name=name, disposition=disposition, cid=_content_id(part))


def _collect_words(part: Part, file: FilePart, into: Bodies) -> None:
    data, written_out = _without_files(part, into.defects)
    too_long = part.type == "text/plain" and len(data) > _LONGEST
    into.words.append(_words(part, data[:_BEGINNING] if too_long else data, into))
    into.files.extend(written_out)
    if too_long:
        into.files.append(replace(file, disposition="attachment", cid=None))


def _collect_wrapped(file: FilePart, into: Bodies) -> bool:
    """Take the contents out of a winmail.dat; false if it is none, or cannot be opened."""
    if file.part.type not in _TNEF and file.name.lower() != "winmail.dat":
        return False
    if into.unwrapped >= _MOST_WRAPPED:
        return False
    into.unwrapped += 1
    found = unwrapped(file.part.content())
    if found.broken:
        into.defects.append("winmail.dat that cannot be read to its end")
    into.files.extend(found.files)
    if found.plain or found.html:
        into.wrapped.append(Words(plain=found.plain, html=found.html))
    return bool(found) and not found.broken


def _is_words(disposition: str, name: str, *, top: bool) -> bool:
    """Whether a text part is read as words: it is the whole mail, or not offered as a file."""
    if top:
        return disposition != "attachment" or not name
    return disposition != "attachment" and not name


def _without_files(part: Part, defects: list[str]) -> tuple[bytes, list[Attachment]]:
    data = part.content()
    return without_files(data, defects) if part.type == "text/plain" else (data, [])


def _content_id(part: Part) -> str | None:
    cid = part.headers.text("content-id").strip().removeprefix("<").removesuffix(">").strip()
    return cid[:250] or None


def _words(part: Part, data: bytes, into: Bodies) -> Words:
    charset = part.params.get("charset")
    if part.type == "text/html":
        return Words(html=clean(decode(data, charset if codec_of(charset) else _of_markup(data))))
    text = _unescaped(_unarmoured(clean(decode(data, charset)), into))
    if part.type in ("text/enriched", "text/richtext"):
        from gateway.channels.email.reading.html.limits import stripped

        return Words(plain=stripped(text.replace("<<", "&lt;")))
    if part.params.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.params.get("delsp", "").lower() == "yes")
    return Words(plain=text)


def _unescaped(text: str) -> str:
    """Lines that begin with From, as they were before a mailbox file put a sign before them."""
    if not text.startswith(">From ") and "\n>From " not in text:
        return text
    lines = text.split("\n")
    beside = [*lines[1:], ""]
    for index, line in enumerate(lines):
        quoted = beside[index].startswith(">") or (index and lines[index - 1].startswith(">"))
        if line.startswith(">From ") and not quoted:
            lines[index] = line[1:]
    return "\n".join(lines)


def _unarmoured(text: str, into: Bodies) -> str:
    found = unarmoured(text)
    for armoured in found.armoured:
        data = armoured.encode("utf-8", "replace")
        into.files.append(Attachment(name="message.asc", type="text/plain", data=data))
    if found.signed:
        into.remarks.append(Remark(kind=RemarkKind.SIGNED, about="PGP"))
    if found.encrypted:
        into.remarks.append(Remark(kind=RemarkKind.ENCRYPTED, about="PGP"))
    return found.text


def _of_markup(data: bytes) -> str | None:
    """The charset that HTML names itself, for a part that names none."""
    match = _META.search(data, 0, 4_096)
    return match[1].decode("ascii") if match else None
