"""Which daemons of a config run on this machine, and what each said about its last reload.

Each keeps a file of its own, locked as long as it lives. So a file that is left over is known from
one that counts, whatever process has its number by now.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATTERN = "gateway-*.pid"
_MOST = 1_000_000  # octets of a file that is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A daemon that runs. ``reloads`` counts; ``ok`` and ``said`` are of the last one."""

    pid: int
    reloads: int = 0
    ok: bool = True
    said: tuple[str, ...] = ()


class Presence:
    """The file of this process."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._reloads = 0
        self._write(ok=True, said=())

    def reloaded(self, *, ok: bool, said: tuple[str, ...]) -> None:
        """A reload is over: whether the new config counts, and what is to be told of it."""
        self._reloads += 1
        self._write(ok=ok, said=said)

    def _write(self, *, ok: bool, said: tuple[str, ...]) -> None:
        state = {"v": 1, "pid": os.getpid(), "reloads": self._reloads, "ok": ok, "said": said}
        data = json.dumps(state).encode()
        os.pwrite(self._handle, data + b"\n", 0)
        os.ftruncate(self._handle, len(data) + 1)


@contextmanager
def present(folder: Path) -> Iterator[Presence]:
    """Be known as a daemon that runs. Raises OSError where the folder cannot be written."""
    path = folder / f"gateway-{os.getpid()}.pid"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield Presence(handle)
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def running(folder: Path) -> list[Running]:
    """The daemons that run, by their process id; files of dead ones are swept away."""
    found = (_look(path) for path in folder.glob(_PATTERN))
    return sorted((one for one in found if one is not None), key=lambda one: one.pid)


def _look(path: Path) -> Running | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # it ended a moment ago, or is somebody else's
        return None
    try:
        if _is_left_over(handle):
            path.unlink(missing_ok=True)
            return None
        return _running(os.pread(handle, _MOST, 0))
    finally:
        os.close(handle)


def _is_left_over(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _running(data: bytes) -> Running | None:
    """What a file says; None where it is being written at this very moment."""
    try:
        state: dict[str, Any] = json.loads(data)
    except ValueError:
        return None
    return Running(
        pid=state["pid"], reloads=state["reloads"], ok=state["ok"], said=tuple(state["said"])
    )
