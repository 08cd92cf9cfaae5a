"""imapclient, with its traps closed: see the notes at each method."""

from __future__ import annotations

import imaplib
import logging
import select
import socket
import ssl
import time
from typing import Any

import imapclient
from imapclient.response_parser import parse_fetch_response

from gateway.channels.email.imap.stopping import Stop

# It tells every user's name and, at its own debug level, the octets of every mail.
logging.getLogger("imapclient").setLevel(logging.WARNING)

_KEPT = {"BYE", "READ-ONLY", "CAPABILITY"}
_KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}


class Wire(imapclient.IMAPClient):  # type: ignore[misc]
    """One connection. Raises imaplib's errors and OSError; used by one thread alone."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None,
        timeout: float,
        most_octets: int,
    ) -> None:
        self._most_octets = most_octets
        super().__init__(host, port, ssl=tls is not None, ssl_context=tls, timeout=timeout)
        self.normalise_times = False  # else INTERNALDATE loses its zone
        self._keep_alive()

    def _create_IMAP4(self) -> Any:
        """Refuse literals that are larger than anything we ask for: they are read in one piece."""
        made = super()._create_IMAP4()
        most, read = self._most_octets, made.read

        def bounded(size: int) -> bytes:
            if size > most:
                raise made.abort(f"a literal of {size} octets, more than {most}")
            return bytes(read(size))

        made.read = bounded
        return made

    def _keep_alive(self) -> None:
        """A server that is gone without a word is noticed within two minutes."""
        # At imapclient's own level imaplib would spell out each mail for a log that nobody reads.
        self._imap.debug = 0
        connection = self.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE.items():
            if hasattr(socket, name):
                connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def uid_command(self, name: str, *words: str) -> Any:
        """``UID name words``, with no answer left over from what the server said unasked."""
        self._forget()
        typ, data = self._imap.uid(name, *words)
        self._checkok(name, typ, data)
        return data

    def uid_fetch(self, uids: str, items: str) -> dict[int, dict[bytes, Any]]:
        """What the server says of each of the UIDs (a sequence-set)."""
        self._forget()
        tag = self._imap._command("UID", "FETCH", uids, items)
        typ, data = self._imap._command_complete("FETCH", tag)
        self._checkok("FETCH", typ, data)
        typ, data = self._imap._untagged_response(typ, data, "FETCH")
        return dict(parse_fetch_response(data, normalise_times=False))

    def _forget(self) -> None:
        """Or imaplib keeps every unasked response until somebody asks for it, which nobody does."""
        kept = self._imap.untagged_responses
        for name in [name for name in kept if name not in _KEPT]:
            del kept[name]

    def ask_for_news(self) -> None:
        """NOOP, without a look at what it brings: imapclient's own does not bear all of it."""
        typ, data = self._imap.noop()
        self._checkok("NOOP", typ, data)

    def idle_until(self, stop: Stop, seconds: float) -> bool:
        """IDLE (RFC 2177) until the server has news, for so long at most; whether there were any.

        Not by idle_check: that says nothing for ever once the server has closed, misses what
        came in one packet with the server's go-ahead, and breaks on a response in two packets.
        """
        if "EXISTS" in self._imap.untagged_responses:
            self._forget()
            return True  # told at the end of an earlier command, and not to be told again
        tag = self._imap._command("IDLE")
        news = False
        while (line := self._imap._get_response()) is not None:
            if self._imap.tagged_commands.get(tag):
                break  # refused
            news = news or _is_news(line)
        else:
            news = self._listen(stop, seconds, heard=news)
            self._imap.send(b"DONE\r\n")
        typ, data = self._imap._command_complete("IDLE", tag)
        self._checkok("IDLE", typ, data)
        return news

    def _listen(self, stop: Stop, seconds: float, *, heard: bool) -> bool:
        until = time.monotonic() + seconds
        while not heard and not stop and (left := until - time.monotonic()) > 0:
            if self._something_to_read(stop, left):
                # Read as any answer is, whole, however many packets it comes in.
                heard = _is_news(self._imap._get_response())
        return heard

    def _something_to_read(self, stop: Stop, seconds: float) -> bool:
        if self._buffered():
            return True
        poller = select.poll()
        poller.register(self.socket().fileno(), select.POLLIN)
        poller.register(stop.fileno(), select.POLLIN)
        ready = {number for number, _ in poller.poll(seconds * 1000)}
        if self.socket().fileno() not in ready:
            return False
        try:
            # Readable and nothing to read: the server has closed, and reading says so.
            return self._peek() is not None
        except ssl.SSLWantReadError:
            return False  # some TLS business of its own

    def _buffered(self) -> bool:
        """Whether something was read from the socket already that nobody has looked at."""
        try:
            return bool(self._peek())
        except ssl.SSLWantReadError:
            return False

    def _peek(self) -> bytes:
        connection = self.socket()
        before = connection.gettimeout()
        connection.setblocking(False)
        try:
            return bytes(self._imap.file.peek(1))
        finally:
            connection.settimeout(before)


def _is_news(line: bytes | None) -> bool:
    """Whether a line may be about mail; ``* OK Still here`` is not."""
    return line is not None and not line.upper().startswith(b"* OK")


Failure = imaplib.IMAP4.error
Abort = imaplib.IMAP4.abort
ReadOnly = imaplib.IMAP4.readonly
