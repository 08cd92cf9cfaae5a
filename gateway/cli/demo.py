"""`gateway demo`: a short conversation, played through a real daemon."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.frame import frame_of, single
from gateway.cli.program import command

if TYPE_CHECKING:
    from gateway.cli.trying.screen import Screen
    from gateway.cli.trying.stage import Stage
    from gateway.core.model import Ticket

app = single()


@app.command()
def demo(
    ctx: typer.Context,
    fast: Annotated[bool, typer.Option("--fast", help="without the time to read")] = False,
) -> None:
    """Play a conversation between a customer and an agent, and show each mail.

    Through the running daemon, if its mail goes to a Maildir; else through one of its own.
    """
    from gateway import logs
    from gateway.cli.trying.screen import Screen
    from gateway.cli.trying.stage import stage_for
    from gateway.cli.trying.story import Story

    path = frame_of(ctx).config_path
    logs.configure("warning")
    screen = Screen(quick=fast)
    with stage_for(path, dict(os.environ)) as stage:
        _say_where(stage, screen)
        ticket = Story(stage, screen, seconds=1 if fast else 5).play()
        _say_the_end(stage, screen, ticket)


def _say_where(stage: Stage, screen: Screen) -> None:
    if stage.why_own:
        screen.title(f"{stage.why_own}: playing with a daemon of the demo's own, for this once.")
    else:
        screen.title(f"Playing with the running daemon of {stage.desk.loaded.path}.")


def _say_the_end(stage: Stage, screen: Screen, ticket: Ticket) -> None:
    screen.tell(f"That was ticket #{ticket.number}. It is {ticket.state.value} now.")
    if stage.why_own:
        screen.tell("`make run` starts a daemon that stays; the README goes on from there.")
    else:
        program = command(sys.argv[0], stage.desk.loaded.path)
        screen.tell("Its whole history, with the reason of each entry:")
        screen.command(f"{program} ticket show {ticket.number}")
