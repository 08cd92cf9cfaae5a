"""Nothing that the desk signed, and none of its marks, goes on to others."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.documents import Block, Document
from gateway.core.frozen import replace
from gateway.core.model import Attachment, Party
from gateway.core.ports import Outbound
from gateway.core.scrubbing import without_addresses, without_marks


def scrub_outbound(
    outbound: Outbound, is_ours: Callable[[str], bool], replacement: str
) -> Outbound:
    """The message without signed desk addresses in anything that somebody else wrote.

    Words and quotes, the subject, shown people and attached texts and mails are cleaned. The
    desk's own text and facts are not: there an agent is told their own standing address; nor
    is Reply-To.
    """

    def clean(text: str) -> str:
        return without_addresses(text, is_ours, replacement)

    def people(shown: tuple[Party, ...]) -> tuple[Party, ...]:
        return tuple(replace(p, address=clean(p.address), name=clean(p.name)) for p in shown)

    return replace(
        outbound,
        document=_clean_document(outbound.document, clean),
        shown_to=people(outbound.shown_to),
        shown_cc=people(outbound.shown_cc),
        attachments=tuple(_clean_attachment(a, clean) for a in outbound.attachments),
    )


def _clean_document(document: Document, clean: Callable[[str], str]) -> Document:
    return Document(
        subject=clean(document.subject),
        blocks=tuple(_clean_block(block, clean) for block in document.blocks),
    )


def _clean_block(block: Block, clean: Callable[[str], str]) -> Block:
    if block.kind not in {"words", "quote"}:
        return block
    html = without_marks(clean(block.html)) if block.html else block.html
    return replace(block, text=without_marks(clean(block.text)), html=html)


def _clean_attachment(attachment: Attachment, clean: Callable[[str], str]) -> Attachment:
    if not attachment.type.startswith(("text/", "message/")):
        return attachment
    # Latin-1 gives every octet back as it was, whatever the charset; addresses are ASCII.
    text = attachment.data.decode("latin-1")
    cleaned = clean(text)
    if cleaned == text:
        return attachment
    return replace(attachment, data=cleaned.encode("latin-1", "replace"))
