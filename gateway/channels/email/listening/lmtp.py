from __future__ import annotations

from gateway.channels.email.listening.commands import Transaction
from gateway.channels.email.listening.replies import Refusal
from gateway.channels.email.listening.session import MailSession


class LmtpSession(MailSession):
    """One LMTP connection (RFC 2033): greeted by LHLO, one reply per recipient."""

    greeting = "LMTP"
    hello = "LHLO"

    async def smtp_LHLO(self, hostname: str) -> None:
        await self._meet_extended("LHLO", hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        raise Refusal("500 5.5.1 this is LMTP: send LHLO, not HELO")

    async def smtp_EHLO(self, hostname: str) -> None:
        raise Refusal("500 5.5.1 this is LMTP: send LHLO, not EHLO")

    async def _conclude(self, mail: Transaction, reply: str) -> None:
        await super()._conclude(mail, "\r\n".join([reply] * len(mail.recipients)))
