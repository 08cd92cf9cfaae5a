"""Everybody's mailbox in one: the Maildir that a desk without a relay writes into."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.cli.trying.letters import Letter, read

_LOOK = 0.05  # seconds
_LARGEST = 50 * 1024 * 1024  # octets


def newest_for(maildir: Path, address: str) -> Letter | None:
    """The newest mail for somebody, None where there is none."""
    wanted = address.lower()
    letters = (read(path.read_bytes()) for path in _newest_first(maildir))
    return next((one for one in letters if one.delivered_to == wanted), None)


def _newest_first(maildir: Path) -> list[Path]:
    aged = [(entry.stat().st_mtime_ns, Path(entry.path)) for entry in _files(maildir)]
    return [path for _, path in sorted(aged, reverse=True)]


def _files(maildir: Path) -> Iterator[os.DirEntry[str]]:
    for folder in ("new", "cur"):
        try:
            entries = list(os.scandir(maildir / folder))
        except FileNotFoundError:
            continue
        yield from (e for e in entries if e.is_file() and e.stat().st_size <= _LARGEST)


class Watch:
    """Gives the mails that come into a Maildir from now on, each once."""

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir
        self._seen = {_name(entry) for entry in _files(maildir)}
        self._waiting: list[Letter] = []

    def wait_for(self, wanted: Callable[[Letter], bool], seconds: float) -> Letter | None:
        """The next mail that is wanted; None if it has not come after so long."""
        until = time.monotonic() + seconds
        while True:
            self._waiting += self._fresh()
            for one in self._waiting:
                if wanted(one):
                    self._waiting.remove(one)
                    return one
            if time.monotonic() > until:
                return None
            time.sleep(_LOOK)

    def _fresh(self) -> list[Letter]:
        new = [entry for entry in _files(self._maildir) if _name(entry) not in self._seen]
        self._seen.update(_name(entry) for entry in new)
        return [read(Path(entry.path).read_bytes()) for entry in new]


def _name(entry: os.DirEntry[str]) -> str:
    """A client that shows a mail moves it, and adds flags to its name."""
    return entry.name.partition(":")[0]
