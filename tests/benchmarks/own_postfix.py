"""A Postfix of our own that takes mail into its durable queue and leaves it there."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port, listens, server_folder, wait_until

_POSTFIX = Path("/usr/sbin/postfix")
_DAEMONS = (Path("/usr/lib/postfix/sbin"), Path("/usr/libexec/postfix"))

# All mail is held: Postfix writes and syncs it, and has nothing else to do with it. That is the
# least work that it can have for a mail that it has answered for.
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = queue.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_restrictions = check_client_access static:HOLD
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
default_process_limit = 100
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - 100 smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
showq unix n - n - - showq
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPostfix:
    """A Postfix on 127.0.0.1 that holds everything."""

    port: int
    folder: Path

    def held(self) -> int:
        """How many mails lie in its queue."""
        return sum(1 for path in (self.folder / "queue" / "hold").rglob("*") if path.is_file())


def missing_own_postfix() -> str | None:
    if not _POSTFIX.exists():
        return f"found no {_POSTFIX}; on Debian: apt-get install postfix"
    if os.geteuid() != 0:
        return "Postfix starts its services under other users, which needs root"
    return None


@contextlib.contextmanager
def own_postfix() -> Iterator[OwnPostfix]:
    """Started in a folder of its own, beside the machine's Postfix if it has one."""
    with server_folder("postfix") as folder:
        server = OwnPostfix(port=free_port(), folder=folder)
        conf = _configure(server)
        _control(conf, "start")
        try:
            wait_until(lambda: listens(server.port), "Postfix to listen")
            yield server
        finally:
            _control(conf, "stop")
            _wait_for_its_end(folder)


def _configure(server: OwnPostfix) -> Path:
    conf = server.folder / "conf"
    for name in ("conf", "queue", "data"):
        (server.folder / name).mkdir()
    shutil.chown(server.folder / "data", "postfix")
    daemons = next(path for path in _DAEMONS if path.exists())
    (conf / "main.cf").write_text(_MAIN.format(folder=server.folder, daemons=daemons))
    (conf / "master.cf").write_text(_MASTER.format(port=server.port))
    return conf


def _control(conf: Path, verb: str) -> None:
    subprocess.run([_POSTFIX, "-c", conf, verb], check=True, capture_output=True, timeout=60)


def _wait_for_its_end(folder: Path) -> None:
    pid_file = folder / "queue" / "pid" / "master.pid"
    until = time.monotonic() + 10
    while time.monotonic() < until and _runs(pid_file):
        time.sleep(0.1)


def _runs(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True
