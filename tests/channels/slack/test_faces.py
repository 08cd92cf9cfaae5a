"""Pictures of people beside what they said: whose, from where, and never in the way of words."""

from typing import Any

import pytest

from gateway.core.documents import Block
from gateway.core.model import Party
from gateway.core.ports import PermanentError
from tests.channels.slack.kit import ADA, Desk, outbound
from tests.channels.slack.test_sending import TO_THE_ROOM, card, posts, said_in
from tests.servers.slack import User

FACE = Party(channel="slack", address=ADA, name="Ada Byron")
HER_PICTURE = f"https://avatars.slack-edge.com/{ADA}_72.png"


def said(**more: Any) -> Any:
    given: dict[str, Any] = {"kind": "said", "to": TO_THE_ROOM, "face": FACE}
    return outbound(**(given | more))


def pictures(message: dict[str, Any]) -> list[tuple[str, str]]:
    elements = [e for b in message["blocks"] if b["type"] == "context" for e in b["elements"]]
    return [(e["image_url"], e["alt_text"]) for e in elements if e["type"] == "image"]


async def test_a_card_shows_who_asked(desk: Desk):
    (key,) = (await desk.channel.send(card(face=FACE))).keys
    await desk.channel.send(card(face=FACE, edits=key, subject="#7 Printer (taken)"))

    (post,) = posts(desk.triage)
    assert [b["type"] for b in post["blocks"]] == ["header", "context", "rich_text", "actions"]
    assert pictures(post) == [(HER_PICTURE, "Ada Lovelace")]
    assert said_in(post).startswith("#7 Printer (taken)Requester: Ada")


async def test_words_stand_below_the_picture_of_who_said_them(desk: Desk):
    await desk.channel.send(said())

    (post,) = posts(desk.triage)
    assert [b["type"] for b in post["blocks"]] == ["context", "rich_text"]
    assert pictures(post) == [(HER_PICTURE, "Ada Lovelace")]
    assert said_in(post) == "Hello Ada"


async def test_long_words_have_it_once(desk: Desk):
    await desk.channel.send(said(blocks=(Block(kind="words", text="word " * 5_000),)))

    assert [len(pictures(post)) for post in posts(desk.triage)] == [1, 0, 0]


async def test_everybody_is_looked_up_once(desk: Desk):
    for number in range(3):
        await desk.channel.send(said(message_id=f"<{number}@acme.example>"))

    assert len(desk.server.called("users.info")) == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://avatars.slack-edge.com/a_{size}.png", True),
        ("https://a.slack-edge.com/df10d/img/avatars/ava_0001-{size}.png", True),
        (
            "https://secure.gravatar.com/avatar/0?s={size}&d=https%3A%2F%2Fa.slack-edge.com%2F1",
            True,
        ),
        ("http://avatars.slack-edge.com/a_{size}.png", False),
        ("https://avatars.slack-edge.com.evil.example/a_{size}.png", False),
        ("https://evilslack-edge.com/a_{size}.png", False),
        ("https://avatars.slack-edge.com@evil.example/a_{size}.png", False),
        ("https://avatars.slack-edge.com:8443/a_{size}.png", False),
        ("https://evil.example/?u=avatars.slack-edge.com/a_{size}.png", False),
        ("https://[avatars.slack-edge.com/a_{size}.png", False),
        ("https://avatars.slack-edge.com/" + "a" * 3_000, False),
        ("", False),
    ],
)
async def test_pictures_come_from_slack_alone(desk: Desk, url: str, shown: bool):
    desk.server.world.add_user(User("U0EVE", "Eve", picture=url))
    await desk.channel.send(said(face=Party(channel="slack", address="U0EVE", name="Eve")))

    (post,) = posts(desk.triage)
    assert bool(pictures(post)) is shown
    assert said_in(post) == "Hello Ada"


@pytest.mark.parametrize("edit", [False, True])
async def test_a_picture_that_slack_cannot_load_is_left_out(desk: Desk, edit: bool):
    """Slack refuses the whole post where it cannot load a picture in it."""
    method = "chat.update" if edit else "chat.postMessage"
    (key,) = (await desk.channel.send(card())).keys if edit else ("",)
    desk.server.fail(method, code="invalid_blocks")
    await desk.channel.send(card(face=FACE, edits=key))

    (post,) = posts(desk.triage)
    assert pictures(post) == []
    assert len(desk.server.called(method)) == 1  # what is refused is not counted as called


async def test_what_is_wrong_without_a_picture_stays_wrong(desk: Desk):
    desk.server.fail("chat.postMessage", code="invalid_blocks")
    with pytest.raises(PermanentError):
        await desk.channel.send(said(face=None))


@pytest.mark.parametrize("how", [{"code": "user_not_found"}, {"drop": "before"}, {"status": 500}])
async def test_who_cannot_be_looked_up_is_without(desk: Desk, how: dict[str, Any]):
    desk.server.fail("users.info", **how)
    await desk.channel.send(said())

    (post,) = posts(desk.triage)
    assert pictures(post) == []


async def test_before_the_desk_knows_its_workspace_nobody_is_looked_up(idle: Desk):
    """Who is a full member depends on it, and would be remembered wrongly."""
    await idle.channel.send(said())

    assert idle.server.called("users.info") == []
    assert pictures(posts(idle.triage)[0]) == []
