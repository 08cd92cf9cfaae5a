"""A foreign mail server in a process of its own: keeps every mail, and says 250 only then.

Run as ``python -m tests.e2e.sink PORT FILE [DOMAIN=PORT…]``: a line of JSON for each mail, on disk
before the reply; mail for a domain that is named goes on to that port of 127.0.0.1. ``Sink`` is
the test's side of it.

Some addresses behave: ``gone…`` is refused for good, ``busy…`` for the time being. ``away…`` is a
vacation responder of the worst kind: it answers every mail, without any header that says so, with
a new subject each time, to the Reply-To address (``away-reply…``) or to the From address.
With ``strip`` among the domains what goes on has lost every field by which a machine is known, and
every reference, and has another subject and another id.
"""

import asyncio
import contextlib
import json
import os
import secrets
import smtplib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.servers import free_port, listens, running, wait_until

REPO = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One mail as the sink got it: the envelope, and what stood in it."""

    sender: str
    recipient: str
    raw: str

    @property
    def mail(self) -> EmailMessage:
        return message_from_string(self.raw, policy=policy.default)

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def reply_to(self) -> str:
        return str(self.mail["Reply-To"] or self.mail["From"])

    @property
    def reply_address(self) -> str:
        return str(self.mail["Reply-To"].addresses[0].addr_spec)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sink:
    """Where a running sink listens, and what it keeps."""

    port: int
    file: Path

    def received(self) -> list[Received]:
        if not self.file.exists():
            return []
        written = self.file.read_text()
        whole = written[: written.rfind("\n") + 1]  # the last line may be half there
        return [Received(**json.loads(line)) for line in whole.splitlines()]

    def refusals(self, address: str) -> list[float]:
        """When it refused a recipient, in seconds since the epoch."""
        notes = _refusals(self.file)
        written = notes.read_text() if notes.exists() else ""
        refused = (line.split() for line in written[: written.rfind("\n") + 1].splitlines())
        return [float(at) for at, whom in refused if whom == address]

    def to(self, address: str) -> list[Received]:
        return [r for r in self.received() if r.recipient == address]

    def wait(
        self, address: str, count: int = 1, *, where: Callable[[Received], bool] | None = None
    ) -> Received:
        """Wait until so many mails (that are so) have come for an address; the newest of them."""

        def them() -> list[Received]:
            return [r for r in self.to(address) if where is None or where(r)]

        wait_until(lambda: len(them()) >= count, f"mail number {count} for {address}")
        return them()[-1]


@contextlib.contextmanager
def open_sink(folder: Path, *, strip: bool = False, **routes: int) -> Iterator[Sink]:
    """A sink in a process of its own. ``routes``: ports by domain, with ``_`` for a dot."""
    sink = Sink(port=free_port(), file=folder / "sink.jsonl")
    command = [sys.executable, "-m", "tests.e2e.sink", str(sink.port), str(sink.file)]
    command += [f"{domain.replace('_', '.')}={port}" for domain, port in routes.items()]
    command += ["strip"] if strip else []
    with running(command, log=folder / "sink.log", cwd=REPO):
        wait_until(lambda: listens(sink.port), "the sink to listen")
        yield sink


def _refusals(file: Path) -> Path:
    return file.with_suffix(".refused")


class Keeper:
    """What aiosmtpd calls."""

    def __init__(self, file: Path, routes: dict[str, int], *, strip: bool) -> None:
        self._strip = strip
        self._file = file.open("a")
        self._refused = _refusals(file).open("a", buffering=1)
        self._routes = routes
        self._answers: set[asyncio.Task[None]] = set()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _o: Any):
        if address.startswith("gone"):
            return self._refuse(address, "550 5.1.1 no such user here")
        if address.startswith("busy"):
            return self._refuse(address, "451 4.3.2 come again")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def _refuse(self, address: str, words: str) -> str:
        self._refused.write(f"{time.time()} {address}\n")
        return words

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        for recipient in envelope.rcpt_tos:
            kept = {
                "sender": (envelope.mail_from or "").strip("<>"),
                "recipient": recipient,
                "raw": envelope.content.decode("utf-8", "surrogateescape"),
            }
            self._file.write(json.dumps(kept) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        for recipient in envelope.rcpt_tos:
            await self._go_on(envelope.mail_from or "", recipient, envelope.content)
        return "250 OK"

    async def _go_on(self, sender: str, recipient: str, content: bytes) -> None:
        port = self._routes.get(recipient.rpartition("@")[2])
        sender = sender.strip("<>")
        if port is not None:
            if self._strip:
                sender, content = stripped(content)
            await asyncio.to_thread(hand_over, port, sender, recipient, content)
        if recipient.startswith("away"):
            answer = asyncio.create_task(self._answer(recipient, content))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    async def _answer(self, away: str, content: bytes) -> None:
        heard = message_from_bytes(content, policy=policy.default)
        header = "Reply-To" if away.startswith("away-reply") and heard["Reply-To"] else "From"
        to = heard[header].addresses[0].addr_spec
        port = self._routes.get(to.rpartition("@")[2])
        if port is not None:
            words = (
                f"From: {away}\r\nTo: {to}\r\nSubject: {secrets.token_hex(4)}\r\n\r\nNot here.\r\n"
            )
            await asyncio.to_thread(hand_over, port, away, to, words.encode())


_KEPT = ("from", "to", "date", "mime-version")


def stripped(content: bytes) -> tuple[str, bytes]:
    """A mail as the most hostile forwarder leaves it: its author as sender, and its words."""
    heard = message_from_bytes(content, policy=policy.default)
    for name in dict.fromkeys(heard.keys()):
        if name.lower() not in _KEPT and not name.lower().startswith("content-"):
            del heard[name]
    heard["Subject"] = f"Question {secrets.token_hex(4)}"
    heard["Message-ID"] = f"<{secrets.token_hex(8)}@forwarder.example>"
    return heard["From"].addresses[0].addr_spec, heard.as_bytes(policy=policy.SMTP)


def hand_over(port: int, sender: str, recipient: str, content: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as smtp:
        smtp.sendmail(sender, [recipient], content)


async def serve(port: int, file: Path, routes: dict[str, int], *, strip: bool) -> None:
    keeper = Keeper(file, routes, strip=strip)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    named = (route.split("=") for route in sys.argv[3:] if "=" in route)
    to = {domain: int(port) for domain, port in named}
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), to, strip="strip" in sys.argv))
