"""What goes out: where it belongs, within Telegram's limits, each part once."""

import asyncio
import threading
from typing import Any

import pytest

from gateway.channels.telegram.sending import pace
from gateway.channels.telegram.sending.pace import Pace
from gateway.core.chat import Action
from gateway.core.documents import Block
from gateway.core.model import Attachment, Party
from gateway.core.ports import (
    MaybeSentError,
    Outbound,
    PermanentError,
    TemporaryError,
    UnreachableError,
)
from tests.channels.telegram.kit import ROOM, Rig, said, to_send
from tests.servers.bot_api import AFTER, LOSE_ANSWER, LOSE_REQUEST, Refusal

ROOM_PARTY = Party(address=str(ROOM), channel="telegram")
TAKE = Action(label="Take", says="#take", main=True)
ANSWER = Action(label="Answer…", says="#reply", asks=True)
PRIORITY = Action(
    label="Priority", choices=(("Low", "#priority low"), ("Urgent", "#priority urgent"))
)


def entities(message) -> list[tuple[str, str]]:
    octets = (message.get("text") or message["caption"]).encode("utf-16-le")
    found = message.get("entities") or message.get("caption_entities") or []
    return [
        (e["type"], octets[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in found
    ]


async def test_formatting_survives_and_nothing_else_is_markup(rig: Rig):
    ada = rig.api.world.person("Ada")
    html = (
        "<p>🎫 <b>bold <i>both</i></b> <code>a &lt; b</code> "
        '<a href="https://x.example/?a=1&amp;b=2">here</a> &lt;b&gt;no&lt;/b&gt;</p>'
        "<ul><li>one</li><li>two</li></ul><pre>x = 1\ny = 2</pre>"
        "<blockquote><p>they said</p><p>so</p></blockquote>"
    )
    await rig.channel.send(to_send(said("plain", html), to=ada.id))
    (message,) = rig.api.world.in_chat(ada.id)
    assert message["text"] == (
        "🎫 bold both a < b here <b>no</b>\n\n• one\n• two\n\nx = 1\ny = 2\n\nthey said\n\nso"
    )
    assert entities(message) == [
        ("bold", "bold "),
        ("bold", "both"),
        ("italic", "both"),
        ("code", "a < b"),
        ("text_link", "here"),
        ("pre", "x = 1\ny = 2"),
        ("blockquote", "they said\n\nso"),
    ]


async def test_blocks_stand_as_they_are_meant(rig: Rig):
    ada = rig.api.world.person("Ada")
    blocks = (
        Block(kind="text", text="Hello *Ada* <b>\n\nSecond."),
        Block(kind="facts", text="Priority: high\nno colon"),
        Block(kind="quote", text="earlier\nwords"),
        Block(kind="mark", text="##- write above -##"),
    )
    await rig.channel.send(to_send(*blocks, to=ada.id))
    (message,) = rig.api.world.in_chat(ada.id)
    assert message["text"] == (
        "Hello *Ada* <b>\n\nSecond.\n\nPriority: high\nno colon\n\nearlier\nwords"
    )
    assert entities(message) == [("bold", "Priority:"), ("blockquote", "earlier\nwords")]


async def test_a_long_text_is_several_messages_and_answers_to_each_are_known(rig: Rig):
    ada = rig.api.world.person("Ada")
    paragraphs = "\n\n".join(f"{n} 🎫 " + "words " * 120 for n in range(20))
    receipt = await rig.channel.send(to_send(said(paragraphs), to=ada.id, actions=(TAKE,)))
    messages = rig.api.world.in_chat(ada.id)
    assert len(messages) > 2
    assert receipt.keys == tuple(f"telegram:{ada.id}:{m['message_id']}" for m in messages)
    whole = " ".join(m["text"] for m in messages)
    assert whole.split() == paragraphs.split()
    assert ["reply_markup" in m for m in messages[-2:]] == [False, True]


@pytest.mark.parametrize(
    ("kind", "first"), [("answer", "We are on it."), ("reply", "#7 Printer on fire")]
)
async def test_agents_see_what_it_is_about_and_customers_are_just_spoken_to(rig, kind, first):
    ada = rig.api.world.person("Ada")
    await rig.channel.send(to_send(to=ada.id, kind=kind))
    assert rig.api.world.texts(ada.id)[0].split("\n")[0] == first


def file(name: str, type: str, size: int = 10) -> Attachment:
    return Attachment(name=name, type=type, data=b"x" * size)


async def test_a_short_text_is_the_caption_of_its_file(rig: Rig):
    ada = rig.api.world.person("Ada")
    await rig.channel.send(
        to_send(to=ada.id, attachments=(file("a.pdf", "application/pdf"),), actions=(TAKE,))
    )
    (message,) = rig.api.world.in_chat(ada.id)
    assert (message["caption"], message["document"]["file_name"]) == ("We are on it.", "a.pdf")
    assert "reply_markup" in message


async def test_pictures_and_files_are_albums_apart(rig: Rig):
    ada = rig.api.world.person("Ada")
    files = (
        *(file(f"{n}.jpg", "image/jpeg") for n in range(12)),
        file("a.pdf", "application/pdf"),
        file("b.txt", "text/plain"),
        Attachment(name="bad.exe", type="a/b", data=b"x", infected="Eicar"),
        Attachment(name="empty", type="a/b", data=b""),
    )
    receipt = await rig.channel.send(to_send(said("long " * 300), to=ada.id, attachments=files))
    kinds = [("photo" in m, "document" in m) for m in rig.api.world.in_chat(ada.id)]
    assert kinds == [(False, False), *[(True, False)] * 12, *[(False, True)] * 2]
    assert len(receipt.keys) == 15
    groups = [len(call["media"]) > 0 for call in rig.api.called("sendMediaGroup")]
    assert len(groups) == 3


@pytest.mark.parametrize(
    ("language", "words"), [("en", "larger than the 50 MB"), ("de", "größer"), ("xx", "larger")]
)
async def test_a_file_beyond_the_limit_is_named_instead(rig: Rig, language: str, words: str):
    ada = rig.api.world.person("Ada")
    large = file("film.mkv", "video/x-matroska", 50_000_001)
    await rig.channel.send(to_send(to=ada.id, attachments=(large,), language=language))
    (text,) = rig.api.world.texts(ada.id)
    assert "film.mkv" in text
    assert words in text


async def test_a_large_picture_goes_as_a_file(rig: Rig):
    ada = rig.api.world.person("Ada")
    large = file("big.png", "image/png", 10_000_001)
    await rig.channel.send(to_send(to=ada.id, attachments=(large,)))
    (message,) = rig.api.world.in_chat(ada.id)
    assert message["document"]["file_name"] == "big.png"


async def test_people_are_called_by_their_id(rig: Rig):
    world = rig.api.world
    bea = world.person("Bea")
    people = (Party(address=str(bea.id), name="Bea 🎫", channel="telegram"),)
    await rig.channel.send(to_send(said("Look", "<b>Look</b>"), to=ROOM, mentions=people))
    (message,) = world.in_chat(ROOM)
    assert message["text"] == "Bea 🎫\nLook"
    assert entities(message) == [("text_mention", "Bea 🎫"), ("bold", "Look")]


# --- cards


def card(**more) -> Outbound:
    given = {"kind": "card", "actions": (TAKE, ANSWER, PRIORITY)} | more
    facts = Block(kind="facts", text=given.pop("facts", "State: new"))
    return to_send(facts, to=ROOM, **given)


async def test_a_colon_within_a_fact_is_none_of_its_name(rig: Rig):
    ada = rig.api.world.person("Ada")
    facts = Block(kind="facts", text="#promise 15:00: your next answer comes by then\nState: new")
    await rig.channel.send(to_send(facts, to=ada.id, kind="help"))
    (message,) = rig.api.world.in_chat(ada.id)
    assert entities(message) == [("bold", "#promise 15:00:"), ("bold", "State:")]


async def test_a_card_opens_a_topic_and_is_pinned_in_it(rig: Rig):
    world = rig.api.world
    receipt = await rig.channel.send(card(subject="[#7] Printer on fire"))
    ((topic, made),) = world.groups[ROOM].topics.items()
    (message,) = world.in_chat(ROOM, topic)
    assert made["name"] == "#7 Printer on fire"
    assert message["text"] == "[#7] Printer on fire\n\nState: new"
    assert receipt.keys == (
        f"telegram:{ROOM}:{message['message_id']}",
        f"telegram:{ROOM}:topic:{topic}",
    )
    assert world.groups[ROOM].pinned == [message["message_id"]]
    rows = message["reply_markup"]["inline_keyboard"]
    assert [[(b["text"], b["callback_data"]) for b in row] for row in rows] == [
        [("Take", "#take"), ("Answer…", "?#reply")],
        [("Priority", " ")],
        [("Low", "#priority low"), ("Urgent", "#priority urgent")],
    ]


async def changed(rig: Rig, keys: tuple[str, ...], **more) -> tuple[str, ...]:
    edit = card(id=2, edits=keys[0], place=keys[1], **more)
    return (await rig.channel.send(edit)).keys


async def test_a_card_is_changed_in_place_and_its_topic_follows(rig: Rig):
    world = rig.api.world
    keys = (await rig.channel.send(card())).keys
    assert await changed(rig, keys, facts="State: open", subject="#7 Printer is fine") == keys
    ((topic, made),) = world.groups[ROOM].topics.items()
    assert world.texts(ROOM, topic) == ["#7 Printer is fine\n\nState: open"]
    assert (made["name"], made["closed"]) == ("#7 Printer is fine", False)
    assert await changed(rig, keys, facts="State: open", subject="#7 Printer is fine") == keys
    assert len(rig.api.called("editForumTopic")) == 1


async def test_a_topic_is_closed_and_opened_with_its_ticket(rig: Rig):
    world = rig.api.world
    keys = (await rig.channel.send(card())).keys
    await changed(rig, keys, facts="State: closed", over=True)
    ((topic, made),) = world.groups[ROOM].topics.items()
    assert made["closed"]
    (message,) = world.in_chat(ROOM, topic)
    assert "Answer" not in str(message["reply_markup"])  # nobody can write there
    await changed(rig, keys, facts="State: open")
    assert not made["closed"]


async def test_a_card_that_is_gone_is_posted_anew_in_its_topic(rig: Rig):
    world = rig.api.world
    keys = (await rig.channel.send(card())).keys
    ((topic, _),) = world.groups[ROOM].topics.items()
    del world.messages[ROOM, world.in_chat(ROOM, topic)[0]["message_id"]]
    again = await changed(rig, keys, facts="State: open")
    assert again[1] == keys[1]
    assert world.texts(ROOM, topic) == ["#7 Printer on fire\n\nState: open"]


async def test_a_topic_that_is_gone_is_made_anew(rig: Rig):
    world = rig.api.world
    keys = (await rig.channel.send(card())).keys
    world.groups[ROOM].topics.clear()
    world.messages.clear()
    again = await changed(rig, keys)
    assert again != keys
    assert len(world.groups[ROOM].topics) == 1


async def test_a_post_stands_in_its_topic(rig: Rig):
    world = rig.api.world
    keys = (await rig.channel.send(card())).keys
    receipt = await rig.channel.send(
        to_send(said("It burns"), id=2, to=ROOM, place=keys[1], kind="said")
    )
    topic = int(keys[1].rpartition(":")[2])
    assert world.texts(ROOM, topic)[1:] == ["It burns"]
    assert len(receipt.keys) == 1


async def test_a_card_without_the_right_says_what_is_missing(rig: Rig):
    rig.api.world.groups[ROOM].manages_topics = False
    with pytest.raises(PermanentError, match="make it an admin"):
        await rig.channel.send(card())


async def test_what_was_said_can_be_said_anew(rig: Rig):
    world = rig.api.world
    ada = world.person("Ada")
    receipt = await rig.channel.send(to_send(said("one"), to=ada.id))
    edit = to_send(said("two"), id=2, to=ada.id, edits=receipt.keys[0])
    assert (await rig.channel.send(edit)).keys == receipt.keys
    assert (await rig.channel.send(edit)).keys == receipt.keys  # it says so already
    assert world.texts(ada.id) == ["two"]
    world.messages.clear()
    assert (await rig.channel.send(edit)).keys != receipt.keys
    assert world.texts(ada.id) == ["two"]


def long(word: str, paragraphs: int) -> Block:
    return said("\n\n".join(f"{number} {word * 300}" for number in range(paragraphs)))


@pytest.mark.parametrize("before", [1, 8, 12])
@pytest.mark.parametrize("after", [1, 8, 12])
async def test_what_was_cut_into_several_messages_is_edited_in_all_of_them(
    rig: Rig, before: int, after: int
):
    world = rig.api.world
    ada = world.person("Ada")
    first = await rig.channel.send(to_send(long("old ", before), to=ada.id))
    pieces = first.keys[1 : first.words]
    edit = to_send(long("new ", after), id=2, to=ada.id, edits=first.keys[0], pieces=pieces)
    second = await rig.channel.send(edit)
    texts = world.texts(ada.id)

    whole = "\n".join(texts)
    assert "old" not in whole
    assert [f"{n} new" in whole for n in range(after)] == [True] * after
    kept = min(len(first.keys), len(second.keys))
    assert second.keys[:kept] == first.keys[:kept]
    assert len(texts) == len(second.keys) == second.words


async def test_the_files_of_what_is_edited_stay(rig: Rig):
    world = rig.api.world
    ada = world.person("Ada")
    files = (file("a.pdf", "application/pdf"),)
    first = await rig.channel.send(to_send(long("old ", 8), to=ada.id, attachments=files))
    pieces = first.keys[1 : first.words]
    assert len(first.keys) == first.words + 1
    await rig.channel.send(
        to_send(said("short"), id=2, to=ada.id, edits=first.keys[0], pieces=pieces)
    )
    left = world.in_chat(ada.id)
    assert [message.get("text") for message in left] == ["short", None]
    assert "document" in left[1]


async def test_a_piece_too_old_to_be_deleted_is_emptied(rig: Rig):
    world = rig.api.world
    ada = world.person("Ada")
    first = await rig.channel.send(to_send(long("old ", 8), to=ada.id))
    for message in world.in_chat(ada.id):
        message["date"] = -1
    pieces = first.keys[1 : first.words]
    await rig.channel.send(
        to_send(said("short"), id=2, to=ada.id, edits=first.keys[0], pieces=pieces)
    )
    assert world.texts(ada.id) == ["short", *["…"] * len(pieces)]


async def test_a_caption_can_be_said_anew(rig: Rig):
    world = rig.api.world
    ada = world.person("Ada")
    receipt = await rig.channel.send(
        to_send(to=ada.id, attachments=(file("a.pdf", "application/pdf"),))
    )
    await rig.channel.send(to_send(said("two"), id=2, to=ada.id, edits=receipt.keys[0]))
    assert world.texts(ada.id) == ["two"]


# --- to one person alone


async def test_what_is_for_one_alone_goes_to_their_own_chat(rig: Rig):
    world = rig.api.world
    bea = world.person("Bea")
    alone = to_send(said("No such command"), to=bea.id, place=f"telegram:{ROOM}", alone=True)
    await rig.channel.send(alone)
    assert (world.texts(bea.id), world.texts(ROOM)) == (["No such command"], [])


async def test_where_they_never_wrote_to_the_bot_it_stands_where_they_spoke(rig: Rig):
    world = rig.api.world
    bea = world.person("Bea", started=False)
    alone = to_send(said("No such command"), to=bea.id, place=f"telegram:{ROOM}", alone=True)
    await rig.channel.send(alone)
    assert world.texts(ROOM) == ["No such command"]


# --- failures


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        (Refusal(403, "Forbidden: bot was blocked by the user"), UnreachableError, "blocked"),
        (Refusal(403, "Forbidden: user is deactivated"), UnreachableError, "deleted"),
        (
            Refusal(403, "Forbidden: bot can't initiate conversation with a user"),
            UnreachableError,
            "never written",
        ),
        (Refusal(400, "Bad Request: chat not found"), UnreachableError, "no such chat"),
        (Refusal(403, "Forbidden: bot was kicked from the group chat"), PermanentError, "take it"),
        (Refusal(400, "Bad Request: can't parse entities"), PermanentError, "does not take it"),
        (Refusal(401, "Unauthorized"), TemporaryError, "token"),
        (Refusal(404, "Not Found"), TemporaryError, "token"),
        (Refusal(500, "Internal Server Error"), TemporaryError, "trouble"),
        (Refusal(502, "Bad Gateway"), TemporaryError, "trouble"),
        (Refusal(409, "Conflict: x"), TemporaryError, "another program"),
        (LOSE_ANSWER, MaybeSentError, "lost"),
        (LOSE_REQUEST, MaybeSentError, "lost"),
    ],
)
async def test_failures_say_what_they_mean(rig: Rig, how, kind, words):
    ada = rig.api.world.person("Ada")
    rig.api.fail("sendMessage", how)
    with pytest.raises(kind, match=words) as raised:
        await rig.channel.send(to_send(to=ada.id))
    assert type(raised.value) is kind
    assert rig.api.token not in repr(raised.value)
    assert raised.value.__cause__ is None


