"""What people write calls nobody and is no command to tap, where agents read it.

Telegram makes mentions and commands of plain words by itself, also of those that the desk passes
on. Within code it does not, and code is what such a word looks like best: it can be copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from telegram import MessageEntity

from gateway.channels.telegram.sending.formatting import MOST_ENTITIES, Text, utf16

_LIVE = re.compile(
    r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?(?![\w/<>])"  # a command
    r"|(?<!\w)@[A-Za-z0-9_]+"  # somebody
)
_COVERS = frozenset(
    {
        MessageEntity.CODE,
        MessageEntity.PRE,
        MessageEntity.TEXT_LINK,
        MessageEntity.TEXT_MENTION,
    }
)
_AROUND = frozenset({MessageEntity.BLOCKQUOTE, *_COVERS})  # may stay as they are

Span = tuple[int, int]


def inert(text: Text) -> Text:
    """The same text, of which nothing becomes a mention or a command by itself."""
    spans = list(_spans(text))
    if not spans:
        return text
    kept = [part for entity in text.entities for part in _apart(entity, spans)]
    code = [_entity(MessageEntity.CODE, span) for span in spans]
    if len(code) + len(kept) > MOST_ENTITIES:
        code, kept = [_entity(MessageEntity.CODE, (0, utf16(text.text)))], []
    return Text(text=text.text, entities=(*kept, *code))


def _spans(text: Text) -> Iterator[Span]:
    """Where such words stand, in code units of UTF-16; those that are covered already left out."""
    covered = [_span(entity) for entity in text.entities if entity.type in _COVERS]
    for match in _LIVE.finditer(text.text):
        start, end = utf16(text.text[: match.start()]), utf16(text.text[: match.end()])
        if not any(start < over and under < end for under, over in covered):
            yield start, end


def _apart(entity: MessageEntity, spans: Sequence[Span]) -> Iterator[MessageEntity]:
    """What is left of an entity beside these: nothing else may be in code."""
    if entity.type in _AROUND:
        yield entity
        return
    at, until = _span(entity)
    for start, end in spans:
        if at < start < until:
            yield _entity(entity.type, (at, start))
        if start < until and at < end:
            at = max(at, end)
    if at < until:
        yield _entity(entity.type, (at, until))


def _span(entity: MessageEntity) -> Span:
    return entity.offset, entity.offset + entity.length


def _entity(type: str, span: Span) -> MessageEntity:
    return MessageEntity(type, offset=span[0], length=span[1] - span[0])
