"""What comes in: acknowledged when it is on disk, each once, in order, whole."""

import asyncio
import json

import pytest
from aiohttp import web

from gateway.channels.telegram.receiving import polling
from gateway.channels.telegram.receiving.hooking import PATH
from gateway.core.chat import Where
from gateway.core.ports import HookRequest, Hooks
from tests.channels.telegram.kit import ROOM, Rig, until
from tests.servers.bot_api import LOSE_ANSWER, LOSE_REQUEST, BotApi, Refusal

PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]


def texts(rig: Rig) -> list[str]:
    return [message.text for message in rig.said()]


async def test_words_come_in_once_and_in_order(rig: Rig):
    ada = rig.api.world.person("Ada")
    for n in range(5):
        rig.api.world.says(ada, f"word {n}")
    async with rig.running():
        await rig.acknowledged()
        rig.api.world.says(ada, "word 5")
        await rig.acknowledged()
    assert texts(rig) == [f"word {n}" for n in range(6)]
    assert len({one.lane for one in rig.desk.kept}) == 1


async def test_what_cannot_be_taken_in_is_asked_for_again(rig: Rig):
    ada = rig.api.world.person("Ada")
    rig.desk.full = True
    rig.api.world.says(ada, "Help")
    async with rig.running():
        await until(lambda: len(rig.api.called("getUpdates")) > 1, "another try")
        assert rig.api.waiting
        rig.desk.full = False
        await rig.acknowledged()
    assert texts(rig) == ["Help"]


@pytest.mark.parametrize("how", [LOSE_ANSWER, LOSE_REQUEST, Refusal(502, "Bad Gateway")])
async def test_a_broken_line_loses_nothing(rig: Rig, how):
    ada = rig.api.world.person("Ada")
    rig.api.world.says(ada, "Help")
    rig.api.fail("getUpdates", how, how)
    rig.api.fail("getMe", how)
    async with rig.running():
        await rig.acknowledged()
    assert texts(rig) == ["Help"]
    assert rig.desk.troubles == []


async def test_an_album_is_one_message(rig: Rig):
    ada = rig.api.world.person("Ada")
    async with rig.running():
        await until(lambda: rig.api.called("getUpdates"), "polling")
        for caption in ("Both sides", "", ""):
            rig.api.world.says(ada, media_group_id="5", photo=PHOTO, caption=caption)
            await asyncio.sleep(0.3)
        rig.api.world.says(rig.api.world.person("Bob"), "meanwhile")
        await until(lambda: len(rig.desk.kept) == 1, "what somebody else says")
        assert len(rig.api.waiting) == 4  # the album may still grow
        await rig.acknowledged()
    meanwhile, album = rig.read()
    assert (meanwhile.text, album.text) == ("meanwhile", "Both sides")
    assert album.chat is not None
    assert [file.name for file in album.chat.files] == ["photo.jpg", "photo-2.jpg", "photo-3.jpg"]
    assert rig.desk.kept[1].external_id == f"album:{ada.id}:5"


async def test_what_follows_an_album_in_its_chat_comes_after_it(rig: Rig):
    ada = rig.api.world.person("Ada")
    rig.api.world.says(ada, media_group_id="5", photo=PHOTO, caption="first")
    rig.api.world.says(ada, media_group_id="5", photo=PHOTO)
    rig.api.world.says(ada, "second")
    async with rig.running():
        await rig.acknowledged()
    assert texts(rig) == ["first", "second"]


async def test_a_late_part_answers_its_album_even_after_a_restart(rig: Rig):
    ada = rig.api.world.person("Ada")
    first = rig.api.world.says(ada, media_group_id="5", photo=PHOTO, caption="first")
    async with rig.running():
        await rig.acknowledged()
    again = rig.restarted()
    async with again.running():
        rig.api.world.says(ada, media_group_id="5", photo=PHOTO, caption="late")
        await again.acknowledged()
    album, late = again.read()
    assert late.refers_to == (album.own_key,) == (f"telegram:{ada.id}:{first['message_id']}",)
    assert late.text == "late"


