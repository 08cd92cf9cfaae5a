"""One connection to the mail server, and one mail over it at a time (RFC 5321)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal, cast

from aiosmtplib import SMTP, SMTPResponse, SMTPServerDisconnected
from aiosmtplib.protocol import SMTPProtocol
from pydantic import SecretStr

from gateway.channels.email.sending import replies
from gateway.core.ports import MaybeSentError, PermanentError, TemporaryError

Security = Literal["tls", "starttls", "none"]

_CHUNK = 64 * 1024  # octets
_QUICK = 10.0  # seconds: for commands that a server answers at once, or is gone
_MOST_MAILS = 100  # over one connection; many servers close at about that number
_BREAKS = re.compile(rb"\r\n|\r|\n")
_DOTS = re.compile(rb"(?m)^\.")
_EHLO_NAME = re.compile(r"[A-Za-z0-9.:_\[\]-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """How the mail server is reached.

    ``timeout`` is for one step, in seconds; ``final_timeout`` for the reply to the whole mail,
    which a server may take long over: ten minutes says RFC 5321, section 4.5.3.2.6, and who
    gives up earlier does not know whether it was sent. ``hostname`` is what EHLO says, else
    the machine's own name. ``tls_ca`` holds the CA to trust instead of the system's.
    ``idle`` is how long an unused connection is kept, in seconds.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout: float = 60.0
    final_timeout: float = 600.0
    pool_size: int = 4
    idle: float = 60.0
    hostname: str = ""
    tls_ca: str = ""

    @property
    def server(self) -> str:
        """The server as messages name it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From whom and to whom, for MAIL and RCPT. An empty sender is the null reverse-path."""

    sender: str
    recipient: str
    utf8: bool = False


class StaleConnectionError(TemporaryError):
    """A connection that had been in use before was gone when a mail was begun on it."""


class Session:
    """A connection that is ready for mails. Not for two tasks at once."""

    def __init__(self, smtp: SMTP, options: SmtpOptions) -> None:
        self._smtp = smtp
        self._options = options
        self._mails = 0
        self._clean = True

    @classmethod
    async def open(cls, options: SmtpOptions, tls: ssl.SSLContext | None) -> Session:
        """Connect, secure and log in. Raises TemporaryError, whatever is in the way."""
        smtp = SMTP(
            hostname=options.host,
            port=options.port,
            local_hostname=await _own_name(options),
            timeout=options.timeout,
            use_tls=options.security == "tls",
            start_tls=False,
            tls_context=tls,
        )
        try:
            await _connect(smtp, options)
            await _log_in(smtp, options)
        except BaseException:
            smtp.close()
            raise
        return cls(smtp, options)

    @property
    def usable(self) -> bool:
        """Whether another mail may be begun on it, as far as one can tell from here."""
        return self._clean and self._smtp.is_connected and self._mails < _MOST_MAILS

    def offers(self, extension: str) -> bool:
        """Whether the server named this extension after EHLO."""
        return self._smtp.supports_extension(extension)

    @property
    def size_limit(self) -> int | None:
        """The largest mail that the server takes, in octets, where it says so (RFC 1870)."""
        declared = self._smtp.esmtp_extensions.get("size", "")
        return int(declared) or None if declared.isdecimal() else None

    async def answers(self) -> bool:
        """Whether the server still answers; forgets what a refused mail left behind."""
        try:
            reply = await self._smtp.execute_command(
                b"RSET", timeout=min(_QUICK, self._options.timeout)
            )
        except replies.CONNECTION_ERRORS:
            return False
        return reply.code == 250 and self._smtp.is_connected

    async def transact(self, envelope: Envelope, data: bytes) -> SMTPResponse:
        """Hand one mail over; returns the reply that took it.

        Raises PermanentError, TemporaryError (StaleConnectionError where a fresh connection
        may be tried), and MaybeSentError if all of it was sent and no reply came.
        """
        self._check_size(data)
        self._clean = False
        octets = await asyncio.to_thread(_wire_form, data)
        await self._begin(envelope, len(data))
        await self._step("the recipient", b"RCPT", _path(b"TO:", envelope.recipient))
        await self._step("the message", b"DATA", expected=3)
        reply = await self._hand_over(octets)
        self._clean = True
        if reply.code // 100 != 2:
            raise replies.refusal("the message", reply.code, reply.message)
        return reply

    async def quit(self) -> None:
        """Say goodbye and close; never fails."""
        try:
            await self._smtp.quit(timeout=min(_QUICK, self._options.timeout))
        except replies.CONNECTION_ERRORS:
            pass  # gone already, which is what was wanted
        finally:
            self.close()

    def close(self) -> None:
        """Close at once."""
        self._smtp.close()

    def _check_size(self, data: bytes) -> None:
        limit = self.size_limit
        if limit is not None and len(data) > limit:
            raise PermanentError(
                f"the message has {len(data):,} octets with its attachments; the mail server"
                f" {self._options.server} takes at most {limit:,}"
            )

    async def _begin(self, envelope: Envelope, size: int) -> None:
        used = self._mails > 0
        self._mails += 1
        parts = [_path(b"FROM:", envelope.sender)]
        if self.offers("size"):
            parts.append(b"SIZE=%d" % size)
        if envelope.utf8:
            parts.append(b"SMTPUTF8")
        try:
            await self._step("the sender address", b"MAIL", *parts)
        except TemporaryError as error:
            if used and not self._smtp.is_connected:
                raise StaleConnectionError(str(error)) from error
            raise

    async def _step(self, stage: str, *command: bytes, expected: int = 2) -> None:
        try:
            reply = await self._smtp.execute_command(*command)
        except replies.CONNECTION_ERRORS as error:
            self.close()
            raise TemporaryError(
                f"the mail server {self._options.server} was lost before it took the message:"
                f" {replies.shortened(str(error))}"
            ) from error
        if reply.code // 100 != expected:
            self._clean = reply.code >= 400
            raise replies.refusal(stage, reply.code, reply.message)

    async def _hand_over(self, octets: bytes) -> SMTPResponse:
        """Send the content, then the final dot, then wait for the reply.

        Not by the library's ``data()``: it does not tell a connection lost before the dot,
        when nothing can have been accepted, from one lost after it.
        """
        try:
            protocol = await self._write(octets)
            protocol.write(b".\r\n")
        except replies.CONNECTION_ERRORS as error:
            self.close()
            raise TemporaryError(
                f"the mail server {self._options.server} was lost while the message was sent:"
                f" {replies.shortened(str(error)) or 'timed out'}"
            ) from error
        try:
            reply = await protocol.read_response(timeout=self._options.final_timeout)
        except replies.CONNECTION_ERRORS as error:
            raise self._unknown(str(error)) from error
        if reply.code // 100 not in {2, 4, 5}:
            raise self._unknown(f"it answered {reply.code} {reply.message}")
        if reply.code == 421:
            self.close()
        return reply

    def _unknown(self, said: str) -> MaybeSentError:
        self.close()
        return MaybeSentError(
            f"the mail server {self._options.server} got the whole message, and did not say"
            f" whether it took it: {replies.shortened(said)}"
        )

    async def _write(self, octets: bytes) -> SMTPProtocol:
        """Return once the content is out of our hands; each chunk has the timeout of a step."""
        protocol = self._smtp.protocol
        if protocol is None or protocol.transport is None:
            raise SMTPServerDisconnected("Connection lost")
        # With no buffer, drained means that the kernel has it.
        cast(asyncio.WriteTransport, protocol.transport).set_write_buffer_limits(high=0)
        for at in range(0, len(octets), _CHUNK):
            protocol.write(octets[at : at + _CHUNK])
            # The helper is what asyncio's own StreamWriter.drain() calls on a protocol.
            await asyncio.wait_for(protocol._drain_helper(), self._options.timeout)
        return protocol


