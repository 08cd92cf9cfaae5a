"""The daemon's edges: what it refuses, how it starts, and how it stops."""

import os
import smtplib
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.e2e.conftest import Make
from tests.e2e.gateway import ADA, BEA, SUPPORT, Gateway, compose
from tests.e2e.sink import Sink
from tests.servers import listens, smtp_sink, wait_until

LEAST_WAIT = 23  # seconds: the first wait is half a minute, moved by a fifth at the most
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.mark.parametrize(
    "address",
    [
        "nobody@acme.example",
        "someone@elsewhere.example",
        "support+1.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example",
    ],
)
def test_a_wrong_address_is_refused(light: Gateway, address: str):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        light.send(compose("Hello"), to=address)

    ((code, words),) = refused.value.recipients.values()
    assert (code, words[:5]) == (550, b"5.1.1")


def test_an_oversized_mail_is_refused(light: Gateway):
    with pytest.raises(smtplib.SMTPException) as refused:
        light.send(compose("x" * 70 + "\n" * 2_950_000))

    assert "552" in str(refused.value)
    assert light.cli("ticket", "list") == []


def test_what_went_wrong_shows_on_the_ticket_and_an_agent_hears_of_it(light: Gateway, sink: Sink):
    light.send(compose("Help!", sender="gone@example.org"))
    told = sink.wait(BEA, 2)

    assert "gone@example.org" in told.text
    assert "550" in told.text
    (failed,) = light.cli("outbox", "list", "--failed")
    assert failed["state"] == "failed"


def test_what_is_refused_for_the_time_being_waits_with_its_reason(light: Gateway, sink: Sink):
    """As often as it was tried, it was refused: once, or more often where we look after minutes."""
    busy, seen = "busy@example.org", []
    light.send(compose("Help!", sender=busy))
    sink.wait(BEA)

    def between_two_tries() -> bool:
        before = sink.refusals(busy)
        (row,) = (r for r in light.cli("outbox", "list") if r["kind"] == "confirmation")
        seen.append((row, before))
        rests = row["state"] == "queued" and row["error"] is not None
        return rests and bool(before) and sink.refusals(busy) == before

    wait_until(between_two_tries, "a first try")
    waiting, tries = seen[-1]
    assert waiting["attempts"] == len(tries)
    assert "451" in waiting["error"]
    assert datetime.fromisoformat(waiting["due_at"]).timestamp() - tries[-1] > LEAST_WAIT
    assert all(later - one > LEAST_WAIT for one, later in pairwise(tries))


def test_postfix_sends_and_postfix_receives(
    make: Make, url: str, smtp_source: Callable[..., float]
):
    with smtp_sink() as postfix, make(url=url, relay=postfix.port).running() as gateway:
        smtp_source(gateway.port, recipient=SUPPORT, sender=ADA, count=20, sessions=5)
        wait_until(lambda: len(gateway.cli("ticket", "list")) == 20, "twenty tickets")
        # One notice each; confirmations to one address are capped at five an hour.
        mails = postfix.wait_for(25)

    assert len(mails) == 25
    assert sum(b"X-Rcpt-Args: <bea@acme.example>" in m for m in mails) == 20


def test_sigterm_finishes_what_is_coming_in(light: Gateway):
    """A message that is half here is taken to its end, acknowledged, and kept."""
    with socket.create_connection(("127.0.0.1", light.port), timeout=30) as peer:
        file = peer.makefile("rwb")

        def say(line: bytes) -> bytes:
            file.write(line + b"\r\n")
            file.flush()
            return file.readline()

        file.readline()
        assert say(b"HELO client.example").startswith(b"250")
        assert say(b"MAIL FROM:<ada@example.org>").startswith(b"250")
        assert say(b"RCPT TO:<support@acme.example>").startswith(b"250")
        assert say(b"DATA").startswith(b"354")
        file.write(b"From: ada@example.org\r\nSubject: half\r\n")
        file.flush()
        assert light.process is not None
        light.process.terminate()
        wait_until(lambda: not listens(light.port), "the listener to be gone")
        assert say(b"\r\nthe other half\r\n.").startswith(b"250 2.0.0")
    assert light.stop() == 0

    light.start()
    light.wait_for_ticket()
    assert light.said(1) == ["the other half"]


