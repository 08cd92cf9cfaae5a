"""What the desk says in Slack: where it goes, what it looks like, and how it fails."""

from typing import Any

import pytest

from gateway.core.chat import Action
from gateway.core.documents import Block
from gateway.core.model import Attachment, Party
from gateway.core.ports import (
    GoneError,
    MaybeSentError,
    PermanentError,
    SendError,
    TemporaryError,
    UnreachableError,
)
from tests.channels.slack.kit import ADA, BEA, BOT, Desk, desk_at, outbound
from tests.servers.slack import Channel


def posts(channel: Channel) -> list[dict[str, Any]]:
    return [m for m in channel.messages.values() if m["user"] == BOT]


def said_in(message: dict[str, Any]) -> str:
    """The words of its blocks, without their looks."""
    return "".join(_words(message["blocks"]))


def _words(stored: Any) -> list[str]:
    if isinstance(stored, list):
        return [word for one in stored for word in _words(one)]
    if not isinstance(stored, dict):
        return []
    own = [stored["text"]] if isinstance(stored.get("text"), str) else []
    return own + [word for one in stored.values() for word in _words(one)]


async def test_an_answer_goes_into_the_thread_that_began_it(idle: Desk):
    root = idle.server.message(ADA, "help", idle.general)
    key = f"slack:C0GENERAL:{root['ts']}"
    receipt = await idle.channel.send(outbound(thread=("mail:<a@b>", key)))

    (post,) = posts(idle.general)
    assert post["thread_ts"] == root["ts"]
    assert said_in(post) == "Hello Ada"
    assert receipt.keys == (f"slack:C0GENERAL:{post['ts']}",)


async def test_somebody_who_never_wrote_here_gets_a_direct_message(idle: Desk):
    await idle.channel.send(outbound(thread=("mail:<a@b>",)))
    await idle.channel.send(outbound("And more", message_id="<2@acme.example>"))
    await idle.channel.send(outbound("Another", ticket=8, message_id="<3@acme.example>"))

    first, second, third = posts(idle.server.world.direct(ADA))
    assert said_in(first) == "Printer\n\nHello Ada"
    assert second["thread_ts"] == first["ts"]
    assert "thread_ts" not in third


@pytest.mark.parametrize("kind", ["welcome", "overview", "heard"])
async def test_what_is_about_no_request_has_no_title(idle: Desk, kind: str):
    await idle.channel.send(outbound(kind=kind, ticket=None))

    assert [said_in(post) for post in posts(idle.server.world.direct(ADA))] == ["Hello Ada"]


async def test_an_answer_from_the_room_does_not_stay_there(idle: Desk):
    said = idle.server.message(BEA, "#reply Press any button.", idle.triage)
    await idle.channel.send(outbound(thread=("mail:7", f"slack:C0TRIAGE:{said['ts']}")))

    assert posts(idle.triage) == []
    assert len(posts(idle.server.world.direct(ADA))) == 1


async def test_the_direct_conversation_of_somebody_else_is_not_written_to(idle: Desk):
    theirs = idle.server.world.direct(BEA)
    root = idle.server.message(BEA, "help", theirs)
    await idle.channel.send(outbound(thread=(f"slack:{theirs.id}:{root['ts']}",)))

    assert posts(theirs) == []
    assert len(posts(idle.server.world.direct(ADA))) == 1


async def test_a_place_says_where_and_alone_for_whom(idle: Desk):
    root = idle.server.message(BEA, "card", idle.triage)
    place = f"slack:C0TRIAGE:{root['ts']}"
    to = Party(channel="slack", address=BEA)
    receipt = await idle.channel.send(outbound("No such command", to=to, place=place, alone=True))

    assert posts(idle.triage) == []
    (shown,) = idle.server.api.ephemerals
    assert (shown["user"], shown["thread_ts"]) == (BEA, root["ts"])
    assert receipt.keys == ()


async def test_who_cannot_be_shown_it_there_gets_it_directly(idle: Desk):
    await idle.channel.send(outbound("No", place="slack:C0TRIAGE:1.1", alone=True))

    assert idle.server.api.ephemerals == []
    assert len(posts(idle.server.world.direct(ADA))) == 1


CARD = (Block(kind="facts", text="Requester: Ada\nState: new"),)
TO_THE_ROOM = Party(channel="slack", address="C0TRIAGE")
ACTIONS = (
    Action(label="Take", says="#take", main=True),
    Action(label="Answer…", says="#reply", asks=True),
    Action(label="Priority", choices=(("High", "#priority high"), ("Low", "#priority low"))),
)


