"""Entry point of the `gateway` command. `--help` loads nothing but this."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.errors import CommandError
from gateway.cli.frame import CONFIG, DEBUG, Command, Frame, LazyGroup
from gateway.cli.terminal import complain
from gateway.settings.faults import ConfigError

INTERRUPTED = 130


class Commands(LazyGroup):
    """Every command of the gateway."""

    table = {  # noqa: RUF012 - declared as a class variable where it comes from
        "init": Command("gateway.cli.init", "Write a first config, from a few questions."),
        "check": Command("gateway.cli.check", "Say what of the config works, and what does not."),
        "serve": Command("gateway.cli.serve", "Run the daemon."),
        "reload": Command("gateway.cli.reload", "Have the daemon read an edited config."),
        "ticket": Command("gateway.cli.ticket", "Look at tickets, and work on them."),
        "agent": Command("gateway.cli.agent", "The agents, and their standing addresses."),
        "rules": Command("gateway.cli.rules", "The rules of the config, as they are understood."),
        "inbox": Command("gateway.cli.inbox", "What came in, and its fate."),
        "contact": Command("gateway.cli.contact", "One person, and what the desk keeps of them."),
        "mailbox": Command("gateway.cli.mailbox", "Sign in to a mailbox with OAuth2."),
        "import": Command("gateway.cli.importing", "Take in old mail from files."),
        "explain": Command("gateway.cli.explain", "Why would a mail land where it would?"),
        "sla": Command("gateway.cli.sla", "When would something be due, and why then?"),
        "simulate": Command(
            "gateway.cli.simulate", "What would a config have done with the mail of a past time?"
        ),
        "outbox": Command("gateway.cli.outbox", "What goes out, and its fate."),
        "mail": Command("gateway.cli.mail", "Send a mail to the desk, for trying it out."),
        "demo": Command("gateway.cli.demo", "Play a short conversation, and show each step."),
    }


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from gateway import __version__

        print(f"gateway {__version__}")
        raise typer.Exit


@app.callback()
def _gateway(
    config: Annotated[Path | None, CONFIG] = None,
    debug: Annotated[bool, DEBUG] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="show the version")
    ] = False,
) -> None:
    """A Help Desk gateway: mail and chats become tickets, and every answer finds its way back."""
    del config, debug, version  # their callbacks have done it


def main() -> None:
    """Run the command line of this process, and end it with the command's exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not know every letter
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = status or 1
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command. 0: done, 1: it failed while running, 2: what was asked for is wrong."""
    frame = Frame(debug=os.environ.get("GATEWAY_DEBUG", "") not in ("", "0"))
    try:
        command = typer.main.get_command(app)
        status = command.main(
            args=list(arguments), prog_name="gateway", standalone_mode=False, obj=frame
        )
    except typer.TyperException as error:
        complain(_usage(error))
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        complain("gateway: interrupted")
        return INTERRUPTED
    except ConfigError as error:
        complain(str(error))
        return 2
    except CommandError as error:
        complain(f"gateway: {error}")
        return error.exit_status
    except Exception as error:
        return _unexpected(error, frame)
    return status if isinstance(status, int) else 0


def _usage(error: typer.TyperException) -> str:
    message = error.format_message()
    if "\n" in message:  # a command without its sub-command: this is its help
        return message
    path = getattr(getattr(error, "ctx", None), "command_path", "gateway")
    said = message.removeprefix("Error: ").replace("Value error, ", "").rstrip(".")
    return f"{path}: {said} (see `{path} --help`)"


def _unexpected(error: Exception, frame: Frame) -> int:
    if frame.debug:
        traceback.print_exception(error)
        return 1
    said = str(error).splitlines()
    what = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    complain(f"gateway: {what} (--debug shows where)")
    return 1


if __name__ == "__main__":
    main()
