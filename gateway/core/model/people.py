"""Who somebody is, on which network, and what is known of their being who they say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What the author of an entry is to the ticket.

    A *stranger* wrote to a ticket that they do not take part in.
    """

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    AGENT = "agent"
    STRANGER = "stranger"
    DESK = "desk"


class Verdict(StrEnum):
    """What a check of the sender said. ``UNKNOWN``: nobody whom we trust has checked."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NONE = "none"
    UNKNOWN = "unknown"


def called(name: str, address: str) -> str:
    """The name, else the address; a name that could be taken for somebody's address is none."""
    return address if not name or "@" in name else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody on a channel: a mail address in lower case, a Slack or Telegram user id."""

    address: str
    name: str = ""
    channel: str = "email"

    @property
    def shown(self) -> str:
        """How people call them."""
        return called(self.name, self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of a sender's authenticity: verdicts for the domain of From."""

    spf: Verdict = Verdict.UNKNOWN
    dkim: Verdict = Verdict.UNKNOWN
    dmarc: Verdict = Verdict.UNKNOWN

    @property
    def forged(self) -> bool:
        """DMARC is known to fail: the From line is not to be believed."""
        return self.dmarc is Verdict.FAIL

    @property
    def refused(self) -> bool:
        """SPF or DMARC is known to fail: nothing may be sent to that address by itself."""
        return Verdict.FAIL in (self.spf, self.dmarc)

    @property
    def verified(self) -> bool:
        """DMARC passed, aligned with From (RFC 7489)."""
        return self.dmarc is Verdict.PASS


NO_PROOF = Proof()
"""Nothing is known of the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who made an entry, as it is shown."""

    name: str
    address: str
    role: Role
    channel: str = "email"

    @property
    def shown(self) -> str:
        """How people call them."""
        return called(self.name, self.address)
