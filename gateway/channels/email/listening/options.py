from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Literal

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenOptions:
    """Where and how mail is taken in.

    ``hostname`` is what the greeting and the Received line call this machine. Sizes are in
    octets, ``idle_timeout`` is in seconds without an octet from the peer. ``port`` 0 lets the
    system choose one. With ``tls``, STARTTLS is offered (RFC 3207).
    """

    host: str
    port: int
    hostname: str
    protocol: Literal["smtp", "lmtp"] = "smtp"
    max_message_bytes: int = 25 * MEGABYTE
    max_recipients: int = 1000
    max_connections: int = 1000
    max_per_address: int = 50
    idle_timeout: float = 300.0
    tls: ssl.SSLContext | None = field(default=None, repr=False)
