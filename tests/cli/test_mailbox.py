"""Mailboxes at the terminal: `gateway check` on a real server, and `gateway mailbox login`."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.store.database import Database
from gateway.store.notebook import StoredNotebook
from tests.cli.conftest import CONFIG, Ended, Shell
from tests.servers import Dovecot
from tests.servers.bearer_imap import BearerImap, bearer_imap
from tests.servers.oauth import TokenServer, token_server

MAILBOX = """
[email.send]
maildir = "out"

[[email.mailbox]]
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password = "{password}"
"""
OAUTH2 = """
[email.send]
maildir = "out"

[[email.mailbox]]
host = "127.0.0.1"
port = {port}
security = "none"
user = "support@acme.example"
auth = "xoauth2"

[email.mailbox.oauth2]
client_id = "{tokens.client_id}"
client_secret = "{tokens.client_secret}"
scope = "{tokens.scope}"
token_url = "http://127.0.0.1:{tokens.port}/token"
device_url = "http://127.0.0.1:{tokens.port}/device"
auth_url = "http://127.0.0.1:{tokens.port}/auth"
"""


def found(ended: Ended) -> dict[str, tuple[str, str]]:
    document = json.loads(ended.out)
    about = (f for f in document["findings"] if f["key"].startswith("email.mailbox"))
    return {f["key"]: (f["verdict"], f["said"]) for f in about}


def with_mailbox(shell: Shell, dovecot: Dovecot, *more: str, password: str = "") -> Shell:
    given = {"port": dovecot.port, "user": dovecot.new_user()}
    text = MAILBOX.format(password=password or dovecot.password, **given)
    shell.config.write_text(CONFIG + text + "\n".join(more))
    shell.config.chmod(0o600)
    return shell


def test_a_mailbox_that_works(shell: Shell, dovecot: Dovecot):
    ended = with_mailbox(shell, dovecot)("check", "--json")
    said = '127.0.0.1: "INBOX" opens, 0 mails; new mail is told at once'
    assert found(ended) == {"email.mailbox[1]": ("works", said)}
    assert ended.status == 0
    assert "email.listen" not in ended.out


@pytest.mark.parametrize(
    ("more", "key", "said"),
    [
        ("folder = 'Inbux'", "folder", 'the folder "Inbux" cannot be opened'),
        ("after = 'move'", "move_to", 'there is no folder "Processed" to move mail to'),
        ("timeout = '1s'\nhost_ = 1", "", ""),
    ],
)
def test_a_folder_that_is_missing(shell: Shell, dovecot: Dovecot, more: str, key: str, said: str):
    if not key:
        assert with_mailbox(shell, dovecot, more)("check").status == 2
        return
    verdict, words = found(with_mailbox(shell, dovecot, more)("check", "--json"))[
        f"email.mailbox[1].{key}"
    ]
    assert verdict == "broken"
    assert said in words


def test_a_wrong_password(shell: Shell, dovecot: Dovecot):
    ended = with_mailbox(shell, dovecot, password="geheim-und-falsch")("check", "--json")
    verdict, said = found(ended)["email.mailbox[1].password"]
    assert verdict == "broken"
    assert "127.0.0.1 refuses user and password: [AUTHENTICATIONFAILED]" in said
    assert "the daemon starts all the same" in said
    assert "geheim" not in ended.out + ended.err


def test_a_server_that_is_not_there(shell: Shell, dovecot: Dovecot, free_port: int):
    with_mailbox(shell, dovecot)
    text = shell.config.read_text().replace(f"port = {dovecot.port}", f"port = {free_port}")
    shell.config.write_text(text)
    verdict, said = found(shell("check", "--json"))["email.mailbox[1].host"]
    assert verdict == "broken"
    assert f"127.0.0.1:{free_port} cannot be reached: Connection refused" in said


def test_a_server_that_speaks_no_tls(shell: Shell, dovecot: Dovecot):
    with_mailbox(shell, dovecot)
    text = shell.config.read_text()
    for security, said in (("tls", "TLS: "), ("starttls", "does not support STARTTLS")):
        shell.config.write_text(text.replace('security = "none"', f'security = "{security}"'))
        verdict, words = found(shell("check", "--json"))["email.mailbox[1].host"]
        assert verdict == "broken"
        assert said in words


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with token_server(TokenServer(pending=0)) as server:
        yield server


@contextmanager
def mail_server(imap: BearerImap) -> Iterator[BearerImap]:
    """The server on a loop of its own, while commands run in this thread."""
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with bearer_imap(imap):
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert started.wait(10)
        yield imap
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def test_signing_in_by_a_code(
    shell: Shell, database: Database, tokens: TokenServer, tmp_path: Path
):
    imap = BearerImap("support@acme.example", lambda token: token in tokens.issued, b"")
    with mail_server(imap):
        shell.config.write_text(CONFIG + OAUTH2.format(port=imap.port, tokens=tokens))
        before = found(shell("check", "--json"))["email.mailbox[1].oauth2"]
        assert before[0] == "broken"
        assert "run `gateway mailbox login`" in before[1]
        ended = shell("mailbox", "login")
        assert ended.status == 0, ended.err
        assert found(shell("check", "--json"))["email.mailbox[1]"][0] == "works"
    assert f"1. Open http://127.0.0.1:{tokens.port}/enter in a browser" in ended.out
    assert "2. Enter the code WXYZ-1234 within 15 minutes." in ended.out
    assert "The desk may read support@acme.example from now on." in ended.out
    assert '"INBOX" opens, 1 mails' in ended.out
    secrets = [*tokens.issued, *tokens.refresh, tokens.client_secret]
    assert all(secret not in ended.out + ended.err for secret in secrets)
    notes = StoredNotebook(database).scan("email.oauth2")
    assert [key for key, _ in notes] == ["support@acme.example@127.0.0.1"]


def test_signing_in_in_a_browser(
    shell: Shell, database: Database, tokens: TokenServer, monkeypatch: pytest.MonkeyPatch
):
    def person(*_arguments: object, **_options: object) -> str:
        """Opens the address that the terminal shows, agrees, and pastes what came of it."""
        shown = shell.capture.readouterr().out
        url = next(line.strip() for line in shown.splitlines() if "/auth?" in line)
        return tokens.agree(url)

    imap = BearerImap("support@acme.example", lambda token: token in tokens.issued, b"")
    monkeypatch.setattr("typer.prompt", person)
    with mail_server(imap):
        shell.config.write_text(CONFIG + OAUTH2.format(port=imap.port, tokens=tokens))
        ended = shell("mailbox", "login", "SUPPORT@acme.example", "--browser")
    assert ended.status == 0, ended.err
    assert "The desk may read support@acme.example from now on." in ended.out


@pytest.mark.parametrize(
    ("which", "said"),
    [
        (("login", "nobody@acme.example"), 'no mailbox "nobody@acme.example" with auth'),
        (("login", "2"), 'no mailbox "2" with auth'),
    ],
)
def test_a_mailbox_that_is_not_there(
    shell: Shell, tokens: TokenServer, which: tuple[str, ...], said: str
):
    shell.config.write_text(CONFIG + OAUTH2.format(port=1, tokens=tokens))
    ended = shell("mailbox", *which)
    assert ended.status == 2
    assert said in ended.err


def test_a_person_who_refuses(shell: Shell, database: Database, tokens: TokenServer):
    tokens.denied = True
    shell.config.write_text(CONFIG + OAUTH2.format(port=1, tokens=tokens))
    ended = shell("mailbox", "login", "1")
    assert ended.status == 1
    assert "signing in failed: access_denied: They said no." in ended.err
    assert StoredNotebook(database).scan("email.oauth2") == []


def test_no_mailbox_with_oauth2(shell: Shell, dovecot: Dovecot):
    ended = with_mailbox(shell, dovecot)("mailbox", "login")
    assert ended.status == 2
    assert 'no [[email.mailbox]] with auth = "xoauth2"' in ended.err
