"""`python -m tests.benchmarks.peers`: the same mails through django-helpdesk and through us.

It is installed from PyPI into an environment of its own, `.venv-peers`, which may be deleted.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.desk import accept, sqlite_desk
from tests.benchmarks.mails import Mail, mix
from tests.servers import server_folder

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = REPOSITORY / ".venv-peers"
PEER = "django-helpdesk>=2,<3"
_INSTALLING = 600  # seconds
_MEASURING = 900  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__)
    parser.add_argument("--mails", type=int, default=1_000, help="mails of a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, whose median counts")
    options = parser.parse_args()
    report.heading("peers", "the same mails become tickets, on SQLite, durable")
    python = _installed()
    if python is None:
        return
    mails = mix(options.mails)
    ratios = [_round(number, python, mails) for number in range(1, options.rounds + 1)]
    report.verdict(
        "tickets a second beside django-helpdesk", report.median(ratios), "×", at_least=10
    )


def _installed() -> Path | None:
    python = ENVIRONMENT / "bin" / "python"
    marker = ENVIRONMENT / ".ready"
    if not marker.exists():
        report.say(f"installing {PEER} into {ENVIRONMENT.name}")
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
            command: list[str | Path] = [python, "-m", "pip", "install", "-qq", PEER]
            subprocess.run(command, check=True, timeout=_INSTALLING)
        except (subprocess.SubprocessError, OSError) as error:
            report.left_out("django-helpdesk", f"it could not be installed: {error}")
            return None
        marker.touch()
    shown = "import importlib.metadata as m; print(m.version('django-helpdesk'))"
    version = subprocess.run([python, "-c", shown], check=True, capture_output=True, text=True)
    report.say(f"django-helpdesk {version.stdout.strip()}")
    return python


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    """Mails a second, and the processor time that each took, in milliseconds."""

    rate: float
    cost: float

    def __str__(self) -> str:
        return f"{report.shown(self.rate)}/s ({self.cost:.2f} ms of processor time each)"


def _round(number: int, python: Path, mails: list[Mail]) -> float:
    theirs, ours = _theirs(python, mails), _ours(mails)
    report.say(f"round {number}: gateway {ours}, django-helpdesk {theirs}")
    return ours.rate / theirs.rate


def _theirs(python: Path, mails: list[Mail]) -> _Pace:
    """Its own command's work on a folder of mails: read, threaded, written, notices sent away."""
    with server_folder("peer") as folder:
        box = folder / "mails"
        box.mkdir()
        for number, mail in enumerate(mails):
            (box / f"{number:06}.eml").write_bytes(mail.raw)
        script = Path(__file__).with_name("django_peer.py")
        done = subprocess.run(
            [python, script, folder, box],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_MEASURING,
        )
        found = json.loads(done.stdout.splitlines()[-1])
    handled = len(mails) - int(found["left"])
    if handled < 0.9 * len(mails):
        raise AssertionError(f"django-helpdesk handled {handled} of {len(mails)} mails: {found}")
    return _Pace(
        rate=handled / float(found["seconds"]), cost=1_000 * float(found["processor"]) / handled
    )


def _ours(mails: list[Mail]) -> _Pace:
    """The same of a worker alone with its database.

    Both find the mails where they lie: how they came there, into the inbox or into the folder, is
    in nobody's time, and that each is read from there is.
    """
    with sqlite_desk() as desk, desk.database() as database:
        worker = desk.app().worker(database)
        accept(database, mails, "peer")
        start, busy = time.perf_counter(), time.process_time()
        done = len(worker.drain())
        seconds, processor = time.perf_counter() - start, time.process_time() - busy
    if done != len(mails):
        raise AssertionError(f"{done} handled, expected {len(mails)}")
    return _Pace(rate=done / seconds, cost=1_000 * processor / done)


if __name__ == "__main__":
    main()
