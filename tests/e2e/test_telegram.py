"""Telegram through the real daemon: customers and agents there, mail beside it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.gateway import ADA, BEA, Gateway, compose, reply
from tests.e2e.sink import Sink
from tests.servers import free_port, wait_until
from tests.servers.bot_api import BotApi, serving
from tests.servers.bot_api.world import Json, Person

Make = Callable[..., Gateway]
ROOM = -1_001_234
BEA_ID = 4812
TABLE = """
[telegram]
token = "{token}"
api_url = "{url}"
agents_chat = {room}
"""


def extra(api: BotApi, *, room: int = 0) -> dict[str, str]:
    """The config of a desk with this bot; Bea is known there."""
    table = TABLE.format(token=api.token, url=api.url, room=room)
    return {"accounts": f"telegram = {BEA_ID}", "tables": table}


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving() as served:
        served.world.person("Ada", last_name="Byron", id=4711)
        served.world.person("Bea", id=BEA_ID)
        served.world.group(ROOM)
        yield served


@dataclass
class Story:
    """What people see and do."""

    gateway: Gateway
    api: BotApi
    sink: Sink

    @property
    def ada(self) -> Person:
        return self.api.world.people[4711]

    @property
    def bea(self) -> Person:
        return self.api.world.people[BEA_ID]

    def says(self, text: str, **more: Any) -> Json:
        return self.api.world.says(self.ada, text, **more)

    def sees(self, words: str, *, chat: int = 4711, topic: int = 0) -> Json:
        """The newest message of the bot's there with these words, once it is there."""
        found: list[Json] = []

        def there() -> bool:
            found[:] = [
                m
                for m in self.api.world.in_chat(chat, topic)
                if words in (m.get("text") or m.get("caption") or "")
            ]
            return bool(found)

        try:
            wait_until(there, f"{words!r} on Telegram", 30)
        except AssertionError as waited:
            said = self.api.world.texts(chat, topic)
            raise AssertionError(f"{waited}; there is {said}; {self.gateway.log}") from None
        return found[-1]

    def topic(self, count: int = 1) -> int:
        topics = self.api.world.groups[ROOM].topics
        wait_until(lambda: len(topics) >= count, f"topic {count}", 30)
        self.settle()
        return sorted(topics)[count - 1]

    def card(self, topic: int) -> Json:
        """The ticket's card, which stands first in its topic."""
        self.sees("State:", chat=ROOM, topic=topic)
        return self.api.world.in_chat(ROOM, topic)[0]

    def settle(self) -> None:
        """Nothing is on its way out: nobody answers as quickly as a test does."""

        def quiet() -> bool:
            states = [row["state"] for row in self.gateway.cli("outbox", "list")]
            return not {"queued", "sending"} & set(states)

        wait_until(quiet, "everything to be sent", 60)

    def agent_says(self, text: str, topic: int, **more: Any) -> Json:
        return self.api.world.says(self.bea, text, chat=ROOM, topic=topic, **more)


@pytest.fixture
def story(make: Make, url: str, api: BotApi, sink: Sink) -> Iterator[Story]:
    """A desk without a room of its own."""
    with make(url=url, extra=extra(api)).running() as gateway:
        yield Story(gateway, api, sink)


@pytest.fixture
def house(make: Make, url: str, api: BotApi, sink: Sink) -> Iterator[Story]:
    """A desk whose agents have a group."""
    with make(url=url, extra=extra(api, room=ROOM)).running() as gateway:
        yield Story(gateway, api, sink)


def test_a_customer_on_telegram_and_an_agent_with_a_mail_client(story: Story):
    gateway, sink = story.gateway, story.sink
    story.says("/start")
    story.sees("")
    story.says("My screen is black.")
    notice = sink.wait(BEA)
    assert "My screen is black." in notice.text
    gateway.send(reply(notice, "Is the *plug* in?", sender=f"Bea Ruiz <{BEA}>"))
    answer = story.sees("Is the *plug* in?")
    for internal in (BEA, "above this line", notice.reply_address):
        assert internal not in answer["text"]
    story.says("It is now.", reply_to=answer["message_id"])
    told = sink.wait(BEA, 2)
    assert "It is now." in told.text
    (ticket,) = gateway.cli("ticket", "list")
    assert ticket["channel"] == "telegram"
    assert ticket["requester"]["name"] == "Ada Byron"
    assert gateway.said(1) == [
        "My screen is black.",
        "Is the *plug* in?",
        "It is now.",
    ]


