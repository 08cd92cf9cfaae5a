"""A hundred rules, and with them the service levels of ten calendars, for one message."""

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.app import App, read_config
from gateway.channels.email.reading import ReadOptions, read_mail
from gateway.core.changes import Decision, Tick
from gateway.core.deciding import Desk, decide
from gateway.core.deciding.ruling import ruled
from gateway.core.events import MessageArrived
from gateway.core.facts import Scene
from gateway.core.model import Message, Ticket
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.policy import Policy
from gateway.core.rules import Occasion
from gateway.core.situation import Situation
from tests.benchmarks import report
from tests.benchmarks.mails import SUPPORT, mix

_MADE = 300
_RULES = 100
_CALENDARS = 10
_WORDS = "outage invoice printer refund login broken urgent vpn contract delivery".split()
_ZONES = (
    ("Europe/Madrid", "ES-MD"),
    ("America/New_York", "US-NY"),
    ("Asia/Kolkata", "IN"),
    ("Australia/Sydney", "AU-NSW"),
)
_DESK = f"""
[desk]
name = "Acme"
address = "{SUPPORT}"

[[agents]]
name = "Bea"
email = "bea@acme.example"
lead = true
"""
_LEVEL = """
[[calendars]]
name = "calendar {n}"
timezone = "{zone}"
holidays = "{holidays}"
hours = {{ mon = {day}, tue = {day}, wed = {day}, thu = {day}, fri = "09:00-15:00" }}

[[queues]]
name = "queue-{n}"
addresses = ["{address}"]
sla = "level {n}"

[[sla]]
name = "level {n}"
calendar = "calendar {n}"
first_response = {{ urgent = "30m", high = "2h", normal = "1{n}h", low = "2d" }}
next_response = {{ urgent = "1h", high = "4h", normal = "8h", low = "2d" }}
resolution = {{ urgent = "4h", high = "1d", normal = "3{n}h", low = "5bd" }}
"""
_STEP = """
[[sla.escalation]]
on = "{target}"
at = "{at}"
notify = ["assignee"]
"""
_TARGETS = ("first_response", "next_response", "resolution")


def run(options: argparse.Namespace) -> None:
    with TemporaryDirectory() as folder:
        config = Path(folder) / "gateway.toml"
        config.write_text(_config(), "utf-8")
        desk = App(loaded=read_config(config, {})).desk
    now = datetime.now(UTC)
    reading = ReadOptions(now=lambda: now)
    messages = [read_mail(mail.raw, {}, reading) for mail in mix(_MADE)]
    scenes = [_scene(message, desk.policy, now) for message in messages]
    _measure(f"{_RULES} rules for one message", [partial(ruled, s) for s in scenes], options)
    # The decision whole: placed, ruled, its clocks started, their steps planned, agents told.
    decided = [partial(_decide, desk, now, message) for message in messages]
    _prove(decided[0]())
    what = f"{_RULES} rules and the service levels of {_CALENDARS} calendars, one message"
    _measure(what, decided, options)


def _measure(what: str, each: Sequence[Callable[[], object]], options: argparse.Namespace) -> None:
    for once in each:  # what is loaded, and worked out once
        once()
    rounds = [[_time(once) for once in each] for _ in range(options.rounds)]
    times = [min(of_one) for of_one in zip(*rounds, strict=True)]
    worst = report.percentile(times, 0.99) * 1e3
    report.say(f"{what}, {_MADE} mails: 99 % under {worst:.2f} ms")
    report.verdict(what, report.median(times) * 1e3, " ms", at_most=1)


def _time(once: Callable[[], object]) -> float:
    """Processor time: nothing here waits for anything."""
    start = time.thread_time()
    once()
    return time.thread_time() - start


def _config() -> str:
    levels = "".join(_level(n) for n in range(_CALENDARS))
    rules = "".join(
        f"[[rules]]\nname = \"rule {n}\"\nwhen = '''{_source(n)}'''\n"
        f'tags = ["t{n}"]\nqueue = "queue-{n % _CALENDARS}"\n'
        for n in range(_RULES)
    )
    return _DESK + levels + rules


def _level(n: int) -> str:
    zone, holidays = _ZONES[n % len(_ZONES)]
    head = _LEVEL.format(
        n=n,
        zone=zone,
        holidays=holidays,
        day=f'["0{n % 3 + 7}:00-13:00", "14:00-18:30"]',
        address=SUPPORT if n == 0 else f"queue-{n}@acme.example",
    )
    steps = (
        _STEP.format(target=target, at=at)
        for target in _TARGETS
        for at in ("50%", "80%", "due", "due+1h")
    )
    return head + "".join(steps)


def _source(n: int) -> str:
    word = f"{_WORDS[n % len(_WORDS)]}{n // 30 or ''}"
    kinds = (
        f'requester.domain == "customer{n}.example" || "vip{n}" in requester.tags',
        rf'subject.matches(r"(?i)\b{word}s?\b|{word[::-1]}")',
        rf'text.matches(r"(?i){word}\s+\d+") && hour >= {n % 24} && !has_attachments',
    )
    return kinds[n % len(kinds)]


def _scene(message: Message, policy: Policy, now: datetime) -> Scene:
    ticket = Ticket(
        number=0,
        subject=message.subject,
        requester=message.author,
        queue="queue-0",
        created_at=now,
        updated_at=now,
    )
    return Scene(ticket=ticket, message=message, policy=policy, now=now, occasion=Occasion.OPEN)


def _decide(desk: Desk, now: datetime, message: Message) -> Decision:
    where = place(message, clues_of(message, desk.book), Candidates(), desk.book, desk.policy, now)
    return decide(MessageArrived(message=message, at=now), Situation(), desk, where)


def _prove(decision: Decision) -> None:
    """That its clocks run, or the figure would say nothing."""
    ticks = [change for change in decision.changes if isinstance(change, Tick)]
    opened = getattr(decision.changes[0], "clocks", None)
    if not ticks and not (opened and opened.all):
        raise AssertionError("a message starts no clock")
