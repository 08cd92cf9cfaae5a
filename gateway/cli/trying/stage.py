"""Where the demo plays: the running daemon of this config, or one of its own."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from gateway.channels.email.checking import Answers, door_of, who_answers
from gateway.channels.email.settings import ListenTable
from gateway.cli.context import CHANNELS, Desk
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.terminal import line
from gateway.cli.trying.daemon import daemon
from gateway.cli.trying.door import listener_of, maildir_of
from gateway.core.policy import Agent, AgentProof, Notify
from gateway.settings.load import load
from gateway.settings.starter import Facts, starter

_READY = 30.0  # seconds until the daemon must be there


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A daemon that answers, and all that the play needs of it."""

    desk: Desk
    listen: ListenTable
    maildir: Path
    agent: Agent
    why_own: str = ""


@contextmanager
def stage_for(path: Path, environ: dict[str, str]) -> Iterator[Stage]:
    """The running daemon of a config if the play can be seen there, else one of its own.

    Raises ConfigError for a config that is wrong, FailedError if no daemon comes up.
    """
    if not path.exists():
        why = f"There is no {path} yet"
    else:
        desk = Desk(load(path, CHANNELS, environ))
        try:
            stage = running_stage(desk)
        except RefusedError as unfit:
            why = str(unfit)
        else:
            yield stage
            return
    with tempfile.TemporaryDirectory(prefix="gateway-demo-") as folder, _own(Path(folder)) as own:
        yield replace(own, why_own=why)


def running_stage(desk: Desk) -> Stage:
    """The daemon that runs for a desk. Raises RefusedError: why the play cannot be seen there."""
    listen, maildir = listener_of(desk), maildir_of(desk)
    policy = desk.policy
    if policy.agent_proof is AgentProof.BOTH:
        raise RefusedError(f'{desk.loaded.path}: desk.agent_proof is "both"')
    if policy.answer_delay > timedelta(seconds=5):
        raise RefusedError(f"{desk.loaded.path}: desk.answer_delay makes every answer wait")
    agent = _agent_of(desk)
    if who_answers(listen, desk.book) is not Answers.THIS_DESK:
        host, port = door_of(listen)
        raise RefusedError(f"No daemon of {desk.loaded.path} answers at {host}:{port}")
    return Stage(desk=desk, listen=listen, maildir=maildir, agent=agent)


def _agent_of(desk: Desk) -> Agent:
    """Who hears of a new ticket at the desk's own address."""
    policy = desk.policy
    queue = policy.queue_for((policy.desk_address,))
    first = policy.agents_of(queue.name, 1)
    if queue.notify is not Notify.QUEUE or not first:
        raise RefusedError(f'{desk.loaded.path}: no agent hears of new tickets in "{queue.name}"')
    return first[0]


@contextmanager
def _own(folder: Path) -> Iterator[Stage]:
    config = folder / "config" / "gateway.toml"
    config.parent.mkdir()
    config.write_text(starter(Facts(listen_port=_free_port()), CHANNELS), encoding="utf-8")
    desk = Desk(load(config, CHANNELS, {}))
    listen, maildir = listener_of(desk), maildir_of(desk)
    said = folder / "log"
    with daemon(config, said) as process:
        _await(process, desk, listen, said)
        yield Stage(desk=desk, listen=listen, maildir=maildir, agent=_agent_of(desk))


def _await(process: subprocess.Popen[bytes], desk: Desk, listen: ListenTable, said: Path) -> None:
    until = time.monotonic() + _READY
    while who_answers(listen, desk.book) is not Answers.THIS_DESK:
        if process.poll() is not None:
            raise FailedError(f"the demo's own daemon did not start: {_last_line(said)}")
        if time.monotonic() > until:
            raise FailedError(f"the demo's own daemon was not ready after {_READY:.0f} seconds")
        time.sleep(0.1)


def _last_line(said: Path) -> str:
    rows = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return line(rows[-1])[:500] if rows else "it said nothing"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
