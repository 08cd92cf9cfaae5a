"""A year of mail replayed by `gateway simulate`, in a process of its own."""

import argparse
import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.desk import Desk, sqlite_desk
from tests.benchmarks.mails import Maker

_BEGAN = datetime(2025, 1, 1, 6, tzinfo=UTC)
_AGENT = "Bea Ruiz <bea@acme.example>"
_SLA = """
[[calendars]]
name = "office"
timezone = "Europe/Madrid"
holidays = "ES-MD"
hours.mon = "09:00-18:00"
hours.tue = "09:00-18:00"
hours.wed = "09:00-18:00"
hours.thu = "09:00-18:00"
hours.fri = "09:00-15:00"

[[sla]]
name = "default"
calendar = "office"
first_response = { urgent = "30m", high = "2h", normal = "8h", low = "2d" }
next_response = { urgent = "1h", high = "4h", normal = "8h", low = "2d" }
resolution = { urgent = "4h", high = "1d", normal = "3d", low = "5d" }

[[sla.escalation]]
on = "first_response"
at = "80%"
notify = ["assignee"]

[[sla.escalation]]
on = "first_response"
at = "due"
notify = ["lead"]
raise_priority = true

[[sla.escalation]]
on = "resolution"
at = "due"
notify = ["lead"]
"""


def run(options: argparse.Namespace) -> None:
    with sqlite_desk(more=_SLA) as desk:
        archive = desk.folder / "year.mbox"
        octets = _write(archive, options.replayed)
        report.say(f"a year of {options.replayed} messages: {octets / 2**20:.0f} MB")
        took, told = _simulate(desk, archive)
    report.say(f"{options.replayed / took:.0f} messages a second")
    report.say(f"in it: {told}")
    scale = options.replayed / 50_000
    report.verdict("a year of 50 000 messages replayed", took / scale, " s", at_most=120)


def _simulate(desk: Desk, archive: Path) -> tuple[float, str]:
    began = time.perf_counter()
    with (desk.folder / "simulate.log").open("w") as log:
        done = subprocess.run(
            desk.command("simulate", "--mailbox", str(archive), "--json"),
            stdout=subprocess.PIPE,
            stderr=log,
            check=True,
        )
    took = time.perf_counter() - began
    (run,) = json.loads(done.stdout)["runs"]
    return took, ", ".join(f"{value} {name}" for name, value in _sums(run))


def _sums(run: dict[str, object]) -> Iterator[tuple[str, int]]:
    """How much of each there is in a run."""
    for name, value in run.items():
        if isinstance(value, list):
            yield name, len(value)
        elif isinstance(value, int):
            yield name, value


def _write(archive: Path, count: int) -> int:
    """An mbox: what customers write through a year, and what an agent answers to a third of it."""
    maker, between = Maker(11), timedelta(days=364) / count
    with archive.open("wb") as out:
        for number, mail in enumerate(maker.mails(count - count // 4)):
            at = _BEGAN + number * between * count / (count - count // 4)
            raw = _dated(mail.raw, at)
            _append(out, raw, at)
            if number % 3 == 0:
                later = at + timedelta(minutes=20 + number % 600)
                _append(out, _answer(raw, later), later)
        return out.tell()


def _dated(raw: bytes, at: datetime) -> bytes:
    """Of its moment: the Date, and no Received line that says another."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    kept = [x for x in lines if not x.startswith((b"Received:", b"\twith ESMTPS", b"Date:"))]
    return b"\r\n".join([*kept, b"Date: " + format_datetime(at).encode()]) + gap + body


def _answer(raw: bytes, at: datetime) -> bytes:
    head = raw.partition(b"\r\n\r\n")[0].decode()
    fields = dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
    own = fields["Message-ID"]
    lines = (
        f"From: {_AGENT}",
        f"To: {fields['From']}",
        f"Cc: {fields['To']}",
        f"Subject: Re: {fields['Subject']}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <answer.{own.strip('<>')}>",
        f"In-Reply-To: {own}",
        f"References: {own}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Please switch it off and on again, and tell me whether that helps.",
        "",
        "Bea",
    )
    return "\r\n".join(lines).encode()


def _append(out: object, raw: bytes, at: datetime) -> None:
    stamp = at.strftime("%a %b %d %H:%M:%S %Y")
    body = raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
    out.write(f"From - {stamp}\n".encode() + body + b"\n\n")  # type: ignore[attr-defined]