async def test_killed_before_the_offset_moved_an_album_is_neither_lost_nor_doubled(rig: Rig):
    """Its parts come again, and meanwhile there is one more."""
    ada, api = rig.api.world.person("Ada"), rig.api
    api.world.says(ada, media_group_id="5", photo=PHOTO, caption="first")
    api.world.says(ada, media_group_id="5", photo=PHOTO)
    async with rig.running():
        await rig.acknowledged()
    api.offset = 0  # the acknowledgement never arrived
    api.world.says(ada, media_group_id="5", photo=PHOTO, caption="late")
    again = rig.restarted()
    async with again.running():
        await again.acknowledged()
    album, late = again.read()
    assert album.chat is not None
    assert len(album.chat.files) == 2
    assert (late.text, late.refers_to) == ("late", (album.own_key,))


async def test_a_second_program_is_said_in_plain_words_and_it_goes_on_trying(rig: Rig):
    ada = rig.api.world.person("Ada")
    conflict = Refusal(409, "Conflict: terminated by other getUpdates request")
    rig.api.fail("getUpdates", conflict, conflict)
    rig.api.world.says(ada, "Help")
    async with rig.running():
        await rig.acknowledged()
        await until(lambda: len(rig.desk.troubles) == 2, "the end of the trouble")
    told, over = rig.desk.troubles
    assert "Another program fetches messages with the same bot token" in told.words
    assert (told.key, told.over, over.key, over.over) == (over.key, False, told.key, True)
    assert texts(rig) == ["Help"]


async def test_a_revoked_token_stops_the_channel_alone_and_is_told(rig: Rig, monkeypatch):
    rig.api.fail("getUpdates", Refusal(401, "Unauthorized"))
    async with rig.running():
        await until(lambda: rig.desk.troubles, "the trouble")
        asked = len(rig.api.called("getUpdates"))
        await asyncio.sleep(0.3)
        assert len(rig.api.called("getUpdates")) == asked  # it does not hammer on
    (trouble,) = rig.desk.troubles
    assert trouble.key == "telegram.token"
    assert "revoked" in trouble.words
    assert rig.api.token not in trouble.words


async def test_after_a_revoked_token_is_taken_again_it_goes_on(rig: Rig, monkeypatch):
    monkeypatch.setattr(polling, "_REVOKED", 0.05)
    ada = rig.api.world.person("Ada")
    rig.api.world.says(ada, "Help")
    rig.api.fail("getMe", Refusal(401, "Unauthorized"))
    async with rig.running():
        await rig.acknowledged()
    assert [trouble.over for trouble in rig.desk.troubles] == [False, True]
    assert texts(rig) == ["Help"]


async def test_polling_takes_off_a_webhook_that_is_in_its_way(rig: Rig):
    rig.api.hook = {"url": "https://elsewhere.example/"}
    rig.api.world.says(rig.api.world.person("Ada"), "Help")
    async with rig.running():
        await rig.acknowledged()
    assert rig.api.hook["url"] == ""


# --- posts of Telegram


@pytest.fixture
def hooked(api: BotApi, closing: None) -> Rig:
    api._plain_hooks = True
    return Rig(api, config={"mode": "webhook"}, public_url="https://desk.example")


async def post(rig: Rig, update: object, secret: str | None = None) -> int:
    assert isinstance(rig.channel, Hooks)
    hook = rig.channel.hooks()[PATH]
    given = rig.api.hook.get("secret_token", "") if secret is None else secret
    headers = {"x-telegram-bot-api-secret-token": given}
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return (await hook(HookRequest(path=PATH, headers=headers, body=body))).status


async def test_posts_are_taken_with_the_secret_alone(hooked: Rig):
    ada = hooked.api.world.person("Ada")
    hooked.api._plain_hooks = False
    async with hooked.running():
        await until(lambda: hooked.api.hook.get("url"), "the webhook to be set")
        message = hooked.api.world.message(ada.id, ada.json()) | {"text": "Help"}
        update = {"update_id": 1, "message": message}
        assert await post(hooked, update, secret="wrong") == 401
        assert await post(hooked, update, secret="") == 401
        assert await post(hooked, b"{") == 400
        hooked.desk.full = True
        assert await post(hooked, update) == 503
        hooked.desk.full = False
        assert await post(hooked, update) == 200
        assert await post(hooked, update) == 200
    assert await post(hooked, update) == 503
    assert texts(hooked) == ["Help"]
    assert hooked.api.hook["url"] == f"https://desk.example{PATH}"
    assert hooked.api.token not in hooked.api.hook["secret_token"]


