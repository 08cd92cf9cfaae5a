"""`gateway import`: old mail from files, quietly, at its own date, each mail once."""

import json
import mailbox
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.store import inbox
from gateway.store.database import Database
from tests.cli.conftest import Shell, daemon, letter
from tests.servers import wait_until

MAILS = [
    letter("One.", id="<1@example.org>", date="Mon, 03 Mar 2025 10:00:00 +0100"),
    letter("Two.", id="<2@example.org>", References="<1@example.org>",
           date="Tue, 04 Mar 2025 10:00:00 +0100"),
    letter("Else.", id="<3@example.org>", sender="Bob <bob@example.org>", subject="Else",
           date="Wed, 05 Mar 2025 10:00:00 +0100"),
]  # fmt: skip
POSTMARK = b"From ada@example.org Mon Mar  3 10:00:00 2025\n"


def as_files(folder: Path) -> list[Path]:
    return [file(folder / f"{n}.eml", raw) for n, raw in enumerate(MAILS)]


def as_folder(folder: Path) -> list[Path]:
    (folder / "mails").mkdir()
    as_files(folder / "mails")
    return [folder / "mails"]


def as_mbox(folder: Path) -> list[Path]:
    return [file(folder / "old.mbox", b"".join(POSTMARK + raw + b"\n" for raw in MAILS))]


def as_maildir(folder: Path) -> list[Path]:
    box = mailbox.Maildir(folder / "maildir")
    for n, raw in enumerate(MAILS):
        file(folder / "maildir" / ("new" if n else "cur") / f"174100000{n}.M1P1.host:2,S", raw)
    box.close()
    return [folder / "maildir"]


def with_postmarks(folder: Path) -> list[Path]:
    return [file(folder / f"{n}.eml", POSTMARK + raw) for n, raw in enumerate(MAILS)]


