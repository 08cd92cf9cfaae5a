"""What `gateway check` finds out about mail: who listens, where mail goes out."""

from __future__ import annotations

import asyncio
import errno
import os
import smtplib
import socket
import ssl
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from gateway.channels.email.checking_dns import check_dns
from gateway.channels.email.findings import broken, doubtful, works
from gateway.channels.email.listening import server_context
from gateway.channels.email.sending.maildir import MaildirSender
from gateway.channels.email.sending.smtp import SmtpSender
from gateway.channels.email.settings import EmailTable, ListenTable, Protocol
from gateway.core.addresses import AddressBook, AddressKind, day_of
from gateway.core.ports import Finding, SendError

_LISTEN = "email.listen"
_SEND = "email.send"
_NOBODY = "check@gateway.invalid"
_STEP = 5.0  # seconds
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read, not bound

_UNHEARD = {errno.ECONNREFUSED, errno.EADDRNOTAVAIL, errno.ENETUNREACH, errno.EHOSTUNREACH}


class Answers(StrEnum):
    """Who is at a port."""

    NOBODY = "nobody"
    THIS_DESK = "this desk"
    SOMEBODY = "somebody else"


def door_of(table: ListenTable) -> tuple[str, int]:
    """Host and port by which the listener is reached from this machine."""
    return _ANY.get(table.host, table.host), table.port


def who_answers(table: ListenTable, book: AddressBook) -> Answers:
    """Whether a daemon of this very desk is at the listener's port. Sends no mail.

    It is asked for two recipients: only a daemon with the same secret takes an address that we
    signed, and none of ours takes the other one.
    """
    kind = smtplib.LMTP if table.protocol is Protocol.LMTP else smtplib.SMTP
    host, port = door_of(table)
    try:
        with kind(host, port, local_hostname="localhost", timeout=_STEP) as door:
            return Answers.THIS_DESK if _knows_us(door, book) else Answers.SOMEBODY
    except OSError as error:  # smtplib's own are among them, without a number
        unheard = isinstance(error, socket.gaierror) or error.errno in _UNHEARD
        return Answers.NOBODY if unheard else Answers.SOMEBODY


def _knows_us(door: smtplib.SMTP, book: AddressBook) -> bool:
    door.ehlo()
    door.mail("")
    signed = book.mint(AddressKind.STANDING, 0, _NOBODY, today=day_of(datetime.now(UTC)))
    return door.rcpt(signed)[0] == 250 and door.rcpt(_NOBODY)[0] == 550


async def check_mail(
    table: EmailTable, book: AddressBook, sender: SmtpSender | MaildirSender
) -> list[Finding]:
    """Try the listener, its certificate, the way out, and what the DNS says. Never raises."""
    found: list[Finding] = []
    if table.listen is not None or not table.mailbox:
        found.append(await asyncio.to_thread(_listener, table.listen, book))
    if table.listen is not None and table.listen.tls_certificate is not None:
        found.append(_certificate(table.listen.tls_certificate, table.listen.tls_key))
    found.append(await _way_out(sender, table.send.maildir))
    return found + await check_dns(table, book.plain)


def _listener(table: ListenTable | None, book: AddressBook) -> Finding:
    if table is None:
        return doubtful(_LISTEN, "there is no such table, so no mail comes in by SMTP or LMTP")
    where = f"{table.host}:{table.port}"
    answers = who_answers(table, book)
    if answers is Answers.THIS_DESK:
        return works(_LISTEN, f"the daemon of this desk answers at {where}")
    if answers is Answers.SOMEBODY:
        return broken(_LISTEN, f"another program is at {where}; choose another port, or stop it")
    try:
        _bind(table)
    except OSError as error:
        return broken(_LISTEN, f"cannot listen at {where}: {in_the_way(error)}")
    return works(_LISTEN, f"{where} is free for {table.protocol.value.upper()}; no daemon runs")


def _bind(table: ListenTable) -> None:
    """Take every address that the listener would, and let go of it. Raises OSError."""
    flags = socket.AI_PASSIVE
    for family, kind, proto, _, address in socket.getaddrinfo(
        table.host or None, table.port, type=socket.SOCK_STREAM, flags=flags
    ):
        with closing(socket.socket(family, kind, proto)) as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            taken.bind(address)


def in_the_way(error: OSError) -> str:
    """Why a port cannot be had, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; choose another one, or stop what uses it"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address"
    if error.errno == errno.EACCES:
        return "ports below 1024 need root or CAP_NET_BIND_SERVICE"
    if isinstance(error, socket.gaierror):
        return "no such host is known"
    return os.strerror(error.errno) if error.errno else str(error)


def which_key(error: OSError) -> str:
    """The key of the table that is in the way: ``host`` or ``port``."""
    # What getaddrinfo raises has a number of its own, below zero.
    of_the_host = error.errno == errno.EADDRNOTAVAIL or (error.errno or 0) < 0
    return "host" if of_the_host else "port"


def _certificate(certificate: Path, key: Path | None) -> Finding:
    try:
        server_context(certificate, key)
    except (OSError, ssl.SSLError) as error:
        why = getattr(error, "reason", None) or error.strerror or str(error)
        said = f"{certificate} and its key are of no use: {why}"
        return broken(f"{_LISTEN}.tls_certificate", said)
    return works(f"{_LISTEN}.tls_certificate", f"{certificate}: STARTTLS is offered")


async def _way_out(sender: SmtpSender | MaildirSender, maildir: Path | None) -> Finding:
    """Up to the login for a relay; a file written and taken away for a Maildir."""
    if isinstance(sender, MaildirSender) and maildir is not None:
        return await asyncio.to_thread(_maildir, maildir)
    try:
        server = await sender.probe()
    except SendError as error:
        return broken(_SEND, str(error))
    finally:
        await sender.aclose()
    return works(_SEND, f"the relay {server} lets us in")


def _maildir(path: Path) -> Finding:
    """It is not made here: whoever checks may be somebody else than whoever runs the daemon."""
    key, shown = f"{_SEND}.maildir", shown_path(path)
    try:
        if (path / "tmp").is_dir():
            _write_into(path / "tmp")
            return works(key, f"no relay: mail is written to {shown}, and goes no further")
    except OSError as error:
        return broken(key, f"{shown} cannot be written: {error.strerror}")
    parent = next((p for p in path.parents if p.exists()), path.parent)
    in_use = path.exists() and not path.is_dir()
    if in_use or not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        return broken(key, f"{shown} is no Maildir, and cannot be made one in {parent}")
    return works(key, f"no relay: mail is written to {shown}, made with the first one")


def shown_path(path: Path) -> str:
    """Where a path really leads, from the current folder if it is in there.

    From the root everything is "in there"; a path without its slash would be misread elsewhere.
    """
    real, here = path.resolve(), Path.cwd()
    inside = here != Path(here.anchor) and real.is_relative_to(here)
    return str(real.relative_to(here) if inside else real)


def _write_into(folder: Path) -> None:
    probe = folder / f"check.{uuid4().hex}"
    probe.touch(0o600, exist_ok=False)
    probe.unlink()
