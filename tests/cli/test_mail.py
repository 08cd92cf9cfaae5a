from email import message_from_bytes
from pathlib import Path

import pytest

from gateway.cli.trying import letters
from gateway.cli.trying.letters import Person
from gateway.cli.trying.maildirs import Watch, newest_for
from tests.cli.conftest import Shell

BEA = Person(name="Bea Ruiz", address="bea@acme.example")
NOTICE = """\
Delivered-To: BEA@acme.example
From: Ada Byron via Acme <support@acme.example>
Reply-To: "Ada Byron via Acme" <support+7.abc@acme.example>
To: Bea Ruiz <bea@acme.example>
Subject: [#7] Printer
Date: Mon, 23 Nov 2026 07:09:52 +0000
Message-ID: <two@acme.example>
References: <one@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

It burns.

> older words
"""


def test_reply_is_what_a_mail_client_makes_of_it():
    mail = letters.answer(BEA, letters.read(NOTICE.encode()), "Water!\n")
    read = message_from_bytes(mail.as_bytes())
    assert read["To"] == "Ada Byron via Acme <support+7.abc@acme.example>"
    assert read["Subject"] == "Re: [#7] Printer"
    assert read["In-Reply-To"] == "<two@acme.example>"
    assert read["References"].split() == ["<one@example.org>", "<two@acme.example>"]
    assert str(mail.get_content()) == (
        "Water!\n\nOn 2026-11-23 at 07:09, Ada Byron via Acme wrote:\n\n"
        "> It burns.\n>\n> > older words\n"
    )
    assert letters.own_words(str(mail.get_content())) == "Water!"


def test_a_second_reply_has_one_re():
    again = letters.read(NOTICE.replace("[#7]", "RE: [#7]").encode())
    assert letters.answer(BEA, again, "x")["Subject"] == "RE: [#7] Printer"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b'From: "\nTo: <\nDate: never\n\n\x00',
        b"Content-Type: x/y; charset=z\n\nx",
    ],
)
def test_malformed_mail_is_read_as_far_as_it_goes(raw: bytes):
    letter = letters.read(raw)
    answer = letters.answer(BEA, letter, "words")
    assert "words" in str(answer.get_content())


def test_the_newest_mail_of_somebody(tmp_path: Path):
    for n, (folder, who) in enumerate((("new", "Bea"), ("cur", "bea"), ("new", "Carla"))):
        (tmp_path / folder).mkdir(exist_ok=True)
        text = NOTICE.replace("BEA@", f"{who}@").replace("Printer", f"Printer {n}")
        (tmp_path / folder / f"{n}:2,S").write_text(text)
    found = newest_for(tmp_path, "bea@acme.example")
    assert found is not None
    assert found.subject == "[#7] Printer 1"
    assert newest_for(tmp_path / "nowhere", "bea@acme.example") is None


def test_a_mail_that_a_client_moves_is_seen_once(tmp_path: Path):
    (tmp_path / "new").mkdir()
    (tmp_path / "cur").mkdir()
    watch = Watch(tmp_path)
    (tmp_path / "new" / "a").write_text(NOTICE)
    assert watch.wait_for(lambda letter: letter.subject.endswith("Printer"), 1) is not None
    (tmp_path / "new" / "a").rename(tmp_path / "cur" / "a:2,S")
    assert watch.wait_for(lambda _: True, 0.1) is None


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--subject", "x", "--text", "y"), 2, '--from: found "", expected a mail address'),
        (("--from", "ada", "--text", "y"), 2, "--from: found"),
        (("--from", "a@b.example", "--text", "y"), 2, "--subject: found nothing"),
        (("--from", "a@b.example", "--subject", "x"), 2, "--text: found nothing"),
        (("--from", "a@b.example", "--text", "y", "--to", "z", "--subject", "x"), 2, "--to: found"),
        (("--from", "a@b.example", "--text", "y", "--reply-to-last"), 2, "there is no mail for"),
        (("--read", "a@b.example", "--text", "y"), 2, "--read stands alone"),
    ],
)
def test_what_is_wrong_is_one_line(
    shell: Shell, free_port: int, arguments: tuple[str, ...], status: int, said: str
):
    with shell.config.open("a") as config:
        config.write(f"\n[email.listen]\nport = {free_port}\n[email.send]\nmaildir = 'out'\n")
    ended = shell("mail", *arguments)
    assert (ended.status, len(ended.err.splitlines())) == (status, 1)
    assert said in ended.err


def test_no_daemon_is_said_with_the_key(shell: Shell, free_port: int):
    with shell.config.open("a") as config:
        config.write(f"\n[email.listen]\nport = {free_port}\n")
    ended = shell("mail", "--from", "a@b.example", "--subject", "x", "--text", "y")
    assert ended.status == 1
    assert f"nothing listens at 127.0.0.1:{free_port} (email.listen)" in ended.err


def test_a_desk_without_mail_is_said(shell: Shell):
    ended = shell("mail", "--from", "a@b.example", "--subject", "x", "--text", "y")
    assert ended.status == 2
    assert "no [email] table" in ended.err
