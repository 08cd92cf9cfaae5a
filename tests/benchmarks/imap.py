"""Fetching 1 000 new mails from a Dovecot mailbox of 100 000, with the worker at work."""

import argparse
import itertools
import shutil
import time
from pathlib import Path

from gateway.channels.email.imap.ledger import Ledger
from gateway.store.database import Database
from gateway.store.notebook import StoredNotebook
from tests.benchmarks import report
from tests.benchmarks.desk import NO_CAPS, Desk, sqlite_desk
from tests.benchmarks.idle import memory
from tests.benchmarks.mails import Maker
from tests.servers import Dovecot, dovecot_server, missing_dovecot, wait_until

OLD, NEW = 100_000, 1_000
_PATIENCE = 900.0
_TABLE = """
[[email.mailbox]]
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password = "{password}"
"""


def run(options: argparse.Namespace) -> None:
    if reason := missing_dovecot():
        return report.left_out("imap", reason)
    old = min(OLD, options.messages)
    with dovecot_server() as dovecot:
        user = dovecot.new_user()
        maildir = dovecot.folder / "mail" / user
        maker = Maker(3)
        _deliver(maildir, maker, old, seen=True)
        with sqlite_desk(more=NO_CAPS + _table(dovecot, user)) as desk:
            before = _first_contact(desk, dovecot, user, old)
            rates, peaks = [], []
            for number in range(options.rounds):
                _deliver(maildir, maker, NEW, seen=False)
                rate, peak = _fetch(desk, NEW * (number + 1))
                rates.append(rate)
                peaks.append(peak)
                report.say(f"round {number + 1}: {NEW} new mails at {report.shown(rate)}/s")
    report.verdict(
        f"new mails a second, {old} in the box", report.median(rates), "/s", at_least=200
    )
    report.say(f"memory: {before:.0f} MB once all were met, {max(peaks):.0f} MB at the most later")
    report.verdict("memory while fetching, beside that", max(peaks) / before, "×", at_most=1.5)
    return None


_serial = itertools.count(1)


def _table(dovecot: Dovecot, user: str) -> str:
    return _TABLE.format(port=dovecot.port, user=user, password=dovecot.password)


def _deliver(maildir: Path, maker: Maker, count: int, *, seen: bool) -> None:
    """Put mails into a Maildir as a mail server does, without one."""
    for name in ("tmp", "new", "cur"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    folder = maildir / ("cur" if seen else "new")
    for _ in range(count):
        path = folder / f"{1_700_000_000 + next(_serial)}.bench{':2,S' if seen else ''}"
        path.write_bytes(maker.mail("plain").raw)
        shutil.chown(path, "nobody", "nogroup")
    for path in (maildir, *(maildir / name for name in ("tmp", "new", "cur"))):
        shutil.chown(path, "nobody", "nogroup")


def _first_contact(desk: Desk, dovecot: Dovecot, user: str, count: int) -> float:
    """Until the ledger knows each old mail by its marks; the daemon's memory then, in MB."""
    began = time.monotonic()
    with desk.daemon() as pid:
        with desk.database() as database:
            book = f"email.imap {user}@127.0.0.1:{dovecot.port}/INBOX"
            wait_until(lambda: _marked(database, book), "the first contact", _PATIENCE)
            seconds = time.monotonic() - began
            report.say(f"first contact: {count} mails met and marked in {seconds:.0f} s")
            if _taken(database):
                raise AssertionError("mails that were read before were taken in")
        return memory(pid, "Rss")


def _marked(database: Database, book: str) -> bool:
    time.sleep(0.5)
    ledger = Ledger.kept(StoredNotebook(database), book)
    return ledger is not None and ledger.state.unmarked == 0


def _taken(database: Database) -> int:
    with database.read() as conn:
        sql = "SELECT count(*) FROM inbox WHERE external_id LIKE 'imap:%'"
        return int(conn.exec_driver_sql(sql).scalar_one())


def _fetch(desk: Desk, count: int) -> tuple[float, float]:
    """Start a daemon, and wait until so many are in; how many a second, and its memory in MB."""
    with desk.database() as database:
        already = _taken(database)
        with desk.daemon() as pid:
            wait_until(lambda: _taken(database) > already, "the first new mail", _PATIENCE)
            first, began = _taken(database), time.monotonic()
            peak = 0.0
            while (there := _taken(database)) < count:
                peak = max(peak, memory(pid, "Rss"))
                time.sleep(0.05)
            rate = (there - first) / (time.monotonic() - began)
            return rate, max(peak, memory(pid, "Rss"))