def test_a_customer_and_an_agent_both_on_telegram(house: Story):
    world = house.api.world
    house.says("My screen is black.")
    topic = house.topic()
    house.sees("My screen is black.", chat=ROOM, topic=topic)
    card = house.card(topic)
    assert world.groups[ROOM].topics[topic]["name"].startswith("#1 ")
    house.agent_says("Looks like the cable.", topic)
    house.agent_says("/reply Is the cable in?", topic)
    house.sees("Is the cable in?")
    assert "Looks like" not in " ".join(world.texts(4711))
    house.says("It was not. Thank you, it works!")
    house.sees("It was not.", chat=ROOM, topic=topic)
    world.presses(house.bea, card, "Take")
    wait_until(lambda: house.gateway.ticket(1)["assignee"], "Bea to have it")
    house.agent_says("/resolve", topic)
    wait_until(lambda: house.gateway.ticket(1)["state"] == "resolved", "the end")
    assert house.gateway.ticket(1)["assignee"]["address"] == BEA
    group = world.groups[ROOM]
    house.agent_says("/close", topic)
    wait_until(lambda: group.topics[topic]["closed"], "the topic to be closed", 30)
    house.says("It is black again!", reply_to=house.sees("Is the cable in?")["message_id"])
    wait_until(lambda: not group.topics[topic]["closed"], "the topic to be opened", 30)


def test_an_edit_is_a_revision_and_shown_where_it_was_shown(house: Story):
    said = house.says("My screen is blak.")
    topic = house.topic()
    house.sees("My screen is blak.", chat=ROOM, topic=topic)
    house.api.world.edits(said, "My screen is black.")
    house.sees("My screen is black.", chat=ROOM, topic=topic)


def test_who_blocked_the_bot_is_told_to_the_agent(house: Story):
    house.says("My screen is black.")
    topic = house.topic()
    house.api.world.member(4711, "kicked", by=house.ada)
    house.agent_says("#reply Is the plug in?", topic)
    house.sees("blocked the bot", chat=ROOM, topic=topic)


def test_nobody_commands_by_being_in_the_group(house: Story):
    world = house.api.world
    house.says("My screen is black.")
    topic = house.topic()
    eve = world.person("Eve", id=666)
    world.says(eve, "#reply You are fools", chat=ROOM, topic=topic)
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    message = world.message(ROOM, anonymous, topic=topic)
    world.update(message=message | {"sender_chat": world.chat(ROOM), "text": "#close"})
    house.sees("My screen is black.", chat=ROOM, topic=topic)
    card = house.card(topic)
    world.presses(eve, card, "Resolve")
    house.agent_says("#reply Is the plug in?", topic)
    house.sees("Is the plug in?")
    assert house.gateway.ticket(1)["state"] == "open"
    assert "fools" not in " ".join(world.texts(4711))


def test_who_links_their_mail_goes_on_by_mail(story: Story):
    gateway, sink = story.gateway, story.sink
    story.says("My screen is black.")
    story.sees("request #1")
    story.says(f"/link {ADA}")
    letter = sink.wait(ADA)
    (code,) = re.findall(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", letter.text)
    asked = len(story.api.world.texts(4711))
    story.says(code)
    wait_until(lambda: len(story.api.world.texts(4711)) > asked, "a word about the code", 30)
    gateway.send(compose("It is on again.", subject="Re: [#1] My screen is black."))
    wait_until(lambda: "It is on again." in gateway.said(1), "the mail on the ticket", 30)
    by_mail = next(e for e in gateway.ticket(1)["entries"] if e["text"] == "It is on again.")
    assert by_mail["author"]["role"] == "requester"
    assert code not in gateway.log.read_text()


def test_a_photo_reaches_the_agent_by_mail(story: Story):
    smoke = story.api.world.file(b"smoke")
    photo = [{"file_id": smoke, "file_unique_id": smoke, "width": 9, "height": 9}]
    story.api.world.says(story.ada, caption="Smoke!", photo=photo)
    notice = story.sink.wait(BEA)
    assert [a.get_payload(decode=True) for a in notice.mail.iter_attachments()] == [b"smoke"]
    (entry, *_) = story.gateway.ticket(1)["entries"]
    assert [one["name"] for one in entry["attachments"]] == ["photo.jpg"]


def test_telegram_posts_to_the_desks_own_web_server(make: Make, url: str, sink: Sink):
    port = free_port()
    http = f'[http]\nport = {port}\npublic_url = "http://127.0.0.1:{port}"\n'
    with serving(plain_hooks=True) as api:
        ada = api.world.person("Ada", id=4711)
        given = extra(api)
        tables = given["tables"] + 'mode = "webhook"\n' + http
        with make(url=url, extra=given | {"tables": tables}).running() as gateway:
            for number in range(5):
                api.world.says(ada, f"line {number}")
            wait_until(lambda: not api.waiting, "every update to be taken", 30)
            wait_until(lambda: gateway.said(1) == [f"line {n}" for n in range(5)], "them all", 30)
    assert set(api.hook_answers[-5:]) == {200}
    assert api.called("getUpdates") == []
