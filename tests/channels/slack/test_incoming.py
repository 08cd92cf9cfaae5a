"""What people say in Slack, by every way that reaches the desk."""

import asyncio

import pytest

from gateway.core.chat import Ask, Edit, Request, Where
from gateway.core.model import Party
from tests.channels.slack.kit import ADA, BEA, BOT, GUEST, STRANGER, Desk
from tests.servers.slack import NotAcknowledgedError

CALL = f"<@{BOT}>"


async def test_a_direct_message_is_heard_with_who_said_it(desk: Desk):
    said = await desk.server.say(ADA, "My *printer* is gone\n\nSince today.")
    direct = desk.server.world.direct(ADA).id

    (message,) = desk.heard()
    assert message.author == Party(channel="slack", address=ADA, name="Ada Lovelace")
    assert message.text == "My printer is gone\n\nSince today."
    assert message.html == "<p>My <b>printer</b> is gone</p><p>Since today.</p>"
    assert message.subject == "My printer is gone"
    assert message.language == "de"
    assert message.own_key == f"slack:{direct}:{said['ts']}"
    assert message.refers_to == ()
    assert message.chat is not None
    assert message.chat.where is Where.DIRECT
    assert message.chat.conversation == f"slack:{direct}"
    assert message.chat.place == message.own_key
    assert message.chat.same == (Party(address="ada@acme.example", name="Ada Lovelace"),)


async def test_a_mention_in_a_channel_is_heard_without_the_mention(desk: Desk):
    said = await desk.server.say(BEA, f"{CALL}: the lift is stuck", desk.general)

    (message,) = desk.heard()
    assert message.text == "the lift is stuck"
    assert message.chat is not None
    assert (message.chat.where, message.chat.overheard) == (Where.COMMON, False)
    assert message.chat.place == f"slack:C0GENERAL:{said['ts']}"


async def test_what_people_say_to_each_other_is_not_even_kept(desk: Desk):
    said = await desk.server.say(BEA, "lunch?", desk.general)
    await desk.server.say(ADA, "yes", desk.general, thread_ts=said["ts"])
    await desk.server.edit(desk.general, said["ts"], "lunch!")
    await desk.server.delete(desk.general, said["ts"])

    assert desk.door.kept == []


async def test_a_thread_that_began_with_the_desk_is_heard(desk: Desk):
    root = await desk.server.say(BEA, f"{CALL} the lift is stuck", desk.general)
    await desk.server.say(ADA, "I am in it", desk.general, thread_ts=root["ts"])

    (_, answer) = desk.heard()
    assert answer.refers_to == (f"slack:C0GENERAL:{root['ts']}",)
    assert answer.chat is not None
    assert answer.chat.overheard


async def test_a_thread_is_known_after_a_restart(desk: Desk):
    root = await desk.server.say(BEA, f"{CALL} the lift is stuck", desk.general)

    assert list(desk.notebook.books["slack.threads"]) == [f"slack:C0GENERAL:{root['ts']}"]


async def test_an_edit_and_a_deletion_say_of_what(desk: Desk):
    direct = desk.server.world.direct(ADA)
    said = await desk.server.say(ADA, "My printer")
    await desk.server.edit(direct, said["ts"], "My scanner")
    await desk.server.delete(direct, said["ts"])

    first, edited, deleted = desk.heard()
    assert edited.chat is not None
    assert deleted.chat is not None
    assert edited.text == "My scanner"
    assert edited.chat.edit == Edit(key=str(first.own_key))
    assert deleted.chat.edit == Edit(key=str(first.own_key), deleted=True)
    assert deleted.text == ""
    assert len({first.fingerprint, edited.fingerprint, deleted.fingerprint}) == 3


async def test_what_slack_adds_to_a_message_is_no_edit(desk: Desk):
    direct = desk.server.world.direct(ADA)
    said = await desk.server.say(ADA, "see <https://acme.example/x>")
    shown = {"from_url": "https://acme.example/x", "text": "A page", "fallback": "A page"}
    direct.messages[said["ts"]]["attachments"] = [shown]
    await desk.server.edit(direct, said["ts"], "see <https://acme.example/x>")

    assert [m.ignored for m in desk.everything()][1:] == [
        "message.message_changed without other words"
    ]


async def test_files_are_named_to_be_fetched(desk: Desk):
    file = desk.server.world.add_file("screen.png", b"png", desk.server.base)
    gone = {"id": "F0GONE", "mode": "tombstone"}
    await desk.server.say(ADA, "", subtype="file_share", files=[file, gone])

    (message,) = desk.heard()
    assert message.chat is not None
    screen, lost = message.chat.files
    assert (screen.ref, screen.name, screen.type, screen.size) == (
        *(file["id"], "screen.png", "image/png", 3),
    )
    assert lost.problem == "it was deleted in Slack"
    assert message.subject == "screen.png"