def test_sigterm_in_the_middle_of_a_burst_loses_nothing(make: Make, url: str):
    gateway = make(url=url)
    gateway.start()
    acknowledged: list[str] = []

    def burst(sender: int) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", gateway.port, timeout=30) as smtp:
                for _ in range(200):
                    mail = compose("Help!", sender=f"p{sender}@example.org")
                    smtp.send_message(mail, mail["From"], [SUPPORT])
                    acknowledged.append(str(mail["Message-ID"]).strip("<>"))
        except (OSError, smtplib.SMTPException):
            return

    threads = [threading.Thread(target=burst, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(acknowledged) > 40, "some mails to be in")
    assert gateway.stop() == 0
    for thread in threads:
        thread.join()

    with gateway.running():
        wait_until(lambda: gateway.cli("inbox", "list") != [] and not waiting(gateway), "the rest")
        assert len(gateway.cli("ticket", "list")) >= len(acknowledged)


def waiting(gateway: Gateway) -> list[object]:
    return [row for row in gateway.cli("inbox", "list") if row["state"] == "new"]


def test_a_taken_port_is_one_line_that_names_the_key(make: Make):
    gateway = make()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", gateway.port))
        taken.listen()
        done = gateway.run("serve")

    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"gateway: {gateway.config}: email.listen.port: 127.0.0.1:")
    assert "the port is taken" in last
    assert "Traceback" not in done.stderr


def test_an_address_of_another_machine_is_one_line_that_names_the_key(make: Make):
    gateway = make(extra={"listen": 'host = "192.0.2.1"'})
    done = gateway.run("serve")

    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"gateway: {gateway.config}: email.listen.host: 192.0.2.1:")


def test_a_wrong_config_is_exit_2_and_names_file_key_and_expectation(make: Make):
    gateway = make(extra={"desk": 'timezon = "Europe/Madrid"'})
    done = gateway.run("serve")

    assert done.returncode == 2
    assert str(gateway.config) in done.stderr
    assert "timezon" in done.stderr
    assert "timezone" in done.stderr


def test_a_newer_schema_is_refused(make: Make, tmp_path: Path):
    gateway = make()
    assert gateway.cli("ticket", "list") == []
    with sqlite3.connect(tmp_path / "gateway.db") as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    conn.close()
    done = gateway.run("serve")

    assert done.returncode == 1
    assert "newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_daemon_on_one_sqlite_database_is_refused(light: Gateway, make: Make):
    second = make(name="second")
    done = second.run("serve")

    assert done.returncode == 1
    assert "PostgreSQL" in done.stderr


def test_a_database_that_cannot_be_reached_is_one_line_without_its_password(make: Make):
    gateway = make(url="postgresql+psycopg://gateway:hunter2@127.0.0.1:1/desk")
    done = gateway.run("serve")

    assert done.returncode == 1
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_logs_hold_no_words_of_people_and_no_whole_addresses(light: Gateway, sink: Sink):
    light.send(compose("A very private matter", subject="Private subject"))
    sink.wait(ADA)
    sink.wait(BEA)
    log = light.log.read_text()

    for private in ("very private", "Private subject", ADA, "a-secret-of-the-tests"):
        assert private not in log


def test_idle_it_sleeps(light: Gateway):
    """Less than 1 % of a core, once what a start leaves behind is done."""
    assert light.process is not None
    stat = Path(f"/proc/{light.process.pid}/stat")

    def ticks() -> int:
        fields = stat.read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def rests() -> bool:
        before = ticks()
        time.sleep(0.5)
        return ticks() == before

    wait_until(rests, "half a second without work")
    before = ticks()
    time.sleep(5)
    used = (ticks() - before) / os.sysconf("SC_CLK_TCK")

    assert used < 0.05
