"""What all sessions of a listener share: the way from received octets to the intake."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Protocol

import structlog

from gateway.channels.email.listening.commands import Transaction
from gateway.channels.email.listening.data import IncomingData
from gateway.channels.email.listening.limits import MemoryBudget
from gateway.channels.email.listening.options import ListenOptions
from gateway.core.ports import Incoming, Intake, IntakeUnavailableError

log = structlog.get_logger(__name__)

TRY_LATER = "451 4.3.0 cannot keep this now, please try again later"

_UNSAFE_IN_HEADER = re.compile(r"[^A-Za-z0-9._:\[\]-]")


class CheckSender(Protocol):
    """Facts about who sent a mail, for ``envelope["auth"]``; None where there are none."""

    async def __call__(
        self, raw: bytes, *, peer: str, sender: str, helo: str
    ) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The other side of a connection: its IP address, how it names itself, by which verb."""

    address: str
    name: str = ""
    extended: bool = False
    tls: bool = False


class Reception:
    """Takes whole messages and answers for them.

    ``is_ours`` says whether an address takes mail here. ``now`` gives aware datetimes.
    ``lane_of`` gives the conversation of a raw message, as `Incoming.lane` wants it.
    ``check_sender`` finds out who really sent a mail; it never raises, and takes its time.
    """

    def __init__(
        self,
        options: ListenOptions,
        intake: Intake,
        is_ours: Callable[[str], bool],
        now: Callable[[], datetime],
        lane_of: Callable[[bytes], str],
        check_sender: CheckSender | None = None,
    ) -> None:
        self.options = options
        self.is_ours = is_ours
        self.memory = MemoryBudget(8 * options.max_message_bytes)
        self._intake = intake
        self._now = now
        self._lane_of = lane_of
        self._check_sender = check_sender

    async def keep(self, peer: Peer, mail: Transaction, data: IncomingData) -> str:
        """Hand a message to the intake; returns the reply: 250 once it is on disk, else 451."""
        try:
            incoming = await self._checked(await self._incoming(peer, mail, data))
            accepted = await self._intake.accept(incoming)
        except IntakeUnavailableError as error:
            log.warning("mail_not_kept", peer=peer.address, why=str(error))
            return TRY_LATER
        except Exception:
            log.exception("mail_not_kept", peer=peer.address)
            return TRY_LATER
        log.debug("mail_kept", peer=peer.address, inbox=accepted.id, size=len(incoming.raw))
        return f"250 2.0.0 Ok: kept as {accepted.id}"

    async def _incoming(self, peer: Peer, mail: Transaction, data: IncomingData) -> Incoming:
        now = self._now()
        # By time, so that new ones stand together in the index of the inbox.
        number = f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"
        trace = self._received(peer, mail, number, now)
        raw = await asyncio.to_thread(data.take, trace) if data.is_large else data.take(trace)
        return Incoming(
            channel="email",
            external_id=number,
            raw=raw,
            received_at=now,
            envelope=self._envelope(peer, mail),
            lane=self._lane(raw),
        )

    async def _checked(self, incoming: Incoming) -> Incoming:
        """With the facts about the sender, if there are any: they are known now or never."""
        if self._check_sender is None:
            return incoming
        said = incoming.envelope
        facts = await self._check_sender(
            incoming.raw, peer=said["peer"], sender=said["from"], helo=said["helo"]
        )
        return replace(incoming, envelope={**said, "auth": facts}) if facts else incoming

    def _received(self, peer: Peer, mail: Transaction, number: str, now: datetime) -> bytes:
        """The trace header (RFC 5321, section 4.4)."""
        name = _UNSAFE_IN_HEADER.sub("?", peer.name) or "unknown"
        literal = f"IPv6:{peer.address}" if ":" in peer.address else peer.address
        return (
            f"Received: from {name} ([{literal}])\r\n"
            f"\tby {self.options.hostname} with {self._protocol(peer, mail)} id {number};\r\n"
            f"\t{format_datetime(now)}\r\n"
        ).encode()

    def _protocol(self, peer: Peer, mail: Transaction) -> str:
        """The keyword of RFC 3848, or of RFC 6531, section 4.3."""
        if self.options.protocol == "lmtp":
            base = "UTF8LMTP" if mail.sender.utf8 else "LMTP"
        elif mail.sender.utf8:
            base = "UTF8SMTP"
        else:
            base = "ESMTP" if peer.extended else "SMTP"
        return f"{base}S" if peer.tls else base

    def _envelope(self, peer: Peer, mail: Transaction) -> dict[str, object]:
        return {
            "v": 1,
            "source": self.options.protocol,
            "from": mail.sender.address,
            "to": list(dict.fromkeys(mail.recipients)),
            "peer": peer.address,
            "helo": peer.name,
            "tls": peer.tls,
        }

    def _lane(self, raw: bytes) -> str:
        """A message that cannot be put into a lane is kept all the same, in none."""
        try:
            return self._lane_of(raw)
        except Exception:
            log.exception("lane_unknown", size=len(raw))
            return ""
