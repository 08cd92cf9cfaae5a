"""`gateway explain`: how a message would be read and decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import shapes
from gateway.cli.context import desk_of
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.frame import single
from gateway.cli.terminal import block, line, print_json

if TYPE_CHECKING:
    from gateway.app import App
    from gateway.core.model import Message
    from gateway.runtime.explaining import Explained
    from gateway.store.database import Database

app = single()


@app.command()
def explain(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="mails (.eml), or mbox")],
    as_json: Annotated[
        bool, typer.Option("--json", help="print JSON: one document, or one a line for several")
    ] = False,
) -> None:
    """Show what would become of a mail and why. Nothing is stored and nothing is sent."""
    from gateway.app import App

    desk = App(loaded=desk_of(ctx).loaded)
    database = _database(desk)
    try:
        raws = [raw for path in paths for raw in _mails(path)]
        for raw in raws:
            _show(_explained(raw, desk, database), desk, as_json=as_json, alone=len(raws) == 1)
    finally:
        if database is not None:
            database.close()


def _database(desk: App) -> Database | None:
    """The desk's database, if there is one already: what it knows decides where mail lands."""
    from gateway.store.errors import StoreError

    url = desk.loaded.settings.database.url.get_secret_value()
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        return None
    try:
        return desk.open_database(migrate=False)
    except StoreError:
        return None


def _mails(path: Path) -> Iterator[bytes]:
    from gateway.runtime.importing import mails

    if not path.exists():
        raise RefusedError(f"found no file {path}")
    try:
        yield from mails(path)
    except OSError as error:
        raise FailedError(f"{path} cannot be read: {error.strerror}") from error


def _explained(raw: bytes, desk: App, database: Database | None) -> Explained:
    from gateway.core.ports import Incoming
    from gateway.runtime.explaining import explain as explained

    now = desk.now()
    incoming = Incoming(
        channel="email",
        external_id="explain",
        raw=raw,
        received_at=now,
        envelope={"v": 1, "source": "import"},
    )
    channel = desk.channels.get("email")
    if channel is None:
        raise RefusedError(f"{desk.loaded.path}: no [email] table, expected one to read mail")
    return explained(channel.read(incoming), desk.desk, database, now)


def _show(it: Explained, desk: App, *, as_json: bool, alone: bool) -> None:
    shape = shape_of(it, desk)
    if not as_json:
        print("\n".join(_story(shape)))
    elif alone:
        print_json(shape)
    else:
        print(json.dumps(shape))


def shape_of(it: Explained, desk: App) -> dict[str, Any]:
    """The JSON of one message."""
    message = it.message
    ticket = it.placement.ticket
    return _read(message) | {
        "ticket": {
            "number": ticket.number if ticket else None,
            "matched_by": it.placement.matched_by,
            "because": str(it.placement.because),
        },
        "author_role": it.role.value,
        "commands": [c.line for c in _commands(it)],
        "rules": [],
        "priority": _priority(it),
        "queue": _queue(it, desk),
        "proof": {
            "spf": message.proof.spf.value,
            "dkim": message.proof.dkim.value,
            "dmarc": message.proof.dmarc.value,
        },
        "defects": list(message.defects),
        "would": list(it.would),
    }


def _read(message: Message) -> dict[str, Any]:
    bounce = message.bounce
    return {
        "message_id": f"<{message.message_id.strip('<>')}>" if message.message_id else None,
        "from": shapes.party(message.author),
        "to": [shapes.party(p) for p in message.to],
        "cc": [shapes.party(p) for p in message.cc],
        "subject": message.subject,
        "date": shapes.instant(message.sent_at),
        "text": message.text,
        "full_text": message.full_text,
        "html": message.html,
        "attachments": [
            {"name": a.name, "type": a.type, "size": a.size, "inline": a.inline}
            for a in message.attachments
        ],
        "automatic": message.automatic.value if message.automatic else None,
        "automatic_because": message.automatic_because or None,
        "bounce": bounce
        and {
            "recipients": [{"address": r.address, "status": r.status} for r in bounce.recipients],
            "temporary": bounce.temporary,
        },
        "language": message.language,
    }


def _commands(it: Explained) -> tuple[Any, ...]:
    from gateway.core.commands import parse
    from gateway.core.model import Role

    if it.role is not Role.AGENT:
        return ()
    forwarded = it.message.forwarded
    return parse(forwarded.comment if forwarded else it.message.text).commands


def _priority(it: Explained) -> str:
    from gateway.core.model import Priority

    known = it.opened or it.placement.ticket
    return (known.priority if known else Priority.NORMAL).value


def _queue(it: Explained, desk: App) -> str:
    if it.opened is not None:
        return it.opened.queue
    ticket = it.placement.ticket
    return ticket.queue if ticket else desk.policy.queue_for(it.message.recipients).name


def _story(shape: dict[str, Any]) -> Iterator[str]:
    who, ticket = shape["from"], shape["ticket"]
    yield f"From:     {line(who['name'] or '')} <{line(who['address'])}>  ({shape['author_role']})"
    yield f"Subject:  {line(shape['subject'])}"
    yield f"Machine:  {shape['automatic'] or 'no'}" + (
        f" ({line(shape['automatic_because'])})" if shape["automatic_because"] else ""
    )
    where = f"#{ticket['number']}" if ticket["number"] else "none so far"
    yield f"Ticket:   {where}: {line(ticket['because'])}"
    for one in shape["would"]:
        yield f"Would:    {line(one)}"
    for one in shape["defects"]:
        yield f"Defect:   {line(one)}"
    yield "Text:"
    for words in block(shape["text"]).splitlines():
        yield f"    | {words}"
