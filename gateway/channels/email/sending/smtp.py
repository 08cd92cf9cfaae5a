"""Mail out by SMTP, through the relay that the config names."""

from __future__ import annotations

import asyncio

from gateway.channels.email.reading.keys import key_of
from gateway.channels.email.sending import building
from gateway.channels.email.sending.addresses import (
    envelope_needs_utf8,
    mailbox,
    wants_utf8,
)
from gateway.channels.email.sending.pool import Pool
from gateway.channels.email.sending.replies import shortened
from gateway.channels.email.sending.session import (
    Envelope,
    Session,
    SmtpOptions,
    StaleConnectionError,
    tls_context,
)
from gateway.channels.email.sending.signing import Sign, unsigned
from gateway.core.ports import Outbound, PermanentError, Receipt

__all__ = ["SmtpOptions", "SmtpSender"]


class SmtpSender:
    """Sends mails by SMTP. ``domain`` completes Message-IDs that have none.

    Raises OSError when built, if ``options.tls_ca`` is of no use.
    """

    def __init__(self, options: SmtpOptions, *, domain: str, sign: Sign = unsigned) -> None:
        self._options = options
        self._domain = domain
        self._sign = sign
        self._pool = Pool(options, tls_context(options))

    async def send(self, outbound: Outbound) -> Receipt:
        """Send to ``outbound.to``, once at most.

        Raises PermanentError if the server refused the recipient or the mail for good,
        MaybeSentError if the connection was lost between the end of the mail and the reply,
        TemporaryError for everything else. If cancelled, the connection is cut, and whether
        the mail was sent is not known.
        """
        wants_utf8(outbound)  # refuses addresses that are none before anything is connected
        try:
            return await self._attempt(outbound, fresh=False)
        except StaleConnectionError:
            # Nothing but MAIL was said on the old connection, so nothing was sent.
            return await self._attempt(outbound, fresh=True)

    async def probe(self) -> str:
        """Connect, secure and log in without a mail. Raises TemporaryError; returns the server."""
        async with self._pool.session(fresh=True):
            return self._options.server

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._pool.close()

    async def _attempt(self, outbound: Outbound, *, fresh: bool) -> Receipt:
        async with self._pool.session(fresh=fresh) as session:
            utf8 = _decide_utf8(outbound, session)
            data = await asyncio.to_thread(self._content, outbound, utf8=utf8)
            reply = await session.transact(_envelope(outbound, utf8=utf8), data)
        key = key_of(building.message_id(outbound, self._domain))
        return Receipt(keys=(key,), remark=shortened(f"{reply.code} {reply.message}"))

    def _content(self, outbound: Outbound, *, utf8: bool) -> bytes:
        mail = building.to_bytes(outbound, domain=self._domain, utf8=utf8)
        return self._sign(mail, outbound.created_at)


def _decide_utf8(outbound: Outbound, session: Session) -> bool:
    """Whether the mail goes as SMTPUTF8. Raises PermanentError if it must and cannot."""
    if session.offers("smtputf8"):
        return wants_utf8(outbound)
    if envelope_needs_utf8(outbound):
        raise PermanentError(
            f"{outbound.to.address} or another address of this mail has letters beyond ASCII"
            " before the @, and the mail server does not offer SMTPUTF8, which they need"
        )
    return False


def _envelope(outbound: Outbound, *, utf8: bool) -> Envelope:
    sender = mailbox(outbound.bounce_to).spec if outbound.bounce_to else ""
    return Envelope(sender=sender, recipient=mailbox(outbound.to.address).spec, utf8=utf8)