async def test_a_network_that_is_away_is_tried_again(rig: Rig):
    rig.config["api_url"] = "http://127.0.0.1:9"
    rig = rig.restarted()
    with pytest.raises(TemporaryError, match="cannot be reached"):
        await rig.channel.send(to_send(to=4711))


async def test_somebody_without_an_account_there_is_nobody(rig: Rig):
    with pytest.raises(PermanentError, match="no account"):
        await rig.channel.send(to_send(to="ada@example.org"))


async def test_a_pause_that_telegram_asks_for_is_kept(rig: Rig):
    ada, bob = rig.api.world.person("Ada"), rig.api.world.person("Bob")
    rig.api.fail("sendMessage", Refusal(429, "Too Many Requests: retry after 40", retry_after=40))
    with pytest.raises(TemporaryError) as raised:
        await rig.channel.send(to_send(to=ada.id))
    assert raised.value.after == 40
    asked = len(rig.api.calls)
    with pytest.raises(TemporaryError) as again:
        await rig.channel.send(to_send(to=ada.id))
    assert again.value.after is not None
    assert 30 < again.value.after <= 40
    assert len(rig.api.calls) == asked
    await rig.channel.send(to_send(to=bob.id))


async def test_a_group_that_moved_is_followed_while_sending(rig: Rig):
    world = rig.api.world
    old = world.groups[ROOM]
    new = world.group(-1_009_999)
    old.moved_to = new.id
    receipt = await rig.channel.send(card())
    assert all(f"telegram:{new.id}:" in key for key in receipt.keys)
    again = rig.restarted()
    await again.channel.send(to_send(said("there"), id=2, to=ROOM))
    assert world.texts(new.id) == ["there"]


