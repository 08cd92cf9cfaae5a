"""`gateway simulate`: what a config would have done with the mail of a past time."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.context import desk_of
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.frame import single
from gateway.cli.terminal import instant, line, print_json, print_table, say

if TYPE_CHECKING:
    from gateway.app import App
    from gateway.core.ports import Incoming
    from gateway.runtime.simulating.results import Difference, Run, Story
    from gateway.runtime.simulating.spool import Spool

app = single()

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_SHOWN = 40  # rows of a table in the terminal


@app.command()
def simulate(
    ctx: typer.Context,
    mailbox: Annotated[
        list[Path] | None,
        typer.Option("--mailbox", metavar="PATH", help="mbox, Maildir or .eml; may be repeated"),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="the desk's own inbox, as far as it is kept")
    ] = False,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="CONFIG", help="compare with this config")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="write a page with plots")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Replay old mail under a virtual clock, through the very same decisions.

    Says which tickets would have been opened with which priority and why, which deadlines met or
    missed given when answers really came, and whom the clock would have told what. Nothing is sent
    and nothing is stored. Mail from an agent's address, or from the desk's own, counts as their
    public answer.
    """
    from gateway.runtime.collector import settle
    from gateway.runtime.simulating.results import compare

    if bool(mailbox) == history:
        raise RefusedError("expected --mailbox PATH, or --history, and not both")
    apps = [_app(ctx, None), *([_app(ctx, against)] if against else [])]
    settle()
    with _spooled(apps[0], mailbox or []) as (spool, missed):
        runs = [_run(one, spool, missed) for one in apps]
    other = runs[1] if against else None
    differs = compare(runs[0], other) if other else ()
    if html is not None:
        _write(html, runs[0], other, differs)
    if as_json:
        return print_json(_shape(runs, differs, compared=other is not None))
    for run in runs:
        _show(run)
    if other is not None:
        _show_differences(runs[0], other, differs)
    return None


def _app(ctx: typer.Context, path: Path | None) -> App:
    from gateway.app import App, read_config

    loaded = desk_of(ctx).loaded if path is None else read_config(path)
    return App(loaded=loaded)


@contextmanager
def _spooled(desk: App, paths: list[Path]) -> Iterator[tuple[Spool, int]]:
    """The archive in the order of its moments; and how many of its messages are gone."""
    from gateway.runtime.simulating.spool import Spool

    missed: list[int] = [0]
    spool = Spool()
    try:
        _watch("reading", spool.add(_arrivals(desk, paths, missed.append)), None)
        if not len(spool):
            raise RefusedError("found no message there")
        yield spool, missed[-1]
    finally:
        spool.close()


def _arrivals(desk: App, paths: list[Path], tell: Any) -> Iterator[Incoming]:
    from gateway.runtime.importing import mails
    from gateway.runtime.simulating.archive import of_history, of_mails

    if not paths:
        database = desk.open_database(migrate=False)
        try:
            yield from of_history(database, tell)
        finally:
            database.close()
        return
    for path in paths:
        if not path.exists():
            raise RefusedError(f"--mailbox: found no file or folder {path}")
        try:
            yield from of_mails(mails(path), desk.now())
        except OSError as error:
            raise FailedError(f"{path} cannot be read: {error.strerror}") from error


def _run(desk: App, spool: Spool, missed: int) -> Run:
    from dataclasses import replace

    from gateway.runtime.simulating.replay import play, stage_for
    from gateway.runtime.simulating.witness import Witness

    witness = Witness(desk.desk)
    readers = {name: channel.read for name, channel in desk.channels.items()}
    with stage_for(desk.desk, readers) as stage:

        def played() -> Iterator[int]:
            for count, done in enumerate(play(stage, spool), start=1):
                witness.see(done)
                yield count

        _watch(f"replaying {desk.loaded.path}", played(), len(spool))
    return replace(witness.run(str(desk.loaded.path)), missed_raws=missed)


def _watch(what: str, counts: Iterable[int], total: int | None) -> None:
    """Go through it, with a bar on a terminal."""
    if not sys.stderr.isatty():
        for _ in counts:
            pass
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (TextColumn(line(what)), BarColumn(), MofNCompleteColumn(), Left())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        for count in counts:
            progress.update(task, completed=count)


def _write(path: Path, run: Run, other: Run | None, differs: tuple[Difference, ...]) -> None:
    from gateway.runtime.simulating.page import page_of

    try:
        path.write_text(page_of(run, other, differs), encoding="utf-8")
    except OSError as error:
        raise FailedError(f"--html: {path} cannot be written: {error.strerror}") from error