def file(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def take(desk: Shell, *arguments: Path | str) -> Any:
    return desk("import", *(str(one) for one in arguments), "--json").json


def counts(read: int, accepted: int, duplicates: int = 0, failed: int = 0) -> dict[str, int]:
    return {"read": read, "accepted": accepted, "duplicates": duplicates, "failed": failed}


def shown(desk: Shell, number: int) -> Any:
    return desk("ticket", "show", str(number), "--json").json


def texts(desk: Shell) -> list[list[str]]:
    """What was said on each ticket, in their order."""
    numbers = sorted(t["number"] for t in desk("ticket", "list", "--json").json)
    return [[e["text"] for e in shown(desk, n)["entries"] if e["text"]] for n in numbers]


@pytest.fixture
def desk(desk: Shell, database: Database) -> Shell:
    """With a database that is there already."""
    return desk


@pytest.mark.parametrize("form", [as_files, as_folder, as_mbox, as_maildir, with_postmarks])
def test_old_mail_is_taken_in_from_any_form(desk: Shell, tmp_path: Path, form: Any):
    assert take(desk, *form(tmp_path)) == counts(3, 3)
    assert texts(desk) == [["One.", "Two."], ["Else."]]
    first = shown(desk, 1)
    assert first["created_at"] == "2025-03-03T09:00:00Z"
    assert [e["at"] for e in first["entries"] if e["kind"] == "message"] == [
        "2025-03-03T09:00:00Z",
        "2025-03-04T09:00:00Z",
    ]


def test_it_is_quiet(desk: Shell, tmp_path: Path, database: Database):
    take(desk, *as_mbox(tmp_path))
    assert desk("outbox", "list", "--json").json == []
    with database.read() as conn:
        due = conn.exec_driver_sql("SELECT count(*) FROM deadline").scalar()
    assert due == 0


def test_run_twice_it_adds_nothing(desk: Shell, tmp_path: Path):
    take(desk, *as_mbox(tmp_path))
    before = [shown(desk, 1), shown(desk, 2)]
    assert take(desk, *as_mbox(tmp_path)) == counts(3, 0, duplicates=3)
    assert [shown(desk, 1), shown(desk, 2)] == before


def test_the_same_mail_in_another_form_adds_nothing(desk: Shell, tmp_path: Path):
    take(desk, *as_mbox(tmp_path))
    assert take(desk, *as_maildir(tmp_path)) == counts(3, 0, duplicates=3)
    assert texts(desk) == [["One.", "Two."], ["Else."]]


def test_the_same_mail_twice_in_one_go_is_once(desk: Shell, tmp_path: Path):
    assert take(desk, *as_mbox(tmp_path), *as_mbox(tmp_path)) == counts(6, 3, duplicates=3)


def test_the_order_given_is_kept(desk: Shell, tmp_path: Path):
    subjects = ["c", "a", "b"]
    paths = [file(tmp_path / s, letter(subject=s, id=f"<{s}@x.example>")) for s in subjects]
    take(desk, *paths)
    newest_first = desk("ticket", "list", "--json").json
    assert [t["subject"] for t in newest_first] == subjects[::-1]


def test_live_is_as_if_it_arrived_now(desk: Shell, tmp_path: Path):
    take(desk, file(tmp_path / "m.eml", letter()), "--live")
    kinds = {row["kind"] for row in desk("outbox", "list", "--json").json}
    assert "new_ticket" in kinds
    assert shown(desk, 1)["created_at"] > "2026-01-05T09:00:00Z"


def test_malformed_mail_is_taken_in(desk: Shell, tmp_path: Path):
    raws = [b"", b"\xff\x00no mail at all", b"From: <\nDate: Fri, 31 Dec 9999 23:59:59 -1200\n\nx"]
    paths = [file(tmp_path / f"{n}.eml", raw) for n, raw in enumerate(raws)]
    assert take(desk, *paths) == counts(3, 3)
    assert len(desk("ticket", "list", "--json").json) == 3


def test_people_get_one_line(desk: Shell, tmp_path: Path):
    done = desk("import", *(str(path) for path in as_mbox(tmp_path)))
    assert done.out == "3 mails read: 3 taken in, 0 were there already, 0 failed\n"
    assert done.err == ""


def test_a_path_that_is_not_there_is_exit_2_before_anything_is_read(desk: Shell, tmp_path: Path):
    done = desk("import", str(as_mbox(tmp_path)[0]), str(tmp_path / "no"), "--json")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"gateway: found no file or folder {tmp_path}/no\n"
    assert desk("ticket", "list", "--json").json == []


def test_a_file_that_cannot_be_read_is_exit_1_and_a_line(desk: Shell):
    done = desk("import", "/proc/self/mem", "--json")
    assert (done.status, done.out) == (1, "")
    assert done.err == "gateway: /proc/self/mem cannot be read: Input/output error\n"


def test_a_desk_without_mail_says_which_table_it_lacks(shell: Shell, tmp_path: Path):
    done = shell("import", str(as_mbox(tmp_path)[0]))
    assert done.status == 2
    assert "no [email] table" in done.err
    assert done.err.count("\n") == 1


def many(folder: Path, count: int) -> Path:
    raws = (letter(f"Words {n}.", subject=f"s{n}", id=f"<{n}@example.org>") for n in range(count))
    return file(folder / "many.mbox", b"".join(POSTMARK + raw + b"\n" for raw in raws))


@contextmanager
def importing(desk: Shell, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that imports."""
    command = [sys.executable, "-m", "gateway.cli.main", "--config", str(desk.config)]
    with subprocess.Popen(
        [*command, "import", str(path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def taken_in(database: Database) -> int:
    with database.read() as conn:
        return len(inbox.rows(conn))


def test_killed_in_between_and_run_again_each_mail_is_there_once(
    desk: Shell, tmp_path: Path, database: Database
):
    with importing(desk, many(tmp_path, 600)) as process:
        wait_until(lambda: taken_in(database) >= 150, "some mails to be taken in", 30)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    before = taken_in(database)
    assert 150 <= before < 600, "it was not killed in between"

    done = take(desk, tmp_path / "many.mbox")
    assert done == counts(600, 600 - before, duplicates=before)
    tickets = desk("ticket", "list", "--json").json
    assert sorted(int(t["subject"][1:]) for t in tickets) == list(range(600))
    assert {row["state"] for row in desk("inbox", "list", "--json").json} == {"done"}


def test_while_the_daemon_runs_beside(desk: Shell, tmp_path: Path):
    with daemon(desk), importing(desk, many(tmp_path, 300)) as process:
        out, err = process.communicate(timeout=60)
    assert json.loads(out) == counts(300, 300), err
    tickets = desk("ticket", "list", "--json").json
    assert sorted(int(t["subject"][1:]) for t in tickets) == list(range(300))
    assert desk("outbox", "list", "--json").json == []


@pytest.mark.parametrize("laid", [as_folder, as_mbox, as_maildir])
def test_a_bar_on_a_terminal_shows_how_much_is_read(desk: Shell, tmp_path: Path, laid):
    (tmp_path / "old").mkdir()
    paths = [str(path) for path in laid(tmp_path / "old")]
    terminal, end = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "gateway.cli.main",
        "--config",
        str(desk.config),
        "import",
        *paths,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=end) as done:
        os.close(end)
        shown = "".join(iter(lambda: read_from(terminal), ""))
    os.close(terminal)

    assert done.returncode == 0
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).strip().splitlines()[-1]
    assert last.startswith("importing")
    assert last.endswith("100% 3 mails")


def read_from(terminal: int) -> str:
    """What is shown next; nothing once nobody writes there any more."""
    try:
        return os.read(terminal, 4_096).decode()
    except OSError:  # how Linux says that the other side is closed
        return ""
