import shlex
import sys
from pathlib import Path

import pytest

from gateway.cli.context import CHANNELS, Desk
from gateway.cli.main import Commands
from gateway.cli.program import command
from gateway.cli.welcome import welcome
from gateway.settings.load import load
from gateway.settings.starter import Facts, starter


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    config = tmp_path / "gateway.toml"
    config.write_text(starter(Facts(), CHANNELS))
    return config


def said(config: Path, program: str = ".venv/bin/gateway") -> str:
    loaded = load(config, CHANNELS, {"SMTP_PASSWORD": "x"})
    return welcome(loaded, Desk(loaded).policy, program)


def test_who_where_and_how(desk: Path):
    text = said(desk)
    assert "Bea Ruiz is the agent" in text
    assert "SMTP at 127.0.0.1:2525" in text
    assert str(desk.parent.parent / "var" / "outgoing") in text
    assert "{" not in text


def test_what_is_to_be_typed_are_commands(desk: Path):
    typed = [
        shlex.split(row)
        for row in said(desk).replace("\\\n", "").splitlines()
        if ".venv/bin/gateway" in row
    ]
    assert len(typed) == 7
    for program, option, config, name, *_ in typed:
        assert (program, option, config) == (".venv/bin/gateway", "--config", str(desk))
        assert name in Commands.table


def test_it_fits_a_terminal(desk: Path):
    default = said(desk).replace(f" --config {shlex.quote(str(desk))}", "")
    rows = [row for row in default.splitlines() if str(desk.parent.parent) not in row]
    assert max(len(row) for row in rows) <= 80


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('host = "127.0.0.1"', 'host = "0.0.0.0"'),
        ('host = "" ', 'host = "relay.example" '),
    ],
)
def test_a_desk_that_is_meant_seriously_is_not_greeted(desk: Path, old: str, new: str):
    text = desk.read_text()
    assert old in text
    desk.write_text(text.replace(old, new))
    assert said(desk) == ""


def test_the_command_is_as_it_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    default = Path("config/gateway.toml")
    assert command(".venv/bin/gateway", default) == ".venv/bin/gateway"
    assert command("/a b/gateway", Path("x y")) == "'/a b/gateway' --config 'x y'"
    assert command("/src/gateway/cli/main.py", default) == f"{sys.executable} -m gateway.cli.main"
    (tmp_path / "gateway").write_text("#!/bin/sh\n")
    (tmp_path / "gateway").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command(str(tmp_path / "gateway"), default) == "gateway"
