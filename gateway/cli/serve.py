"""`gateway serve`: the daemon."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

import typer

from gateway.cli.errors import FailedError
from gateway.cli.frame import frame_of, single

if TYPE_CHECKING:
    from gateway.settings.load import Loaded

app = single()

_OF_A_PORT = {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}


@app.command()
def serve(ctx: typer.Context) -> None:
    """Run the daemon in the foreground, until SIGTERM or Ctrl-C."""
    from gateway import logs
    from gateway.app import App, read_config
    from gateway.app import serve as run
    from gateway.cli.welcome import greet
    from gateway.store.errors import StoreError

    frame = frame_of(ctx)
    loaded = read_config(frame.config_path)
    log = loaded.settings.log
    logs.configure("debug" if frame.debug else log.level.value, log.format.value)
    desk = App(loaded=loaded)
    try:
        run(desk, lambda: greet(loaded, desk.policy))
    except StoreError as error:
        raise FailedError(f"{loaded.path}: database.url: {error}") from error
    except OSError as error:
        raise FailedError(_in_the_way(loaded, error)) from error


def _in_the_way(loaded: Loaded, error: OSError) -> str:
    """One line with the key for a port that cannot be had; what else it is, as it is."""
    from gateway.channels.email.checking import in_the_way, which_key
    from gateway.channels.email.settings import EmailTable
    from gateway.core.ports import CannotListenError

    if isinstance(error, CannotListenError):
        return f"{loaded.path}: {error.key}.{which_key(error)}: {error.where}: {in_the_way(error)}"
    table = loaded.sections.get("email")
    if not isinstance(table, EmailTable) or table.listen is None:
        return str(error)
    if isinstance(error, ssl.SSLError):
        return f"{loaded.path}: email.listen.tls_certificate: of no use: {error.reason or error}"
    of_a_port = error.errno in _OF_A_PORT and error.filename is None
    if not of_a_port and not isinstance(error, socket.gaierror):
        return str(error)
    where = f"{table.listen.host}:{table.listen.port}"
    return f"{loaded.path}: email.listen.{which_key(error)}: {where}: {in_the_way(error)}"
