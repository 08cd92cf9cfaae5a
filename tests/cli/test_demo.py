"""The demo and `gateway mail`, with a daemon that really runs."""

import dataclasses
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.cli.context import CHANNELS, Desk
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.trying.letters import Letter
from gateway.cli.trying.screen import Screen
from gateway.cli.trying.stage import running_stage, stage_for
from gateway.cli.trying.story import Story
from gateway.settings.load import load
from gateway.settings.starter import Facts, starter
from tests import servers
from tests.cli.conftest import Shell
from tests.e2e.gateway import clean_environment

PATIENCE = 30.0
CYAN = "\x1b[36m"


@dataclass(frozen=True)
class Running:
    """A daemon, as `gateway serve` with the starter config runs it."""

    config: Path
    port: int
    maildir: Path
    out: Path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("desk")
    port = servers.free_port()
    config = folder / "config" / "gateway.toml"
    config.parent.mkdir()
    config.write_text(starter(Facts(listen_port=port), CHANNELS))
    out, err = folder / "out", folder / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli.main", "--config", str(config), "serve"],
            stdout=stdout,
            stderr=stderr,
        )
    try:
        until = time.monotonic() + PATIENCE
        while '"ready"' not in err.read_text():
            assert process.poll() is None, err.read_text()
            assert time.monotonic() < until, err.read_text()
            time.sleep(0.05)
        yield Running(config, port, folder / "var" / "outgoing", out)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def at(shell: Shell, running: Running) -> Shell:
    return dataclasses.replace(shell, config=running.config)


