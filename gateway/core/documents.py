"""What is said, in no network's form: a subject and blocks. Channels translate when sending."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

BlockKind = Literal["text", "words", "quote", "facts", "mark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document.

    ``text``: paragraphs of the desk's own words. ``words``: what a person wrote, to be shown as
    it is (``html`` is its sanitised rich form, if there is one). ``quote``: earlier words, shown
    as quoted. ``facts``: lines of ``name: value``. ``mark``: a line below which a reply's
    quoted history begins.
    """

    kind: BlockKind
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A subject line and blocks in order."""

    subject: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n\n".join(_plain(block) for block in self.blocks if block.text)


def _plain(block: Block) -> str:
    if block.kind != "quote":
        return block.text
    return "\n".join(f"> {line}".rstrip() for line in block.text.splitlines())


def to_json(document: Document) -> dict[str, Any]:
    """The stored form, with its version."""
    return {
        "v": 1,
        "subject": document.subject,
        "blocks": [
            {"kind": b.kind, "text": b.text} | ({"html": b.html} if b.html else {})
            for b in document.blocks
        ],
    }


def from_json(stored: Mapping[str, Any]) -> Document:
    """The document of a stored form. Raises ValueError on a version that is not known."""
    if stored.get("v") != 1:
        raise ValueError(f"a stored document has version {stored.get('v')!r}, expected 1")
    blocks: Iterable[Mapping[str, Any]] = stored["blocks"]
    return Document(
        subject=stored["subject"],
        blocks=tuple(Block(kind=b["kind"], text=b["text"], html=b.get("html")) for b in blocks),
    )
