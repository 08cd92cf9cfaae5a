"""Reading a mail, beside the standard library's parser with `policy.default`."""

import argparse
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

from gateway.channels.email.reading import ReadOptions, read_mail
from gateway.runtime.importing import mails
from tests.benchmarks import report
from tests.benchmarks.mails import mix

_HEADERS = ("from", "to", "cc", "subject", "date", "message-id", "references", "in-reply-to")
_MADE = 400


def run(options: argparse.Namespace) -> None:
    _compare("a generated mix", [mail.raw for mail in mix(_MADE)], options.rounds)
    if options.corpus is not None:
        _compare(str(options.corpus), list(mails(options.corpus)), options.rounds)


def _compare(what: str, raws: Sequence[bytes], rounds: int) -> None:
    reading = ReadOptions(now=lambda: datetime.now(UTC))
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_each(raws, lambda raw: read_mail(raw, {}, reading)))
        theirs.append(_each(raws, _by_the_standard_library))
    own = report.median(_least(ours))
    other = report.median(_least(theirs))
    figures = f"{own * 1e3:.2f} ms, the standard library {other * 1e3:.2f} ms"
    report.say(f"{what}, {len(raws)} mails: read_mail {figures} (medians)")
    report.verdict(f"reading {what}", own / other, "×", at_most=0.5)


def _least(rounds: Iterable[Sequence[float]]) -> list[float]:
    """Of each mail the shortest time: what it costs when nothing comes between."""
    return [min(times) for times in zip(*rounds, strict=True)]


def _each(raws: Sequence[bytes], read: Callable[[bytes], Any]) -> list[float]:
    times = []
    for raw in raws:
        start = time.perf_counter()
        read(raw)
        times.append(time.perf_counter() - start)
    return times


def _by_the_standard_library(raw: bytes) -> Any:
    """What a reader would ask for at the least; what it cannot parse costs it nothing more."""
    message = message_from_bytes(raw, policy=policy.default)
    with contextlib.suppress(Exception):
        body = message.get_body(("plain", "html"))
        for name in _HEADERS:
            str(message[name])
        if body is not None:
            body.get_content()
    return message
