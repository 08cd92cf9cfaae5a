"""Dovecot, an IMAP server, without TLS on loopback."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import imapclient

from tests.servers.processes import PATIENCE, free_port, listens, running, server_folder, wait_until

DOVECOT_PASSWORD = "secret"

_DOVECOT_CONF = """\
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{base}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={base}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dovecot:
    """An IMAP server without TLS on 127.0.0.1; every user name exists, with one password."""

    port: int
    folder: Path
    password: str = DOVECOT_PASSWORD
    host: str = "127.0.0.1"
    _serial: Iterator[int] = field(default_factory=itertools.count)

    def new_user(self) -> str:
        """A user that no other test has, with an empty INBOX."""
        return f"user{next(self._serial)}"

    @contextlib.contextmanager
    def login(self, user: str) -> Iterator[imapclient.IMAPClient]:
        """A client that is logged in as `user`, until the block ends."""
        with imapclient.IMAPClient(self.host, self.port, ssl=False, timeout=PATIENCE) as client:
            client.login(user, self.password)
            yield client

    def renumber(self, user: str) -> None:
        """Give every mail of the user's INBOX another UID, under another UIDVALIDITY."""
        with self.login(user) as client:
            before = client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
        mail = self.folder / "mail" / user
        for path in [*mail.glob("dovecot.*"), *mail.glob("dovecot-uidlist*")]:
            path.unlink()
        (mail / "dovecot-uidlist").write_text(f"3 V{before + 1} N1\n")
        shutil.chown(mail / "dovecot-uidlist", "nobody", "nogroup")


def _dovecot_binary() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def missing_dovecot() -> str | None:
    if _dovecot_binary() is None:
        return "found no dovecot; on Debian: apt-get install dovecot-imapd"
    if os.geteuid() != 0:
        return "Dovecot starts its workers under other users, which needs root"
    return None


@contextlib.contextmanager
def dovecot_server() -> Iterator[Dovecot]:
    """A Dovecot in a new folder, on a free port, ready for logins. Needs root."""
    with server_folder("imap") as folder:
        server = Dovecot(port=free_port(), folder=folder)
        mail = folder / "mail"
        mail.mkdir()
        shutil.chown(mail, "nobody")
        conf = folder / "dovecot.conf"
        conf.write_text(
            _DOVECOT_CONF.format(base=folder, port=server.port, password=server.password)
        )
        binary = _dovecot_binary() or "dovecot"
        with running([binary, "-F", "-c", conf], log=folder / "output.log"):
            wait_until(lambda: listens(server.port), "Dovecot to listen")
            yield server
