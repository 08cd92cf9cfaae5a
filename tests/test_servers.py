"""The servers that other tests rely on really serve."""

import os
import subprocess

import psycopg
import pytest
import sqlalchemy

from tests import servers

MAIL = b"From: ada@example.org\r\nSubject: Printer on fire\r\n\r\nHelp!\r\n"


def test_a_postgres_database_answers_sqlalchemy(postgres_url):
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT lower('ÄRGER')")).scalar() == "ärger"
    engine.dispose()


def test_each_postgres_database_starts_empty_and_is_dropped_in_use(postgres_cluster):
    first, second = postgres_cluster.create(), postgres_cluster.create()
    with psycopg.connect(postgres_cluster.dsn(first), autocommit=True) as forgotten:
        forgotten.execute("CREATE TABLE ticket (number int)")
        with psycopg.connect(postgres_cluster.dsn(second)) as connection:
            assert connection.execute("SELECT to_regclass('ticket')").fetchone() == (None,)
        postgres_cluster.drop(first)
        with pytest.raises(psycopg.OperationalError):
            forgotten.execute("SELECT 1")
    postgres_cluster.drop(second)


def test_a_postgres_template_is_prepared_once_and_copied(postgres_cluster):
    prepared = []

    def prepare(url):
        prepared.append(url)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE ticket (number int)")

    for _ in range(2):
        template = postgres_cluster.template("with_tickets", prepare)
        name = postgres_cluster.create(template)
        with psycopg.connect(postgres_cluster.dsn(name)) as connection:
            assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (0,)
        postgres_cluster.drop(name)
    assert len(prepared) == 1


def test_a_cluster_leaves_nothing_behind():
    with servers.postgres_cluster(durable=True) as cluster:
        pid = int((cluster.socket_folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    assert not cluster.socket_folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_dovecot_keeps_a_mail_and_gives_it_back(dovecot):
    user = dovecot.new_user()
    with dovecot.login(user) as client:
        client.append("INBOX", MAIL)
    with dovecot.login(user) as client:
        client.select_folder("INBOX")
        (uid,) = client.search("UNSEEN")
        assert client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] == MAIL


def test_dovecot_users_are_strangers_to_each_other(dovecot):
    with dovecot.login(dovecot.new_user()) as client:
        client.append("INBOX", MAIL)
    with dovecot.login(dovecot.new_user()) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_what_smtp_source_sends_smtp_sink_keeps(smtp_source, smtp_sink):
    smtp_source(smtp_sink.port, recipient="support@acme.example", count=3, sessions=2, size=2000)
    kept = smtp_sink.wait_for(3)
    assert len(kept) == 3
    assert all(b"support@acme.example" in mail and len(mail) > 2000 for mail in kept)


def test_smtp_source_says_what_the_server_refused(smtp_source):
    with (
        servers.smtp_sink("-f", "rcpt") as refusing,
        pytest.raises(subprocess.CalledProcessError) as error,
    ):
        smtp_source(refusing.port, recipient="support@acme.example")
    assert "500" in error.value.stderr
