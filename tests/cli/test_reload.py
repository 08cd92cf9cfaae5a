"""`gateway reload` and SIGHUP: an edited config counts at once, or not at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.runtime.presence import running
from tests.cli.conftest import Shell
from tests.servers import wait_until

URGENT = """
[[rules]]
name = "hot"
when = 'subject.contains("fire")'
priority = "urgent"
queue = "hot"

[[queues]]
name = "support"
addresses = ["support@acme.example"]

[[queues]]
name = "hot"
addresses = ["hot@acme.example"]
"""


@contextmanager
def serving(desk: Shell) -> Iterator[Path]:
    log = desk.config.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli.main", "--config", str(desk.config), "serve"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: "ready" in log.read_text(), "the daemon to be ready", 30)
        yield log
        process.terminate()
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def send(desk: Shell, to: str = "support@acme.example") -> None:
    ended = desk(
        *("mail", "--to", to, "--subject", "fire"),
        *("--from", "ada@example.org", "--text", "It burns."),
    )
    assert ended.status == 0, ended.err
    wait_until(lambda: desk("ticket", "list", "--json").json != [], "a ticket", 10)


def append(desk: Shell, text: str) -> None:
    with desk.config.open("a") as config:
        config.write(text)


def test_rules_and_queues_count_at_once_and_the_rest_is_named(desk: Shell):
    with serving(desk):
        append(desk, URGENT)
        desk.config.write_text(desk.config.read_text().replace('maildir = "out"', 'maildir = "o2"'))
        ended = desk("reload")
        assert ended.status == 0, ended.err
        first, second = ended.out.splitlines()
        assert first.endswith(": reloaded")
        assert second.endswith(": email.send.maildir needs a restart")
        send(desk, "hot@acme.example")
        (ticket,) = desk("ticket", "list", "--json").json
        assert (ticket["priority"], ticket["queue"]) == ("urgent", "hot")
    assert running(desk.config.parent) == []


def test_a_fault_keeps_the_old_config_and_says_all(desk: Shell):
    append(desk, URGENT)
    with serving(desk) as log:
        append(desk, '\n[[rules]]\nname = "x"\nwhen = "nope"\nqueue = "nowhere"\n')
        ended = desk("reload")
        assert ended.status == 2
        assert [line.split(": ")[1] for line in ended.err.splitlines()] == [
            "rules[2].when",
            "rules[2].queue",
        ]
        (daemon,) = running(desk.config.parent)
        os.kill(daemon.pid, signal.SIGHUP)
        wait_until(lambda: running(desk.config.parent)[0].reloads == 1, "its answer", 10)
        (daemon,) = running(desk.config.parent)
        assert not daemon.ok
        assert len(daemon.said) == 2
        assert log.read_text().count("config_not_reloaded") == 2
        desk.config.write_text(desk.config.read_text().partition('\n[[rules]]\nname = "x"')[0])
        send(desk)
        assert desk("ticket", "list", "--json").json[0]["priority"] == "urgent"


def test_where_no_daemon_runs_that_is_said(desk: Shell):
    (desk.config.parent / "gateway-1.pid").write_text('{"v": 1, "pid": 1}\n')  # one that died
    ended = desk("reload")
    assert ended.status == 1
    assert "found no daemon of this config in " in ended.err
    assert "send it SIGHUP" in ended.err
    assert not (desk.config.parent / "gateway-1.pid").exists()


@pytest.mark.parametrize("content", ["", '{"v": 1, "pi'])
def test_a_file_that_is_being_written_is_nobody(tmp_path: Path, content: str):
    import fcntl

    path = tmp_path / "gateway-7.pid"
    path.write_text(content)
    with path.open() as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert running(tmp_path) == []
    assert path.exists()
