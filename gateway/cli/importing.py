"""`gateway import`: old mail from files."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.context import desk_of
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.frame import frame_of, single
from gateway.cli.terminal import print_json, say

if TYPE_CHECKING:
    from gateway.runtime.importing import Counts

app = single()


@app.command("import")
def import_mail(
    ctx: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help=".eml and mbox files, Maildirs, folders")
    ],
    live: Annotated[
        bool, typer.Option("--live", help="as if it arrived now: notices are sent, clocks run")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Take old mail in, at its own date and quietly. Run twice, it adds nothing."""
    from gateway.app import App
    from gateway.channels.email.reading import lane_of
    from gateway.runtime import collector
    from gateway.runtime.importing import Importer, total

    _all_there(paths)
    desk = desk_of(ctx)
    if "email" not in desk.loaded.sections:
        raise RefusedError(f"{frame_of(ctx).config_path}: no [email] table, expected one to import")
    built = App(loaded=desk.loaded)
    with desk.database() as database:
        importer = Importer(
            database, built.worker(database), now=built.now, lane_of=lane_of, live=live
        )
        collector.settle()
        done = total(list(_shown(importer.take_all(_mails(paths)), quiet=as_json)))
    if as_json:
        return print_json(dataclasses.asdict(done))
    return say(
        f"{done.read} mails read: {done.accepted} taken in, "
        f"{done.duplicates} were there already, {done.failed} failed"
        + (" (gateway inbox list --failed)" if done.failed else "")
    )


def _all_there(paths: list[Path]) -> None:
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise RefusedError(f"found no file or folder {', '.join(missing)}")


def _mails(paths: list[Path]) -> Iterator[bytes]:
    from gateway.runtime.importing import mails

    for path in paths:
        try:
            yield from mails(path)
        except OSError as error:
            raise FailedError(f"{path} cannot be read: {error.strerror}") from error


def _shown(counts: Iterable[Counts], *, quiet: bool) -> Iterator[Counts]:
    """With a bar on a terminal, which a pipe or a script never sees."""
    if quiet or not sys.stderr.isatty():
        yield from counts
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TextColumn("mails"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("importing", total=None)
        for one in counts:
            progress.advance(task, one.read)
            yield one
