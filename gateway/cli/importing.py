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
        reading = _Reading(paths)
        done = total(list(_shown(importer.take_all(iter(reading)), reading, quiet=as_json)))
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


class _Reading:
    """The mails of all paths, once; ``octets`` says how much of them was read."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self.octets = 0

    def __iter__(self) -> Iterator[bytes]:
        from gateway.runtime.importing import mails

        for path in self._paths:
            try:
                for raw in mails(path):
                    self.octets += len(raw)
                    yield raw
            except OSError as error:
                raise FailedError(f"{path} cannot be read: {error.strerror}") from error

    def size(self) -> int:
        """About how many octets there are to read."""
        inside = (file for path in self._paths for file in (path, *path.rglob("*")))
        return sum(file.stat().st_size for file in inside if file.is_file())


def _shown(counts: Iterable[Counts], reading: _Reading, *, quiet: bool) -> Iterator[Counts]:
    """With a bar on a terminal, which a pipe or a script never sees."""
    if quiet or not sys.stderr.isatty():
        yield from counts
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    many = TextColumn("{task.fields[mails]} mails")
    columns = (TextColumn("importing"), BarColumn(), TaskProgressColumn(), many)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        size, mails = reading.size(), 0
        task = progress.add_task("importing", total=size, mails=mails)
        for one in counts:
            mails += one.read
            progress.update(task, completed=reading.octets, mails=mails)
            yield one
        progress.update(task, completed=size)  # what stands between mails is read, too
