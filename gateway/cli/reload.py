"""`gateway reload`: an edited config counts, without a restart."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gateway.cli.context import desk_of
from gateway.cli.errors import FailedError
from gateway.cli.frame import single
from gateway.cli.terminal import line, say

if TYPE_CHECKING:
    from gateway.runtime.presence import Running

_PATIENCE = 15.0  # seconds for a daemon to answer
_LOOK = 0.1

app = single()


@app.command()
def reload(ctx: typer.Context) -> None:
    """Have the daemons of this config, on this machine, read it again.

    The config is checked first: as long as anything is wrong with it, nothing happens.
    """
    from gateway.runtime.presence import running
    from gateway.settings.places import kept_folder

    folder = kept_folder(desk_of(ctx).loaded)
    before = running(folder)
    if not before:
        raise FailedError(
            f"found no daemon of this config in {folder}. If one runs, it could not write there: "
            "send it SIGHUP"
        )
    for one in before:
        _ask(one)
    answers = [_answer(folder, one) for one in before]
    for one in answers:
        for said in one.said:
            say(line(f"process {one.pid}: {said}"))
    if not all(one.ok for one in answers):
        raise FailedError("the old config still counts where it says so")


def _ask(one: Running) -> None:
    try:
        os.kill(one.pid, signal.SIGHUP)
    except OSError as error:
        raise FailedError(f"process {one.pid} cannot be asked: {error.strerror}") from None


def _answer(folder: Path, before: Running) -> Running:
    """What a daemon says about it. Raises FailedError where it says nothing."""
    from gateway.runtime.presence import running

    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        now = next((one for one in running(folder) if one.pid == before.pid), None)
        if now is not None and now.reloads > before.reloads:
            return now
        time.sleep(_LOOK)
    raise FailedError(f"process {before.pid} did not answer within {_PATIENCE:.0f} s: see its log")