def tls_context(options: SmtpOptions) -> ssl.SSLContext | None:
    """What certificates are checked against, the host name included; None without TLS.

    Raises OSError if ``tls_ca`` cannot be read, ssl.SSLError if it holds no CA.
    """
    if options.security == "none":
        return None
    return ssl.create_default_context(cafile=options.tls_ca or None)


async def _own_name(options: SmtpOptions) -> str:
    name = options.hostname or await asyncio.to_thread(socket.getfqdn)
    return name if _EHLO_NAME.fullmatch(name) else "localhost"


async def _connect(smtp: SMTP, options: SmtpOptions) -> None:
    try:
        await smtp.connect()
        await smtp.ehlo()
        if options.security == "starttls":
            await _secure(smtp, options)
    except replies.CONNECTION_ERRORS as error:
        raise replies.connect_failure(options.server, error) from error


async def _secure(smtp: SMTP, options: SmtpOptions) -> None:
    if not smtp.supports_extension("starttls"):
        raise TemporaryError(
            f"the mail server {options.server} offers no STARTTLS, and nothing is sent in the"
            ' clear: check port and security ("tls" for port 465) under [email.send]'
        )
    await smtp.starttls()
    # What it offered before was said in the clear, by anybody (RFC 3207, section 4.2).
    await smtp.ehlo()


async def _log_in(smtp: SMTP, options: SmtpOptions) -> None:
    if not options.user:
        return
    try:
        await smtp.login(options.user, options.password.get_secret_value())
    except replies.CONNECTION_ERRORS as error:
        raise replies.login_failure(options.server, error) from error


def _path(prefix: bytes, address: str) -> bytes:
    return prefix + b"<" + address.encode() + b">"


def _wire_form(data: bytes) -> bytes:
    """CRLF at every line's end and dots doubled (RFC 5321, section 4.5.2).

    A bare CR or LF never leaves: some servers would see the end of the mail there.
    """
    lines = _BREAKS.sub(b"\r\n", data)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _DOTS.sub(b"..", lines)