async def test_what_the_desk_says_itself_is_not_heard(desk: Desk):
    direct = desk.server.world.direct(ADA)
    event = {"type": "message", "bot_id": "B0DESK", "user": BOT, "text": "hi", "ts": "1.1"}
    await desk.server.event(event | {"channel": direct.id, "channel_type": "im"})

    assert desk.door.kept == []


async def test_events_that_come_twice_are_kept_once(desk: Desk):
    direct = desk.server.world.direct(ADA)
    message = desk.server.message(ADA, "Help", direct)
    event = message | {"channel": direct.id, "channel_type": "im"}
    await desk.server.event(event, times=3)

    assert len(desk.door.kept) == 1


async def test_a_mention_told_by_two_events_is_the_same_message(desk: Desk):
    message = desk.server.message(BEA, f"{CALL} help", desk.general)
    event = message | {"channel": "C0GENERAL"}
    await desk.server.event(event | {"type": "app_mention"})
    await desk.server.event(event | {"channel_type": "channel"})

    one, other = desk.heard()
    assert one == other


async def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(desk: Desk):
    desk.server.patience = 0.3
    desk.door.full = True
    with pytest.raises(NotAcknowledgedError):
        await desk.server.say(ADA, "Help")
    desk.door.full = False
    await desk.server.redeliver()

    assert [m.text for m in desk.heard()] == ["Help"]


@pytest.mark.parametrize("rudely", [False, True])
async def test_a_line_that_ends_loses_nothing(desk: Desk, rudely: bool):
    await desk.server.say(ADA, "one")
    await desk.server.hang_up(rudely=rudely)
    await desk.server.say(ADA, "two")
    await desk.server.connected()
    await desk.server.say(ADA, "three")

    assert [m.text for m in desk.heard()] == ["one", "two", "three"]


async def test_each_line_has_an_address_of_its_own_though_one_is_refused(desk: Desk):
    desk.server.fail("apps.connections.open", status=500, body="<html>oops</html>")
    desk.server.fail("apps.connections.open", drop="before")
    await desk.server.hang_up(rudely=True)
    await desk.server.say(ADA, "still there?")

    assert [m.text for m in desk.heard()] == ["still there?"]
    assert desk.door.told == []


async def test_a_line_that_is_refused_is_asked_for_anew(desk: Desk):
    desk.server.refused_lines = 2
    await desk.server.hang_up(rudely=True)
    await desk.server.say(ADA, "still there?")

    assert [m.text for m in desk.heard()] == ["still there?"]
    assert len(desk.server.called("apps.connections.open")) == 4


async def test_a_conversation_keeps_its_order_though_names_come_late(desk: Desk):
    direct = desk.server.world.direct(ADA)
    events = [
        desk.server.message(ADA, f"{n}", direct) | {"channel": direct.id, "channel_type": "im"}
        for n in range(20)
    ]
    await asyncio.gather(*(desk.server.event(event) for event in events))

    assert [m.text for m in desk.heard()] == [f"{n}" for n in range(20)]


async def test_a_name_that_does_not_come_holds_nobody_up(desk: Desk):
    desk.server.fail("users.info", code="internal_error")
    await desk.server.say(ADA, "Help")
    await desk.server.say(ADA, "Still me")

    unknown, known = desk.heard()
    assert (unknown.author.name, known.author.name) == ("", "Ada Lovelace")


@pytest.mark.parametrize(
    ("who", "mail"),
    [(ADA, "ada@acme.example"), (GUEST, None), (STRANGER, None), ("U0OUT", None)],
)
async def test_a_mail_address_counts_only_where_it_is_proven(
    desk: Desk, who: str, mail: str | None
):
    if who == "U0OUT":
        outside = desk.server.world.users[ADA].__class__("U0OUT", "Out", "out@other.example")
        desk.server.world.add_user(outside)
    await desk.server.say(who, "Help")

    (message,) = desk.heard()
    assert message.chat is not None
    assert [p.address for p in message.chat.same] == ([mail] if mail else [])
    assert mail is not None or b"@acme.example" not in desk.door.kept[0].raw


async def test_mentions_are_read_as_names(desk: Desk):
    await desk.server.say(ADA, f"ask <@{BEA}> in <#C0GENERAL|general> &amp; <!here>")

    (message,) = desk.heard()
    assert message.text == "ask @Bea in #general & @here"


