"""`gateway explain`: how a message would be read and decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import shapes
from gateway.cli.context import desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import single
from gateway.cli.terminal import block, complain, instant, line, print_json

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
    from gateway.settings.secret import with_secret_for_once

    desk = App(loaded=with_secret_for_once(desk_of(ctx).loaded))
    database = _database(desk)
    unread: list[Path] = []
    raws = _mails(paths, unread)
    first = list(islice(raws, 2))
    alone = len(paths) == 1 and len(first) == 1
    try:
        for raw in chain(first, raws):
            _show(_explained(raw, desk, database), desk, as_json=as_json, alone=alone)
    finally:
        if database is not None:
            database.close()
    raise typer.Exit(1 if unread else 0)


def _database(desk: App) -> Database | None:
    """The desk's database, if there is one already: what it knows decides where mail lands."""
    from gateway.store.errors import StoreError

    url = desk.loaded.settings.database.url.get_secret_value()
    path = Path(url.partition("?")[0].removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        return None
    try:
        return desk.open_database(migrate=False)
    except StoreError as error:
        complain(f"gateway: explained as if there were no tickets yet: {line(str(error))}")
        return None


def _mails(paths: list[Path], unread: list[Path]) -> Iterator[bytes]:
    """The mails of all paths; of one that holds none that can be read, a line says why."""
    from gateway.runtime.importing import mails

    for path in paths:
        why = "holds no mail"
        try:
            for raw in mails(path):
                why = ""
                yield raw
        except OSError as error:
            why = f"cannot be read: {error.strerror}"
        if why:
            complain(f"gateway: {line(str(path))} {why}")
            unread.append(path)


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
        "rules": [shapes.hit(one) for one in it.hits],
        "priority": _priority(it),
        "queue": _queue(it, desk),
        "proof": shapes.proof(message.proof),
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
        "date": instant(message.sent_at),
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
    return str(_altered(it, "priority") or (known.priority if known else Priority.NORMAL))


def _queue(it: Explained, desk: App) -> str:
    known = it.opened or it.placement.ticket
    found = known.queue if known else desk.policy.queue_of(it.message).name
    return str(_altered(it, "queue") or found)


def _altered(it: Explained, field: str) -> object:
    """What the commands of the mail would make of a field, if they touch it."""
    from gateway.core.changes import Alter

    changes = (c for c in it.decision.changes if isinstance(c, Alter) and c.field == field)
    return next((change.new for change in reversed(list(changes))), None)


def _of_rule(shape: dict[str, Any]) -> str:
    """A rule in one line: whether it matched, because of what, and what it did."""
    did = f": {'; '.join(shape['did'])}" if shape["did"] else ""
    matched = "matched" if shape["matched"] else "did not match"
    return f"{shape['name']} {matched} ({shape['because']}){did}"


def _story(shape: dict[str, Any]) -> Iterator[str]:
    ticket = shape["ticket"]
    name, address = shape["from"]["name"], shape["from"]["address"]
    who = f"{name} <{address}>" if name and address else name or address or "nobody"
    yield f"From:     {line(who)} ({shape['author_role']})"
    from gateway.core.model import Proof, Verdict

    proof = Proof(**{method: Verdict(said) for method, said in shape["proof"].items()})
    if proven := shapes.proof_words(proof, address or ""):
        yield f"Sender:   {line(proven)}"
    yield f"Subject:  {line(shape['subject'])}"
    yield f"Machine:  {shape['automatic'] or 'no'}" + (
        f" ({line(shape['automatic_because'])})" if shape["automatic_because"] else ""
    )
    where = f"#{ticket['number']}" if ticket["number"] else "none so far"
    yield f"Ticket:   {where}: {line(ticket['because'])}"
    for one in shape["rules"]:
        yield f"Rule:     {line(_of_rule(one))}"
    for one in shape["would"]:
        yield f"Would:    {line(one)}"
    for one in shape["defects"]:
        yield f"Defect:   {line(one)}"
    yield "Text:"
    for words in block(shape["text"]).splitlines():
        yield f"    | {words}"
