"""The message after DATA: where it ends, and what of it is kept.

Only CR LF ``.`` CR LF ends a message (RFC 5321, section 4.1.1.4). A dot between bare LFs or bare
CRs never does, so no second message can be smuggled inside one that another server took for a
single one. Then a bare LF is kept as CR LF, so that every later reader sees the same lines; a
bare CR, a NUL and lines of any length are kept as they came.
"""

from __future__ import annotations

from itertools import chain

from gateway.channels.email.listening.limits import MemoryShare
from gateway.channels.email.pieces import PIECE, gathered, pieces

NO_ROOM = "452 4.3.1 too many large messages at once, try again later"
END = b"\r\n.\r\n"
_LINE_BEFORE = b"\r\n"  # the end of the DATA command: a lone dot right after it ends the message


class IncomingData:
    """One message while it comes in, in blocks cut anywhere.

    It holds at most ``limit`` octets, and no more than its ``share`` grants; beyond that the
    rest is read and dropped, and ``refusal`` is the reply for it.
    """

    def __init__(self, *, limit: int, share: MemoryShare) -> None:
        self._limit = limit
        self._share = share
        self._kept = bytearray()
        self._held_back = _LINE_BEFORE
        self.refusal: str | None = None

    def feed(self, block: bytes) -> bytes | None:
        """Take a block. None: the message goes on; else what came after its end."""
        octets = self._held_back + block
        end = octets.find(END)
        if end >= 0:
            self._keep(octets[: end + 2])
            return octets[end + len(END) :]
        cut = len(octets) - _begun(octets)
        self._held_back = octets[cut:]
        self._keep(octets[:cut])
        return None

    @property
    def is_large(self) -> bool:
        """Whether `take` is slow: not for the event loop."""
        return len(self._kept) > PIECE

    def take(self, header: bytes) -> bytes:
        """The message, once, with a header before it."""
        kept, self._kept = self._kept, bytearray()
        return gathered(chain((header,), pieces(kept, len(_LINE_BEFORE))))

    def _keep(self, octets: bytes) -> None:
        if self.refusal is not None:
            return
        lines = _readable(octets)
        size = len(self._kept) + len(lines)
        if size - len(_LINE_BEFORE) > self._limit:
            self._refuse(f"552 5.3.4 message too big: at most {self._limit} octets")
        elif not self._share.grow_to(size):
            self._refuse(NO_ROOM)
        else:
            self._kept += lines

    def _refuse(self, reply: str) -> None:
        self.refusal = reply
        self._kept = bytearray()
        self._share.release()


def _begun(octets: bytes) -> int:
    """How many of the last octets may be the beginning of the end."""
    return next((n for n in (4, 3, 2, 1) if octets.endswith(END[:n])), 0)


def _readable(octets: bytes) -> bytes:
    """Without the dots that were put before dots (RFC 5321, section 4.5.2), all lines in CR LF."""
    if b"\r\n." in octets:
        octets = octets.replace(b"\r\n.", b"\r\n")
    if octets.count(b"\n") != octets.count(b"\r\n"):
        octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return octets
