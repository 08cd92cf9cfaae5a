"""From 250 to the confirmation in the outbox, while mails come in steadily, large ones beside."""

import argparse
import asyncio
import contextlib
import itertools
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.desk import Desk, sqlite_desk, waiting
from tests.benchmarks.mails import SUPPORT, Mail, Maker
from tests.servers import missing_postfix, smtp_source, wait_until

RATE = 50  # mails a second
_LARGE = 25_000_000  # octets
_LARGE_EVERY = 2.0  # seconds
_WARM_UP = 150  # mails; a daemon takes the first ones one by one, in case one of them kills it
_LOOK = 0.001  # seconds
_KEPT = re.compile(rb"kept as (\d+)")


@dataclass(slots=True)
class Sent:
    """What the sending side saw: when each 250 came, and how long each mail was waited for."""

    answered: dict[int, float] = field(default_factory=dict)
    accepts: list[float] = field(default_factory=list)


def run(options: argparse.Namespace) -> None:
    if reason := missing_postfix():
        return report.left_out("latency", reason)
    with sqlite_desk() as desk, desk.daemon():
        asyncio.run(_send(desk.port, _WARM_UP / RATE, Sent(), seed=6))
        with desk.database() as database:
            wait_until(lambda: waiting(database) == 0, "the warm-up to be handled")
        alone, _ = _measured(desk, options.seconds, seed=7)
        with _large_mails(desk.port):
            beside, accepts = _measured(desk, options.seconds, seed=8, what="large mails beside, ")
    what = "250 to the confirmation queued, 99th percentile"
    report.verdict(what, report.percentile(alone, 0.99), " ms", at_most=100)
    what = f"the same with {_LARGE // 1_000_000} MB mails beside"
    report.verdict(what, report.percentile(beside, 0.99), " ms", at_most=100)
    report.verdict("longest wait for 250 beside them", max(accepts), " ms", at_most=250)
    return None


def _measured(
    desk: Desk, seconds: int, *, seed: int, what: str = ""
) -> tuple[list[float], list[float]]:
    """The waits for confirmations and for 250, in milliseconds."""
    sent = Sent()
    with _watching(desk) as seen:
        asyncio.run(_send(desk.port, seconds, sent, seed=seed))
        wait_until(lambda: sent.answered.keys() <= seen.keys(), "all to be confirmed", 60)
    waits = [(seen[id] - at) * 1e3 for id, at in sent.answered.items()]
    accepts = [took * 1e3 for took in sent.accepts]
    _say(what, waits, accepts)
    return waits, accepts


def _say(beside: str, waits: list[float], accepts: list[float]) -> None:
    for what, times in (("250 → confirmation queued", waits), ("end of mail → 250", accepts)):
        median, most = report.percentile(times, 0.5), max(times)
        shown = ", ".join(f"{report.percentile(times, p):.0f} ms at {p:.0%}" for p in (0.9, 0.99))
        report.say(f"{beside}{what}: median {median:.0f} ms, {shown}, longest {most:.0f} ms")


@contextlib.contextmanager
def _large_mails(port: int) -> Iterator[None]:
    """A 25 MB mail every other second, from processes of their own."""
    stop = threading.Event()

    def send() -> None:
        while not stop.wait(_LARGE_EVERY):
            smtp_source(port, recipient=SUPPORT, sender="large@example.net", size=_LARGE)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join()


@contextlib.contextmanager
def _watching(desk: Desk) -> Iterator[dict[int, float]]:
    """When the confirmation of each arrival could be seen in the outbox by somebody else.

    That is after its commit: later than the row's own time, and nothing is left out.
    """
    seen: dict[int, float] = {}
    stop = threading.Event()
    path = desk.folder / "var" / "gateway.db"
    watcher = threading.Thread(target=_watch, args=(path, seen, stop), daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def _watch(path: Path, seen: dict[int, float], stop: threading.Event) -> None:
    database = sqlite3.connect(path, timeout=30)
    (last,) = database.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()
    version = None
    while not stop.wait(_LOOK):
        (now_version,) = database.execute("PRAGMA data_version").fetchone()
        if now_version == version:
            continue
        version = now_version
        rows = database.execute(_CONFIRMED, (last,)).fetchall()
        at = time.monotonic()
        for id, arrival in rows:
            last = max(last, id)
            seen.setdefault(arrival, at)
    database.close()


_CONFIRMED = (
    "SELECT outbox.id, entry.inbox FROM outbox JOIN entry ON entry.id = outbox.entry"
    " WHERE outbox.id > ? AND outbox.kind = 'confirmation'"
)


async def _send(port: int, seconds: float, sent: Sent, seed: int) -> None:
    """`RATE` mails a second at even times, each on a connection of its own and by another sender.

    The next one never waits for the last one's answer.
    """
    maker = Maker(seed)
    mails = [maker.mail(kind) for kind in itertools.islice(_kinds(), int(seconds * RATE))]
    start = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number, mail in enumerate(mails):
            await asyncio.sleep(start + number / RATE - time.monotonic())
            group.create_task(_deliver(port, mail, sent))


def _kinds() -> Iterator[str]:
    return itertools.cycle(["plain", "plain", "html", "plain", "attachment"])


async def _deliver(port: int, mail: Mail, sent: Sent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    greeting = await reader.readline()
    if not greeting.startswith(b"220"):
        raise AssertionError(f"found {greeting!r}, expected 220")
    for command in ("HELO mail.example", f"MAIL FROM:<{mail.sender}>", f"RCPT TO:<{SUPPORT}>"):
        await _answer(reader, writer, command.encode(), b"250")
    await _answer(reader, writer, b"DATA", b"354")
    stuffed = mail.raw.replace(b"\r\n.", b"\r\n..")
    began = time.monotonic()
    reply = await _answer(reader, writer, stuffed + b"\r\n.", b"250")
    at = time.monotonic()
    kept = _KEPT.search(reply)
    if kept is None:
        raise AssertionError(f"found {reply!r}, expected 250 with the id of the arrival")
    sent.answered[int(kept[1])] = at
    sent.accepts.append(at - began)
    writer.close()


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, command: bytes, code: bytes
) -> bytes:
    writer.write(command + b"\r\n")
    await writer.drain()
    reply = await reader.readline()
    if not reply.startswith(code):
        raise AssertionError(f"found {reply!r}, expected {code!r}")
    return reply
