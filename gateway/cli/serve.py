"""`gateway serve`: the daemon."""

from __future__ import annotations

import typer

from gateway.cli.errors import FailedError
from gateway.cli.frame import frame_of, single

app = single()


@app.command()
def serve(ctx: typer.Context) -> None:
    """Run the daemon in the foreground, until SIGTERM or Ctrl-C."""
    from gateway import logs
    from gateway.app import App, read_config
    from gateway.app import serve as run
    from gateway.store.errors import StoreError

    frame = frame_of(ctx)
    loaded = read_config(frame.config_path)
    log = loaded.settings.log
    logs.configure("debug" if frame.debug else log.level.value, log.format.value)
    desk = App(loaded=loaded)
    try:
        run(desk)
    except StoreError as error:
        raise FailedError(str(error)) from error
    except OSError as error:
        raise FailedError(_cannot_listen(desk, error)) from error


def _cannot_listen(desk: object, error: OSError) -> str:
    """A taken port, by its key."""
    from gateway.app import App

    path = desk.loaded.path if isinstance(desk, App) else ""
    return f"{path}: [email.listen] host and port: {error.strerror or error}"
