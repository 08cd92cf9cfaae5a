import stat
from io import StringIO
from pathlib import Path

import pytest

from gateway.cli.context import CHANNELS
from gateway.cli.main import run
from gateway.settings.load import Loaded, load
from tests.cli.conftest import Shell

ENVIRON = {"SMTP_PASSWORD": "geheim"}


def written(path: Path) -> Loaded:
    return load(path, CHANNELS, ENVIRON)


@pytest.fixture
def path(shell: Shell, tmp_path: Path) -> Path:
    return tmp_path / "etc" / "desk.toml"


def answer(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("".join(f"{a}\n" for a in answers)))


def test_defaults_ask_nothing(shell: Shell, path: Path):
    done = shell("init", "--defaults", "--config", str(path))
    assert done.status == 0
    assert f"Wrote {path}." in done.out
    settings = written(path).settings
    assert settings.desk.address == "support@acme.example"
    assert [(a.name, a.email, a.lead) for a in settings.agents] == [
        ("Bea Ruiz", "bea@acme.example", True)
    ]
    assert list(path.parent.iterdir()) == [path]


def test_a_config_that_is_there_stays(shell: Shell):
    before = shell.config.read_text()
    done = shell("init", "--defaults")
    assert done.status == 2
    assert "is there already; --force replaces it" in done.err
    assert shell.config.read_text() == before
    assert shell("init", "--defaults", "--force").status == 0
    assert shell.config.read_text() != before


def test_questions_are_asked_until_the_answer_is_right(
    shell: Shell, path: Path, monkeypatch: pytest.MonkeyPatch
):
    answer(
        monkeypatch,
        *("Night Desk", "help at night", "help@night.example", "Mars/Base", "Europe/Rome"),
        *("Ugo", "ugo@night.example", "mysql://x", "sqlite:///desk.db"),
        *("mx.night.example", "0", "465", "desk", "", ""),
    )
    done = shell("init", "--config", str(path))
    assert done.status == 0
    assert done.err.count("Found ") == 4
    assert "expected a mail address such as" in done.err
    settings = written(path).settings
    assert (settings.desk.name, settings.desk.timezone) == ("Night Desk", "Europe/Rome")
    assert settings.queues[0].addresses == ("help@night.example",)
    assert 'password_env = "SMTP_PASSWORD"' in path.read_text()


def test_answers_that_do_not_fit_together_write_nothing(
    shell: Shell, path: Path, monkeypatch: pytest.MonkeyPatch
):
    answer(
        monkeypatch, "Desk", "a@x.example", "UTC", "Ugo", "A@x.example", "sqlite:///d", "", "", ""
    )
    done = shell("init", "--config", str(path))
    assert done.status == 2
    assert "these answers make no config: agents[1].email: found" in done.err
    assert list(path.parent.iterdir()) == []


def test_a_database_password_is_for_its_owner_alone(
    shell: Shell, path: Path, monkeypatch: pytest.MonkeyPatch
):
    url = "postgresql://desk:geheim@db.example/desk"
    answer(monkeypatch, "Desk", "a@x.example", "UTC", "Ugo", "ugo@x.example", url, "", "", "")
    assert shell("init", "--config", str(path)).status == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_chats_are_asked_for_and_their_tokens_come_by_the_environment(
    shell: Shell, path: Path, monkeypatch: pytest.MonkeyPatch
):
    answer(
        monkeypatch,
        *("Desk", "a@x.example", "UTC", "Ugo", "ugo@x.example", "sqlite:///d", ""),
        *("#help", "C0123456789", "U0UGO", "", "12", "-1001234567890", "4711"),
    )
    done = shell("init", "--config", str(path))
    assert done.status == 0
    assert done.err.count("Found ") == 2
    tokens = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "TELEGRAM_BOT_TOKEN": "1:abc",
    }
    loaded = load(path, CHANNELS, tokens)
    assert set(loaded.sections) == {"email", "slack", "telegram"}
    (agent,) = loaded.settings.agents
    assert (agent.slack, agent.telegram) == ("U0UGO", 4711)
    assert "xoxb" not in path.read_text().replace('"xoxb-…"', "")


def test_slack_by_http_is_asked_for_and_needs_no_app_token(
    shell: Shell, path: Path, monkeypatch: pytest.MonkeyPatch
):
    answer(
        monkeypatch,
        *("Desk", "a@x.example", "UTC", "Ugo", "ugo@x.example", "sqlite:///d", ""),
        *("C0123456789", "U0UGO", "http://x.example", "https://desk.x.example", ""),
    )
    done = shell("init", "--config", str(path))
    assert done.status == 0
    assert done.err.count("Found ") == 1
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "abc"}
    loaded = load(path, CHANNELS, secrets)
    assert loaded.settings.http
    assert loaded.settings.http.public_url == "https://desk.x.example"


def test_nobody_to_ask_is_no_traceback(shell: Shell, path: Path, monkeypatch: pytest.MonkeyPatch):
    answer(monkeypatch)
    assert run(["--config", str(path), "init"]) == 130
    assert not path.exists()


def test_a_folder_that_cannot_be_made_is_one_line(shell: Shell, tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = shell("init", "--defaults", "--config", str(tmp_path / "file" / "gateway.toml"))
    assert done.status == 1
    assert "cannot write" in done.err
