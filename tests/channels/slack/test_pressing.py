"""Buttons and forms: each is a line of whoever pressed it."""

from typing import Any

import pytest

from gateway.channels.slack.settings import CannedTable
from gateway.core.chat import Action, Ask, Request, Where
from gateway.core.model import Party
from tests.channels.slack.kit import ADA, BEA, Desk, at_work, desk_at, outbound
from tests.channels.slack.test_sending import card, posts
from tests.servers.slack import SlackServer

CANNED = (CannedTable(name="Reset", text="Please reset it."),)


async def pressed(desk: Desk, label: str) -> str:
    """The card's time stamp, after Bea pressed a button of it."""
    await desk.channel.send(card())
    (post,) = posts(desk.triage)
    await desk.server.press(BEA, desk.triage, post["blocks"], label, post["ts"])
    return str(post["ts"])


async def test_a_button_is_a_line_in_the_thread_of_its_card(desk: Desk):
    ts = await pressed(desk, "Take")

    (message,) = desk.heard()
    assert (message.text, message.author.address) == ("#take", BEA)
    assert message.refers_to == (f"slack:C0TRIAGE:{ts}",)
    assert message.chat is not None
    assert message.chat.pressed
    assert message.chat.where is Where.DESK
    assert message.chat.place == f"slack:C0TRIAGE:{ts}"


@pytest.mark.parametrize("label", ["Take", "Answer…", "High"])
async def test_who_is_no_agent_is_told_so_alone_and_is_asked_for_no_words(desk: Desk, label: str):
    await desk.channel.send(card())
    (post,) = posts(desk.triage)
    desk.triage.members.add(ADA)
    await desk.server.press(ADA, desk.triage, post["blocks"], label, post["ts"])
    await desk.until(lambda: desk.server.api.ephemerals)

    (shown,) = desk.server.api.ephemerals
    assert (shown["channel"], shown["user"]) == ("C0TRIAGE", ADA)
    assert "nur Agenten" in shown["text"]
    assert desk.server.api.views == {}
    assert len(desk.door.kept) == 1  # and the core refuses it once more


async def test_a_choice_is_a_line(desk: Desk):
    await pressed(desk, "High")

    assert [m.text for m in desk.heard()] == ["#priority high"]


async def test_a_button_that_asks_opens_a_form_whose_words_follow_the_line(desk: Desk):
    ts = await pressed(desk, "Answer…")
    await desk.until(lambda: desk.server.api.views)
    assert desk.door.kept == []
    ((id, view),) = desk.server.api.views.items()
    assert view["title"]["text"] == "Answer"
    assert view["blocks"][-1]["hint"]["text"] == "Goes to whoever asked."
    await desk.server.submit(BEA, id, words="It is fixed.\nBye")

    (message,) = desk.heard()
    assert message.text == "#reply\nIt is fixed.\nBye"
    assert message.refers_to == (f"slack:C0TRIAGE:{ts}",)


async def test_ready_made_words_go_below_what_is_typed(server: SlackServer):
    made = desk_at(server, canned=CANNED)
    async with at_work(made) as desk:
        await pressed(desk, "Answer…")
        await desk.until(lambda: server.api.views)
        ((id, _),) = server.api.views.items()
        await server.pick(BEA, id, "Reset", typed="Hi Ada")
        await desk.until(lambda: _typed(server.api.views[id]))
        assert _typed(server.api.views[id]) == "Hi Ada\n\nPlease reset it."
        await server.pick(BEA, id, "Reset", typed="Hi Ada")
        await server.submit(BEA, id)

    assert [m.text for m in desk.heard()] == ["#reply\nHi Ada\n\nPlease reset it."]
    await made.channel.close()


def _typed(view: dict[str, Any]) -> str:
    return str(view["blocks"][-1]["element"].get("initial_value", ""))


async def test_a_button_of_a_requester_is_a_request(desk: Desk):
    solved = (Action(label="Yes", says="solved"), Action(label="Not yet", says="not_solved"))
    await desk.channel.send(outbound("Solved?", actions=solved))
    direct = desk.server.world.direct(ADA)
    (post,) = posts(direct)
    await desk.server.press(ADA, direct, post["blocks"], "Not yet", post["ts"])

    (message,) = desk.heard()
    assert message.chat is not None
    assert message.chat.request == Request(ask=Ask.NOT_SOLVED)
    assert message.chat.conversation == f"slack:{direct.id}"
    assert message.author == Party(channel="slack", address=ADA, name="Ada Lovelace")


async def test_a_press_that_comes_twice_is_one(desk: Desk):
    await desk.channel.send(card())
    (post,) = posts(desk.triage)
    payload = desk.server._interaction(
        "block_actions",
        BEA,
        container={"type": "message", "message_ts": post["ts"], "channel_id": "C0TRIAGE"},
        actions=[{"type": "button", "action_id": "say:0", "value": "#take", "action_ts": "1.1"}],
    )
    await desk.server.deliver("interactive", payload, times=2)

    assert len(desk.door.kept) == 1
