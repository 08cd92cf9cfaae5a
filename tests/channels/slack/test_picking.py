"""A ticket made of somebody's message: by the reaction, and by the shortcut."""

from tests.channels.slack.kit import ADA, BEA, GUEST, STRANGER, Desk, at_work, desk_at
from tests.servers.slack import Channel, SlackServer


async def test_the_reaction_of_a_member_makes_a_ticket_of_the_author(desk: Desk):
    said = desk.server.message(ADA, "the coffee machine leaks", desk.general)
    await desk.server.react(BEA, desk.general, said["ts"])

    (message,) = desk.heard()
    assert message.author.address == ADA
    assert message.text == "the coffee machine leaks"
    assert message.own_key == f"slack:C0GENERAL:{said['ts']}"
    assert message.chat is not None
    assert not message.chat.overheard


async def test_which_reaction_it_is_stands_in_the_config(server: SlackServer):
    async with at_work(desk_at(server, emoji="sos")) as desk:
        said = desk.server.message(ADA, "it leaks", desk.general)
        await desk.server.react(BEA, desk.general, said["ts"], "ticket")
        assert desk.everything() == []
        await desk.server.react(BEA, desk.general, said["ts"], "sos::skin-tone-3")
        assert [m.text for m in desk.heard()] == ["it leaks"]
    await desk.channel.close()


async def test_the_thread_of_a_picked_message_is_heard(desk: Desk):
    said = desk.server.message(ADA, "it leaks", desk.general)
    await desk.server.react(BEA, desk.general, said["ts"])
    await desk.server.say(ADA, "more now", desk.general, thread_ts=said["ts"])

    assert [m.text for m in desk.heard()] == ["it leaks", "more now"]


async def test_two_who_react_make_one_message(desk: Desk):
    said = desk.server.message(ADA, "it leaks", desk.general)
    await desk.server.react(BEA, desk.general, said["ts"])
    await desk.server.react(ADA, desk.general, said["ts"])

    one, other = desk.heard()
    assert one.fingerprint == other.fingerprint


async def test_reactions_of_guests_and_strangers_count_for_nothing(desk: Desk):
    said = desk.server.message(ADA, "it leaks", desk.general)
    await desk.server.react(GUEST, desk.general, said["ts"])
    await desk.server.react(STRANGER, desk.general, said["ts"])

    assert [m.ignored for m in desk.everything()] == ["reaction_added"] * 2
    assert b"leaks" not in b"".join(i.raw for i in desk.door.kept)


async def test_other_reactions_are_not_kept(desk: Desk):
    said = desk.server.message(ADA, "it leaks", desk.general)
    await desk.server.react(BEA, desk.general, said["ts"], "tada")

    assert desk.door.kept == []


async def test_what_an_app_said_is_asked_by_whoever_picked_it(desk: Desk):
    said = desk.server.message("U0NAGIOS", "disk full", desk.general, bot_id="B0NAGIOS")
    await desk.server.react(BEA, desk.general, said["ts"])

    (message,) = desk.heard()
    assert (message.author.address, message.text) == (BEA, "disk full")


async def test_a_reply_in_a_thread_can_be_picked(desk: Desk):
    root = desk.server.message(BEA, "hello", desk.general)
    said = desk.server.message(ADA, "it leaks", desk.general, thread_ts=root["ts"])
    await desk.server.react(BEA, desk.general, said["ts"])

    (message,) = desk.heard()
    assert message.text == "it leaks"
    assert message.refers_to == (f"slack:C0GENERAL:{root['ts']}",)


async def test_a_private_message_is_copied_only_after_a_member_said_yes(desk: Desk):
    said = desk.server.message(ADA, "my salary is wrong", desk.secret)
    await desk.server.react(BEA, desk.secret, said["ts"])
    await desk.until(lambda: desk.server.api.ephemerals)

    assert desk.door.kept == []
    (asked,) = desk.server.api.ephemerals
    assert asked["user"] == BEA
    assert "private channel" in asked["text"]
    await desk.server.press(BEA, desk.secret, asked["blocks"], "Send it to the help desk")

    (message,) = desk.heard()
    assert (message.author.address, message.text) == (ADA, "my salary is wrong")


async def test_the_author_of_a_private_message_is_not_asked(desk: Desk):
    said = desk.server.message(ADA, "my salary is wrong", desk.secret)
    await desk.server.react(ADA, desk.secret, said["ts"])

    assert [m.text for m in desk.heard()] == ["my salary is wrong"]


async def test_a_guest_cannot_say_yes(desk: Desk):
    said = desk.server.message(ADA, "my salary is wrong", desk.secret)
    await desk.server.react(BEA, desk.secret, said["ts"])
    await desk.until(lambda: desk.server.api.ephemerals)
    blocks = desk.server.api.ephemerals[0]["blocks"]
    await desk.server.press(GUEST, desk.secret, blocks, "Send it to the help desk")

    assert [m.ignored for m in desk.everything()] == ["block_actions.copy"]


async def test_the_shortcut_makes_a_ticket(desk: Desk):
    said = desk.server.message(ADA, "it leaks", desk.general)
    await desk.server.shortcut(BEA, desk.general, said["ts"])

    (message,) = desk.heard()
    assert (message.author.address, message.text) == (ADA, "it leaks")
    assert message.own_key == f"slack:C0GENERAL:{said['ts']}"


async def test_the_shortcut_asks_in_private_channels_too(desk: Desk):
    said = desk.server.message(ADA, "my salary is wrong", desk.secret)
    await desk.server.shortcut(BEA, desk.secret, said["ts"])
    await desk.until(lambda: desk.server.api.ephemerals)

    assert desk.door.kept == []


async def test_the_shortcut_is_for_members_alone(desk: Desk):
    said = desk.server.message(ADA, "it leaks", desk.general)
    await desk.server.shortcut(GUEST, desk.general, said["ts"])
    await desk.until(lambda: desk.server.api.ephemerals)

    assert desk.door.kept == []
    assert desk.server.api.ephemerals[0]["text"] == "Only members of this workspace can do that."


async def test_a_message_that_the_app_cannot_see_is_ignored(desk: Desk):
    hidden = Channel("C0HIDDEN", "hidden", private=True)
    desk.server.world.channels[hidden.id] = hidden
    said = desk.server.message(ADA, "psst", hidden)
    await desk.server.react(BEA, hidden, said["ts"])

    assert [m.ignored for m in desk.everything()] == ["reaction_added"]
