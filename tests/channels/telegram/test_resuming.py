"""Sent a second time after a failure or a kill: what is out is not said again, the rest is."""

from typing import Any

import pytest

from gateway.core.model import Attachment
from gateway.core.ports import TemporaryError
from tests.channels.telegram.kit import Rig, said, to_send
from tests.channels.telegram.test_sending import card
from tests.servers.bot_api import Refusal

WORDS = said("Pull the plug.")
FOLLOWS = said("a.txt follows.")
BROKEN = Refusal(500, "Internal Server Error")


def text(name: str, data: bytes = b"x") -> Attachment:
    return Attachment(name=name, type="text/plain", data=data, digest=f"{name}-{len(data)}")


def picture(name: str) -> Attachment:
    return Attachment(name=name, type="image/png", data=name.encode(), digest=name)


def there(rig: Rig, person: Any) -> list[str]:
    """What stands in somebody's chat: words, and the names of files."""
    found = []
    for message in rig.api.world.in_chat(person.id):
        files = [message.get("document") or {}, *(message.get("photo") or ())[:1]]
        found += [message.get("text") or message.get("caption") or ""]
        found += [file.get("file_name") or file.get("file_id", "") for file in files]
    return [one for one in found if one]


async def test_a_file_that_came_meanwhile_is_sent(rig: Rig):
    """Killed after the words went out without it; it arrived before the next try."""
    ada = rig.api.world.person("Ada")
    await rig.channel.send(to_send(WORDS, FOLLOWS, to=ada.id, lacks=(1,)))
    files = (text("a.txt"),)
    receipt = await rig.restarted().channel.send(
        to_send(WORDS, to=ada.id, attachments=files, attempt=2)
    )
    assert there(rig, ada) == ["Pull the plug.\n\na.txt follows.", "a.txt"]
    assert (len(receipt.keys), receipt.words) == (2, 1)


async def test_one_that_makes_an_album_larger_is_sent_by_itself(rig: Rig):
    ada = rig.api.world.person("Ada")
    two, three = (picture("a.png"), picture("b.png")), (picture("c.png"),)
    await rig.channel.send(to_send(WORDS, to=ada.id, attachments=two))
    before = len(rig.api.world.in_chat(ada.id))
    again = to_send(WORDS, to=ada.id, attachments=(*two, *three), attempt=2)
    await rig.restarted().channel.send(again)
    assert len(rig.api.world.in_chat(ada.id)) == before + 1
    assert len(rig.api.called("sendMediaGroup")) == 1
    assert len(rig.api.called("sendPhoto")) == 1


async def test_what_failed_with_its_file_goes_on_from_there(rig: Rig):
    ada = rig.api.world.person("Ada")
    long = said("\n\n".join("words " * 300 for _ in range(5)))
    files = (text("a.txt"), picture("b.png"))
    rig.api.fail("sendDocument", BROKEN)
    with pytest.raises(TemporaryError):
        await rig.channel.send(to_send(long, to=ada.id, attachments=files))
    again = to_send(long, to=ada.id, attachments=(*files, text("c.txt")), attempt=2)
    await rig.restarted().channel.send(again)
    words = " ".join(m.get("text") or "" for m in rig.api.world.in_chat(ada.id)).split()
    assert words == ["words"] * 1500
    assert len(rig.api.called("sendPhoto")) == 1
    (album,) = rig.api.called("sendMediaGroup")
    assert album


async def test_words_that_became_others_in_the_middle_are_said_whole(rig: Rig):
    """A repeat is better than a gap: nobody knows which of them are out."""
    ada = rig.api.world.person("Ada")
    long = said("\n\n".join(f"{n} " + "words " * 300 for n in range(5)))
    rig.api.fail("sendMessage", None, BROKEN)
    with pytest.raises(TemporaryError):
        await rig.channel.send(to_send(long, FOLLOWS, to=ada.id, lacks=(1,)))
    again = to_send(long, to=ada.id, attachments=(text("a.txt"),), attempt=2)
    receipt = await rig.restarted().channel.send(again)
    shown = " ".join(m.get("text") or "" for m in rig.api.world.in_chat(ada.id))
    assert all(shown.count(f"{n} words") >= 1 for n in range(5))
    assert receipt.words == len(rig.api.world.in_chat(ada.id)) - 1
    assert there(rig, ada)[-1] == "a.txt"


async def test_the_same_file_twice_is_there_twice(rig: Rig):
    ada = rig.api.world.person("Ada")
    one = text("a.txt")
    await rig.channel.send(to_send(WORDS, to=ada.id, attachments=(one,)))
    again = to_send(WORDS, to=ada.id, attachments=(one, one), attempt=2)
    await rig.restarted().channel.send(again)
    assert there(rig, ada) == ["Pull the plug.", "a.txt", "a.txt"]


async def test_a_card_that_changed_meanwhile_shows_how_it_stands_now(rig: Rig):
    first = await rig.channel.send(card())
    again = await rig.restarted().channel.send(card(facts="State: open", attempt=2))
    assert again.keys == first.keys
    edited = rig.api.called("editMessageText")
    assert "State: open" in edited[-1]["text"]
