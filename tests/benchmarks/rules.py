"""A hundred rules, looked at for one message."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.channels.email.reading import ReadOptions, read_mail
from gateway.core.deciding.ruling import ruled
from gateway.core.expressions import TRUTH, compile_expression
from gateway.core.facts import Scene, vocabulary
from gateway.core.model import Message, Ticket
from gateway.core.policy import Policy, Queue
from gateway.core.rules import Occasion, Rule
from tests.benchmarks import report
from tests.benchmarks.mails import mix

_MADE = 300
_RULES = 100
_WORDS = "outage invoice printer refund login broken urgent vpn contract delivery".split()


def run(options: argparse.Namespace) -> None:
    policy = Policy(
        desk_name="Acme",
        desk_address="support@acme.example",
        agents=(),
        queues=(Queue(name="support"),),
        rules=_rules(),
    )
    now = datetime.now(UTC)
    reading = ReadOptions(now=lambda: now)
    scenes = [_scene(read_mail(mail.raw, {}, reading), policy, now) for mail in mix(_MADE)]
    ruled(scenes[0])  # the library is loaded with the first one
    rounds = [_each(scenes) for _ in range(options.rounds)]
    times = [min(of_one) for of_one in zip(*rounds, strict=True)]
    worst = report.percentile(times, 0.99) * 1e3
    report.say(f"{_RULES} rules, {_MADE} mails: 99 % under {worst:.2f} ms")
    report.verdict(f"{_RULES} rules for one message", report.median(times) * 1e3, " ms", at_most=1)


def _rules() -> tuple[Rule, ...]:
    words = vocabulary(["support"])
    sources = (_source(n) for n in range(_RULES))
    return tuple(
        Rule(name=f"rule {n}", when=compile_expression(source, words, TRUTH), tags=(f"t{n}",))
        for n, source in enumerate(sources)
    )


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
        queue="support",
        created_at=now,
        updated_at=now,
    )
    return Scene(ticket=ticket, message=message, policy=policy, now=now, occasion=Occasion.OPEN)


def _each(scenes: Sequence[Scene]) -> list[float]:
    times = []
    for scene in scenes:
        start = time.perf_counter()
        ruled(scene)
        times.append(time.perf_counter() - start)
    return times
