"""The daemon and real mailboxes: two ways are one entry, a broken one is waited for by nobody."""

import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Make
from tests.e2e.gateway import Gateway, compose
from tests.e2e.sink import Sink
from tests.servers import Dovecot, wait_until
from tests.servers.imap_proxy import ImapProxy, imap_proxy_thread

MAILBOX = """
[[email.mailbox]]
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password = "{password}"
{more}
"""


def mailbox(dovecot: Dovecot, user: str, more: str = "", port: int = 0) -> str:
    password = dovecot.password
    return MAILBOX.format(port=port or dovecot.port, user=user, password=password, more=more)


@pytest.fixture
def desk(make: Make, dovecot: Dovecot, free_port: int) -> Gateway:
    """A desk with a listener and three mailboxes, of which one is down."""
    one, two = dovecot.new_user(), dovecot.new_user()
    tables = [
        mailbox(dovecot, "gone", port=free_port),
        mailbox(dovecot, one),
        mailbox(dovecot, two, 'after = "delete"'),
    ]
    return make(extra={"listen": "".join(tables), "users": f"{one} {two}"})


def put(dovecot: Dovecot, user: str, mail: bytes) -> None:
    with dovecot.login(user) as client:
        client.append("INBOX", mail)


def test_the_same_mail_by_three_ways_is_one_entry(desk: Gateway, dovecot: Dovecot, sink: Sink):
    one, two = desk.extra["users"].split()
    mail = compose("My screen is dark.", Date="Mon, 05 Jan 2026 08:59:00 +0000")
    with desk.running():
        desk.send(mail)
        desk.wait_for_ticket()
        put(dovecot, one, bytes(mail))
        put(dovecot, two, bytes(mail).replace(b"\n", b"\r\n"))
        wait_until(lambda: len(desk.cli("inbox", "list")) == 3, "all three to be taken in")
        wait_until(lambda: desk.states() == ["done", "duplicate", "duplicate"], "their fate")
        assert len(desk.cli("ticket", "list")) == 1
        assert desk.said(1) == ["My screen is dark."]


@pytest.fixture
def watched(dovecot: Dovecot) -> Iterator[ImapProxy]:
    """A way to the mailboxes that tells what the desk asks there."""
    with imap_proxy_thread(ImapProxy(dovecot.port)) as proxy:
        yield proxy


def test_new_mail_is_a_ticket_within_two_seconds(
    make: Make, dovecot: Dovecot, watched: ImapProxy, free_port: int, sink: Sink
):
    """The desk is told of it by the server, beside a mailbox that is down."""
    one = dovecot.new_user()
    gone = mailbox(dovecot, "gone", port=free_port)
    desk = make(extra={"listen": gone + mailbox(dovecot, one, port=watched.port)})
    with desk.running():
        wait_until(lambda: "IDLE" in watched.commands, "the desk to wait for news")
        began = time.monotonic()
        put(dovecot, one, bytes(compose("Now!")))
        sink.wait("ada@example.org", where=lambda r: "confirmation" in r.raw or "[" in r.raw)
        assert time.monotonic() - began < 3  # the confirmation is out as well by then


def test_a_reload_watches_new_mailboxes_and_leaves_the_others(desk: Gateway, dovecot: Dovecot):
    """Also those by whose table something was wrong; the listener goes on meanwhile."""
    one, two = desk.extra["users"].split()
    new = dovecot.new_user()
    put(dovecot, new, bytes(compose("Here I wait.")))
    with desk.running():
        wait_until(lambda: desk.log.read_text().count("mailbox_ready") == 2, "the mailboxes")
        text = desk.config.read_text()
        without = text.replace(mailbox(dovecot, two, 'after = "delete"'), "")
        assert without != text
        desk.config.write_text(without + mailbox(dovecot, new))
        assert desk.run("reload").returncode == 0
        desk.wait_for_ticket()
        assert desk.said(1) == ["Here I wait."]
        put(dovecot, two, bytes(compose("Nobody looks here.", sender="nina@example.org")))
        put(dovecot, one, bytes(compose("But here.", sender="olga@example.org")))
        wait_until(lambda: len(desk.cli("ticket", "list")) == 2, "the other mailbox")
        assert desk.log.read_text().count("mailbox_ready") == 3
        assert desk.said(2) == ["But here."]


def test_mail_that_lay_there_for_days_is_not_confirmed(desk: Gateway, dovecot: Dovecot, sink: Sink):
    from datetime import UTC, datetime, timedelta

    one, _ = desk.extra["users"].split()
    with dovecot.login(one) as client:
        days_ago = datetime.now(UTC) - timedelta(days=3)
        client.append("INBOX", bytes(compose("Old.", sender="olga@example.org")), (), days_ago)
    with desk.running():
        desk.wait_for_ticket()
        put(dovecot, one, bytes(compose("New.", sender="nina@example.org")))
        sink.wait("nina@example.org")
    assert sink.to("olga@example.org") == []
