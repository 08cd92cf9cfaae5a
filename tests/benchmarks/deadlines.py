"""A thousand deadlines that come, among as many open tickets and among twice as many."""

import argparse
import contextlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gateway.app import App, read_config
from gateway.core.clocks import Clocks, to_json
from gateway.core.model import Party, Priority, Ticket
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.core.sla import start
from gateway.core.targets import SERVICE
from gateway.core.zones import EPOCH
from gateway.runtime.clock import Clock
from gateway.runtime.threads import Threads
from gateway.store.database import Database
from gateway.store.leader import Leader
from gateway.store.statements import run as run_sql
from tests.benchmarks import report, seeding
from tests.benchmarks.desk import Desk, desk_on
from tests.servers import missing_postgres

_COMING = 1_000
_ROUNDS = 5
_WATCHED = 20
_START_UP = 8.0  # seconds that a daemon gets until the first of the watched ones is due
_SLA = """
[[sla]]
name = "default"
first_response = { normal = "2h" }
next_response = { normal = "40d" }
resolution = { normal = "90d" }

[[sla.escalation]]
on = "first_response"
at = "due"
notify = ["queue"]
"""


@dataclass
class Moving:
    """A clock that is moved by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Past:
    """A desk with so many open tickets."""

    tickets: int
    desk: Desk
    app: App
    database: Database
    clock: Moving


def run(options: argparse.Namespace) -> None:
    for database in options.databases.split(","):
        if database == "postgresql" and (reason := missing_postgres()):
            report.left_out("deadlines on PostgreSQL", reason)
            continue
        few, many = options.tickets // 2, options.tickets
        with _past(database, few) as small, _past(database, many) as large:
            _cost(database, small, large)
            _on_time(database, large)


@contextlib.contextmanager
def _past(database: str, tickets: int) -> Iterator[Past]:
    with desk_on(database, _SLA) as desk, desk.database() as opened:
        clock = Moving(datetime.now(UTC))
        app = App(loaded=read_config(desk.config, {}), now=clock)
        began = time.perf_counter()
        _seed(opened, app.policy, [*_coming(clock.now), *_later(clock.now, tickets)], first=1)
        report.say(f"{database}: {tickets} open tickets in {time.perf_counter() - began:.0f} s")
        yield Past(tickets, desk, app, opened, clock)


def _coming(now: datetime) -> Iterator[datetime]:
    """When those were opened whose first response is due in a round, a minute after the other."""
    for number in range(_ROUNDS * _COMING):
        yield now - timedelta(hours=1) + number // _COMING * timedelta(minutes=1)


def _later(now: datetime, tickets: int) -> Iterator[datetime]:
    """When all the others were opened: nothing of theirs is due in the meantime."""
    for _ in range(tickets - _ROUNDS * _COMING):
        yield now + timedelta(days=1)


def _seed(database: Database, policy: Policy, opens: Iterable[datetime], *, first: int) -> None:
    """Open tickets, each with three clocks that were started at a moment of its own."""
    known: dict[datetime, _Made] = {}
    made = [known.get(at) or known.setdefault(at, _made(policy, at)) for at in opens]
    numbered = list(enumerate(made, start=first))
    with seeding.bulk(database) as write:
        write("ticket", _TICKET, (_ticket(number, one) for number, one in numbered))
        write(
            "deadline", _DEADLINE, (row for number, one in numbered for row in _rows(number, one))
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """What the tickets that were opened at one moment have in common."""

    opened: str
    clocks: str
    dues: list[tuple[str, str]]


_TICKET = (
    *("number", "subject", "requester_address", "requester_name", "requester_channel", "queue"),
    *("created_at", "updated_at", "state", "priority", "tier", "language", "channel"),
    *("generation", "version", "more", "clocks"),
)
_DEADLINE = ("id", "ticket", "target", "due_at", "generation", "state", "because")
_MORE = '{"v":1,"tags":[],"participants":[],"watchers":[],"leaked":[]}'


def _made(policy: Policy, at: datetime) -> _Made:
    rules = replace(policy.rules_for(_PLAIN), priority=Priority.NORMAL)
    because = Reason.of(Why.TICKET_OPENED)
    clocks = tuple(start(target, rules, at, because)[0] for target in SERVICE)
    dues = [(c.target.value, seeding.time_text(c.next_at)) for c in clocks if c.next_at]
    return _Made(seeding.time_text(at), json.dumps(to_json(Clocks(all=clocks))), dues)


_PLAIN = Ticket(
    number=0,
    subject="",
    requester=Party(address="ada@example.org"),
    queue="support",
    created_at=EPOCH,
    updated_at=EPOCH,
)


def _ticket(number: int, one: _Made) -> tuple[object, ...]:
    return (
        *(number, f"Trouble {number}", seeding.requester(number), f"Person {number}", "email"),
        *("support", one.opened, one.opened, "new", "normal", 1, "en", "email"),
        *(0, 0, _MORE, one.clocks),
    )


def _rows(number: int, one: _Made) -> Iterator[tuple[object, ...]]:
    for place, (target, due) in enumerate(one.dues):
        yield 3 * number + place, number, target, due, 1, "running", "seeded"


def _cost(database: str, small: Past, large: Past) -> None:
    """Finding, firing and handling a thousand, in turns; what waits to be sent is not sent."""
    finding: dict[int, list[float]] = {small.tickets: [], large.tickets: []}
    handling: dict[int, list[float]] = {small.tickets: [], large.tickets: []}
    for number in range(_ROUNDS):
        for past in (small, large) if number % 2 else (large, small):
            past.clock.now += timedelta(hours=1) if not number else timedelta(minutes=1)
            found, handled = _round(past)
            if number:  # the first one only warms up
                finding[past.tickets].append(found)
                handling[past.tickets].append(handled)
    for what, took in (("found and fired", finding), ("handled, notices queued", handling)):
        few, many = (report.median(took[past.tickets]) for past in (small, large))
        report.say(
            f"{database}: {_COMING} {what}: {few * 1e3:.0f} ms among {small.tickets}, "
            f"{many * 1e3:.0f} ms among {large.tickets}"
        )
    ratio = _total(finding, handling, large) / _total(finding, handling, small)
    report.verdict(f"{database}: the same thousand among twice as many", ratio, " ×", at_most=1.2)


def _total(finding: dict[int, list[float]], handling: dict[int, list[float]], past: Past) -> float:
    pairs = zip(finding[past.tickets], handling[past.tickets], strict=True)
    return report.median([found + handled for found, handled in pairs])


def _round(past: Past) -> tuple[float, float]:
    worker = past.app.worker(past.database)
    with _clockwork(past) as clock:
        began = time.perf_counter()
        fired, _ = clock.fire_due()
        found = time.perf_counter() - began
    handled = len(worker.drain())
    took = time.perf_counter() - began - found
    if (fired, handled) != (_COMING, _COMING):
        raise AssertionError(f"{fired} fired and {handled} handled, expected {_COMING}")
    return found, took


@contextlib.contextmanager
def _clockwork(past: Past) -> Iterator[Clock]:
    leader, threads = Leader(past.database), Threads(1)
    try:
        yield Clock(
            past.database,
            leader,
            now=past.clock,
            keep_raw=timedelta(days=90),
            threads=threads,
            on_fired=lambda: None,
            policy=lambda: past.app.policy,
        )
    finally:
        leader.close()
        threads.close()


def _on_time(database: str, past: Past) -> None:
    """A daemon beside all of them, and how late another process sees what is due while it runs."""
    first = past.tickets + 1
    dues = [
        datetime.now(UTC) + timedelta(seconds=_START_UP + number / 2) for number in range(_WATCHED)
    ]
    _seed(past.database, past.app.policy, [due - timedelta(hours=2) for due in dues], first=first)
    began = time.perf_counter()
    with past.desk.daemon():
        if database == "sqlite":
            seconds = time.perf_counter() - began
            report.verdict(f"ready with {past.tickets} open tickets", seconds, " s", at_most=3.0)
        late = [_seen(past.database, first + number) - due for number, due in enumerate(dues)]
    worst = max(late).total_seconds()
    report.verdict(
        f"{database}: from its time until the reminder is queued", worst, " s", at_most=1.0
    )


def _seen(database: Database, ticket: int) -> datetime:
    """When this process sees the notice of a ticket in the outbox."""
    until = time.monotonic() + 60
    mark = "?" if database.dialect == "sqlite" else "%s"
    while time.monotonic() < until:
        with database.read() as conn:
            sql = f"SELECT count(*) FROM outbox WHERE ticket = {mark}"
            if run_sql(conn, sql, (ticket,)).fetchall()[0][0]:
                return datetime.now(UTC)
        time.sleep(0.01)
    raise AssertionError(f"nothing was said about ticket {ticket}")
