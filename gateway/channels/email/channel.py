"""Mail: SMTP or LMTP in, SMTP or a Maildir out."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Sequence

from gateway.channels.email.authenticating import Authenticator, AuthOptions, CheckingIntake
from gateway.channels.email.checking import check_mail
from gateway.channels.email.findings import broken, works
from gateway.channels.email.listening import ListenOptions, MailListener, server_context
from gateway.channels.email.mailbox_settings import MailboxTable
from gateway.channels.email.proof_settings import DkimTable, name_server
from gateway.channels.email.reading import AuthServer, ReadOptions, lane_of, read_mail
from gateway.channels.email.reading.sources import WORDS, SourceRule
from gateway.channels.email.scanning import Clamd, ScanError, ScanningIntake
from gateway.channels.email.sending.maildir import MaildirSender
from gateway.channels.email.sending.signing import Sign, Signer, unsigned
from gateway.channels.email.sending.signing_key import read_key
from gateway.channels.email.sending.smtp import SmtpOptions, SmtpSender
from gateway.channels.email.settings import (
    REQUESTERS,
    EmailTable,
    ListenTable,
    ScanTable,
    SourceTable,
)
from gateway.core.expressions import TEXT, TRUTH, compile_expression
from gateway.core.model import Message
from gateway.core.ports import Door, Finding, Incoming, Intake, Outbound, Receipt, Surroundings

GRACE = 5.0  # seconds that a sender has to finish when the daemon stops


def _nothing(tables: Sequence[MailboxTable]) -> None:
    """Before any mailbox is watched."""


class EmailChannel:
    """See `core.ports.Channel`."""

    name = "email"
    renewable = frozenset({"mailbox"})

    def __init__(self, table: EmailTable, around: Surroundings, domain: str) -> None:
        self._table = table
        self._around = around
        self._reading = read_options(table, around)
        self._sender = _sender(table, domain)
        self._authenticator = _authenticator(table)
        self._on_new_mailboxes: Callable[[Sequence[MailboxTable]], None] = _nothing
        self._to_watch = asyncio.Event()

    def read(self, incoming: Incoming) -> Message:
        """A mail as the core sees it."""
        return read_mail(incoming.raw, incoming.envelope, self._reading)

    async def run(self, door: Door, ready: Callable[[], None]) -> None:
        """Listen, and watch the mailboxes, as the config says.

        It is ready once it listens: a mailbox that is down is tried again and waited for by
        nobody.
        """
        intake: Intake = door
        if self._table.scan.clamd:
            intake = ScanningIntake(door, clamd_of(self._table.scan))
        watching = asyncio.create_task(self._watch(intake, door))
        listening = asyncio.create_task(self._listen(intake, ready))
        both = (watching, listening)
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _listen(self, intake: Intake, ready: Callable[[], None]) -> None:
        if self._table.listen is None:
            ready()
            await asyncio.Event().wait()
            return
        listener = MailListener(
            listen_options(self._table.listen),
            intake,
            self._around.book.is_ours,
            self._around.now,
            lane_of,
            self._authenticator.of_smtp if self._authenticator else None,
        )
        await listener.start()
        ready()
        await listener.serve_until_cancelled(grace=GRACE)

    async def _watch(self, intake: Intake, door: Door) -> None:
        if not self._table.mailbox:
            await self._to_watch.wait()
        from gateway.channels.email.imap.mailboxes import Opened, mailboxes_of

        if self._authenticator is not None:
            intake = CheckingIntake(intake, self._authenticator)
        opened = Opened(self._around)
        boxes = mailboxes_of(opened.boxes(self._table.mailbox), self._around, lane_of)
        self._on_new_mailboxes = lambda tables: boxes.renew(opened.boxes(tables))
        await boxes.run(intake, door.report)

    def renew(self, section: EmailTable) -> None:
        """See `core.ports.Renews`."""
        self._table = section
        self._on_new_mailboxes(section.mailbox)
        if section.mailbox:
            self._to_watch.set()

    async def send(self, outbound: Outbound) -> Receipt:
        """By the relay, or into the Maildir."""
        return await self._sender.send(outbound)

    async def check(self) -> list[Finding]:
        """See `core.ports.Checks`."""
        found = await check_mail(self._table, self._around.book, self._sender)
        found += await self._check_scanner()
        return found + await self._check_mailboxes()

    async def scan(self, data: bytes) -> str | None:
        """See `core.ports.Scans`: by the scanner of mail; where there is none, nothing is found."""
        if not self._table.scan.clamd:
            return ""
        try:
            return await clamd_of(self._table.scan).scan(data)
        except ScanError:
            return None  # the mail that comes in meanwhile has the leads told

    async def _check_scanner(self) -> list[Finding]:
        if not self._table.scan.clamd:
            return []
        scanner = clamd_of(self._table.scan)
        try:
            await scanner.ping()
        except ScanError as error:
            return [broken("email.scan", f"the clamd at {scanner.place} is of no use: {error}")]
        return [works("email.scan", f"a clamd answers at {scanner.place}")]

    async def _check_mailboxes(self) -> list[Finding]:
        if not self._table.mailbox:
            return []
        from gateway.channels.email.imap.checking import check_mailbox
        from gateway.channels.email.imap.mailboxes import Opened

        boxes = Opened(self._around).boxes(self._table.mailbox)
        tried = (asyncio.to_thread(check_mailbox, *box) for box in boxes)
        return [one for findings in await asyncio.gather(*tried) for one in findings]

    async def close(self) -> None:
        """Let go of the relay's connections."""
        if isinstance(self._sender, SmtpSender):
            await self._sender.aclose()
        if self._authenticator is not None:
            self._authenticator.close()


