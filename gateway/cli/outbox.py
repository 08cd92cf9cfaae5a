"""`gateway outbox`: what goes out, and its fate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import shapes
from gateway.cli.context import desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import LARGEST, group
from gateway.cli.terminal import moment, print_json_list, print_table, say

if TYPE_CHECKING:
    from gateway.store.outbox import OutboxRow

app = group("What goes out, and its fate.")

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
Ids = Annotated[
    list[int],
    typer.Argument(metavar="ID...", min=1, max=LARGEST, help="ids that `outbox list` shows"),
]
_HEADINGS = ("id", "written", "channel", "to", "kind", "state", "attempts", "ticket", "why")
_ODD = ("failed", "bounced", "unknown")


@app.command("list")
def list_outbox(
    ctx: typer.Context,
    failed: Annotated[
        bool, typer.Option("--failed", help="what failed, came back, or may not have gone out")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, max=LARGEST, help="the newest N")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What goes out, newest first, with the error of what did not."""
    from gateway.store import outbox

    desk = desk_of(ctx)
    with desk.database() as database, database.read() as conn:
        rows = outbox.rows(conn, failed=failed, limit=limit)
    if as_json:
        return print_json_list(shapes.outbox_row(row) for row in rows)
    zone = desk.policy.timezone
    cells = (
        (
            *(r.id, moment(r.created_at, zone), r.channel, r.to.address, r.kind, r.state.value),
            *(r.attempts, r.ticket, r.error),
        )
        for r in rows
    )
    return print_table(_HEADINGS, cells, "There is nothing of that kind in the outbox.")


@app.command()
def retry(ctx: typer.Context, ids: Ids, as_json: AsJson = False) -> None:
    """Send again what failed, came back, or may not have gone out (with the same Message-ID)."""
    from gateway.store import outbox

    with desk_of(ctx).database() as database, database.write() as conn:
        _ask(partial(outbox.get, conn), ids)
        outbox.retry(conn, ids, now=datetime.now(UTC))
        done = [row for one in ids if (row := outbox.get(conn, one)) is not None]
    if as_json:
        return print_json_list(shapes.outbox_row(row) for row in done)
    for row in done:
        say(f"Message {row.id}: will be sent again.")
    return None


def _ask(find: Callable[[int], OutboxRow | None], ids: list[int]) -> None:
    for one in ids:
        row = find(one)
        if row is None:
            raise RefusedError(f"there is no message {one} in the outbox; nothing was done")
        if row.state.value not in _ODD:
            raise RefusedError(
                f"message {one} is {row.state.value}, not failed, bounced or unknown; "
                "nothing was done"
            )
