"""Files: fetched with the token from Slack's own hosts, and from nowhere else."""

import pytest

from gateway.core.ports import PermanentError, TemporaryError
from tests.channels.slack.kit import Desk

MOST = 1_000


async def test_a_file_is_fetched_by_its_id(idle: Desk):
    file = idle.server.world.add_file("a.txt", b"hello", idle.server.base)

    assert await idle.channel.fetch(file["id"], MOST) == b"hello"


async def test_a_file_that_is_too_large_is_left_there(idle: Desk):
    file = idle.server.world.add_file("a.txt", b"x" * (MOST + 1), idle.server.base)
    with pytest.raises(PermanentError, match="larger"):
        await idle.channel.fetch(file["id"], MOST)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files-pri/x",
        "http://files.slack.com/files-pri/x",
        "https://files.slack.com.evil.example/x",
        "https://files.slack.com@evil.example/x",
        "file:///etc/passwd",
    ],
)
async def test_the_token_goes_to_no_other_host(idle: Desk, url: str):
    file = idle.server.world.add_file("a.txt", b"x", "", url_private_download=url)
    with pytest.raises(PermanentError, match="does not lie with Slack"):
        await idle.channel.fetch(file["id"], MOST)


async def test_no_redirect_elsewhere_is_followed(idle: Desk):
    file = idle.server.world.add_file("a.txt", b"x", idle.server.base)
    path = file["url_private_download"].removeprefix(idle.server.base)
    idle.server.redirects[path] = "http://127.0.0.1:9/elsewhere"
    with pytest.raises(PermanentError, match="log in"):
        await idle.channel.fetch(file["id"], MOST)

    assert len(idle.server.downloads) == 1


async def test_a_redirect_within_slack_is_followed(idle: Desk):
    file = idle.server.world.add_file("a.txt", b"hello", idle.server.base)
    path = file["url_private_download"].removeprefix(idle.server.base)
    idle.server.redirects[path + "/old"] = path
    idle.server.world.files[file["id"]]["url_private_download"] += "/old"

    assert await idle.channel.fetch(file["id"], MOST) == b"hello"


async def test_a_ring_of_redirects_comes_to_an_end(idle: Desk):
    file = idle.server.world.add_file("a.txt", b"x", idle.server.base)
    path = file["url_private_download"].removeprefix(idle.server.base)
    idle.server.redirects[path] = path
    with pytest.raises(PermanentError, match="one place to the next"):
        await idle.channel.fetch(file["id"], MOST)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("file_not_found", PermanentError),
        ("file_deleted", PermanentError),
        ("missing_scope", PermanentError),
        ("internal_error", TemporaryError),
    ],
)
async def test_why_a_file_did_not_come(idle: Desk, code: str, kind: type[Exception]):
    idle.server.fail("files.info", code=code)
    with pytest.raises(kind) as raised:
        await idle.channel.fetch("F0X", MOST)

    assert "xoxb" not in str(raised.value)
    assert "http" not in str(raised.value)


async def test_a_download_that_was_cut_is_tried_again(idle: Desk):
    idle.server.fail("files.info", drop="before")
    with pytest.raises(TemporaryError):
        await idle.channel.fetch("F0X", MOST)