def build(table: EmailTable, around: Surroundings) -> EmailChannel:
    """The channel of an ``[email]`` table."""
    domain = min(around.book.plain, key=len).rpartition("@")[2]
    return EmailChannel(table, around, domain)


def read_options(table: EmailTable, around: Surroundings) -> ReadOptions:
    """What reading a mail must know of the config."""
    return ReadOptions(
        trusted_authserv=tuple(AuthServer(s.id, s.peers) for s in table.trusted_authserv),
        own_lists=table.own_lists,
        sources=tuple(source_rule(source) for source in table.sources),
        is_own_mark=around.book.is_mark,
        now=around.now,
    )


def source_rule(table: SourceTable) -> SourceRule:
    """A source, ready to be asked; the config's check has tried its expressions."""
    wanted = table.requester
    return SourceRule(
        name=table.called,
        match=compile_expression(table.match, WORDS, TRUTH),
        reply_to=wanted == "reply_to",
        pattern=None if wanted in REQUESTERS else re.compile(wanted),
        dedupe=compile_expression(table.dedupe, WORDS, TEXT) if table.dedupe else None,
        resolves=compile_expression(table.resolves, WORDS, TRUTH) if table.resolves else None,
    )


def clamd_of(table: ScanTable) -> Clamd:
    """The scanner of the table."""
    return Clamd(place=table.clamd, timeout=table.timeout.total_seconds())


def listen_options(table: ListenTable) -> ListenOptions:
    """The listener's side of the table."""
    tls = None
    if table.tls_certificate is not None:
        tls = server_context(table.tls_certificate, table.tls_key)
    return ListenOptions(
        host=table.host,
        port=table.port,
        hostname=table.hostname or socket.getfqdn(),
        protocol=table.protocol.value,
        max_message_bytes=table.max_message_bytes,
        max_connections=table.max_connections,
        max_per_address=table.max_per_address,
        idle_timeout=table.idle_timeout.total_seconds(),
        tls=tls,
    )


def _authenticator(table: EmailTable) -> Authenticator | None:
    """Whoever finds out who sent a mail, if the config wants it."""
    if not table.authentication.evaluate:
        return None
    peers = [peer for server in table.trusted_authserv for peer in server.peers]
    return Authenticator(
        AuthOptions(
            nameservers=tuple(map(name_server, table.authentication.nameservers)),
            timeout=table.authentication.timeout.total_seconds(),
            relays=(*table.authentication.relays, *peers),
        )
    )


def _signer(table: DkimTable) -> Sign:
    if table.key_file is None:
        return unsigned
    key = read_key(table.key_file)
    return Signer(domain=table.domain, selector=table.selector, key=key)


def _sender(email: EmailTable, domain: str) -> SmtpSender | MaildirSender:
    table, sign = email.send, _signer(email.dkim)
    if not table.host:
        if table.maildir is None:
            raise ValueError("the config has neither a relay nor a Maildir")
        return MaildirSender(table.maildir, domain=domain, sign=sign)
    return SmtpSender(
        SmtpOptions(
            host=table.host,
            port=table.port,
            security=table.security.value,
            user=table.user,
            password=table.password,
            hostname=table.hostname or socket.getfqdn(),
            tls_ca=str(table.tls_ca or ""),
            pool_size=table.connections,
            timeout=table.timeout.total_seconds(),
        ),
        domain=domain,
        sign=sign,
    )
