"""The real daemon: started as a process of its own, with a config and ports of its own."""

import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from tests.e2e.sink import Received
from tests.servers import free_port, listens, wait_until

COMMAND = Path(sys.executable).parent / "gateway"
SUPPORT = "support@acme.example"
ADA = "ada@example.org"
BEA = "bea@acme.example"
CARLA = "carla@acme.example"
START = 30.0  # seconds

CONFIG = """
[desk]
name = "Acme Support"
address = "{support}"
secret = "{secret}"
timezone = "Europe/Madrid"
digest = ""
{desk}

[database]
url = "{url}"

[log]
format = "json"

[email.listen]
port = {port}
hostname = "desk.acme.example"
max_message_bytes = 3000000
{listen}

[email.send]
host = "127.0.0.1"
port = {relay}
security = "none"
hostname = "desk.acme.example"

[[agents]]
name = "Bea Ruiz"
email = "{bea}"
lead = true
{accounts}

[[agents]]
name = "Carla Gil"
email = "carla@acme.example"
tier = 2

{tables}
"""


@dataclass
class Gateway:
    """A desk's folder: its config, its database, and the daemon while it runs."""

    folder: Path
    url: str
    relay: int
    support: str = SUPPORT
    secret: str = "a-secret-of-the-tests"
    bea: str = BEA
    port: int = field(default_factory=free_port)
    name: str = "gateway"
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _logged: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write_config()

    @property
    def config(self) -> Path:
        return self.folder / f"{self.name}.toml"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def write_config(self) -> None:
        fields = {"desk": "", "listen": "", "accounts": "", "tables": ""} | self.extra
        self.config.write_text(
            CONFIG.format(
                support=self.support,
                secret=self.secret,
                bea=self.bea,
                url=self.url,
                port=self.port,
                relay=self.relay,
                **fields,
            )
        )

    # The process.

    def start(self) -> None:
        """Start the daemon, and wait until it says that it is ready."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start the daemon."""
        self._logged = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [COMMAND, "--config", self.config, "serve"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env=clean_environment(),
            )

    def wait_ready(self) -> None:
        """Until the daemon says that it is ready."""

        def ready() -> bool:
            assert self.process is not None
            said = self.log.read_bytes()[self._logged :].decode()
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended: {said}")
            return '"ready"' in said and listens(self.port)

        wait_until(ready, "the daemon to be ready", START)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the daemon did not end within 30 s of SIGTERM") from None

    @contextlib.contextmanager
    def running(self) -> Iterator["Gateway"]:
        self.start()
        try:
            yield self
        finally:
            status = self.stop()
        assert status == 0, self.log.read_text()

    # What people do.

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the gateway's."""
        return subprocess.run(
            [COMMAND, "--config", self.config, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.folder,
            env=clean_environment(),
        )

    def cli(self, *arguments: str) -> Any:
        """What a command prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ticket(self, number: int) -> Any:
        return self.cli("ticket", "show", str(number))

    def states(self) -> list[str]:
        """The fate of everything that came in, sorted."""
        return sorted(row["state"] for row in self.cli("inbox", "list"))

    def said(self, number: int) -> list[str]:
        """What people said on a ticket, notes too."""
        kinds = ("message", "note")
        return [e["text"] for e in self.ticket(number)["entries"] if e["kind"] in kinds]

    def send(self, mail: EmailMessage, *, sender: str = "", to: str = "") -> None:
        """Hand a mail over by SMTP, as a mail server does."""
        sender = sender or mail["From"].addresses[0].addr_spec
        to = to or mail["To"].addresses[0].addr_spec
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as smtp:
            smtp.send_message(mail, sender, [to])

    def wait_for_ticket(self, count: int = 1) -> None:
        wait_until(lambda: len(self.cli("ticket", "list")) >= count, f"ticket {count}")


def clean_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("GATEWAY_")}


def compose(
    text: str,
    *,
    sender: str = f"Ada Byron <{ADA}>",
    to: str = SUPPORT,
    subject: str = "Printer on fire",
    **headers: str,
) -> EmailMessage:
    """A mail as a person's client writes it; header names with _ for -."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = make_msgid(domain="client.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def reply(received: Received, text: str, *, sender: str, **headers: str) -> EmailMessage:
    """What Reply makes of a mail in most clients."""
    heard = received.mail
    quoted = "\n".join("> " + line for line in received.text.splitlines())
    who = heard["From"].addresses[0]
    body = f"{text}\n\nOn Mon, 5 Jan 2026 at 10:00, {who} wrote:\n{quoted}\n"
    refers = f"{heard['References'] or ''} {heard['Message-ID']}".strip()
    subject = str(heard["Subject"])
    return compose(
        body,
        sender=sender,
        to=received.reply_address,
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        In_Reply_To=str(heard["Message-ID"]),
        References=refers,
        **headers,
    )
