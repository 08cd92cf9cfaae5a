"""How far a message came: what of it is out, and what is still to be said at the next try.

What is to be said can have changed between two tries: a file that was on its way has come, and the
words that named it are others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from gateway.channels.telegram.sending.content import Content
from gateway.channels.telegram.sending.files import Packed
from gateway.channels.telegram.sending.formatting import Text
from gateway.core.model import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """What is out: message ids by part, the files by their digests, and ``texts`` of ``of`` texts.

    ``words`` is a digest of all those texts. ``before``: so many more of what it said at an earlier
    try, in other words.
    """

    parts: tuple[tuple[int, ...], ...] = ()
    files: tuple[str, ...] = ()
    texts: int = 0
    of: int = 0
    words: str = ""
    before: int = 0

    @property
    def ids(self) -> list[int]:
        """The messages, the first one first."""
        return [id for part in self.parts for id in part]

    @property
    def said(self) -> int:
        """How many messages hold words."""
        return self.before + self.texts

    def towards(self, content: Content) -> Out:
        """The same, on the way to all of this.

        Words that became others half-way are said whole: rather twice than not at all. Where all of
        them were out, the files that come now are what there was to say.
        """
        words = _digest_of(content.texts)
        if self.words == words or (self.of and self.texts == self.of):
            return self
        return replace(self, texts=0, of=len(content.texts), words=words, before=self.said)

    def went(self, ids: Sequence[int], texts: int, files: Sequence[Attachment]) -> Out:
        """With one more part."""
        return replace(
            self,
            parts=(*self.parts, tuple(ids)),
            texts=self.texts + texts,
            files=(*self.files, *map(digest, files)),
        )

    def rest(self, content: Content) -> Content:
        """What of it is not out."""
        same = self.words == _digest_of(content.texts)
        texts = content.texts[self.texts :] if same else ()
        return Content(texts=texts, files=tuple(self._not_out(content.files)))

    def _not_out(self, groups: Sequence[Packed]) -> Iterator[Packed]:
        out = Counter(self.files)
        for group in groups:
            left = []
            for file in group.files:
                out[digest(file)] -= 1
                if out[digest(file)] < 0:
                    left.append(file)
            if left:
                yield replace(group, files=tuple(left))

    def to_note(self) -> dict[str, Any]:
        """As it is remembered: no words, no names."""
        told = {name: getattr(self, name) for name in ("texts", "of", "words", "before")}
        return {"out": [list(part) for part in self.parts], "files": list(self.files), **told}

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Out:
        """What was remembered; of what an earlier version wrote, each part was one text."""
        parts = tuple(tuple(part) for part in note["out"])
        return cls(
            parts=parts,
            files=tuple(note.get("files", ())),
            texts=note.get("texts", len(parts)),
            of=note.get("of", len(parts)),
            words=note.get("words", ""),
            before=note.get("before", 0),
        )


def digest(file: Attachment) -> str:
    """What a file is known by: its content, where that was worked out."""
    return file.digest or f"{file.name}:{file.size}"


def _digest_of(texts: Sequence[Text]) -> str:
    return blake2b("\0".join(text.text for text in texts).encode(), digest_size=16).hexdigest()
