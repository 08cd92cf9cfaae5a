"""A daemon that runs as long as a play, whatever ends the play."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_STOP = 15.0  # seconds that it has to stop in
_ENDS = (signal.SIGTERM, signal.SIGHUP)  # of the play: somebody ends it, or closes its terminal


@contextmanager
def daemon(config: Path, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`gateway serve` until the block ends; its log goes to ``said``."""
    command = [sys.executable, "-m", "gateway.cli.main", "--config", str(config), "serve"]
    with said.open("wb") as log, _ended_by_signals():
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
            start_new_session=True,  # Ctrl-C ends the play; the play ends the daemon
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Have a signal leave the block as an exception does, where it would end us on the spot."""
    before = {number: signal.signal(number, _leave) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    for one in _ENDS:
        signal.signal(one, signal.SIG_IGN)  # we are at it
    raise SystemExit(128 + number)
