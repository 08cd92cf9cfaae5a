"""Where the daemon's words go, and what becomes of it when they cannot go there any more."""

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.conftest import Make
from tests.e2e.gateway import COMMAND, Gateway, clean_environment, compose
from tests.servers import listens, wait_until


@contextmanager
def on_a_terminal(gateway: Gateway) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The daemon in a session of its own on a terminal, and our end of that."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "--config", gateway.config, "serve"],
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=gateway.folder,
        env=clean_environment(),
        start_new_session=True,
    )
    os.close(its)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()


def until_said(terminal: int, words: bytes) -> None:
    said = b""
    while words not in said:
        said += os.read(terminal, 4_096)


def test_the_daemon_ends_with_the_terminal_that_it_was_started_on(make: Make):
    """Else it would keep the port, and whoever comes next could not tell why."""
    gateway = make()
    with on_a_terminal(gateway) as (process, terminal):
        until_said(terminal, b"ready")
        os.close(terminal)
        process.send_signal(signal.SIGHUP)  # as the system does where it is its terminal
        assert process.wait(30) == 0
    assert not listens(gateway.port)


def test_on_a_terminal_that_is_there_the_same_signal_has_the_config_read_again(make: Make):
    gateway = make()
    with on_a_terminal(gateway) as (process, terminal):
        until_said(terminal, b"ready")
        process.send_signal(signal.SIGHUP)
        until_said(terminal, b"config_reloaded")
        assert process.poll() is None
        os.close(terminal)


def test_a_log_that_cannot_be_written_stops_nothing(make: Make):
    gateway = make()
    with open("/dev/full", "wb") as full:
        process = subprocess.Popen(
            [COMMAND, "--config", gateway.config, "serve"],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=full,
            cwd=gateway.folder,
            env=clean_environment(),
        )
    try:
        wait_until(lambda: listens(gateway.port), "the daemon to listen")
        gateway.send(compose("It burns."))
        gateway.wait_for_ticket()
        assert gateway.states() == ["done"]
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
