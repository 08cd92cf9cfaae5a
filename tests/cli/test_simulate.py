"""`gateway simulate`, as it is typed."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell, letter

OTHER = '\n[[queues]]\nname = "sales"\naddresses = ["support@acme.example"]\n\n[email]\n'


@pytest.fixture
def archive(shell: Shell, tmp_path: Path) -> Path:
    shell.config.write_text(shell.config.read_text() + "\n[email]\n")
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "1.eml").write_bytes(letter())
    (folder / "2.eml").write_bytes(letter(id="<2@example.org>", subject="Invoice"))
    return folder


def test_it_says_what_would_have_happened_and_stores_nothing(shell: Shell, archive: Path):
    ended = shell("simulate", "--mailbox", str(archive))
    assert ended.status == 0, ended.err
    assert "2 messages of people, 2 tickets" in ended.out
    assert "told by the clock" in ended.out or "Nobody was told." in ended.out
    assert "2        normal    no rule" in ended.out
    assert "The busiest hour of the week was" in ended.out
    assert not (shell.config.parent / "gateway.db").exists()


def test_two_configs_are_compared(shell: Shell, archive: Path, tmp_path: Path):
    other, page = tmp_path / "other.toml", tmp_path / "page.html"
    other.write_text(shell.config.read_text().replace("\n[email]\n", OTHER))
    done = shell(
        *("simulate", "--mailbox", str(archive), "--against", str(other)),
        *("--html", str(page), "--json"),
    ).json
    assert [d["what"] for d in done["differences"]] == [
        [{"what": "queue", "config": "support", "against": "sales"}]
    ] * 2
    assert [t["subject"] for t in done["runs"][0]["tickets"]] == ["Printer on fire", "Invoice"]
    assert {"what": "tickets", "config": 2, "against": 2} in done["in_sum"]
    assert done["runs"][0]["rounds"] == []
    assert "<svg" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected --mailbox PATH, or --history, and not both"),
        (("--mailbox", "nowhere.mbox"), "found no file or folder nowhere.mbox"),
        (("--mailbox", "."), "--history, and not both"),
    ],
)
def test_what_is_wrong_is_one_line(
    shell: Shell, archive: Path, arguments: tuple[str, ...], said: str
):
    more = ("--history",) if arguments == ("--mailbox", ".") else ()
    ended = shell("simulate", *arguments, *more)
    assert ended.status == 2
    assert said in ended.err
