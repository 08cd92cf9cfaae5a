"""In what people write nobody is called and nothing is a command to tap, where agents read it."""

from typing import Any

import pytest
from telegram import MessageEntity

from gateway.channels.telegram.sending.formatting import Text
from gateway.channels.telegram.sending.inert import inert
from gateway.core.model import Party
from tests.channels.telegram.kit import ROOM, Rig, said, to_send
from tests.channels.telegram.test_sending import card, entities

LIVE = {"mention", "bot_command"}


def marked(text: str, *entities: MessageEntity) -> list[tuple[str, str]]:
    made = inert(Text(text=text, entities=entities))
    octets = made.text.encode("utf-16-le")
    assert made.text == text
    return [
        (e.type, octets[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le"))
        for e in made.entities
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@bea look", ["@bea"]),
        ("please (@bea_ruiz), now", ["@bea_ruiz"]),
        ("tap /close", ["/close"]),
        ("🎫🎫 /close@acme_desk_bot!", ["/close@acme_desk_bot"]),
        ("/close\n/resolve", ["/close", "/resolve"]),
        ("ada@example.org", []),
        ("see https://x.example/close", []),
        ("cat /etc/hosts", []),
        ("and/or, 1/2, a @ b, @, /", []),
        ("@a", ["@a"]),
    ],
)
def test_what_would_call_somebody_or_be_a_command(text: str, found: list[str]):
    assert marked(text) == [("code", token) for token in found]


def test_formatting_stays_around_it():
    bold = MessageEntity(MessageEntity.BOLD, offset=0, length=12)
    quote = MessageEntity(MessageEntity.BLOCKQUOTE, offset=0, length=12)
    assert marked("ask @bea now", quote, bold) == [
        ("blockquote", "ask @bea now"),
        ("bold", "ask "),
        ("bold", " now"),
        ("code", "@bea"),
    ]


@pytest.mark.parametrize("kind", ["code", "pre", "text_link"])
def test_what_is_covered_already_stays(kind: str):
    url = "https://x.example" if kind == "text_link" else None
    given = MessageEntity(kind, offset=0, length=4, url=url)
    assert marked("@bea", given) == [(kind, "@bea")]


def test_more_of_them_than_telegram_looks_at_are_covered_as_one():
    text = "@bea " * 150
    assert marked(text) == [("code", text)]


async def in_room(rig: Rig, *blocks: Any, **more: Any) -> Any:
    given: dict[str, Any] = {"to": ROOM, "kind": "said"}
    await rig.channel.send(to_send(*blocks, **(given | more)))
    return rig.api.world.in_chat(ROOM)[-1]


@pytest.mark.parametrize(
    "html",
    [None, "<p>@<b>bea</b> tap /<i>close</i></p>", "<blockquote>@bea /close</blockquote>"],
)
async def test_in_the_agents_room_they_are_neither(rig: Rig, html: str | None):
    message = await in_room(rig, said("@bea tap /close", html))
    assert LIVE.isdisjoint(kind for kind, _ in entities(message))


async def test_on_a_card_neither(rig: Rig):
    await rig.channel.send(card(subject="#7 @bea /close", facts="Requester: /resolve\nState: new"))
    (topic,) = rig.api.world.groups[ROOM].topics
    (message,) = rig.api.world.in_chat(ROOM, topic)
    assert LIVE.isdisjoint(kind for kind, _ in entities(message))


async def test_an_agent_who_is_called_by_the_desk_is(rig: Rig):
    bea = Party(address="4711", channel="telegram", name="Bea Ruiz")
    message = await in_room(rig, said("@bea, look"), mentions=(bea,))
    assert [kind for kind, _ in entities(message)] == ["text_mention", "code"]


async def test_commands_of_the_desks_own_can_be_tapped(rig: Rig):
    ada = rig.api.world.person("Ada")
    await rig.channel.send(to_send(said("Say /link and your address."), to=ada.id, kind="welcome"))
    (message,) = rig.api.world.in_chat(ada.id)
    assert entities(message) == [("bot_command", "/link")]


async def test_notices_to_an_agent_neither(rig: Rig):
    bea = rig.api.world.person("Bea")
    await rig.channel.send(to_send(said("@carla /close"), to=bea.id, kind="reply"))
    (message,) = rig.api.world.in_chat(bea.id)
    assert LIVE.isdisjoint(kind for kind, _ in entities(message))
