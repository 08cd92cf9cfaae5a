from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator

import structlog

from gateway.channels.email.listening.commands import (
    Transaction,
    read_recipient,
    read_sender,
    shortened,
)
from gateway.channels.email.listening.connection import Connection
from gateway.channels.email.listening.data import NO_ROOM, IncomingData
from gateway.channels.email.listening.limits import MemoryShare
from gateway.channels.email.listening.reception import Peer, Reception
from gateway.channels.email.listening.replies import (
    Refusal,
    not_offered,
    syntax_error,
    wrong_order,
)
from gateway.channels.email.listening.tls import start_tls
from gateway.channels.email.listening.wire import Disconnected

log = structlog.get_logger(__name__)

HELO_LIMIT = 255  # octets of a domain, RFC 5321, section 4.5.3.1.2


class MailSession(Connection):
    """The commands of SMTP (RFC 5321), up to a message in the intake and its reply."""

    hello = "HELO or EHLO"

    def __init__(self, reception: Reception, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(reception.options, peer, loop)
        self._reception = reception
        self._mail: Transaction | None = None

    # Who is there

    async def smtp_HELO(self, hostname: str) -> None:
        self._meet("HELO", hostname, extended=False)
        await self.push(f"250 {self._options.hostname}")

    async def smtp_EHLO(self, hostname: str) -> None:
        await self._meet_extended("EHLO", hostname)

    async def _meet_extended(self, verb: str, name: str) -> None:
        self._meet(verb, name, extended=True)
        lines = [self._options.hostname, *self._extensions()]
        await self.push("".join(f"250-{line}\r\n" for line in lines[:-1]) + f"250 {lines[-1]}")

    def _meet(self, verb: str, name: str, *, extended: bool) -> None:
        if not name:
            raise syntax_error(f"{verb} your-host-name")
        self._mail = None
        self._peer = Peer(
            address=self._peer.address,
            name=name[:HELO_LIMIT],
            extended=extended,
            tls=self._peer.tls,
        )

    def _extensions(self) -> Iterator[str]:
        yield "PIPELINING"
        yield f"SIZE {self._options.max_message_bytes}"
        if self._options.tls is not None and not self._peer.tls:
            yield "STARTTLS"
        yield "ENHANCEDSTATUSCODES"
        yield "8BITMIME"
        yield "SMTPUTF8"

    async def smtp_STARTTLS(self, arg: str) -> None:
        context = self._options.tls
        if context is None:
            raise not_offered("STARTTLS")
        if self._peer.tls:
            raise wrong_order("TLS is already on")
        _no_argument("STARTTLS", arg)
        with self._working():
            await self.push("220 2.0.0 ready to start TLS")
            await self._secure(context)

    async def _secure(self, context: ssl.SSLContext) -> None:
        self._wire.clear()
        try:
            self.transport = await start_tls(context, self, self._reader, self._writer)
        except OSError as error:
            log.info("tls_handshake_failed", peer=self._peer.address, why=str(error))
            self.abort()
            self.connection_lost(None)  # asyncio does not always say so after a failed handshake
            raise Disconnected from error
        self._mail = None
        self._peer = Peer(address=self._peer.address, tls=True)  # RFC 3207, section 4.2

    # A message

    async def smtp_MAIL(self, arg: str) -> None:
        if not self._peer.name:
            raise wrong_order(f"send {self.hello} first")
        if self._mail is not None:
            raise wrong_order("a sender was given already; RSET to begin anew")
        sender = read_sender(arg, max_size=self._options.max_message_bytes)
        self._mail = Transaction(sender)
        await self.push("250 2.1.0 Ok")

    async def smtp_RCPT(self, arg: str) -> None:
        mail = self._begun()
        address = read_recipient(arg, utf8=mail.sender.utf8, hostname=self._options.hostname)
        # A local part that still needs its quotes is never ours, whatever stands inside them.
        if address.startswith('"') or not self._reception.is_ours(address):
            log.info("recipient_refused", peer=self._peer.address, address=shortened(address))
            raise Refusal(f"550 5.1.1 <{address}>: no such address here")
        if len(mail.recipients) >= self._options.max_recipients:
            most = self._options.max_recipients
            raise Refusal(f"452 4.5.3 too many recipients: at most {most} for one message")
        mail.recipients.append(address)
        await self.push("250 2.1.5 Ok")

    async def smtp_DATA(self, arg: str) -> None:
        _no_argument("DATA", arg)
        mail = self._begun()
        if not mail.recipients:
            raise wrong_order("no recipient was accepted; send RCPT first")
        with self._reception.memory.share() as share:
            if not share.grow_to(mail.sender.size):
                raise Refusal(NO_ROOM)
            self._mail = None
            self._in_data = True
            try:
                await self._conclude(mail, await self._take_in(mail, share))
            finally:
                self._in_data = False

    async def _take_in(self, mail: Transaction, share: MemoryShare) -> str:
        """The whole message, to its end; returns the reply."""
        await self.push("354 end the message with <CR><LF>.<CR><LF>")
        data = await self._read_message(share)
        if data.refusal is not None:
            log.info("message_refused", peer=self._peer.address, reply=data.refusal[:9])
            return data.refusal
        with self._working():
            return await self._reception.keep(self._peer, mail, data)

    async def _read_message(self, share: MemoryShare) -> IncomingData:
        data = IncomingData(limit=self._options.max_message_bytes, share=share)
        try:
            while (rest := data.feed(await self._wire.block())) is None:
                pass
        except Disconnected:
            raise
        except Exception as error:  # the rest of the message must not be taken for commands
            self._hang_up("421" + (await self.handle_exception(error))[3:])
            raise Disconnected from error
        self._wire.put_back(rest)
        return data

    async def _conclude(self, mail: Transaction, reply: str) -> None:
        """One reply for the message."""
        await self.push(reply)

    def _begun(self) -> Transaction:
        if self._mail is None:
            raise wrong_order("send MAIL first")
        return self._mail

    # The rest

    async def smtp_RSET(self, arg: str) -> None:
        _no_argument("RSET", arg)
        self._mail = None
        await self.push("250 2.0.0 Ok")

    async def smtp_NOOP(self, arg: str) -> None:
        await self.push("250 2.0.0 Ok")

    async def smtp_QUIT(self, arg: str) -> None:
        _no_argument("QUIT", arg)
        self._hang_up("221 2.0.0 Bye")

    async def smtp_VRFY(self, arg: str) -> None:
        await self.push("252 2.5.2 not told here; send RCPT to try")

    async def smtp_AUTH(self, arg: str) -> None:
        raise not_offered("AUTH")

    async def smtp_EXPN(self, arg: str) -> None:
        raise not_offered("EXPN")

    async def smtp_HELP(self, arg: str) -> None:
        raise not_offered("HELP")


def _no_argument(verb: str, argument: str) -> None:
    if argument:
        raise syntax_error(f"{verb}, without an argument")
