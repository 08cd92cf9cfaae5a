"""A foreign mail server in a process of its own: keeps every mail, and says 250 only then.

Run as ``python -m tests.e2e.sink PORT FILE``: a line of JSON for each mail, on disk before the
reply. ``Sink`` is the test's side of it. A recipient whose address begins with ``gone`` is
refused for good, one that begins with ``busy`` for the time being.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_string, policy
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
        lines = self.file.read_text().splitlines()
        return [Received(**json.loads(line)) for line in lines]

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
def open_sink(folder: Path) -> Iterator[Sink]:
    """A sink in a process of its own."""
    sink = Sink(port=free_port(), file=folder / "sink.jsonl")
    command = [sys.executable, "-m", "tests.e2e.sink", str(sink.port), str(sink.file)]
    with running(command, log=folder / "sink.log", cwd=REPO):
        wait_until(lambda: listens(sink.port), "the sink to listen")
        yield sink


class Keeper:
    """What aiosmtpd calls."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _o: Any):
        if address.startswith("gone"):
            return "550 5.1.1 no such user here"
        if address.startswith("busy"):
            return "451 4.3.2 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

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
        return "250 OK"


async def serve(port: int, file: Path) -> None:
    keeper = Keeper(file)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
