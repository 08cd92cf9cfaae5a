"""The [email] table: where mail comes in, and how it goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr

from gateway.channels.email.mailbox_settings import MailboxTable, same_mailboxes
from gateway.channels.email.patterns import slow_pattern
from gateway.channels.email.proof_settings import AuthenticationTable, DkimTable, TrustedServer
from gateway.channels.email.security import Security
from gateway.core.nearest import nearest
from gateway.core.policy import Bulk
from gateway.settings.faults import Doubt, show
from gateway.settings.table import Table
from gateway.settings.types import (
    Address,
    FilePath,
    Line,
    Name,
    PresentFile,
    Secret,
    Wait,
    Whole,
    Words,
)

Condition = Annotated[str, Words("expression", "an expression")]


class Protocol(StrEnum):
    """What the listener speaks."""

    SMTP = "smtp"
    LMTP = "lmtp"


class ListenTable(Table):
    """[email.listen]: SMTP or LMTP in. Leave the table out and there is none."""

    host: Name = Field("127.0.0.1", description="the address to listen on")
    port: Whole = Field(2525, ge=1, le=65_535, description="the port to listen on")
    protocol: Protocol = Field(
        Protocol.SMTP, description='"smtp", or "lmtp" behind Postfix or Exim'
    )
    hostname: Line = Field(
        "", description="what it calls itself in greetings and Received; empty: the machine's name"
    )
    max_message_bytes: Whole = Field(
        26_214_400, ge=1_024, description="larger messages are refused, in octets"
    )
    tls_certificate: PresentFile = Field(None, description="PEM chain; with it STARTTLS is offered")
    tls_key: PresentFile = Field(None, description="PEM key of the certificate")
    max_connections: Whole = Field(500, ge=1, description="connections at one time, in all")
    max_per_address: Whole = Field(50, ge=1, description="connections at one time from one address")
    idle_timeout: Wait = Field(
        timedelta(minutes=5), description="a connection on which nothing comes is closed after this"
    )

    def doubts(self) -> Iterator[Doubt]:
        pair = {"tls_certificate": self.tls_certificate, "tls_key": self.tls_key}
        for key, path in pair.items():
            other = next(name for name in pair if name != key)
            if path is None and pair[other] is not None:
                yield Doubt(place=(key,), found=f"not given beside {other}", expected="both")


class SourceTable(Table):
    """[[email.sources]]: a machine that may open tickets: monitoring, a scanner, a web form."""

    name: Line = Field(
        "",
        examples=["nagios"],
        description="what it is called on tickets; renamed, it forgets which tickets are open",
    )
    match: Condition = Field(
        examples=['from == "alerts@acme.example"'],
        description="which mail is from it, an expression over from, name, reply_to, to, cc, "
        "subject, text and headers",
    )
    requester: Line = Field(
        "from",
        examples=["reply_to", "^E-mail: (\\S+@\\S+)"],
        description='who asks: "from", "reply_to", or a regular expression on the lines of the '
        "text, whose first group is the address",
    )
    dedupe: Condition = Field(
        "",
        examples=['subject.replace("RESOLVED", "FIRING")'],
        description="gives the same text for all mail about one thing, which goes on one ticket "
        "while that is open; empty: each mail opens one",
    )
    resolves: Condition = Field(
        "",
        examples=['subject.matches("RESOLVED")'],
        description="which of its mail says that the thing is over, and resolves the ticket",
    )
    most_per_hour: Whole = Field(
        10,
        ge=0,
        description="how many of its mails about one thing agents hear of within an hour, before "
        "further ones are only counted on the ticket; 0: no limit",
    )

    @property
    def called(self) -> str:
        """Its name; without one, what it matches."""
        return self.name or self.match[:60]

    def doubts(self) -> Iterator[Doubt]:
        from gateway.channels.email.reading.sources import WORDS
        from gateway.core.expressions import TEXT, TRUTH
        from gateway.settings.expressions import expression_doubts

        asked = (("match", TRUTH), ("dedupe", TEXT), ("resolves", TRUTH))
        for key, wants in asked:
            if given := getattr(self, key):
                yield from expression_doubts(given, WORDS, wants, (key,))
        if not self.match:
            yield Doubt(place=("match",), found="found an empty one", expected="an expression")
        if self.resolves and not self.dedupe:
            yield Doubt(
                place=("resolves",),
                found="found it without dedupe",
                expected="dedupe beside it, which says what is over",
            )
        if self.requester not in REQUESTERS:
            yield from _pattern_doubts(self.requester)


REQUESTERS = ("from", "reply_to")


def _pattern_doubts(pattern: str) -> Iterator[Doubt]:
    """What is wrong with a pattern that finds an address."""
    expected = '"from", "reply_to", or a regular expression with a group for the address'
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        at = "" if error.pos is None else f" at character {error.pos + 1}"
        found = f"found {show(pattern)}: {error.msg}{at}"
        yield Doubt(place=("requester",), found=found, expected=expected)
        return
    if not compiled.groups:
        found = f"found {show(pattern)}, which has no group"
        hint = nearest(pattern, REQUESTERS)
        yield Doubt(place=("requester",), found=found, expected=expected, hint=hint)
    elif slow := slow_pattern(pattern):
        found = f"found {show(pattern)}, which may take very long: {slow}"
        yield Doubt(place=("requester",), found=found, expected="a simpler one")


class SendTable(Table):
    """[email.send]: mail out. Without a host it goes to the Maildir."""

    host: Line = Field("", description="the relay; empty: mail is written to the Maildir")
    port: Whole = Field(587, ge=1, le=65_535, description="the relay's port")
    security: Security = Field(
        Security.STARTTLS,
        description='"starttls" and "tls" ask for a valid certificate; "none" sends in clear',
    )
    tls_ca: PresentFile = Field(
        None, description="PEM file of the authority to trust; empty: the system's"
    )
    user: Line = Field("", description="name to log in with; empty: none")
    password: Secret = Field(
        SecretStr(""), examples=["SMTP_PASSWORD"], description="password to log in with"
    )
    hostname: Line = Field(
        "", description="what it calls itself to the relay; empty: the machine's name"
    )
    connections: Whole = Field(4, ge=1, le=100, description="connections at one time")
    timeout: Wait = Field(timedelta(minutes=1), description="the longest wait for an answer")
    maildir: FilePath = Field(
        Path("../var/outgoing"),
        validate_default=True,
        description="where mail goes when there is no relay",
    )

    @classmethod
    def wanted(cls, given: Mapping[str, Any]) -> Mapping[str, str]:
        if given.get("host") and given.get("user"):
            return {"password": f"the password of {given['user']} at {given['host']}"}
        return {}

    def doubts(self) -> Iterator[Doubt]:
        if not self.host and self.maildir is None:
            yield Doubt(place=("maildir",), found="found neither host nor maildir", expected="one")


class ScanTable(Table):
    """[email.scan]: mail is searched for malware when it comes in."""

    clamd: Line = Field(
        "",
        examples=["127.0.0.1:3310"],
        description="a clamd: host:port, or the path of its socket; empty: nothing is scanned",
    )
    timeout: Wait = Field(
        timedelta(seconds=30),
        description="the longest wait for it; then the mail is taken in unscanned",
    )

    def doubts(self) -> Iterator[Doubt]:
        if self.clamd and not _is_place(self.clamd):
            found, expected = f'found "{self.clamd}"', "host:port, or a path that begins with /"
            yield Doubt(place=("clamd",), found=found, expected=expected)


def _is_place(given: str) -> bool:
    host, _, port = given.rpartition(":")
    return given.startswith("/") or (bool(host) and port.isdecimal() and 0 < int(port) < 65_536)


class EmailTable(Table):
    """[email]: the desk's mail."""

    bulk: Bulk = Field(
        Bulk.TICKET,
        description='lists and newsletters: a "ticket" without confirmation, "attach" only to '
        'what they answer, or "drop"',
    )
    trusted_authserv: tuple[TrustedServer, ...] = Field(
        (), description="whose Authentication-Results count, and from where"
    )
    authentication: AuthenticationTable = Field(
        AuthenticationTable(), description="how it is found out who really sent a mail"
    )
    dkim: DkimTable = Field(
        DkimTable(), description="how mail out is signed; without a domain it is not"
    )
    own_lists: tuple[Address, ...] = Field(
        (), description="groups that the desk's address sits behind: no sign of bulk mail"
    )
    sources: tuple[SourceTable, ...] = Field(
        (), description="machines that may open tickets; the first that matches counts"
    )
    scan: ScanTable = Field(ScanTable(), description="how mail is searched for malware")
    listen: ListenTable | None = Field(
        None, description="SMTP or LMTP in; leave the table out and there is none"
    )
    mailbox: tuple[MailboxTable, ...] = Field(
        (), description="mailboxes that mail is fetched from (IMAP)"
    )
    send: SendTable = Field(
        SendTable(), description="mail out; without a host it goes to the Maildir"
    )

    @property
    def proves_nobody(self) -> bool:
        return not self.authentication.evaluate and not self.trusted_authserv

    def doubts(self) -> Iterator[Doubt]:
        yield from same_mailboxes(self.mailbox)
