from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from hashlib import blake2b

from pydantic import SecretStr

from gateway.channels.email.mailbox_settings import After, Auth, First, MailboxTable
from gateway.channels.email.security import Security
from gateway.settings.types import is_address


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxOptions:
    """One folder of one mailbox, and what is to be done with it.

    ``name`` is its place in the config, and how logs call it: no address in them. Times are
    seconds, sizes octets.
    """

    name: str
    host: str
    port: int
    user: str
    password: SecretStr = field(repr=False, default_factory=lambda: SecretStr(""))
    security: Security = Security.TLS
    tls_ca: str = ""
    auth: Auth = Auth.PASSWORD
    folder: str = "INBOX"
    first: First = First.UNSEEN
    after: After = After.SEEN
    move_to: str = ""
    poll: float = 60.0
    timeout: float = 30.0
    max_message_bytes: int = 26_214_400

    @property
    def book(self) -> str:
        """The notebook's book that its ledger stands in."""
        return f"email.imap {self.user}@{self.host.lower()}:{self.port}/{self.folder}"

    @property
    def digest(self) -> str:
        """A short name of the folder that is the same as long as it is the same folder."""
        return blake2b(self.book.encode(), digest_size=8).hexdigest()

    @property
    def address(self) -> str:
        """The mailbox's own address, where its user is one."""
        return self.user.lower() if is_address(self.user) else ""

    def external_id(self, validity: int, uid: int) -> str:
        """What no other mail of any mailbox has (RFC 3501, section 2.3.1.1)."""
        return f"imap:{self.digest}:{validity}:{uid:010}"

    def tls(self) -> ssl.SSLContext:
        """A context that asks for a valid certificate. Raises OSError."""
        return ssl.create_default_context(cafile=self.tls_ca or None)


def options_of(table: MailboxTable, number: int) -> MailboxOptions:
    """The options of the mailbox table with this number, from 1."""
    return MailboxOptions(
        name=f"email.mailbox[{number}]",
        host=table.host,
        port=table.port,
        user=table.user,
        password=table.password,
        security=table.security,
        tls_ca=str(table.tls_ca or ""),
        auth=table.auth,
        folder=table.folder,
        first=table.first,
        after=table.after,
        move_to=table.move_to,
        poll=table.poll.total_seconds(),
        timeout=table.timeout.total_seconds(),
        max_message_bytes=table.max_message_bytes,
    )