async def test_an_album_by_posts_is_one_message(hooked: Rig):
    ada = hooked.api.world.person("Ada")
    async with hooked.running():
        await until(lambda: hooked.api.hook.get("url"), "the webhook to be set")
        parts = []
        for n in range(3):
            message = hooked.api.world.message(ada.id, ada.json())
            parts.append(
                {"update_id": n + 1, "message": message | {"media_group_id": "5", "photo": PHOTO}}
            )
        assert await asyncio.gather(*(post(hooked, part) for part in parts)) == [200] * 3
    (album,) = hooked.said()
    assert album.chat is not None
    assert len(album.chat.files) == 3


def test_polling_has_no_hook(rig: Rig):
    assert rig.channel.hooks() == {}


# --- what follows


async def test_a_press_is_answered_and_comes_in_as_a_line(rig: Rig):
    world = rig.api.world
    bea, topic = world.person("Bea"), 5
    world.groups[ROOM].topics[topic] = {"name": "#7", "closed": False}
    card = world.message(ROOM, world.bot, topic=topic) | {"text": "#7"}
    card["reply_markup"] = {
        "inline_keyboard": [[{"text": "Take", "callback_data": "#take"}]],
    }
    world.messages[ROOM, card["message_id"]] = card
    async with rig.running():
        world.presses(bea, card, "Take")
        await rig.acknowledged()
        await until(lambda: world.answered, "the press to be answered")
    (pressed,) = rig.said()
    assert (pressed.text, pressed.author.address) == ("#take", str(bea.id))
    assert pressed.refers_to[1] == f"telegram:{ROOM}:topic:{topic}"


@pytest.mark.parametrize("says", ["#take", "?#reply"])
async def test_who_is_no_agent_is_told_so_alone_and_is_asked_for_no_words(rig: Rig, says: str):
    world = rig.api.world
    eve, topic = world.person("Eve", language="de"), 5
    rig.strangers.add(str(eve.id))
    world.groups[ROOM].topics[topic] = {"name": "#7", "closed": False}
    card = world.message(ROOM, world.bot, topic=topic) | {"text": "#7"}
    card["reply_markup"] = {"inline_keyboard": [[{"text": "Do", "callback_data": says}]]}
    world.messages[ROOM, card["message_id"]] = card
    async with rig.running():
        world.presses(eve, card, "Do")
        await rig.acknowledged()
        await until(lambda: world.answered, "the press to be answered")
    (answer,) = rig.api.called("answerCallbackQuery")
    assert answer["show_alert"] == "true"
    assert "nur Agenten" in answer["text"]
    assert len(world.in_chat(ROOM, topic)) == 1


async def test_a_button_that_asks_for_words_gets_them_from_the_next_reply(rig: Rig):
    world = rig.api.world
    bea, topic = world.person("Bea", language="de"), 5
    world.groups[ROOM].topics[topic] = {"name": "#7", "closed": False}
    card = world.message(ROOM, world.bot, topic=topic) | {"text": "#7"}
    card["reply_markup"] = {"inline_keyboard": [[{"text": "Answer", "callback_data": "?#reply"}]]}
    world.messages[ROOM, card["message_id"]] = card
    async with rig.running():
        world.presses(bea, card, "Answer")
        await until(lambda: len(world.in_chat(ROOM, topic)) == 2, "the question")
    question = world.in_chat(ROOM, topic)[1]
    assert question["text"] == "Bea: Antworte auf diese Nachricht mit deinen Worten.\n#reply"
    again = rig.restarted()
    async with again.running():
        world.says(bea, "Restart it.", chat=ROOM, topic=topic, reply_to=question["message_id"])
        await again.acknowledged()
    (answer,) = again.said()
    assert answer.text == "#reply\nRestart it."
    assert answer.chat is not None
    assert answer.chat.where is Where.DESK


