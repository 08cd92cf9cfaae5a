"""Nothing that anybody writes is markup in Slack, wherever the desk repeats it: by table."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from gateway.channels.slack.channel import build
from gateway.channels.slack.settings import CannedTable
from gateway.core.documents import Block, Document
from gateway.core.model import Attachment, Party
from gateway.core.ports import OwnTicket, Surroundings
from tests.channels.slack.kit import (
    ADA,
    BEA,
    BOOK,
    NOON,
    Desk,
    Door,
    MemoryNotebook,
    at_work,
    outbound,
    table_of,
)
from tests.channels.slack.test_sending import ACTIONS, TO_THE_ROOM, said_in
from tests.servers.slack import SlackServer, User

NASTY = [
    "<!channel> look",
    "<!here|here>",
    "<!subteam^S0TEAM>",
    f"<@{BEA}> and @here",
    "<https://evil.example|https://bank.example>",
    "<mailto:a@evil.example|b@bank.example>",
    "<#C0GENERAL>",
    "<!date^0^{date}^https://evil.example|now>",
    "&lt;!channel&gt; &amp; &",
    "a > b < c",
    "*bold* _it_ ~no~ `code` ```block```",
    ":boom: :ticket:",
    "> a quote",
    "]({evil}) [x](https://evil.example)",
    "\u202e<!channel>\u2066",
]


def violations(stored: Any, path: str = "") -> Iterator[str]:
    """Where something that Slack would read as markup may be in a call.

    Text objects are plain, with nothing made an emoji of; rich text is text by its kind; the words
    of a call itself, which are mrkdwn, hold no bare angle bracket.
    """
    if isinstance(stored, list):
        for number, one in enumerate(stored):
            yield from violations(one, f"{path}[{number}]")
    if not isinstance(stored, dict):
        return
    if stored.get("type") == "mrkdwn":
        yield f"{path}: mrkdwn"
    if stored.get("type") == "plain_text" and stored.get("emoji") is not False:
        yield f"{path}: emoji"
    if stored.get("type") in ("user", "usergroup", "broadcast", "channel", "emoji"):
        yield f"{path}: {stored['type']}"
    if stored.get("type") == "link" and "evil" in stored["url"]:
        yield f"{path}: link"
    for key, value in stored.items():
        yield from violations(value, f"{path}.{key}")


def words_of(call: dict[str, Any]) -> str:
    return str(call.get("text", "")) + str(call.get("initial_comment", ""))


def in_calls(server: SlackServer) -> list[str]:
    found = []
    for method, given in server.calls:
        found += [f"{method} {one}" for one in violations(given)]
        if set(words_of(given)) & set("<>"):
            found.append(f"{method} text {words_of(given)!r}")
        found += [f"{method} {key}" for key in given if key in ("parse", "link_names", "mrkdwn")]
    return found


@contextlib.asynccontextmanager
async def desk_with(server: SlackServer, nasty: str) -> AsyncIterator[Desk]:
    notebook = MemoryNotebook()
    around = Surroundings(
        book=BOOK,
        now=lambda: NOON,
        notebook=notebook,
        own_tickets=lambda _who, _language: [OwnTicket(number=7, subject=nasty, state="open")],
    )
    name = nasty if nasty.isprintable() else "ready-made"
    canned = (CannedTable(name=name, text=nasty),)
    desk = Desk(server, build(table_of(server, canned=canned), around), Door(), notebook)
    async with at_work(desk):
        yield desk
    await desk.channel.close()


def everywhere(nasty: str, kind: str) -> Any:
    """All that can hold somebody's words does."""
    document = Document(
        subject=nasty,
        blocks=(
            Block(kind="text", text=f"{nasty} wrote:"),
            Block(kind="words", text=nasty),
            Block(kind="quote", text=nasty),
            Block(kind="facts", text=f"Requester: {nasty}\nSubject: {nasty}"),
        ),
    )
    files = (
        Attachment(name=f"{nasty}.txt".replace("/", "-"), type="text/plain", data=b"x"),
        Attachment(name=f"empty {nasty}".replace("/", "-"), type="text/plain", data=b""),
    )
    eve = Party(channel="slack", address="U0EVE", name=nasty)
    return outbound(
        kind=kind, document=document, attachments=files, face=eve, to=TO_THE_ROOM, actions=ACTIONS
    )


@pytest.mark.parametrize("nasty", NASTY)
async def test_what_is_posted(server: SlackServer, nasty: str):
    server.world.add_user(User("U0EVE", nasty))
    async with desk_with(server, nasty) as desk:
        for kind in ("said", "card", "reply"):
            receipt = await desk.channel.send(everywhere(nasty, kind))
            assert receipt.keys
        posted = [m for m in desk.triage.messages.values() if "blocks" in m]
        assert all(" ".join(nasty.split()) in " ".join(said_in(m).split()) for m in posted)
    assert in_calls(server) == []


@pytest.mark.parametrize("nasty", NASTY)
async def test_what_is_shown_in_forms_and_at_home(server: SlackServer, nasty: str):
    async with desk_with(server, nasty) as desk:
        await server.open_home(ADA)
        await desk.until(lambda: server.api.homes)
        await server.slash(ADA, nasty, desk.general)
        await desk.until(lambda: server.api.views)
        await desk.channel.send(everywhere(nasty, "card"))
        (card, *_) = (m for m in desk.triage.messages.values() if "blocks" in m)
        await server.press(BEA, desk.triage, card["blocks"], "Answer…", card["ts"])
        await desk.until(lambda: len(server.api.views) == 2)
        view = [*server.api.views][-1]
        picker = server.api.views[view]["blocks"][0]["elements"][0]["options"][0]
        await server.pick(BEA, view, picker["text"]["text"], typed="Then:")
        await desk.until(lambda: f"Then:\n\n{nasty}" in values(server.api.views[view]))
    assert in_calls(server) == []


def values(view: dict[str, Any]) -> list[str]:
    """What the inputs of a form hold."""
    return [b["element"].get("initial_value", "") for b in view["blocks"] if "element" in b]


async def test_the_table_would_find_them(server: SlackServer):
    """What the walk is worth: markup in each place is seen."""
    server.calls.append(("x", {"text": "<!channel>", "blocks": [{"text": {"type": "mrkdwn"}}]}))
    server.calls.append(("x", {"blocks": [{"type": "plain_text", "text": "", "emoji": True}]}))
    server.calls.append(("x", {"blocks": [{"type": "user", "user_id": BEA}]}))
    assert len(in_calls(server)) == 4