async def test_agents_are_heard_in_their_room(desk: Desk):
    card = desk.server.message(BOT, "card", desk.triage)
    await desk.notebook_knows(card["ts"])
    await desk.server.say(BEA, "#take\nI look at it", desk.triage, thread_ts=card["ts"])
    await desk.server.say(BEA, "#mine", desk.triage)
    await desk.server.say(BEA, "coffee?", desk.triage)

    taken, mine = desk.heard()
    assert taken.text == "#take\nI look at it"
    assert taken.refers_to == (f"slack:C0TRIAGE:{card['ts']}",)
    assert mine.text == "#mine"
    assert [m.chat.where for m in (taken, mine) if m.chat] == [Where.DESK, Where.DESK]
    assert not any(m.chat.overheard for m in (taken, mine) if m.chat)


async def test_who_answers_a_card_before_it_is_noted_is_heard(desk: Desk):
    card = desk.server.message(BOT, "card", desk.triage)
    said = await desk.server.say(BEA, "#take", desk.triage, thread_ts=card["ts"])
    await desk.server.edit(desk.triage, said["ts"], "#take it")

    assert [m.text for m in desk.heard()] == ["#take", "#take it"]


SLASHES = [
    ("status", Request(ask=Ask.STATUS), None, ""),
    ("help", Request(ask=Ask.HELP), None, ""),
    ("close", Request(ask=Ask.CLOSE), None, ""),
    ("link ada@home.example", Request(ask=Ask.LINK, argument="ada@home.example"), None, ""),
    ("7 priority high", None, 7, "#priority high"),
    ("#7 #resolve", None, 7, "#resolve"),
    ("7", None, 7, "#status"),
    ("mine", None, None, "#mine"),
    ("away until monday", None, None, "#away until monday"),
]


@pytest.mark.parametrize(("typed", "request_", "ticket", "text"), SLASHES)
async def test_the_slash_command(
    desk: Desk, typed: str, request_: Request | None, ticket: int | None, text: str
):
    await desk.server.slash(BEA, typed, desk.general)

    (message,) = desk.heard()
    assert message.chat is not None
    assert (message.chat.request, message.chat.ticket, message.text) == (request_, ticket, text)
    assert message.chat.place == "slack:C0GENERAL"
    assert message.chat.shown_to_author_alone
    assert message.chat.conversation == f"slack:{desk.server.world.direct(BEA).id}"


@pytest.mark.parametrize("typed", ["", "printer is gone", "new printer is gone"])
async def test_other_words_open_the_form(desk: Desk, typed: str):
    await desk.server.slash(ADA, typed)
    await desk.until(lambda: desk.server.api.views)
    ((id, view),) = desk.server.api.views.items()
    assert view["title"]["text"] == "Den Helpdesk fragen"
    file = desk.server.world.add_file("screen.png", b"png", desk.server.base)
    subject = {} if typed else {"subject": "printer is gone"}
    await desk.server.submit(
        ADA, id, description="It smokes.", urgency="high", impact="low", files=[file], **subject
    )

    (message,) = desk.heard()
    assert message.subject == "printer is gone"
    assert message.text == "It smokes.\n\nUrgency: high\nImpact: low"
    assert message.headers == {"urgency": "high", "impact": "low"}
    assert message.chat is not None
    assert [f.name for f in message.chat.files] == ["screen.png"]
    assert message.chat.where is Where.DIRECT


async def test_what_belongs_to_another_workspace_is_kept_as_that_and_followed_by_nothing(
    desk: Desk,
):
    """The app is installed there, too; its token is not ours."""
    message = desk.server.message(ADA, "Help", desk.server.world.direct(ADA))
    payload = desk.server.wrapped({**message, "channel": "D0FAR", "channel_type": "im"})
    payload |= {"team_id": "T0OTHER"}
    payload["authorizations"] = [payload["authorizations"][0] | {"team_id": "T0OTHER"}]
    await desk.server.deliver("events_api", payload)
    home = desk.server.wrapped({"type": "app_home_opened", "user": ADA, "tab": "home"})
    home["authorizations"] = payload["authorizations"]
    await desk.server.deliver("events_api", home)

    assert [m.ignored for m in desk.everything()] == ["of another workspace"] * 2
    assert desk.server.called("views.publish") == []


async def test_a_message_shared_by_two_workspaces_is_one(desk: Desk):
    """In a shared channel each installation tells of it, by an event of its own."""
    message = await desk.server.say(ADA, f"<@{BOT}> the lift is stuck", desk.general)
    event = {**message, "channel": desk.general.id, "type": "app_mention"}
    payload = desk.server.wrapped(event)
    both = payload["authorizations"][0]
    payload["authorizations"] = [both | {"team_id": "T0OTHER"}, both]
    await desk.server.deliver("events_api", payload)

    first, second = desk.heard()
    assert first.fingerprint == second.fingerprint
