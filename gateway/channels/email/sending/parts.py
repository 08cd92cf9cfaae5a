"""The parts of a mail's body: text, HTML with its pictures, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import EmailMessage
from hashlib import sha256
from typing import cast

from gateway.channels.email.sending.headers import bare_id, one_line
from gateway.core.model import Attachment

_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]{0,126})/([a-z0-9][a-z0-9!#$&^_.+-]{0,126})")
_ANY = ("application", "octet-stream")
_LONG_LINE = re.compile(rb"[^\n]{998}")
_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_BREAKS = re.compile(rb"\r\n|\r|\n")
_MAX_NAME = 150  # characters; file systems take 255 octets
# Quoted-printable is done in Python by the standard library: seconds for a megabyte.
_MAX_QUOTED = 200_000  # characters


def set_text(message: EmailMessage, text: str) -> None:
    """Make ``text`` the plain form."""
    message.set_content(text, cte=_encoding(text))


def add_html(message: EmailMessage, page: str, pictures: Iterable[Attachment]) -> None:
    """Add the rich form beside the plain one, the pictures that it shows beside it."""
    message.add_alternative(page, subtype="html", cte=_encoding(page))
    rich = cast(EmailMessage, list(message.iter_parts())[-1])
    for picture in pictures:
        main, sub = _type(picture)
        rich.add_related(
            picture.data,
            maintype=main,
            subtype=sub,
            cid=f"<{picture.cid}>",
            disposition="inline",
            filename=_name(picture),
        )


def is_picture(attachment: Attachment) -> bool:
    """Whether it can stand beside the HTML: a picture with an id that fits into a header."""
    return attachment.type.startswith("image/") and bare_id(attachment.cid or "") == attachment.cid


def attach(message: EmailMessage, attachment: Attachment) -> None:
    """Add a file at the end. A type that is none becomes application/octet-stream."""
    if attachment.type == "message/rfc822" and (mail := _seven_bit_mail(attachment.data)):
        _attach_mail(message, mail, _name(attachment))
        return
    main, sub = _type(attachment)
    message.add_attachment(attachment.data, maintype=main, subtype=sub, filename=_name(attachment))


def set_boundaries(message: EmailMessage) -> None:
    """Fix the boundaries, so that the same message is the same octets at every try.

    They follow from all of the content, so nobody can write a content that holds one.
    """
    seed = sha256(message["Message-ID"].encode())
    for part in message.walk():
        payload = part.get_payload()
        if isinstance(payload, str):
            seed.update(payload.encode("utf-8", "surrogateescape"))
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{number}_{seed.hexdigest()[:40]}")


def _encoding(text: str) -> str | None:
    return "base64" if len(text) > _MAX_QUOTED else None


def _type(attachment: Attachment) -> tuple[str, str]:
    found = _TYPE.fullmatch(attachment.type.strip().lower())
    # A multipart or message type promises a structure and forbids base64 (RFC 2046, section 5).
    if found is None or found[1] in {"multipart", "message"}:
        return _ANY
    return found[1], found[2]


def _name(attachment: Attachment) -> str:
    name = one_line(attachment.name, 10 * _MAX_NAME).replace("/", "_").replace("\\", "_")
    stem, dot, extension = name.rpartition(".")
    if len(name) > _MAX_NAME and dot and len(extension) <= 10:
        name = f"{stem[: _MAX_NAME - 11]}.{extension}"
    return name[:_MAX_NAME] or "attachment"


def _seven_bit_mail(data: bytes) -> str | None:
    """A mail that can be attached octet by octet, with CRLF; None if it needs encoding or is none.

    It is never parsed and written anew: hostile mail makes that fail, and its own signatures
    would break.
    """
    lines = _BREAKS.sub(b"\r\n", data)
    if not data.isascii() or b"\0" in data or _LONG_LINE.search(lines):
        return None
    if not _FIELD.match(lines):
        return None
    return lines.decode("ascii")


def _attach_mail(message: EmailMessage, mail: str, name: str) -> None:
    part = EmailMessage(policy=message.policy)
    part["Content-Type"] = "message/rfc822"
    part.add_header("Content-Disposition", "attachment", filename=name)
    part["Content-Transfer-Encoding"] = "7bit"
    # The generator writes the text of such a part as it stands.
    part.set_payload(mail)
    if message.get_content_type() != "multipart/mixed":
        message.make_mixed()
    message.attach(part)
