"""Mail out into a Maildir, for trying things out and where there is no relay.

Sending twice adds nothing. The file's name follows from Message-ID and recipient, so a repeat
finds ``new/NAME`` at once. A mail client moves it to ``cur`` and adds flags to its name, or
deletes it; listing ``cur`` at each mail would be slow, so what was delivered is also written
down as an empty file in ``delivered/`` (no folder of Maildir++, so clients do not see it). It
bears the suffix ``.begun`` from before the mail becomes visible until after it; only a mail that
was interrupted in between is looked for by listing ``cur``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from gateway.channels.email.reading.keys import key_of
from gateway.channels.email.sending import building
from gateway.channels.email.sending.addresses import mailbox
from gateway.channels.email.sending.signing import Sign, unsigned
from gateway.channels.email.sending.syncing import SharedSync
from gateway.core.ports import Outbound, Receipt, TemporaryError

_FOLDERS = ("tmp", "new", "cur", "delivered")


class MaildirSender:
    """Writes mails into the Maildir at ``path``, which is made if it is not there."""

    def __init__(self, path: Path | str, *, domain: str, sign: Sign = unsigned) -> None:
        self._path = Path(path)
        self._domain = domain
        self._sign = sign
        self._new = SharedSync(self._path / "new")
        self._delivered = SharedSync(self._path / "delivered")

    async def send(self, outbound: Outbound) -> Receipt:
        """Deliver; on disk when this returns.

        Raises PermanentError for an address that is none, TemporaryError if the Maildir cannot
        be written.
        """
        return await asyncio.to_thread(self.deliver, outbound)

    async def probe(self) -> str:
        """Make the Maildir ready. Raises TemporaryError; returns its path."""
        await asyncio.to_thread(self._prepared)
        return str(self._path)

    async def aclose(self) -> None:
        """Nothing is kept open."""

    def deliver(self, outbound: Outbound) -> Receipt:
        """The same as `send`, blocking."""
        recipient = mailbox(outbound.to.address).spec
        own = building.message_id(outbound, self._domain)
        name = sha256(f"{own}\n{recipient}".encode()).hexdigest()[:40] + ".gateway"
        self._prepared()
        try:
            added = self._once(name, lambda: self._content(outbound, recipient))
        except OSError as error:
            raise self._unwritable(error) from error
        remark = f"{'in' if added else 'was already in'} the Maildir {self._path}"
        return Receipt(keys=(key_of(own),), remark=remark)

    def _content(self, outbound: Outbound, recipient: str) -> bytes:
        """The mail with the envelope above it, as a delivery agent leaves it (RFC 5321, 4.4)."""
        sender = mailbox(outbound.bounce_to).spec if outbound.bounce_to else ""
        for_whom = f"Delivered-To: {recipient}\r\nX-Envelope-To: {recipient}\r\n"
        trace = f"Return-Path: <{sender}>\r\n{for_whom}".encode()
        mail = building.to_bytes(outbound, domain=self._domain)
        data = trace + self._sign(mail, outbound.created_at)
        return data.replace(b"\r\n", b"\n")

    def _once(self, name: str, content: Callable[[], bytes]) -> bool:
        """Deliver unless it was; whether it was added now."""
        done = self._path / "delivered" / name
        begun = done.with_name(f"{name}.begun")
        if done.exists():
            return False
        interrupted = begun.exists()
        if interrupted and self._is_there(name):
            begun.replace(done)
            return False
        os.close(_opened(begun))
        self._delivered.sync()  # enough, for nothing stands in the file
        self._make_visible(name, content())
        begun.replace(done)
        return True

    def _is_there(self, name: str) -> bool:
        if (self._path / "new" / name).exists():
            return True
        with os.scandir(self._path / "cur") as entries:
            return any(entry.name.startswith(name) for entry in entries)

    def _make_visible(self, name: str, content: bytes) -> None:
        # A name of its own: another process at the same mail must not write into this file.
        temporary = self._path / "tmp" / f"{name}.{uuid4().hex}"
        try:
            _write_durably(temporary, content)
            temporary.rename(self._path / "new" / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self._new.sync()

    def _prepared(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self._path, *(self._path / f for f in _FOLDERS)):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> TemporaryError:
        return TemporaryError(
            f"cannot write to the Maildir {self._path} ([email.send] maildir):"
            f" {error.strerror or error}"
        )


def _opened(path: Path) -> int:
    # Never through a link, nor with the umask's rights: mail is nobody else's to read.
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)


def _write_durably(path: Path, content: bytes) -> None:
    with open(_opened(path), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
