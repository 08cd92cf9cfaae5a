"""The [slack] table: what is refused, and in which words."""

from pathlib import Path

import pytest

from gateway.app import read_config
from gateway.core.chat import Room
from gateway.settings.faults import ConfigError

GOOD = {
    "bot_token": '"xoxb-1"',
    "app_token": '"xapp-1"',
}
DESK = '[desk]\naddress = "support@acme.example"\nsecret = "a-secret-of-the-tests"\n[slack]\n'


def config(folder: Path, **more: str) -> Path:
    path = folder / "gateway.toml"
    lines = [f"{key} = {value}\n" for key, value in (GOOD | more).items() if value]
    path.write_text(DESK + "".join(lines))
    path.chmod(0o600)
    return path


def test_a_good_table_names_its_room(tmp_path: Path):
    loaded = read_config(config(tmp_path, triage_channel='"C0123"'), {})

    room: Room = loaded.sections["slack"].room  # type: ignore[attr-defined]
    assert room == Room(channel="slack", address="C0123")
    assert "xoxb" not in repr(loaded.sections)


FAULTS = [
    ({"bot_token": ""}, "slack.bot_token: not given"),
    ({"app_token": ""}, "slack.app_token: not given"),
    ({"bot_token": '"xapp-geheim"'}, 'expected a token that begins "xoxb-"'),
    ({"app_token": '"geheim"'}, 'expected a token that begins "xapp-"'),
    ({"triage_channel": '"#triage"'}, 'found "#triage", expected the id of a channel'),
    ({"emoji": '":ticket:"'}, 'found ":ticket:", expected the name of an emoji without colons'),
    ({"command": '"ticket"'}, 'found "ticket", expected a slash command such as "/ticket"'),
    ({"mail_domains": '["@acme.example"]'}, 'found "@acme.example", expected a domain'),
    ({"api_url": '"https://slack.com"'}, 'expected a URL that ends with "/api/"'),
    ({"canned": '[{name = "x", text = ""}]'}, "found 0 characters, expected 1 to 3000"),
    ({"triage": '"C1"'}, "triage"),
]


@pytest.mark.parametrize(("how", "words"), FAULTS)
def test_what_is_wrong_is_said(tmp_path: Path, how: dict[str, str], words: str):
    with pytest.raises(ConfigError) as raised:
        read_config(config(tmp_path, **how), {})

    said = "\n".join(map(str, raised.value.faults))
    assert words in said
    assert "geheim" not in said


@pytest.mark.parametrize(
    "how", [{"app_token": ""}, {"app_token": '""'}, {"app_token": "", "signing_secret": '""'}]
)
def test_neither_token_nor_signing_secret_is_one_fault(tmp_path: Path, how: dict[str, str]):
    with pytest.raises(ConfigError) as raised:
        read_config(config(tmp_path, **how), {})

    (fault,) = raised.value.faults
    assert "slack.app_token" in str(fault)
    assert how != {"app_token": ""} or "signing_secret" in str(fault)


def test_the_signing_secret_stands_for_the_app_token(tmp_path: Path):
    path = config(tmp_path, app_token="", signing_secret='"abc"')
    path.write_text(path.read_text() + "[http]\n")
    loaded = read_config(path, {})

    assert "slack" in loaded.sections


def test_without_app_token_and_web_server_nothing_would_come_in(tmp_path: Path):
    with pytest.raises(ConfigError) as raised:
        read_config(config(tmp_path, app_token="", signing_secret='"abc"'), {})

    (fault,) = map(str, raised.value.faults)
    assert "slack.signing_secret: found it without the table [http], expected [http]" in fault
