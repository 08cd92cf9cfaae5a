"""The Maildir is what any mail client expects, and a repeat adds nothing to it."""

import mailbox
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.channels.email.sending.maildir import MaildirSender
from gateway.core.model import Party
from gateway.core.ports import PermanentError, TemporaryError
from tests.channels.email.sending.outbounds import outbound


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "outgoing"


@pytest.fixture
def out(path):
    return MaildirSender(path, domain="acme.example")


def files(path: Path, *folders: str) -> list[Path]:
    return [p for folder in folders or ("new", "cur", "tmp") for p in (path / folder).iterdir()]


async def test_a_mail_client_finds_the_mail_and_for_whom_it_was(out, path):
    receipt = await out.send(outbound(bounce_to="b@acme.example"))
    (message,) = mailbox.Maildir(path, create=False)
    assert message["Return-Path"] == "<b@acme.example>"
    assert message["Delivered-To"] == message["X-Envelope-To"] == "ada@example.org"
    assert message["Subject"] == "Printer on fire"
    assert message.get_subdir() == "new"
    assert receipt.keys == ("mail:out.1@acme.example",)


async def test_without_an_address_for_bounces_the_return_path_is_null(out, path):
    await out.send(outbound())
    (message,) = mailbox.Maildir(path, create=False)
    assert message["Return-Path"] == "<>"


async def test_clients_see_no_folder_but_the_inbox(out, path):
    await out.send(outbound())
    assert mailbox.Maildir(path, create=False).list_folders() == []


async def test_nobody_else_may_read_it(out, path):
    old = os.umask(0)
    try:
        await out.send(outbound())
    finally:
        os.umask(old)
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (path, *path.rglob("*"))}
    assert {m for p, m in modes.items() if p.is_dir()} == {0o700}
    assert {m for p, m in modes.items() if p.is_file()} == {0o600}


async def test_lines_end_as_files_do(out, path):
    await out.send(outbound())
    assert b"\r" not in files(path, "new")[0].read_bytes()


async def test_a_second_send_adds_nothing(out, path):
    first = await out.send(outbound())
    again = await MaildirSender(path, domain="acme.example").send(outbound())
    assert len(files(path)) == 1
    assert first.keys == again.keys
    assert "already" in again.remark


async def test_a_second_send_adds_nothing_after_a_client_has_read_or_deleted_it(out, path):
    await out.send(outbound())
    file = files(path, "new")[0].rename(path / "cur" / (files(path, "new")[0].name + ":2,S"))
    await out.send(outbound())
    assert files(path) == [file]
    file.unlink()
    await out.send(outbound())
    assert files(path) == []


async def test_other_mails_and_other_recipients_are_added(out, path):
    await out.send(outbound())
    await out.send(outbound(message_id="other@acme.example"))
    await out.send(outbound(to=Party(address="bob@example.org")))
    assert len(files(path, "new")) == 3


# A child process that stops dead, as by kill -9, when it comes to the given call.
_CHILD = """
import os, sys
from pathlib import Path
from gateway.channels.email.sending.maildir import MaildirSender
from tests.channels.email.sending.outbounds import outbound
path, name, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
owner = Path if name in ("rename", "replace") else os
real = getattr(owner, name)
def dying(*args, **kwargs):
    global times
    times -= 1
    if times == 0:
        os.kill(os.getpid(), 9)
    return real(*args, **kwargs)
setattr(owner, name, dying)
MaildirSender(path, domain="acme.example").deliver(outbound())
"""


def die_at(path: Path, call: str, times: int) -> None:
    command = [sys.executable, "-c", _CHILD, str(path), call, str(times)]
    assert subprocess.run(command, check=False).returncode == -9


@pytest.mark.parametrize(("call", "times"), [("fsync", 1), ("fsync", 2), ("rename", 1)])
async def test_killed_before_the_rename_nothing_is_visible_and_the_repeat_delivers(
    out, path, call, times
):
    die_at(path, call, times)
    assert list(mailbox.Maildir(path, create=False)) == []
    await out.send(outbound())
    assert len(mailbox.Maildir(path, create=False)) == 1


@pytest.mark.parametrize("moved_to", ["new", "cur"])
@pytest.mark.parametrize(("call", "times"), [("fsync", 3), ("replace", 1)])
async def test_killed_after_the_rename_the_repeat_adds_nothing(out, path, call, times, moved_to):
    die_at(path, call, times)
    (file,) = files(path, "new")
    if moved_to == "cur":
        file.rename(path / "cur" / f"{file.name}:2,RS")
    await out.send(outbound())
    assert len(mailbox.Maildir(path, create=False)) == 1


async def test_a_folder_that_cannot_be_written_is_for_later(tmp_path):
    (tmp_path / "file").write_text("")
    out = MaildirSender(tmp_path / "file" / "outgoing", domain="acme.example")
    with pytest.raises(TemporaryError, match=r"cannot write to the Maildir .*file/outgoing"):
        await out.send(outbound())
    with pytest.raises(TemporaryError):
        await out.probe()


async def test_an_address_that_is_none_is_refused(out):
    with pytest.raises(PermanentError):
        await out.send(outbound(to=Party(address="../../etc/passwd\n")))


@pytest.mark.parametrize("message_id", ["../../x@y", "a/b:2,S@c", ".hidden@c", "x" * 300 + "@c"])
async def test_no_message_id_leaves_the_folder_or_sets_flags(out, path, message_id):
    await out.send(outbound(message_id=message_id))
    (file,) = files(path, "new")
    assert file.name.removesuffix(".gateway").isalnum()
    assert ":" not in file.name