async def test_what_went_out_before_a_failure_is_not_said_again(rig: Rig):
    ada = rig.api.world.person("Ada")
    text = said("\n\n".join("words " * 300 for _ in range(5)))
    rig.api.fail("sendMessage", None, Refusal(500, "Internal Server Error"))
    with pytest.raises(TemporaryError):
        await rig.channel.send(to_send(text, to=ada.id))
    again = rig.restarted()
    receipt = await again.channel.send(to_send(text, to=ada.id, attempt=2))
    messages = rig.api.world.in_chat(ada.id)
    assert receipt.keys == tuple(f"telegram:{ada.id}:{m['message_id']}" for m in messages)
    assert " ".join(m["text"] for m in messages).split() == ["words"] * 1500


async def test_killed_between_sending_and_recording_it_is_said_once(rig: Rig):
    ada = rig.api.world.person("Ada")
    first = await rig.channel.send(to_send(to=ada.id))
    again = await rig.restarted().channel.send(to_send(to=ada.id, attempt=2))
    assert again == first
    assert len(rig.api.world.in_chat(ada.id)) == 1


async def test_killed_while_sending_nobody_knows_and_it_is_not_said_again_by_itself(rig: Rig):
    ada = rig.api.world.person("Ada")
    there, release = threading.Event(), threading.Event()

    def judge(name: str, _given: Any, when: str) -> bool:
        if name == "sendMessage" and when == AFTER and not there.is_set():
            there.set()
            release.wait(10)
        return False

    rig.api.judge = judge
    sending = asyncio.create_task(rig.channel.send(to_send(to=ada.id)))
    await asyncio.to_thread(there.wait, 10)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    release.set()
    again = rig.restarted()
    with pytest.raises(MaybeSentError, match="stopped while"):
        await again.channel.send(to_send(to=ada.id, attempt=2))
    assert len(rig.api.world.in_chat(ada.id)) == 1
    await again.channel.send(to_send(to=ada.id, attempt=3))  # somebody has it sent again
    assert len(rig.api.world.in_chat(ada.id)) == 2