async def test_words_of_a_message_of_the_desk_are_no_question_of_its(rig: Rig):
    """Somebody outside wrote what looks like one, and it was shown to the agents."""
    world = rig.api.world
    bea, topic = world.person("Bea"), 5
    world.groups[ROOM].topics[topic] = {"name": "#7", "closed": False}
    shown = world.message(ROOM, world.bot, topic=topic)
    shown["text"] = "Bea: Reply to this message with your words.\n#reply"
    world.messages[ROOM, shown["message_id"]] = shown
    async with rig.running():
        world.says(bea, "Odd.", chat=ROOM, topic=topic, reply_to=shown["message_id"])
        await rig.acknowledged()
    assert texts(rig) == ["Odd."]


@pytest.mark.parametrize("type", ["group", "supergroup", "channel"])
async def test_foreign_groups_are_left(rig: Rig, type: str):
    world = rig.api.world
    world.group(-555, title="Party", type=type, is_forum=False)
    async with rig.running():
        world.member(-555, "member", by=world.person("Eve"), before="left")
        await until(lambda: world.left, "the group to be left")
    assert world.left == [-555]
    assert rig.said() == []


async def test_a_group_that_it_was_in_all_along_is_left_at_the_first_word(rig: Rig):
    world = rig.api.world
    world.group(-555, title="Party", type="group", is_forum=False)
    async with rig.running():
        world.says(world.person("Eve"), "#resolve", chat=-555)
        await until(lambda: world.left == [-555], "the group to be left")
    assert rig.said() == []


async def test_a_group_that_became_a_supergroup_is_followed_and_told(api: BotApi, closing: None):
    world, group = api.world, api.world.group(-777, type="group", is_forum=False)
    rig = Rig(api, config={"agents_chat": -777})
    bea = world.person("Bea")
    async with rig.running():
        world.moves(group, ROOM)
        await until(lambda: rig.desk.troubles, "the lead to be told")
    again = rig.restarted()
    async with again.running():
        world.says(bea, "#mine", chat=ROOM)
        await again.acknowledged()
    assert f"agents_chat = {ROOM}" in rig.desk.troubles[0].words
    (line,) = again.said()
    assert (line.text, line.chat and line.chat.where) == ("#mine", Where.DESK)
    assert world.left == []


async def test_the_lead_hears_when_the_bot_is_thrown_out_of_the_agents_group(rig: Rig):
    world = rig.api.world
    bea = world.person("Bea")
    async with rig.running():
        world.member(ROOM, "kicked", by=bea, before="administrator")
        await until(lambda: rig.desk.troubles, "the trouble")
        world.member(ROOM, "administrator", by=bea, before="left")
        await until(lambda: len(rig.desk.troubles) == 2, "its end")
    assert [(one.key, one.over) for one in rig.desk.troubles] == [
        ("telegram.agents_chat", False),
        ("telegram.agents_chat", True),
    ]


async def test_a_bot_api_posts_to_the_hook_itself(hooked: Rig):
    """The local server's own posts, by HTTP, arrive with the secret."""

    async def receive(request: web.Request) -> web.Response:
        headers = {key.lower(): value for key, value in request.headers.items()}
        hook = hooked.channel.hooks()[PATH]
        reply = await hook(HookRequest(path=PATH, headers=headers, body=await request.read()))
        return web.Response(status=reply.status, body=reply.body)

    app = web.Application()
    app.router.add_post(PATH, receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    rig = Rig(hooked.api, config=hooked.config, public_url=f"http://127.0.0.1:{port}")
    hooked.channel = rig.channel
    ada = rig.api.world.person("Ada")
    async with rig.running():
        await until(lambda: rig.api.hook.get("url"), "the webhook to be set")
        rig.api.world.says(ada, "Help")
        await rig.acknowledged()
    await runner.cleanup()
    assert texts(rig) == ["Help"]
