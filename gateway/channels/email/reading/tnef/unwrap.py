from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field

from gateway.channels.email.reading.charsets import clean, codec_of, decode
from gateway.channels.email.reading.names import safe_name
from gateway.channels.email.reading.tnef.attributes import Attribute, Stream, is_tnef
from gateway.channels.email.reading.tnef.properties import Property, Value, properties
from gateway.channels.email.reading.tnef.rtf import markup_or_text
from gateway.core.model import Attachment

_MOST_FILES = 200
_DEEPEST = 3
# How a message inside begins: the interface id of IMessage.
_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_LONGEST_TEXT = 4 * 1024 * 1024


@dataclass(slots=True)
class Unwrapped:
    """What was inside: the words as text and as HTML, where there are any, and the files."""

    plain: str | None = None
    html: str | None = None
    subject: str = ""
    files: list[Attachment] = field(default_factory=list)
    broken: bool = False

    def __bool__(self) -> bool:
        return bool(self.files or self.plain or self.html)


@dataclass(slots=True)
class _File:
    names: dict[int, str] = field(default_factory=dict)
    data: memoryview | None = None
    kind: str = ""
    cid: str | None = None


@dataclass(slots=True)
class _Reading:
    """What was read so far: values of the message by their property, and files."""

    codec: str = "cp1252"
    values: dict[int, Value] = field(default_factory=dict)
    body: memoryview | None = None
    files: list[_File] = field(default_factory=list)


def unwrapped(data: bytes) -> Unwrapped:
    """The contents of a winmail.dat, as far as it can be read; never raises."""
    return _unwrapped(memoryview(data), 0)


def _unwrapped(data: memoryview, depth: int) -> Unwrapped:
    if not is_tnef(data):
        return Unwrapped(broken=True)
    stream, reading = Stream(data), _Reading()
    for id, content in stream:
        _take(reading, id, content)
    found = Unwrapped(broken=stream.broken)
    # Rich text is slow to expand: of messages inside, what they have beside it must do.
    _set_words(found, reading, rich=depth == 0)
    for file in reading.files:
        found.files.extend(_files(file, depth))
    del found.files[_MOST_FILES:]
    return found


def _take(reading: _Reading, id: int, content: memoryview) -> None:
    if id == Attribute.CODE_PAGE:
        number = int.from_bytes(content[:4], "little")
        reading.codec = codec_of(f"cp{number}") or reading.codec
    elif id == Attribute.BODY:
        reading.body = content
    elif id == Attribute.FILE_BEGINS and len(reading.files) <= _MOST_FILES:
        reading.files.append(_File())
    elif id == Attribute.MESSAGE_PROPERTIES:
        reading.values.update(properties(content, reading.codec))
    elif reading.files:
        _take_of_file(reading.files[-1], id, content, reading.codec)


def _take_of_file(file: _File, id: int, content: memoryview, codec: str) -> None:
    if id == Attribute.FILE_TITLE:
        file.names[0] = bytes(content[:1000]).decode(codec, "replace")
    elif id == Attribute.FILE_DATA:
        file.data = content
    elif id == Attribute.FILE_PROPERTIES:
        for number, value in properties(content, codec):
            _take_property(file, number, value)


def _take_property(file: _File, number: int, value: Value) -> None:
    if isinstance(value, memoryview):
        if number == Property.FILE_DATA:
            file.data = value
    elif isinstance(value, str):
        if number == Property.MIME_TYPE:
            file.kind = value.strip().lower()[:100]
        elif number == Property.CONTENT_ID:
            file.cid = value.strip("<> ")[:250] or None
        else:
            file.names[number] = value[:1000]


def _set_words(found: Unwrapped, reading: _Reading, *, rich: bool) -> None:
    values = reading.values
    page = values.get(Property.CODE_PAGE)
    charset = f"cp{page}" if isinstance(page, int) and page != 65001 else "utf-8"
    found.subject = str(values.get(Property.SUBJECT, ""))[:500]
    found.html = _text(values.get(Property.HTML), charset)
    body = values.get(Property.BODY, reading.body)
    found.plain = _text(body, reading.codec if body is reading.body else charset)
    rtf = values.get(Property.RTF)
    if rich and isinstance(rtf, memoryview) and not (found.html or found.plain):
        found.html, found.plain = markup_or_text(rtf)


def _text(value: Value | None, charset: str) -> str | None:
    if isinstance(value, memoryview):
        value = decode(bytes(value[:_LONGEST_TEXT]), charset)
    return clean(value[:_LONGEST_TEXT]).strip("\n") or None if isinstance(value, str) else None


def _files(file: _File, depth: int) -> list[Attachment]:
    if file.data is None:
        return []
    if file.data[:16] == _MESSAGE and depth < _DEEPEST:
        return _of_message(_unwrapped(file.data[16:], depth + 1), _name_of(file))
    name = _name_of(file)
    guess = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = file.kind if "/" in file.kind else guess
    return [Attachment(name=safe_name(name, kind), type=kind, data=bytes(file.data), cid=file.cid)]


def _of_message(inside: Unwrapped, name: str) -> list[Attachment]:
    """A message that was attached: its words as a file, then its files."""
    words = inside.html or inside.plain
    if words is None:
        return inside.files
    kind = "text/html" if inside.html else "text/plain"
    ending = ".html" if inside.html else ".txt"
    title = safe_name((name or inside.subject or "message")[:140] + ending, kind)
    return [Attachment(name=title, type=kind, data=words.encode("utf-8", "replace")), *inside.files]


def _name_of(file: _File) -> str:
    wanted = (Property.LONG_FILE_NAME, Property.FILE_NAME, 0, Property.DISPLAY_NAME)
    return next((n for key in wanted if (n := file.names.get(key, "").rstrip("\x00").strip())), "")
