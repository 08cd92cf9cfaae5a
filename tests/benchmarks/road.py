"""From message to ticket: read, threaded, decided, written, notices queued, durable."""

import argparse
import time

from tests.benchmarks import report
from tests.benchmarks.desk import Desk, accept, desk_on, sqlite_desk, waiting
from tests.benchmarks.mails import Mail, mix
from tests.servers import missing_postgres, wait_until

_WARM_UP = 300
_TARGET = 500  # a second, on SQLite
_PATIENCE = 600.0


def run(options: argparse.Namespace) -> None:
    mails = mix(options.mails + _WARM_UP)
    rates: dict[str, float] = {}
    for database in options.databases.split(","):
        if database == "postgresql" and (reason := missing_postgres()):
            report.left_out("road on PostgreSQL", reason)
            continue
        rounds = [_drained(database, mails) for _ in range(options.rounds)]
        rates[database] = report.median(rounds)
        said = ", ".join(report.shown(one) for one in rounds)
        report.say(f"{database}: {said} a second; median {report.shown(rates[database])}")
    if "sqlite" in rates:
        report.verdict("messages to tickets on SQLite", rates["sqlite"], "/s", at_least=_TARGET)
        report.say(f"the whole daemon, which also sends: {_whole_daemon(mails)}")
    if "postgresql" in rates:
        rate = rates["postgresql"]
        report.verdict("messages to tickets on PostgreSQL", rate, "/s", at_least=_TARGET / 2)
    if len(rates) == 2:
        ratio = report.shown(rates["sqlite"] / rates["postgresql"])
        report.say(
            f"SQLite is {ratio} times as fast as PostgreSQL, whose server is on this machine"
        )


def _drained(database: str, mails: list[Mail]) -> float:
    """Messages a second of a worker alone with its database."""
    with desk_on(database) as desk, desk.database() as opened:
        worker = desk.app().worker(opened)
        accept(opened, mails[:_WARM_UP], "warm-up")
        worker.drain()
        accept(opened, mails[_WARM_UP:], "measured")
        start = time.perf_counter()
        done = len(worker.drain())
        seconds = time.perf_counter() - start
        _check(desk, done, len(mails))
        return done / seconds


def _check(desk: Desk, done: int, count: int) -> None:
    if done != count - _WARM_UP:
        raise AssertionError(f"{done} handled, {count - _WARM_UP} expected: see {desk.folder}")


def _whole_daemon(mails: list[Mail]) -> str:
    """`gateway serve` started on a full inbox: until all is decided, while it sends, too."""
    with sqlite_desk() as desk:
        with desk.database() as database:
            accept(database, mails, "daemon")
        start = time.perf_counter()
        with desk.daemon(), desk.database() as database:
            wait_until(lambda: waiting(database) == 0, "an empty inbox", _PATIENCE)
            seconds = time.perf_counter() - start
    return f"{report.shown(len(mails) / seconds)}/s from its start on"