def until_read(shell: Shell, command: list[str], words: str) -> str:
    """What a command shows, once these words are in it."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        shown = shell(*command)
        if words in shown.out:
            return shown.out
        time.sleep(0.05)
    raise AssertionError(f"{command} does not show {words!r}: {shown.out}{shown.err}")


def typed(greeting: str) -> list[list[str]]:
    """What the greeting says to type, without the program."""
    rows = greeting.replace("\\\n", "").splitlines()
    words = [shlex.split(row) for row in rows if "-m gateway.cli.main" in row]
    return [one[one.index("gateway.cli.main") + 1 :] for one in words]


def test_the_greeting_can_be_followed_word_by_word(shell: Shell, running: Running):
    write, get, answer, receive, *look, _demo = typed(running.out.read_text())
    wrote = shell(*write)
    assert wrote.status == 0, wrote.err
    assert "The desk said: 250 2.0.0" in wrote.out
    assert "Reply-To: Ada via Example Support" in until_read(shell, get, "It burns. Help!")
    answered = shell(*answer)
    assert answered.status == 0, answered.err
    received = until_read(shell, receive, "Have you tried water?")
    assert "bea@acme.example" not in received
    assert "It burns" not in received  # what was quoted went no further
    listed, shown = (shell(*one) for one in look)
    assert "Printer on fire" in listed.out
    assert "assignee: Bea Ruiz" in shown.out


def test_the_demo_plays_through_the_running_daemon_again_and_again(shell: Shell, running: Running):
    shell = at(shell, running)
    numbers = []
    for _ in range(2):
        played = shell("demo", "--fast")
        assert played.status == 0, played.err
        assert f"Playing with the running daemon of {running.config}" in " ".join(
            played.out.split()
        )
        found = re.search(r"ticket #(\d+)\. It is resolved now", played.out)
        assert found
        numbers.append(int(found[1]))
    assert numbers[0] != numbers[1]
    shown = shell("ticket", "show", str(numbers[1]), "--json").json
    changes = [e["change"]["new"] for e in shown["entries"] if e["change"]]
    assert [c for c in changes if c in ("open", "pending", "resolved")] == [
        *("open", "pending", "open", "resolved")
    ]
    said = [e["text"] for e in shown["entries"] if e["kind"] == "message"]
    assert said[1] == "Dear Ada,\n\nhave you tried water?"
    assert len(said) == 5
    assert {e["visibility"] for e in shown["entries"] if e["kind"] == "message"} == {"public"}


def test_the_demo_shows_each_mail(shell: Shell, running: Running):
    out = at(shell, running)("demo", "--fast").out
    titles = re.findall(r"╭─ (.+?) ─", out)
    assert titles == [
        "Ada Byron sends",
        "Ada Byron receives",
        "Bea Ruiz receives",
        "Bea Ruiz sends",
        "Ada Byron receives",
        "Ada Byron sends",
        "Bea Ruiz receives",
        "Bea Ruiz sends",
        "Ada Byron receives",
        "Bea Ruiz receives",
        "Bea Ruiz sends",
        "Ada Byron receives",
    ]
    assert max(len(row) for row in out.splitlines() if " ticket show " not in row) <= 80


def test_without_a_daemon_the_demo_brings_its_own(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    played = shell("demo", "--fast", "--config", str(tmp_path / "none.toml"))
    assert played.status == 0, played.err
    assert "There is no" in played.out
    assert "It is resolved now" in played.out
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (('host = ""', 'host = "relay.example"'), "mail goes out by relay.example"),
        (("# answer_delay = ", "answer_delay = '1m' # "), "every answer wait"),
        (("# agent_proof = ", 'agent_proof = "both" # '), "agent_proof"),
        (('queues = ["support"]', "tier = 2"), "no agent hears of new tickets"),
        (("port = ", "port = 1 # "), "answers at 127.0.0.1:1"),
    ],
)
def test_a_desk_that_cannot_show_the_play_is_left_alone(
    running: Running, tmp_path: Path, change: tuple[str, str], why: str
):
    config = tmp_path / "gateway.toml"
    config.write_text(running.config.read_text().replace(*change))
    with pytest.raises(RefusedError, match=why):
        running_stage(Desk(load(config, CHANNELS, {})))


def test_a_mail_that_does_not_come_is_named(running: Running, tmp_path: Path):
    with stage_for(running.config, {}) as stage:
        assert not stage.why_own
        elsewhere = dataclasses.replace(stage, maildir=tmp_path)
        story = Story(elsewhere, Screen(quick=True), seconds=1, patience=0.2)
        with pytest.raises(FailedError, match=r"^the confirmation for ada\..+ did not come into"):
            story.play()


def test_colours_only_where_they_are_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    letter = Letter(
        sender="Eve\x1b[31m <eve@example.org>",
        to="bea@acme.example",
        delivered_to="bea@acme.example",
        subject="[bold]markup[/bold]",
        date="",
        reply_to="eve@example.org",
        message_id="<1@example.org>",
        references=(),
        text="red \x1b[31m words",
    )
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    Screen(quick=True).got("Bea", letter)
    coloured = capsys.readouterr().out
    assert "\x1b[32m" in coloured
    assert "\x1b[31m" not in coloured
    assert "[bold]markup[/bold]" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    Screen(quick=True).got("Bea", letter)
    assert "\x1b[32m" not in capsys.readouterr().out


@pytest.mark.parametrize("module", ["gateway.cli.main", "tests.demo"])
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_closes_the_terminal_leaves_no_daemon_behind(
    tmp_path: Path, module: str, end: signal.Signals
):
    words = ["demo"] if module == "gateway.cli.main" else []
    config = ["--config", str(tmp_path / "none.toml")]
    with (tmp_path / "said").open("wb") as said:
        play = subprocess.Popen(
            [sys.executable, "-m", module, *config, *words],
            stdout=said,
            stderr=said,
            env={**clean_environment(), "TMPDIR": str(tmp_path)},
        )
    children = Path(f"/proc/{play.pid}/task/{play.pid}/children")
    servers.wait_until(lambda: b"Ada" in (tmp_path / "said").read_bytes(), "the play to begin")
    (daemon,) = (int(child) for child in children.read_text().split())
    play.send_signal(end)

    assert play.wait(PATIENCE) == 128 + end
    assert not Path(f"/proc/{daemon}").exists()
    assert list(tmp_path.glob("gateway-demo-*")) == []
    assert b"Traceback" not in (tmp_path / "said").read_bytes()
