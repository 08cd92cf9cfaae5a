import contextlib
import errno
import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.channels.email.checking import in_the_way
from gateway.store.database import Database
from tests import servers
from tests.cli.conftest import CONFIG, Ended, Shell


@pytest.fixture
def mail(shell: Shell, free_port: int) -> Shell:
    """A desk that listens, and sends into a Maildir."""
    shell.config.write_text(
        f"{CONFIG}\n[email.listen]\nport = {free_port}\n[email.send]\nmaildir = 'out'\n"
    )
    shell.config.chmod(0o600)
    return shell


def edit(shell: Shell, *changes: tuple[str, str]) -> None:
    text = shell.config.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    shell.config.write_text(text)


def found(ended: Ended) -> dict[str, tuple[str, str]]:
    """Key → verdict and words, of a `check --json` whatever its exit status."""
    document = json.loads(ended.out)
    assert ended.status == (0 if document["ok"] else 1)
    return {f["key"]: (f["verdict"], f["said"]) for f in document["findings"]}


def test_all_is_well(mail: Shell, database: Database, tmp_path: Path):
    ended = mail("check")
    assert ended.status == 0, ended.out
    assert all(row.startswith("✓ ") for row in ended.out.splitlines())
    assert f"{tmp_path / 'gateway.db'} opens and can be written; schema" in ended.out


def test_nothing_is_made_and_nothing_is_kept(mail: Shell, tmp_path: Path):
    edit(mail, ('secret = "a-secret-of-the-tests"\n', ""))
    before = sorted(tmp_path.rglob("*"))
    verdicts = found(mail("check", "--json"))
    assert verdicts["desk.secret"] == (
        "works",
        f"{tmp_path}/gateway.secret is not there yet; `gateway serve` makes it",
    )
    assert "is not there yet" in verdicts["database.url"][1]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_database_is_written_and_left_as_it_was(mail: Shell, database: Database):
    assert mail("check").status == 0
    with database.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM tally").scalar() == 0


def test_what_is_no_database_is_broken(mail: Shell, tmp_path: Path):
    (tmp_path / "gateway.db").write_bytes(b"not a database, but long enough to be one" * 100)
    verdict, said = found(mail("check", "--json"))["database.url"]
    assert verdict == "broken"
    assert "Traceback" not in said


def test_a_newer_schema_is_said(mail: Shell, database: Database):
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    verdict, said = found(mail("check", "--json"))["database.url"]
    assert verdict == "broken"
    assert "9999" in said


def test_a_secret_that_others_may_read_is_broken(mail: Shell, tmp_path: Path):
    mail.config.chmod(0o644)
    verdict, said = found(mail("check", "--json"))["desk.secret"]
    assert verdict == "broken"
    assert "has mode 0644; expected 0600" in said
    edit(mail, ('secret = "a-secret-of-the-tests"', 'secret_file = "secret"'))
    (tmp_path / "secret").write_text("a-secret-of-the-tests")
    (tmp_path / "secret").chmod(0o604)
    assert "0604" in found(mail("check", "--json"))["desk.secret_file"][1]
    (tmp_path / "secret").chmod(0o640)
    assert "desk.secret_file" not in found(mail("check", "--json"))


def test_a_variable_that_is_not_set_is_said(mail: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NOWHERE", raising=False)
    edit(mail, ('url = "sqlite:///gateway.db"', 'url_env = "NOWHERE"'))
    verdict, said = found(mail("check", "--json"))["database.url_env"]
    assert verdict == "doubtful"
    assert said == 'the variable "NOWHERE" is not set, so the default counts'
    monkeypatch.setenv("NOWHERE", "sqlite:///gateway.db")
    assert "database.url_env" not in found(mail("check", "--json"))


def test_the_kept_secret_is_looked_at(mail: Shell, tmp_path: Path):
    edit(mail, ('secret = "a-secret-of-the-tests"\n', ""))
    assert mail("agent", "address", "Bea").status == 0
    kept = tmp_path / "gateway.secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert found(mail("check", "--json"))["desk.secret"][0] == "works"
    kept.chmod(0o644)
    assert found(mail("check", "--json"))["desk.secret"][0] == "broken"
    kept.write_text("short")
    assert "holds 5 octets" in found(mail("check", "--json"))["desk.secret"][1]


def test_no_secret_is_shown(mail: Shell):
    edit(mail, ("maildir = 'out'", "host = '127.0.0.1'\nport = 1\nuser = 'u'\npassword = 'geheim'"))
    for arguments in (("check",), ("check", "--json")):
        ended = mail(*arguments)
        assert "geheim" not in ended.out + ended.err
        assert "a-secret-of-the-tests" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("tables", "key", "said"),
    [
        ('[[queues]]\nname = "network"\naddresses = ["net@acme.example"]\n', "", ""),
        ('[[queues]]\nname = "mute"\n', "queues[1].addresses", "no mail arrives"),
        (
            '[[queues]]\nname = "a"\naddresses = ["a@acme.example"]\nrestricted = true\n'
            '[[agents]]\nname = "Dora"\nemail = "dora@acme.example"\nqueues = ["a"]\n',
            "agents[1].queues",
            "Bea Ruiz is in no queue",
        ),
    ],
)
def test_people_and_queues_that_miss_each_other(mail: Shell, tables: str, key: str, said: str):
    with mail.config.open("a") as config:
        config.write(tables)
    verdicts = found(mail("check", "--json"))
    doubts = {k: words for k, (verdict, words) in verdicts.items() if verdict == "doubtful"}
    assert (key in doubts) == bool(key)
    assert said in doubts.get(key, "")


