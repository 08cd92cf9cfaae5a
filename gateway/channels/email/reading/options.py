from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.channels.email.reading.sources import SourceRule


def _nobody(_mark: str) -> bool:
    return False


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class AuthServer:
    """A receiving server whose Authentication-Results count (RFC 8601, section 5).

    ``id`` is its authserv-id; ``peers`` are the addresses that it hands mail over from. Without
    peers only mail that was fetched from a mailbox counts: anybody may connect to a listener
    and bring the header along.
    """

    id: str
    peers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What reading must know of the desk.

    ``own_lists`` are addresses of groups that the desk's address sits behind: mail through them
    is not bulk. ``sources`` are machines that may open tickets. ``is_own_mark`` says whether the
    value of the header ``X-Helpdesk-Mark`` is a signature of ours. ``now`` is asked only to
    tell a Date that lies in the future.
    """

    trusted_authserv: tuple[AuthServer, ...] = ()
    own_lists: tuple[str, ...] = ()
    sources: tuple[SourceRule, ...] = ()
    is_own_mark: Callable[[str], bool] = _nobody
    now: Callable[[], datetime] = _utc_now