def _show(run: Run) -> None:
    from gateway.runtime.simulating.results import Fate, words_of

    say(f"{run.name}: {len(run.arrivals)} messages of people, {len(run.stories)} tickets")
    why = [(n, p.value, because or "no rule") for (p, because), n in run.by_reason().most_common()]
    print_table(("tickets", "priority", "because"), why[:_MOST_SHOWN], "No ticket was opened.")
    rows = [
        (target.words, priority.value, *(counts[fate] for fate in Fate))
        for (target, priority), counts in sorted(run.by_fate().items())
    ]
    print_table(("deadline", "priority", *Fate), rows, "No deadline was started.")
    told = [(who, words_of(kind), n) for (who, kind), n in run.by_person().items()]
    print_table(("told by the clock", "what", "times"), told[:_MOST_SHOWN], "Nobody was told.")
    _say_more(len(told))
    night = run.at_night()
    for who, times in night.most_common(_MOST_SHOWN):
        say(f"At night (22:00 to 07:00), out of shift, {who} would have been told {_times(times)}.")
    busiest = max(run.load().items(), key=lambda item: item[1], default=None)
    if busiest is not None:
        (day, hour), count = busiest
        say(f"The busiest hour of the week was {_DAYS[day]} at {hour}:00: {count} messages in all.")
    say("")


def _times(count: int) -> str:
    return "something once" if count == 1 else f"something {count} times"


def _say_more(rows: int) -> None:
    if rows > _MOST_SHOWN:
        say(f"… and {rows - _MOST_SHOWN} more lines: --json and --html have all of them.")


def _show_differences(one: Run, other: Run, differs: tuple[Difference, ...]) -> None:
    from gateway.runtime.simulating.results import in_sum

    print_table(("in sum", one.name, other.name), in_sum(one, other), "")
    say(f"{len(differs)} of {len(one.stories)} tickets differ.")
    rows = [
        (d.story.number, d.story.subject, name, ours, theirs)
        for d in differs
        for name, ours, theirs in d.what
    ]
    headings = ("number", "subject", "what", one.name, other.name)
    print_table(headings, rows[:_MOST_SHOWN], "Both treat every ticket alike.")
    _say_more(len(rows))


def _shape(runs: list[Run], differs: tuple[Difference, ...], *, compared: bool) -> dict[str, Any]:
    return {
        "runs": [_run_shape(run) for run in runs],
        "in_sum": _sums_shape(runs) if compared else None,
        "differences": [_difference_shape(d) for d in differs] if compared else None,
    }


def _sums_shape(runs: list[Run]) -> list[dict[str, Any]]:
    from gateway.runtime.simulating.results import in_sum

    return [{"what": n, "config": a, "against": b} for n, a, b in in_sum(*runs)]


def _run_shape(run: Run) -> dict[str, Any]:
    return {
        "config": run.name,
        "messages": len(run.arrivals),
        "failed": run.fates.get("failed", 0),
        "erased": run.missed_raws,
        "from": instant(run.first),
        "to": instant(run.last),
        "tickets": [_story_shape(story) for story in run.stories],
        "deadlines": [
            {"target": target.value, "priority": priority.value, **dict(counts)}
            for (target, priority), counts in sorted(run.by_fate().items())
        ],
        "load": [
            {"weekday": day, "hour": hour, "messages": n}
            for (day, hour), n in sorted(run.load().items())
        ],
        "told": [
            {"to": who, "kind": kind, "times": n} for (who, kind), n in run.by_person().items()
        ],
        "rounds": [{"at": instant(t.at), "kind": t.kind, "to": t.to} for t in run.rounds],
        "at_night": dict(run.at_night()),
    }


def _story_shape(story: Story) -> dict[str, Any]:
    return {
        "number": story.number,
        "subject": story.subject,
        "opened_at": instant(story.opened_at),
        "queue": story.queue,
        "priority": story.priority.value,
        "because": list(story.because),
        "state": story.state,
        "tier": story.tier,
        "assignee": story.assignee,
        "deadlines": [
            {
                "target": d.target.value,
                "priority": d.priority.value,
                "started_at": instant(d.started_at),
                "due_at": instant(d.due_at),
                "fate": d.fate.value,
                "ended_at": instant(d.ended_at),
            }
            for d in story.deadlines
        ],
        "told": [
            {"at": instant(t.at), "kind": t.kind, "to": t.to, "outside": t.outside}
            for t in story.told
        ],
    }


def _difference_shape(difference: Difference) -> dict[str, Any]:
    return {
        "number": difference.story.number,
        "subject": difference.story.subject,
        "what": [{"what": n, "config": a, "against": b} for n, a, b in difference.what],
    }