def test_a_queue_without_agents(mail: Shell):
    everybody_elsewhere = 'lead = true\nqueues = ["a"]\n'
    edit(mail, ("lead = true\n", everybody_elsewhere))
    edit(mail, ('email = "carla@acme.example"\n', 'email = "carla@acme.example"\nqueues = ["a"]\n'))
    with mail.config.open("a") as config:
        config.write('[[queues]]\nname = "a"\naddresses = ["a@acme.example"]\n')
        config.write('[[queues]]\nname = "b"\naddresses = ["b@acme.example"]\n')
    verdict, said = found(mail("check", "--json"))["queues[2]"]
    assert (verdict, said) == (
        "doubtful",
        'the queue "b" has no agents: its tickets go to Bea Ruiz',
    )


def test_templates_are_read(mail: Shell, tmp_path: Path):
    (tmp_path / "words" / "en").mkdir(parents=True)
    (tmp_path / "words" / "en" / "confirmation.txt").write_text("Subject: {{ nonsense }}\n\nHi\n")
    edit(mail, ("[desk]\n", '[desk]\ntemplates = "words"\n'))
    verdict, said = found(mail("check", "--json"))["desk.templates"]
    assert verdict == "broken"
    assert "confirmation.txt" in said
    assert "nonsense" in said


def test_a_port_that_another_program_has(mail: Shell, free_port: int):
    with socket.create_server(("127.0.0.1", free_port)) as other:
        other.listen()
        with _greeting(other, b"220 other ESMTP\r\n"):
            verdict, said = found(mail("check", "--json"))["email.listen"]
    assert verdict == "broken"
    assert f"another program is at 127.0.0.1:{free_port}" in said


@contextlib.contextmanager
def _greeting(server: socket.socket, words: bytes) -> Iterator[None]:
    """A server that greets, and then says no more than a mail sink would: yes to everything."""

    def talk() -> None:
        with contextlib.suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.sendall(words)
                while connection.recv(4096):
                    connection.sendall(b"250 yes\r\n")

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    yield
    thread.join(10)


def test_a_port_that_needs_more_rights():
    said = in_the_way(PermissionError(errno.EACCES, "Permission denied"))
    assert said == "ports below 1024 need root or CAP_NET_BIND_SERVICE"


def test_an_address_that_is_not_of_this_machine(mail: Shell):
    edit(mail, ("[email.listen]\n", '[email.listen]\nhost = "192.0.2.1"\n'))
    verdict, said = found(mail("check", "--json"))["email.listen"]
    assert verdict == "broken"
    assert "this machine does not have that address" in said


def test_a_certificate_that_is_none(mail: Shell, tmp_path: Path):
    (tmp_path / "cert.pem").write_text("-----BEGIN NOTHING-----\n")
    both = "[email.listen]\ntls_certificate = 'cert.pem'\ntls_key = 'cert.pem'\n"
    edit(mail, ("[email.listen]\n", both))
    verdict, said = found(mail("check", "--json"))["email.listen.tls_certificate"]
    assert verdict == "broken"
    assert "cert.pem and its key are of no use" in said


def test_a_relay_that_is_not_there(mail: Shell, free_port: int):
    gone = servers.free_port()
    edit(mail, ("maildir = 'out'", f"host = '127.0.0.1'\nport = {gone}\nsecurity = 'none'"))
    verdict, said = found(mail("check", "--json"))["email.send"]
    assert verdict == "broken"
    assert f"127.0.0.1:{gone}" in said


def test_a_relay_that_lets_us_in(mail: Shell, smtp_sink: servers.SmtpSink):
    edit(
        mail,
        ("maildir = 'out'", f"host = '127.0.0.1'\nport = {smtp_sink.port}\nsecurity = 'none'"),
    )
    verdict, said = found(mail("check", "--json"))["email.send"]
    assert (verdict, said) == ("works", f"the relay 127.0.0.1:{smtp_sink.port} lets us in")


def test_a_trusted_authority_that_is_none(mail: Shell, tmp_path: Path):
    (tmp_path / "ca.pem").write_text("nothing")
    edit(mail, ("maildir = 'out'", "host = '127.0.0.1'\ntls_ca = 'ca.pem'"))
    verdict, _said = found(mail("check", "--json"))["email"]
    assert verdict == "broken"


def test_a_maildir_that_cannot_be_made(mail: Shell, tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    verdict, said = found(mail("check", "--json"))["email.send.maildir"]
    assert verdict == "broken"
    assert str(tmp_path / "out") in said


def test_a_config_that_is_wrong_is_told_as_everywhere(mail: Shell):
    edit(mail, ("port = ", "prot = "))
    ended = mail("check", "--json")
    assert (ended.status, ended.out) == (2, "")
    assert "email.listen.prot" in ended.err


def test_a_desk_without_any_channel_is_broken(shell: Shell):
    ended = shell("check")
    assert ended.status == 1
    row = next(line for line in ended.out.splitlines() if line.startswith("✗ config "))
    assert "names no channel" in row
    assert "[email]" in row