def card(**more: Any) -> Any:
    given: dict[str, Any] = {"kind": "card", "blocks": CARD, "to": TO_THE_ROOM, "actions": ACTIONS}
    return outbound(**(given | {"subject": "#7 Printer"} | more))


async def test_a_card_is_posted_and_then_kept_up_to_date_in_place(idle: Desk):
    (key,) = (await idle.channel.send(card())).keys
    again = await idle.channel.send(card(subject="#7 Printer (taken)", edits=key))

    (post,) = posts(idle.triage)
    assert again.keys == (key,)
    assert post["blocks"][0]["text"]["text"] == "#7 Printer (taken)"
    assert [e["type"] for e in post["blocks"][-1]["elements"]] == [
        *("button", "button", "static_select"),
    ]
    assert key in idle.notebook.books["slack.threads"]


async def test_a_colon_within_a_fact_is_none_of_its_name(idle: Desk):
    facts = Block(kind="facts", text="#promise 15:00: your next answer comes by then\nState: new")
    await idle.channel.send(outbound(blocks=(facts,), kind="help", ticket=None))

    (post,) = posts(idle.server.world.direct(ADA))
    runs = post["blocks"][0]["elements"][0]["elements"]
    bold = [run["text"] for run in runs if run.get("style", {}).get("bold")]
    assert bold == ["#promise 15:00:", "State:"]


def long(word: str, paragraphs: int) -> str:
    return "\n\n".join(f"{number} {word * 400}" for number in range(paragraphs))


@pytest.mark.parametrize("before", [1, 20, 40])
@pytest.mark.parametrize("after", [1, 20, 40])
async def test_what_was_cut_into_several_messages_is_edited_in_all_of_them(
    idle: Desk, before: int, after: int
):
    first = await idle.channel.send(outbound(long("old ", before)))
    edit = outbound(
        long("new ", after),
        id=2,
        message_id="<2@acme.example>",
        edits=first.keys[0],
        pieces=first.keys[1 : first.words],
    )
    second = await idle.channel.send(edit)
    direct = idle.server.world.direct(ADA)
    said = [said_in(post) for post in posts(direct)]

    whole = "\n".join(said)
    assert "old" not in whole
    assert [f"{n} new" in whole for n in range(after)] == [True] * after
    kept = min(len(first.keys), len(second.keys))
    assert second.keys[:kept] == first.keys[:kept]
    assert len(said) == len(second.keys) == second.words
    assert said[0].startswith("Printer")  # the title stays


async def test_a_piece_that_somebody_deleted_is_posted_again_when_it_is_edited(idle: Desk):
    first = await idle.channel.send(outbound(long("old ", 40)))
    direct = idle.server.world.direct(ADA)
    del direct.messages[first.keys[1].rpartition(":")[2]]
    more = {"id": 2, "message_id": "<2@acme.example>", "edits": first.keys[0]}
    second = await idle.channel.send(outbound(long("new ", 40), pieces=first.keys[1:], **more))

    assert len(second.keys) == len(first.keys)
    assert "old" not in "".join(said_in(post) for post in posts(direct))


async def test_a_card_that_is_gone_is_posted_anew(idle: Desk):
    (key,) = (await idle.channel.send(card())).keys
    idle.triage.messages.clear()
    (other,) = (await idle.channel.send(card(edits=key))).keys

    assert other != key
    assert len(posts(idle.triage)) == 1


async def test_people_are_called(idle: Desk):
    to = Party(channel="slack", address="C0TRIAGE")
    called = (Party(channel="slack", address=BEA),)
    await idle.channel.send(outbound("due soon", to=to, mentions=called))

    (post,) = posts(idle.triage)
    assert {"type": "user", "user_id": BEA} in post["blocks"][0]["elements"][0]["elements"]
    assert post["text"].startswith(f"<@{BEA}> ")


