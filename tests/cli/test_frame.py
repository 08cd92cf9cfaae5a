"""What holds for every command: exit status, one line per fault, --config anywhere."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.cli.main import run
from gateway.cli.reference import command_reference
from tests.cli.conftest import CONFIG, Shell


def test_help_loads_no_library_that_it_does_not_need():
    code = (
        "import sys; from gateway.cli.main import run; status = run(['--help'])\n"
        "heavy = {'pydantic', 'sqlalchemy', 'rich', 'structlog', 'aiosmtpd', 'jinja2', 'alembic'}\n"
        "print(status, sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "0 []\n"
    assert "  ticket " in done.stdout


def test_help_speaks_of_no_type_of_python():
    page = command_reference()
    for odd in ("<str>", "<int", "list[", "...}", "0000000"):
        assert odd not in page


@pytest.mark.parametrize("before", [True, False])
def test_the_config_is_taken_before_and_after_the_name(shell: Shell, before: bool):
    config = ["--config", str(shell.config)]
    command = ["agent", "list", "--json"]
    assert run([*config, *command] if before else [*command, *config]) == 0
    assert "bea@acme.example" in shell.capture.readouterr().out


def test_the_config_after_the_name_wins(shell: Shell):
    assert run(["--config", "nowhere.toml", "agent", "list", f"--config={shell.config}"]) == 0


def test_the_config_comes_from_the_environment(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GATEWAY_CONFIG", str(shell.config))
    assert run(["agent", "list"]) == 0


def test_without_a_word_it_is_config_gateway_toml(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert run(["agent", "list"]) == 2
    told = shell.capture.readouterr().err
    assert told.startswith("config/gateway.toml: there is no such file")


def test_a_value_that_looks_like_an_option_is_a_value(shell: Shell):
    done = shell("ticket", "list", "--search", "--config", "--json")
    assert done.json == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tickt"], "gateway: No such command 'tickt'. Did you mean 'ticket'?"),
        (["ticket", "show"], "gateway ticket show: Missing argument 'NUMBER'"),
        (["ticket", "list", "--state", "odd"], "Invalid value for '--state': 'odd' is not one of"),
        (["ticket", "list", "--limit", "0"], "Invalid value for '--limit'"),
        (["ticket", "list", "--lmit", "3"], "No such option: --lmit"),
        (["inbox", "retry", "x"], "Invalid value for"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(shell: Shell, arguments: list[str], said: str):
    done = shell(*arguments)
    assert done.status == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_a_wrong_config_is_a_line_per_fault_and_exit_2(shell: Shell):
    shell.config.write_text(CONFIG + '[desks]\n[[agents]]\nname = "X"\nemail = "nobody"\n')
    done = shell("ticket", "list", "--json")
    assert (done.status, done.out) == (2, "")
    lines = done.err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["desks", "agents[3].email"]
    assert all(line.startswith(f"{shell.config}:") for line in lines)


def test_a_database_that_cannot_be_opened_is_one_line_and_exit_1(shell: Shell, tmp_path: Path):
    (tmp_path / "gateway.db").mkdir()
    done = shell("ticket", "list")
    assert done.status == 1
    assert done.err.startswith("gateway: cannot open sqlite:///")
    assert done.err.count("\n") == 1


def test_an_unexpected_failure_is_one_line_unless_asked(shell: Shell, tmp_path: Path):
    assert shell("ticket", "list").status == 0
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
        database.executescript("PRAGMA foreign_keys = OFF; DROP TABLE ticket;")
    done = shell("ticket", "list")
    assert done.status == 1
    assert done.err.endswith("(--debug shows where)\n")
    assert done.err.count("\n") == 1
    assert "Traceback" in shell("ticket", "list", "--debug").err


def test_a_reader_that_has_enough_is_no_failure_worth_words(shell: Shell):
    code = "import sys; sys.argv[0] = 'gateway'; from gateway.cli.main import main; main()"
    command = [sys.executable, "-c", code, "--config", str(shell.config), "agent", "list"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_version(shell: Shell):
    done = shell("--version")
    assert (done.status, done.out.split()[0]) == (0, "gateway")
