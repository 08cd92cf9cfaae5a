"""`gateway inbox`: what came in, and its fate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import shapes
from gateway.cli.context import agent_of, desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import LARGEST, group
from gateway.cli.terminal import moment, print_json_list, print_table, say

if TYPE_CHECKING:
    from gateway.store.inbox import InboxRow

app = group("What came in, and its fate.")

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
Ids = Annotated[
    list[int],
    typer.Argument(metavar="ID...", min=1, max=LARGEST, help="ids that `inbox list` shows"),
]
OPERATOR = "the operator"
_HEADINGS = ("id", "received", "channel", "state", "attempts", "ticket", "why")


@app.command("list")
def list_inbox(
    ctx: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="what could not be handled")] = False,
    held: Annotated[bool, typer.Option("--held", help="what waits to be released")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, max=LARGEST, help="the newest N")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What came in, newest first, with the reason of its fate."""
    from gateway.store import inbox

    desk = desk_of(ctx)
    with desk.database() as database, database.read() as conn:
        rows = inbox.rows(conn, failed=failed, held=held, limit=limit)
    if as_json:
        return print_json_list(shapes.inbox_row(row) for row in rows)
    zone = desk.policy.timezone
    cells = (
        (
            *(r.id, moment(r.received_at, zone), r.channel, r.state.value, r.attempts, r.ticket),
            r.error or r.reason,
        )
        for r in rows
    )
    return print_table(_HEADINGS, cells, "There is nothing of that kind in the inbox.")


@app.command()
def retry(ctx: typer.Context, ids: Ids, as_json: AsJson = False) -> None:
    """Handle again what failed, was dropped or ignored."""
    from gateway.store import inbox

    with desk_of(ctx).database() as database, database.write() as conn:
        _ask(
            partial(inbox.get, conn),
            ids,
            ("failed", "dropped", "ignored"),
            "failed, dropped or ignored",
        )
        inbox.retry(conn, ids, now=datetime.now(UTC))
        done = [inbox.get(conn, one) for one in ids]
    _done(done, "will be handled again", as_json=as_json)


@app.command()
def release(
    ctx: typer.Context,
    ids: Ids,
    as_agent: Annotated[
        str | None,
        typer.Option("--as", metavar="AGENT", help="who says so: an address or a unique name"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Believe a held message to be from the agent it names, and handle it as theirs."""
    from gateway.store import inbox

    desk = desk_of(ctx)
    by = agent_of(desk.policy, as_agent).email if as_agent else OPERATOR
    with desk.database() as database, database.write() as conn:
        _ask(partial(inbox.get, conn), ids, ("held",), "held")
        for one in ids:
            inbox.release(conn, one, by, now=datetime.now(UTC))
        done = [inbox.get(conn, one) for one in ids]
    _done(done, "released", as_json=as_json)


def _ask(
    find: Callable[[int], InboxRow | None], ids: list[int], states: tuple[str, ...], wanted: str
) -> None:
    """All of them, or none: raise RefusedError that names what does not fit."""
    for one in ids:
        row = find(one)
        if row is None:
            raise RefusedError(f"there is no message {one} in the inbox; nothing was done")
        if row.state.value not in states:
            raise RefusedError(
                f"message {one} is {row.state.value}, not {wanted}; nothing was done"
            )


def _done(rows: list[InboxRow | None], what: str, *, as_json: bool) -> None:
    known = [row for row in rows if row is not None]
    if as_json:
        return print_json_list(shapes.inbox_row(row) for row in known)
    for row in known:
        say(f"Message {row.id}: {what}.")
    return None
