"""The [telegram] table, and what `gateway check` finds of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.app import read_config
from gateway.channels.telegram.plugin import settings
from gateway.core.chat import Room
from gateway.core.ports import Verdict
from gateway.settings.faults import ConfigError
from tests.channels.telegram.kit import ROOM, Rig
from tests.servers.bot_api import BotApi, Refusal

DESK = '[desk]\naddress = "support@acme.example"\n'


def faults(tmp_path: Path, table: str) -> str:
    path = tmp_path / "gateway.toml"
    path.write_text(f"{DESK}[telegram]\n{table}\n")
    with pytest.raises(ConfigError) as raised:
        read_config(path, {})
    return "\n".join(map(str, raised.value.faults))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "telegram.token"),
        ('token = "secret-of-mine"', "as @BotFather gives it"),
        ('token = "1:a"\nagents_chat = 5', "a group, whose id is below 0"),
        ('token = "1:a"\nmode = "pull"', '"polling", "webhook"'),
        ('token = "1:a"\napi_url = "https://x.example/"', "without a slash at its end"),
        ('token = "1:a"\nmode = "webhook"\nwebhook_secret = "a b"', "letters, digits"),
        ('token = "1:a"\ntopics = true', "topics"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_expected(tmp_path, table, words):
    said = faults(tmp_path, table)
    assert words in said
    assert "secret-of-mine" not in said


def test_the_room_is_the_group():
    assert settings.model_validate({"token": "1:a"}).room is None
    room = settings.model_validate({"token": "1:a", "agents_chat": ROOM}).room
    assert room == Room(channel="telegram", address=str(ROOM))


def test_the_secret_of_posts_is_made_from_the_token_and_does_not_show_it():
    table = settings.model_validate({"token": "1:abc"})
    assert "abc" not in table.hook_secret
    assert table.hook_secret == settings.model_validate({"token": "1:abc"}).hook_secret
    given = settings.model_validate({"token": "1:abc", "webhook_secret": "mine"})
    assert given.hook_secret == "mine"


def test_without_its_library_the_config_is_at_fault_in_one_line(tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text(f'{DESK}[database]\nurl = "sqlite:///gateway.db"\n[telegram]\ntoken = "1:a"\n')
    program = (
        "import sys; sys.modules['telegram'] = None;"
        f"sys.argv = ['gateway', '--config', '{path}', 'serve'];"
        "from gateway.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "pip install 'helpdesk-gateway[telegram]'" in done.stderr
    assert "Traceback" not in done.stderr


async def found(rig: Rig) -> dict[str, list[tuple[str, str]]]:
    made: dict[str, list[tuple[str, str]]] = {}
    for one in await rig.channel.check():
        made.setdefault(one.key, []).append((one.verdict.value, one.said))
    return made


async def test_what_works_is_said(rig: Rig):
    found_of = await found(rig)
    assert {verdict for lines in found_of.values() for verdict, _ in lines} == {"works"}
    assert found_of["telegram.agents_chat"] == [("works", "the bot can make topics in Agents")]


async def test_a_check_changes_nothing(rig: Rig):
    await rig.channel.check()
    assert {name for name, _ in rig.api.calls} <= {
        *("getMe", "getWebhookInfo", "getChat", "getChatMember")
    }


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"is_forum": False}, "telegram.agents_chat", "has no topics"),
        ({"manages_topics": False}, "telegram.agents_chat", "make it one"),
        ({"bot": "member"}, "telegram.agents_chat", "make it one"),
        ({"bot": "kicked"}, "telegram.agents_chat", "not in that group"),
        ({"moved_to": -1_009_999}, "telegram.agents_chat", "its id is -1009999 now"),
    ],
)
async def test_what_is_wrong_with_the_group_is_said(rig: Rig, change, key, words):
    for name, value in change.items():
        setattr(rig.api.world.groups[ROOM], name, value)
    lines = (await found(rig))[key]
    assert any(verdict == "broken" and words in said for verdict, said in lines)


async def test_privacy_mode_is_doubtful(rig: Rig):
    rig.api.world.bot["can_read_all_group_messages"] = False
    assert ("doubtful", True) in [
        (verdict, "/setprivacy" in said) for verdict, said in (await found(rig))["telegram.token"]
    ]


async def test_a_wrong_token_and_a_network_that_is_away_are_told_apart(rig: Rig):
    rig.api.fail("getMe", Refusal(401, "Unauthorized"))
    assert [line[0] for line in (await found(rig))["telegram.token"]] == ["broken"]
    away = Rig(rig.api, config={"api_url": "http://127.0.0.1:9"})
    assert [line[0] for line in (await found(away))["telegram.api_url"]] == ["broken"]


@pytest.mark.parametrize(
    ("mode", "public_url", "hook", "verdict", "words"),
    [
        ("polling", "", {}, Verdict.WORKS, "fetched"),
        ("polling", "", {"url": "https://other.example"}, Verdict.DOUBTFUL, "takes it off"),
        ("webhook", "", {}, Verdict.BROKEN, "public_url"),
        ("webhook", "http://desk.example", {}, Verdict.BROKEN, "https alone"),
        ("webhook", "https://desk.example", {}, Verdict.WORKS, "/telegram/updates"),
    ],
)
async def test_how_messages_come_is_checked(
    api: BotApi, closing: None, mode, public_url, hook, verdict, words
):
    rig = Rig(api, config={"mode": mode}, public_url=public_url)
    api.hook = hook
    ((said_verdict, said),) = (await found(rig))["telegram.mode"]
    assert (said_verdict, words in said) == (verdict.value, True)
