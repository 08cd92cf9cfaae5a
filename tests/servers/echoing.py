"""A server that fails in every way there is, and repeats what it was asked wherever it can.

So do proxies, captive portals and frameworks: their error pages hold the address, headers and all.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

HTML = "text/html"
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """What is answered to a request, of which ``asked`` is all of its head. ``raw``: as it is."""

    status: int = 200
    type: str = HTML
    body: Callable[[str], str] = lambda asked: f"<pre>{asked}</pre>"
    header: Callable[[str], str] = lambda _asked: ""
    raw: bytes | None = None


def _json(**fields: object) -> Callable[[str], str]:
    return lambda asked: json.dumps({k: v if v != "…" else asked for k, v in fields.items()})


def _path(asked: str) -> str:
    return asked.split()[1]


ANSWERS = {
    "a page": Answer(),
    "a page 400": Answer(400),
    "a page 401": Answer(401),
    "a page 403": Answer(403),
    "a page 404": Answer(404),
    "a page 413": Answer(413),
    "a page 429": Answer(429),
    "a page 500": Answer(500),
    "a page 502": Answer(502),
    "a redirect": Answer(302, header=lambda asked: f"Location: http://127.0.0.1:1{_path(asked)}"),
    "no JSON": Answer(200, JSON, lambda asked: asked),
    "other JSON": Answer(200, JSON, lambda asked: json.dumps([asked])),
    "a refusal": Answer(200, JSON, _json(ok=False, error="…", description="…", error_code=400)),
    "400": Answer(400, JSON, _json(ok=False, error="…", description="…", error_code=400)),
    "401": Answer(401, JSON, _json(ok=False, error="…", description="…", error_code=401)),
    "403": Answer(403, JSON, _json(ok=False, error="…", description="…", error_code=403)),
    "404": Answer(404, JSON, _json(ok=False, error="…", description="…", error_code=404)),
    "409": Answer(409, JSON, _json(ok=False, error="…", description="…", error_code=409)),
    "500": Answer(500, JSON, _json(ok=False, error="…", description="…", error_code=500)),
    "yes and nothing": Answer(200, JSON, _json(ok=True)),
    "yes and words": Answer(200, JSON, _json(ok=True, url="…", channel="…", ts="…")),
    "a broken line": Answer(raw=b""),
    "no HTTP": Answer(raw=b"220 mail.example ESMTP\r\n"),
    "half an answer": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"),
    "a broken header": Answer(raw=b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n"),
}


@contextlib.asynccontextmanager
async def echoing(answer: Answer) -> AsyncIterator[str]:
    """A server that gives one answer to everything; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            if first == b"\x16":  # somebody who wants TLS
                writer.write(b"HTTP/1.1 400 no TLS here\r\n\r\n")
            else:
                head = first + await reader.readuntil(b"\r\n\r\n")
                writer.write(_octets(answer, head.decode("latin-1")))
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()


def _octets(answer: Answer, asked: str) -> bytes:
    if answer.raw is not None:
        return answer.raw
    body = answer.body(asked).encode()
    lines = [
        f"HTTP/1.1 {answer.status} Whatever",
        f"Content-Type: {answer.type}; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if header := answer.header(asked):
        lines.append(header)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
