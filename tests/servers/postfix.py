"""Postfix's test tools: smtp-source, which sends, and smtp-sink, which takes everything."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import (
    PATIENCE,
    Word,
    as_unprivileged,
    free_port,
    listens,
    running,
    server_folder,
    wait_until,
)

POSTFIX_TOOLS = Path("/usr/sbin")


def missing_postfix() -> str | None:
    for tool in ("smtp-source", "smtp-sink"):
        if not (POSTFIX_TOOLS / tool).exists():
            return f"found no {POSTFIX_TOOLS / tool}; on Debian: apt-get install postfix"
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpSink:
    """A foreign mail server that takes everything and keeps it."""

    port: int
    folder: Path
    host: str = "127.0.0.1"

    def messages(self) -> list[bytes]:
        """What was taken so far, in no order: X-Mail-Args, X-Rcpt-Args, then the mail itself."""
        return [path.read_bytes() for path in sorted(self.folder.iterdir())]

    def wait_for(self, count: int, patience: float = PATIENCE) -> list[bytes]:
        """Wait until `count` whole messages are there, and return all that are."""
        seen: list[int] = []

        def settled() -> bool:
            nonlocal seen
            before, seen = seen, [path.stat().st_size for path in sorted(self.folder.iterdir())]
            return len(seen) >= count and min(seen, default=1) > 0 and seen == before

        wait_until(settled, f"{count} messages in {self.folder}", patience)
        return self.messages()


@contextlib.contextmanager
def smtp_sink(*options: str, port: int | None = None) -> Iterator[SmtpSink]:
    """Postfix's smtp-sink on a free port.

    `options` are its own: `-r rcpt` answers recipients with 450, `-f rcpt` with 500.
    """
    with server_folder("sink", for_unprivileged=True) as folder:
        sink = SmtpSink(port=port or free_port(), folder=folder / "mail")
        sink.folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(sink.folder, "nobody")
        tool, where = POSTFIX_TOOLS / "smtp-sink", f"{sink.host}:{sink.port}"
        command: list[Word] = [tool, "-d", f"{sink.folder}/mail.", *options, where, "100"]
        with running(command, log=folder / "output.log", cwd=folder, **as_unprivileged()):
            wait_until(lambda: listens(sink.port), "smtp-sink to listen")
            yield sink


def smtp_source(
    port: int,
    *,
    recipient: str,
    sender: str = "ada@example.org",
    count: int = 1,
    sessions: int = 1,
    size: int = 4096,
    options: Sequence[str] = (),
) -> float:
    """Send `count` mails of `size` bytes over kept connections; return the seconds it took.

    CalledProcessError, with smtp-source's words in `stderr`, when the server refused one.
    """
    what = ["-d", "-m", str(count), "-s", str(sessions), "-l", str(size)]
    who = ["-f", sender, "-t", recipient]
    tool = POSTFIX_TOOLS / "smtp-source"
    start = time.monotonic()
    subprocess.run(
        [tool, *what, *who, *options, f"127.0.0.1:{port}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return time.monotonic() - start