async def test_what_telegram_refused_is_no_doubt(rig: Rig):
    ada = rig.api.world.person("Ada")
    rig.api.fail("sendMessage", Refusal(429, "Too Many Requests: retry after 1", retry_after=1))
    with pytest.raises(TemporaryError):
        await rig.channel.send(to_send(to=ada.id))
    await rig.restarted().channel.send(to_send(to=ada.id, attempt=2))
    assert len(rig.api.world.in_chat(ada.id)) == 1


async def test_a_topic_made_before_a_failure_is_used(rig: Rig):
    rig.api.fail("sendMessage", Refusal(500, "Internal Server Error"))
    with pytest.raises(TemporaryError):
        await rig.channel.send(card())
    await rig.restarted().channel.send(card(attempt=2))
    assert len(rig.api.world.groups[ROOM].topics) == 1


# --- files that are fetched


async def test_a_file_is_fetched_by_its_id(rig: Rig):
    id = rig.api.world.file(b"smoke")
    assert await rig.channel.fetch(id, 100) == b"smoke"


@pytest.mark.parametrize(
    ("size", "most", "words"),
    [(20_000_001, 10**9, "up to 20 MB"), (11, 10, "11 octets"), (None, 10, "does not give it")],
)
async def test_a_file_that_cannot_be_had_says_why(rig: Rig, size, most, words):
    id = rig.api.world.file(b"x" * size) if size else "gone"
    with pytest.raises(PermanentError, match=words):
        await rig.channel.fetch(id, most)


