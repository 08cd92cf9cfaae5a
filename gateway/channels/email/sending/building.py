"""What is to be said, as a mail: RFC 5322, RFC 2045 to 2049, RFC 2231, RFC 3834."""

from __future__ import annotations

import re
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage

from gateway.channels.email.sending import headers, html, parts
from gateway.channels.email.sending.addresses import Mailbox, mailbox, shown_mailboxes, wants_utf8
from gateway.core.documents import Block, Document
from gateway.core.model import Attachment
from gateway.core.ports import Outbound
from gateway.core.scrubbing import UNSEEN_MARK, without_marks

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")


def to_bytes(outbound: Outbound, *, domain: str, utf8: bool | None = None) -> bytes:
    """The octets of `build`, the same at every call, lines ended by CRLF and 7-bit.

    Only with ``utf8`` (unless given: when an address needs it) may headers hold UTF-8
    (RFC 6532); the server then has to offer SMTPUTF8. Raises PermanentError, as `build` does.
    """
    return build(outbound, domain=domain, utf8=utf8).as_bytes()


def build(outbound: Outbound, *, domain: str, utf8: bool | None = None) -> EmailMessage:
    """The mail that says ``outbound``, for one recipient but with the headers all people see.

    ``domain`` completes a Message-ID that has none. Names, subject and ids are cleaned of
    control characters. Raises PermanentError for an address that nobody could deliver to.
    """
    utf8 = wants_utf8(outbound) if utf8 is None else utf8
    document = _clean_document(outbound.document)
    message = EmailMessage(policy=headers.POLICY_UTF8 if utf8 else headers.POLICY)
    _set_people(message, outbound, utf8=utf8)
    message["Subject"] = document.subject
    message["Date"] = outbound.created_at
    _set_ids(message, outbound, domain)
    _set_signs(message, outbound)
    _set_body(message, outbound, document)
    parts.set_boundaries(message)
    return message


def message_id(outbound: Outbound, domain: str) -> str:
    """The Message-ID that the mail bears, without angle brackets."""
    kept = re.sub(r"[^!-;=?-~]", "", outbound.message_id)[:250] or f"outbound-{outbound.id}"
    return kept if "@" in kept else f"{kept}@{mailbox(f'id@{domain}').domain}"


def _set_people(message: EmailMessage, outbound: Outbound, *, utf8: bool) -> None:
    own = headers.person_name(outbound.sender.name)
    message["From"] = _address(own, mailbox(outbound.sender.address))
    if outbound.reply_to:
        # With the name, so that the answer's To line shows it and not a long signed address.
        message["Reply-To"] = _address(own, mailbox(outbound.reply_to))
    mailbox(outbound.to.address)
    message["To"] = _addresses(shown_mailboxes(outbound.shown_to or (outbound.to,), utf8=utf8))
    if cc := _addresses(shown_mailboxes(outbound.shown_cc, utf8=utf8)):
        message["Cc"] = cc


def _addresses(people: tuple[tuple[str, Mailbox], ...]) -> tuple[Address, ...]:
    unique = {box: name for name, box in reversed(people)}
    return tuple(_address(headers.person_name(unique[box]), box) for box in reversed(unique))


def _address(name: str, box: Mailbox) -> Address:
    return Address(name, box.local, box.domain)


def _set_ids(message: EmailMessage, outbound: Outbound, domain: str) -> None:
    own = message_id(outbound, domain)
    message["Message-ID"] = f"<{own}>"
    chain = _chain(outbound, own)
    if chain:
        message["In-Reply-To"] = f"<{chain[-1]}>"
        message["References"] = " ".join(f"<{one}>" for one in chain)


def _chain(outbound: Outbound, own: str) -> tuple[str, ...]:
    ids = (headers.id_of_key(key) for key in outbound.thread)
    return headers.chain(one for one in ids if one and one != own)


def _set_signs(message: EmailMessage, outbound: Outbound) -> None:
    """How machines recognise what this is (RFC 3834, section 5)."""
    if outbound.automatic:
        answer = "In-Reply-To" in message
        message["Auto-Submitted"] = "auto-replied" if answer else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if mark := headers.one_line_of_ascii(outbound.mark):
        message["X-Helpdesk-Mark"] = mark


def _set_body(message: EmailMessage, outbound: Outbound, document: Document) -> None:
    language = outbound.language if _LANGUAGE.fullmatch(outbound.language) else ""
    page = html.page(document, language=language)
    shown = html.shown_pictures(page)
    parts.set_text(message, document.text + "\n")
    pictures = [a for a in outbound.attachments if _is_shown(a, shown)]
    parts.add_html(message, page, pictures)
    for attachment in outbound.attachments:
        if not _is_shown(attachment, shown):
            parts.attach(message, attachment)
    if language:
        # Last: what begins with Content- would have moved into the first part with the text.
        message["Content-Language"] = language


def _is_shown(attachment: Attachment, shown: frozenset[str]) -> bool:
    return bool(attachment.cid) and attachment.cid in shown and parts.is_picture(attachment)


def _clean_document(document: Document) -> Document:
    blocks = tuple(_clean_block(block) for block in document.blocks)
    if any(block.kind == "mark" for block in blocks):
        blocks = tuple(_marked(block) for block in blocks)
    return Document(subject=headers.one_line(document.subject), blocks=blocks)


def _marked(block: Block) -> Block:
    """With the unseen mark before the desk's own lines, as long as people's words are not theirs.

    At their beginning, for what stands at the end may be an address of the web.
    """
    if block.kind not in {"text", "facts", "quote"}:
        return block
    lines = block.text.split("\n")
    own = 1 if block.kind == "quote" else len(lines)  # the first says whose the others are
    marked = [UNSEEN_MARK + line if line.strip() else line for line in lines[:own]]
    return replace(block, text="\n".join([*marked, *lines[own:]]))


def _clean_block(block: Block) -> Block:
    """Without control characters, and without marks in what people wrote.

    A mark that came with somebody's words would cut the answer to this mail in the wrong place.
    """
    text = _CONTROLS.sub("", block.text.replace("\r\n", "\n").replace("\r", "\n"))
    rich = _CONTROLS.sub("", block.html) if block.html else None
    if block.kind in {"words", "quote"}:
        text = without_marks(text)
    return replace(block, text=text, html=rich)
