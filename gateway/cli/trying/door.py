"""The daemon's own port, as somebody else's mail server finds it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path

from gateway.channels.email.checking import door_of
from gateway.channels.email.settings import EmailTable, ListenTable, Protocol
from gateway.cli.context import Desk
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.terminal import line

_TIMEOUT = 15.0  # seconds


def mail_of(desk: Desk) -> EmailTable:
    """The desk's mail. Raises RefusedError where it has none."""
    table = desk.loaded.sections.get("email")
    if isinstance(table, EmailTable):
        return table
    raise RefusedError(f"{desk.loaded.path}: no [email] table, expected one to talk to")


def listener_of(desk: Desk) -> ListenTable:
    """Where the desk takes mail. Raises RefusedError where it does not."""
    table = mail_of(desk).listen
    if table is None:
        raise RefusedError(f"{desk.loaded.path}: no [email.listen] table, expected one to talk to")
    return table


def maildir_of(desk: Desk) -> Path:
    """Where everybody's mail lies. Raises RefusedError for a desk that sends by a relay."""
    table = mail_of(desk).send
    if table.host or table.maildir is None:
        raise RefusedError(
            f"{desk.loaded.path}: email.send.host: mail goes out by {table.host}, so there is no "
            "Maildir to read here"
        )
    return table.maildir


def deliver(table: ListenTable, sender: str, recipient: str, mail: EmailMessage) -> str:
    """Hand a mail over; what the daemon said to it. Raises FailedError."""
    kind = smtplib.LMTP if table.protocol is Protocol.LMTP else smtplib.SMTP
    host, port = door_of(table)
    try:
        with kind(host, port, local_hostname="localhost", timeout=_TIMEOUT) as door:
            door.ehlo()
            _expect(door.mail(sender))
            _expect(door.rcpt(recipient))
            return _expect(door.data(mail.as_bytes()))
    except ConnectionRefusedError:
        raise FailedError(
            f"nothing listens at {host}:{port} (email.listen): is the daemon running? "
            "`make run` or `gateway serve` starts it"
        ) from None
    except (OSError, UnicodeError) as error:
        raise FailedError(f"{host}:{port} (email.listen): {line(str(error))}") from error


def _expect(reply: tuple[int, bytes]) -> str:
    code, words = reply
    said = line(f"{code} {words.decode('utf-8', 'replace')}")
    if code != 250:
        raise FailedError(f"the desk did not take it: {said}")
    return said
