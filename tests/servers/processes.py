"""What every test server needs: a port, a folder, patience, and an end."""

import asyncio
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

PATIENCE = 30.0  # seconds that a server may take to start, to stop, or to receive
Word = str | Path
Found = TypeVar("Found")


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Look again every 20 ms until `done()`; AssertionError that names `what` when it never is."""
    until = time.monotonic() + patience
    while not done():
        if time.monotonic() > until:
            raise AssertionError(f"waited {patience:g} s in vain for {what}")
        time.sleep(0.02)


async def eventually(
    look: Callable[[], Awaitable[Found]], what: str, patience: float = PATIENCE
) -> Found:
    """The same on a loop: look until something is found, and return it."""
    until = time.monotonic() + patience
    while not (found := await look()):
        if time.monotonic() > until:
            raise AssertionError(f"waited {patience:g} s in vain for {what}")
        await asyncio.sleep(0.02)
    return found


def listens(port: int) -> bool:
    """Whether something accepts connections on that port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def as_unprivileged() -> dict[str, Any]:
    """How Popen leaves root behind, for servers that refuse to run as root; nothing otherwise."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _die_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """A preexec_fn by which Linux ends the server when the test process is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1
    return lambda: prctl(set_parent_death_signal, int(stop))


@contextlib.contextmanager
def running(
    command: Sequence[Word],
    *,
    log: Path,
    stop: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; its output goes to `log`, never to a pipe that blocks."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent(stop),  # noqa: PLW1509 - nothing but one system call
            **options,
        )
    try:
        yield process
    finally:
        _end(process, stop)


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(stop)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def server_folder(name: str, *, for_unprivileged: bool = False) -> Iterator[Path]:
    """A short path (sockets allow 107 characters) that servers under other users can reach."""
    folder = Path(tempfile.mkdtemp(prefix=f"gateway-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    if for_unprivileged and os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
