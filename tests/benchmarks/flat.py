"""The same cost at a thousand messages and at a million; searching and looking at a million."""

import argparse
import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.runtime.worker import Worker
from gateway.store import entries, tickets
from gateway.store.database import Database
from tests.benchmarks import report, seeding
from tests.benchmarks.desk import Desk, accept, desk_on
from tests.benchmarks.mails import Mail, Maker
from tests.servers import missing_postgres

FEW = 1_000
_BLOCK = 250  # mails, alternately into the small desk and into the large one
_BLOCKS = 8
_LOOKS = 7
_WORDS = {
    "a very common word": seeding.COMMON,
    "a middling word": seeding.MIDDLING,
    "a rare word": seeding.RARE,
    "two words": f"{seeding.COMMON} {seeding.MIDDLING}",
    "a word that is nowhere": "xyloquent",
}


@dataclass(frozen=True, slots=True)
class Past:
    """A desk with so many messages behind it."""

    messages: int
    desk: Desk
    database: Database
    worker: Worker


def run(options: argparse.Namespace) -> None:
    for database in options.databases.split(","):
        if database == "postgresql" and (reason := missing_postgres()):
            report.left_out("flat on PostgreSQL", reason)
            continue
        with _past(database, FEW) as small, _past(database, options.messages) as large:
            _cost(database, small, large)
            _searches(database, large)
            _looks(database, large)
            if database == "sqlite":
                _ready(large)


@contextlib.contextmanager
def _past(database: str, messages: int) -> Iterator[Past]:
    with desk_on(database) as desk:
        start = time.perf_counter()
        with desk.database() as opened:
            seeding.seed(opened, messages)
        seconds = time.perf_counter() - start
        report.say(f"{database}: {messages} messages written in bulk in {seconds:.0f} s")
        with desk.database() as opened:
            yield Past(messages, desk, opened, desk.app().worker(opened))


def _cost(database: str, small: Past, large: Past) -> None:
    """Accepting and handling, block by block in turns; the median of the blocks' ratios counts."""
    costs: dict[int, list[float]] = {small.messages: [], large.messages: []}
    for block in range(_BLOCKS + 1):
        for past in (small, large) if block % 2 else (large, small):
            seconds = _block(past, block)
            if block:  # the first one only warms up
                costs[past.messages].append(seconds / _BLOCK * 1e3)
    few, many = costs.values()
    shown = f"{report.median(few):.2f} ms at {small.messages}, {report.median(many):.2f} ms"
    report.say(f"{database}: a message costs {shown} at {large.messages}")
    ratio = report.median([b / a for a, b in zip(few, many, strict=True)])
    what = f"cost of a message at {large.messages} beside {small.messages}, {database}"
    report.verdict(what, ratio, "×", at_most=1.2)


def _block(past: Past, block: int) -> float:
    mails = list(_mails(past, block))
    start = time.perf_counter()
    accept(past.database, mails, f"block{block}")
    done = len(past.worker.drain())
    seconds = time.perf_counter() - start
    if done != len(mails):
        raise AssertionError(f"{done} handled, expected {len(mails)}")
    return seconds


def _mails(past: Past, block: int) -> Iterator[Mail]:
    """The usual mix; its answers are to messages of any age."""
    chance = random.Random(block)
    maker = Maker(100 + block)
    tickets_there = seeding.tickets_of(past.messages)
    for mail in maker.mails(_BLOCK):
        if mail.kind == "reply":
            ticket = chance.randint(1, tickets_there)
            own = seeding.message_id(ticket)
            yield maker.reply("Person", seeding.requester(ticket), "Trouble", own)
        else:
            yield mail


def _searches(database: str, past: Past) -> None:
    worst = 0.0
    for what, words in _WORDS.items():
        first, usual, found = _looked(past, words)
        worst = max(worst, usual)
        report.say(f"{database}: {what}: {found} found, {usual:.1f} ms (at first {first:.1f} ms)")
    report.verdict(f"slowest search for the newest 50, {database}", worst, " ms", at_most=100)


def _looked(past: Past, words: str) -> tuple[float, float, int]:
    def search(conn: Any) -> int:
        return len(tickets.listing(conn, words=words))

    times, found = _timed(past, search)
    return times[0], report.median(times), found


def _looks(database: str, past: Past) -> None:
    def newest(conn: Any) -> int:
        return len(tickets.listing(conn, limit=50))

    def one(conn: Any) -> int:
        number = seeding.tickets_of(past.messages) // 2
        return len(entries.history(conn, number)) if tickets.load(conn, number) else 0

    for what, look in (("ticket list --limit 50", newest), ("ticket show", one)):
        times, _ = _timed(past, look)
        report.verdict(f"{what}, {database}", report.median(times), " ms", at_most=100)


def _timed(past: Past, look: Callable[[Any], int]) -> tuple[list[float], int]:
    times, found = [], 0
    for _ in range(_LOOKS):
        start = time.perf_counter()
        with past.database.read() as conn:
            found = look(conn)
        times.append((time.perf_counter() - start) * 1e3)
    return times, found


def _ready(past: Past) -> None:
    past.database.close()
    start = time.perf_counter()
    with past.desk.daemon():
        seconds = time.perf_counter() - start
    report.verdict(f"ready with {past.messages} messages stored", seconds, " s", at_most=3.0)
