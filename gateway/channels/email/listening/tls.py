from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

HANDSHAKE_SECONDS = 30.0


def server_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """What STARTTLS needs, from PEM files; without ``key``, the certificate's file holds both.

    Raises OSError for a missing file and ssl.SSLError for one that is no certificate or key.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


async def start_tls(
    context: ssl.SSLContext,
    protocol: asyncio.Protocol,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> asyncio.Transport:
    """Turn a plain connection into a TLS one; returns the new transport.

    Whatever the peer sent before the handshake is forgotten, so that nobody on the way can put
    commands in front of the protected ones (RFC 3207, section 5; CVE-2011-0411). Raises OSError.
    """
    loop = asyncio.get_running_loop()
    # Nothing may be awaited between these two: what is read after the handshake must stay.
    reader._buffer.clear()  # type: ignore[attr-defined]
    transport = await loop.start_tls(
        writer.transport,
        protocol,
        context,
        server_side=True,
        ssl_handshake_timeout=HANDSHAKE_SECONDS,
    )
    if transport is None:
        raise ConnectionResetError("the peer went away during the TLS handshake")
    # The streams of Python 3.11 do not follow their protocol to a new transport by themselves.
    reader._transport = transport  # type: ignore[attr-defined]
    writer._transport = transport  # type: ignore[attr-defined]
    return transport