async def test_a_broken_line_while_fetching_is_tried_again_and_shows_no_token(rig: Rig):
    id = rig.api.world.file(b"smoke")
    rig.api.fail("getFile", LOSE_ANSWER)
    with pytest.raises(TemporaryError) as raised:
        await rig.channel.fetch(id, 100)
    assert rig.api.token not in repr(raised.value)


# --- pace


def test_no_more_is_said_than_telegram_allows():
    now = [0.0]
    kept = Pace(lambda: now[0])
    waits = [kept.reserve(-5) for _ in range(20)]
    assert waits[:18] == [0.0] * 18
    assert waits[18:] == [3.0, 6.0]
    assert kept.reserve(7) == 0.0
    now[0] = 1_000.0
    assert kept.reserve(-5) == 0.0


def test_what_would_wait_for_long_goes_back_to_the_outbox():
    kept = Pace(lambda: 0.0)
    for _ in range(24):
        kept.reserve(-5)
    with pytest.raises(TemporaryError) as raised:
        kept.reserve(-5)
    assert raised.value.after is not None
    assert raised.value.after > pace._LONGEST


def test_thirty_a_second_in_all():
    kept = Pace(lambda: 0.0)
    assert [kept.reserve(chat) > 0 for chat in range(1, 33)] == [False] * 30 + [True] * 2