HOSTILE = [
    "<!channel> <!here> <@U0BEA> <https://evil.example|bank>",
    "&lt;!channel&gt;",
    "*bold* _it_ ~no~ `code` > quote",
    "@channel @here",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_what_people_write_is_nothing_but_words(idle: Desk, text: str):
    await idle.channel.send(outbound(text, subject=""))

    (post,) = posts(idle.server.world.direct(ADA))
    ((element,),) = [b["elements"] for b in post["blocks"]]
    assert element["elements"] == [{"type": "text", "text": text}]
    assert "<" not in post["text"]
    assert post["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text
    assert "link_names" not in idle.server.called("chat.postMessage")[0]


@pytest.mark.parametrize("character", ["<", "&", "x", "🎫"])
async def test_the_plain_form_is_as_short_as_slack_asks_for_however_much_is_escaped(
    idle: Desk, character: str
):
    await idle.channel.send(outbound(character * 3_900, subject=""))

    (post,) = posts(idle.server.world.direct(ADA))
    assert len(post["text"]) <= 4_000
    assert post["text"].endswith("…")
    assert post["text"].count("&") == post["text"].count(";")  # nothing is cut in its middle


async def test_a_pause_of_hours_is_honoured(idle: Desk):
    idle.server.fail("chat.postMessage", status=429, code="ratelimited", after=7_200)
    with pytest.raises(TemporaryError) as raised:
        await idle.channel.send(outbound())
    assert raised.value.after == 7_200


async def test_html_becomes_rich_text(idle: Desk):
    html = (
        '<p>See <a href="https://acme.example/">this</a> <b>now</b></p><ul><li>a<ul><li>b</li></ul>'
        "</li></ul><pre>x = 1</pre><blockquote><p>you said</p></blockquote><ol><li>one</li></ol>"
    )
    await idle.channel.send(
        outbound(blocks=(Block(kind="words", text="…", html=html),), subject="")
    )

    (post,) = posts(idle.server.world.direct(ADA))
    kinds = [(e["type"], e.get("style"), e.get("indent")) for e in post["blocks"][0]["elements"]]
    assert kinds == [
        ("rich_text_section", None, None),
        ("rich_text_list", "bullet", 0),
        ("rich_text_list", "bullet", 1),
        ("rich_text_preformatted", None, None),
        ("rich_text_quote", None, None),
        ("rich_text_list", "ordered", 0),
    ]
    first = post["blocks"][0]["elements"][0]["elements"]
    assert {"type": "link", "url": "https://acme.example/", "text": "this"} in first
    assert {"type": "text", "text": "now", "style": {"bold": True}} in first


async def test_a_long_text_is_several_messages_and_nothing_is_lost(idle: Desk):
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 300 for n in range(20))
    receipt = await idle.channel.send(outbound(text, subject=""))

    made = posts(idle.server.world.direct(ADA))
    assert len(made) == len(receipt.keys) > 1
    assert "".join(said_in(post) for post in made).split() == text.split()
    assert {m.get("thread_ts") for m in made[1:]} == {made[0]["ts"]}


async def test_attachments_are_uploaded_into_the_thread(idle: Desk):
    root = idle.server.message(ADA, "help", idle.general)
    files = (
        Attachment(name="a.txt", type="text/plain", data=b"aaa"),
        Attachment(name="b.png", type="image/png", data=b"bb"),
        Attachment(name="bad.exe", type="application/x", data=b"b", infected="Eicar"),
    )
    await idle.channel.send(outbound(thread=(f"slack:C0GENERAL:{root['ts']}",), attachments=files))

    _, shown = posts(idle.general)
    assert shown["thread_ts"] == root["ts"]
    assert [f["name"] for f in shown["files"]] == ["a.txt", "b.png"]
    assert [u["data"] for u in idle.server.api.uploads.values()] == [b"aaa", b"bb"]


async def test_a_file_that_slack_does_not_take_is_named_with_the_reason(idle: Desk):
    idle.server.fail("files.getUploadURLExternal", code="file_uploads_disabled")
    file = Attachment(name="a.txt", type="text/plain", data=b"aaa")
    receipt = await idle.channel.send(outbound(attachments=(file,)))

    words, note = posts(idle.server.world.direct(ADA))
    assert note["text"] == "Not attached: a.txt: the workspace lets nobody upload files"
    assert "a.txt" in receipt.remark
    assert note["thread_ts"] == words["ts"]


FAILURES = [
    ({"code": "is_archived"}, PermanentError, "archived"),
    ({"code": "not_in_channel"}, PermanentError, "invite it"),
    ({"code": "missing_scope"}, PermanentError, "scope"),
    ({"code": "msg_too_long"}, PermanentError, "msg_too_long"),
    ({"code": "internal_error"}, TemporaryError, "internal_error"),
    ({"code": "a_new_one"}, TemporaryError, "a_new_one"),
    ({"code": "token_revoked"}, TemporaryError, "token"),
    ({"status": 429, "after": 17, "code": "ratelimited"}, TemporaryError, "ratelimited"),
    ({"status": 503, "body": "<html>"}, TemporaryError, "503"),
    ({"drop": "before"}, TemporaryError, "no answer"),
]


@pytest.mark.parametrize(("how", "kind", "said"), FAILURES)
async def test_a_failure_says_what_kind_it_is(
    idle: Desk, how: dict[str, Any], kind: type[SendError], said: str
):
    idle.server.fail("chat.postMessage", **how)
    with pytest.raises(kind) as raised:
        await idle.channel.send(outbound())

    assert said in str(raised.value)
    assert "xoxb" not in f"{raised.value!r}"
    if "after" in how:
        assert isinstance(raised.value, TemporaryError)
        assert raised.value.after == 17


@pytest.mark.parametrize("where", ["place", "thread", "own chat"])
async def test_what_has_no_thread_any_more_is_said_in_the_persons_own_chat(idle: Desk, where: str):
    """They deleted what they had asked, before it was answered."""
    channel = idle.server.world.direct(ADA) if where == "own chat" else idle.general
    root = idle.server.message(ADA, "help", channel)
    del channel.messages[root["ts"]]
    key = f"slack:{channel.id}:{root['ts']}"
    below: dict[str, Any] = {"place": key} if where == "place" else {"thread": (key,)}
    receipt = await idle.channel.send(outbound(**below))
    await idle.channel.send(outbound("And more", message_id="<2@acme.example>", **below))

    first, second = posts(idle.server.world.direct(ADA))
    assert receipt.keys == (f"slack:{idle.server.world.direct(ADA).id}:{first['ts']}",)
    assert said_in(first) == "Printer\n\nHello Ada"
    assert said_in(second).endswith("And more")
    assert posts(idle.general) == []


async def test_a_thread_that_is_gone_is_said_to_be_so(idle: Desk):
    with pytest.raises(GoneError):
        await idle.channel.send(outbound(place="slack:C0TRIAGE:1.1"))


@pytest.mark.parametrize("who", ["U0NOBODY", "U0GONE", "U0ROBOT"])
async def test_who_cannot_be_reached_is_said_to_be_so(idle: Desk, who: str):
    ada = idle.server.world.users[ADA].__class__
    idle.server.world.add_user(ada("U0GONE", "Gone", deleted=True))
    idle.server.world.add_user(ada("U0ROBOT", "Robot", is_bot=True))
    with pytest.raises(UnreachableError):
        await idle.channel.send(outbound(to=Party(channel="slack", address=who)))


async def test_an_answer_that_was_lost_is_looked_for_before_anything_else(idle: Desk):
    idle.server.fail("chat.postMessage", drop="after")
    receipt = await idle.channel.send(outbound())

    (post,) = posts(idle.server.world.direct(ADA))
    assert receipt.keys == (f"slack:{idle.server.world.direct(ADA).id}:{post['ts']}",)


async def test_what_was_posted_before_is_not_posted_again(idle: Desk):
    file = Attachment(name="a.txt", type="text/plain", data=b"aaa")
    text = "\n\n".join("word " * 500 for _ in range(12))
    first = await idle.channel.send(outbound(text, attachments=(file,)))
    again = await desk_at(idle.server, idle.notebook).channel_send_and_close(
        outbound(text, attachments=(file,), attempt=2)
    )

    assert again.keys == first.keys
    assert len(idle.server.called("files.completeUploadExternal")) == 1


async def test_a_card_that_changed_before_it_is_known_to_be_there_shows_how_it_stands(idle: Desk):
    """Killed between posting and recording it; meanwhile something happened on the ticket."""
    first = await idle.channel.send(card())
    again = await desk_at(idle.server, idle.notebook).channel_send_and_close(
        card(subject="#7 Printer (taken)", attempt=2)
    )

    (post,) = posts(idle.triage)
    assert again.keys == first.keys
    assert post["blocks"][0]["text"]["text"] == "#7 Printer (taken)"


async def test_only_what_is_missing_is_posted_again(idle: Desk):
    text = "\n\n".join("word " * 500 for _ in range(12))
    idle.server.fail("chat.postMessage")  # the first one goes well
    idle.server.fail("chat.postMessage", code="internal_error")
    with pytest.raises(TemporaryError):
        await idle.channel.send(outbound(text))
    receipt = await idle.channel.send(outbound(text, attempt=2))

    made = posts(idle.server.world.direct(ADA))
    assert len(made) == len(receipt.keys) == len({m["ts"] for m in made})
    assert "".join(map(said_in, made)).split() == ["Printer", *text.split()]


async def test_where_nobody_may_look_it_may_have_been_sent(idle: Desk):
    idle.server.fail("chat.postMessage", drop="after")
    idle.server.fail("conversations.history", code="missing_scope")
    with pytest.raises(MaybeSentError):
        await idle.channel.send(outbound())
