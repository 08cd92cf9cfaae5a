"""Mails as a mail client writes and shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, formataddr, localtime, make_msgid, parseaddr, parsedate_tz

_CLEAN = policy.SMTP.clone(cte_type="7bit")
_RE = re.compile(r"\s*re\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that was received. ``delivered_to`` is whose mailbox it was for."""

    sender: str
    to: str
    delivered_to: str
    subject: str
    date: str
    reply_to: str
    message_id: str
    references: tuple[str, ...]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a mail client."""

    name: str
    address: str

    @property
    def shown(self) -> str:
        """As it stands in From."""
        return formataddr((self.name, self.address))


def read(raw: bytes) -> Letter:
    """A mail of the Maildir. What is malformed in it is left out."""
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    references = _header(mail, "References").split()
    return Letter(
        sender=_header(mail, "From"),
        to=_header(mail, "To"),
        delivered_to=_header(mail, "Delivered-To").lower(),
        subject=_header(mail, "Subject"),
        date=_header(mail, "Date"),
        reply_to=_header(mail, "Reply-To") or _header(mail, "From"),
        message_id=_header(mail, "Message-ID"),
        references=tuple(references),
        text=_text(mail),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name) or "").strip()
    except (MessageError, ValueError, IndexError):
        return ""


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain", "html"))
    try:
        return str(body.get_content()) if body is not None else ""
    except (LookupError, ValueError):
        return ""


def compose(sender: Person, to: str, subject: str, text: str) -> EmailMessage:
    """A new mail."""
    mail = EmailMessage(policy=_CLEAN)
    mail["From"] = sender.shown
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = make_msgid(domain=sender.address.rpartition("@")[2])
    mail["User-Agent"] = "gateway mail"
    mail.set_content(text.rstrip() + "\n")
    return mail


def answer(sender: Person, letter: Letter, text: str) -> EmailMessage:
    """What a client sends on Reply: to Reply-To, in the thread, the words above the quoted mail."""
    subject = letter.subject if _RE.match(letter.subject) else f"Re: {letter.subject}"
    quoted = "\n".join(f"> {row}".rstrip() for row in letter.text.rstrip().splitlines())
    who = parseaddr(letter.sender)[0] or letter.sender
    whole = f"{text.rstrip()}\n\nOn {_day(letter.date)}, {who} wrote:\n\n{quoted}"
    mail = compose(sender, letter.reply_to, subject, whole)
    if letter.message_id:
        mail["In-Reply-To"] = letter.message_id
        mail["References"] = " ".join((*letter.references, letter.message_id))
    return mail


def _day(date: str) -> str:
    when = parsedate_tz(date)
    return f"{when[0]}-{when[1]:02}-{when[2]:02} at {when[3]:02}:{when[4]:02}" if when else "a day"


def own_words(text: str) -> str:
    """The part of a mail's text above what it quotes, as a reader takes it in."""
    kept: list[str] = []
    for row in text.splitlines():
        if row.startswith(">"):
            break
        kept.append(row)
    while kept and (not kept[-1].strip() or kept[-1].rstrip().endswith("wrote:")):
        kept.pop()
    return "\n".join(kept).strip()
