"""A daemon that has nothing to do: processor and memory; and how fast `gateway --help` is."""

import argparse
import os
import subprocess
import time
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.desk import Desk, sqlite_desk, waiting
from tests.benchmarks.mails import SUPPORT
from tests.servers import missing_postfix, smtp_source, wait_until

_SETTLE = 3.0  # seconds
_USED_A_LITTLE = 50  # mails
_HELPS = 5


def run(options: argparse.Namespace) -> None:
    with sqlite_desk() as desk:
        with desk.daemon() as pid:
            _use_a_little(desk)
            time.sleep(_SETTLE)
            share = _processor_share(pid, options.seconds)
            used = {name: memory(pid, name) for name in ("Rss", "Pss")}
        report.say(f"memory: {used['Rss']:.0f} MB resident, {used['Pss']:.0f} MB its own share")
        what = f"processor while idle for {options.seconds} s, per cent of a core"
        report.verdict(what, share * 100, " %", at_most=1.0)
        report.verdict("memory while idle", used["Rss"], " MB", at_most=120)
        report.verdict("gateway --help", _help(desk), " s", at_most=0.4)


def _use_a_little(desk: Desk) -> None:
    """What is loaded when the first mails come is part of the memory of an idle daemon."""
    if missing_postfix() is None:
        smtp_source(desk.port, recipient=SUPPORT, count=_USED_A_LITTLE)
        with desk.database() as database:
            wait_until(lambda: waiting(database) == 0, "an empty inbox")


def _processor_share(pid: int, seconds: float) -> float:
    before = _processor_seconds(pid)
    time.sleep(seconds)
    return (_processor_seconds(pid) - before) / seconds


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def memory(pid: int, name: str) -> float:
    """MB of a line of smaps_rollup."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    line = next(line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def _help(desk: Desk) -> float:
    """The median of several; the first one, which reads from the disk, does not count."""
    times = []
    for _ in range(_HELPS + 1):
        start = time.perf_counter()
        subprocess.run(desk.command("--help"), check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return report.median(times[1:])
