"""Recipients named in a delivery report that only people were meant to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateway.channels.email.reading.bounces.status import STATUS
from gateway.channels.email.reading.bounces.wording import COPY, FULL
from gateway.channels.email.reading.parties import normal_address
from gateway.core.model import FailedRecipient

_MOST_LINES = 400
_MOST = 200
# So many addresses in running text are examples and contacts, not recipients.
_MOST_GUESSED = 4
_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}"
_ANY = re.compile(_ADDRESS)
# An address that a line is about: alone, or first and followed by what happened to it.
_HEADS_LINE = re.compile(
    rf"[\s>*•-]{{0,20}}(?:\"[^\"]{{0,100}}\"\s*)?[\"'<\[(]{{0,2}}({_ADDRESS})[\"'>\])]{{0,2}}"
    r"(?:\s*$|\s*[:;(,]|\s+on [A-Z]|\s*\.\.\.|\s+-|\s+\d{3} )"
)
_NAMED = re.compile(
    r"(?:failed recipient|intended recipient|recipient(?: address)?|undeliverable address"
    r"|original address|error-for"
    r"|unknown user|user unknown|final delivery userid|smtp=|addressed(?: to)?|expanded from"
    r"|generated from|attempts"
    r"|undeliverable\s{1,5}to|recipient\(s\)|did not reach the following recipient|mailbox"
    r"|was sent to|destinatario"
    rf"|destinataire|empfänger|получател\w+)\s{{0,3}}[:=,]?\s{{0,3}}[\"'<\[(]{{0,2}}(?:smtp:|rfc822;)?\s?({_ADDRESS})",
    re.IGNORECASE,
)
# Lines about other people than the failed recipient.
_NOT_ABOUT = re.compile(
    r"[\s*>]{0,8}(?:message-id|from|cc|to|subject|date|sent|sender|reply-to|received|x-[a-z-]+)\s?:"
    r"|.{0,60}(?:contact|assistance|please reply|send (?:e?mail|a message) to|questions|visit"
    r"|system contact|mail from:)",
    re.IGNORECASE,
)
_SENDER = re.compile(rf"\b(?:from|by|von|de|da|от) <?{_ADDRESS}", re.IGNORECASE)
_DAEMONS = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|abuse|support|helpdesk)@", re.IGNORECASE
)
_BARE_NAME = re.compile(r"^[ \t]{1,8}([A-Za-z0-9._-]{2,40})[ \t]*$")


def report_of(text: str) -> str:
    """The report itself, without the copy of the mail that came back, at most 400 lines of it."""
    head = "\n".join(text.split("\n", _MOST_LINES)[:_MOST_LINES])[:40_000]
    match = COPY.search(head)
    # What begins with the copy names its recipients, if at all, below it.
    return head[: match.start()] if match and head[: match.start()].strip() else head


def recipients_in(report: str, not_them: Iterable[str]) -> tuple[FailedRecipient, ...]:
    """Those whom the report is about. ``not_them``: the sender of the mail that came back."""
    lines = report.split("\n")
    others = {address.lower() for address in not_them}
    return with_status(report, _addresses(lines, others) or _addresses(lines, set()))


def with_status(report: str, found: list[str]) -> tuple[FailedRecipient, ...]:
    """Failed addresses with the status codes that the report has for them."""
    lines, alone = report.split("\n"), len(found) == 1
    return tuple(
        FailedRecipient(address=address, status=_status_near(lines, address, alone=alone))
        for address in found
    )


def _addresses(lines: list[str], others: set[str]) -> list[str]:
    for search in (_about, _anywhere):
        found = dict.fromkeys(
            (normal, address.rstrip("."))
            for address in search(lines)
            if (normal := _normal(address)) and normal not in others
        )
        if found and (search is _about or len(found) <= _MOST_GUESSED):
            spelling = dict(reversed(found))
            return [spelling[normal] for normal in dict.fromkeys(n for n, _ in found)][:_MOST]
    return []


def _normal(address: str) -> str | None:
    if ".." in address or _DAEMONS.match(address):
        return None
    return normal_address(address.rstrip(".").lstrip("'"))


def _about(lines: list[str]) -> Iterator[str]:
    for line in lines:
        named = _NAMED.findall(line[:1000])
        yield from named
        if not named and not _NOT_ABOUT.match(line):
            match = _HEADS_LINE.match(line[:1000])
            if match:
                yield match[1].lstrip("'")


def _anywhere(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not _NOT_ABOUT.match(line):
            yield from _ANY.findall(_SENDER.sub("", line[:1000]))


def _status_near(lines: list[str], address: str, *, alone: bool) -> str | None:
    """The status code on the lines from the one that names the address on."""
    if alone:
        return _status_in("\n".join(lines))
    for index, line in enumerate(lines):
        if address.lower() in line.lower():
            return _status_in("\n".join(lines[index : index + 4])[:2000])
    return None


def _status_in(words: str) -> str | None:
    """The code; a full mailbox is told in words so often that they stand for theirs."""
    match = STATUS.search(words)
    if match:
        return match[1]
    return "5.2.2" if FULL.search(words) else None


def local_names(report: str, domain: str) -> tuple[FailedRecipient, ...]:
    """Names without a domain on lines of their own: recipients at the reporting server."""
    names = (_BARE_NAME.match(line) for line in report.split("\n"))
    found = dict.fromkeys(f"{match[1].lower()}@{domain}" for match in names if match)
    return tuple(FailedRecipient(address=address) for address in list(found)[:5])
