"""What an agent's client makes of our notice: people outside get the agent's words, or nothing."""

import pytest

from gateway.core.changes import NoticeKind
from gateway.core.model import Message
from gateway.core.policy import LANGUAGES
from tests.channels.email.answering.clients import (
    Client,
    elsewhere_posted,
    top_posted,
    top_posted_html,
)
from tests.channels.email.answering.notices import INTERNAL, PUBLIC, SECRETS, Notice, notice
from tests.channels.email.reading.kit import read
from tests.core.kit import ADA, BEA

OWN = "Hello Ada,\n\nplease leave the room; help is on its way."
TOP = [*top_posted(), *top_posted_html()]
ELSEWHERE = list(elsewhere_posted())


def by_name(client: Client) -> str:
    return client.name


@pytest.fixture(scope="module")
def wording() -> dict[tuple[str, str], Notice]:
    """Notices are read and never changed: what answers them is decided in a world of its own."""
    return {(s, la): notice(s, la) for s in (*PUBLIC, *INTERNAL) for la in LANGUAGES}


def mail(client: Client, own: str, told: Notice) -> Message:
    """The agent's answer, from octets to what the reader makes of it."""
    key = told.out.key.removeprefix("mail:")
    head = (
        f"From: Bea Ruiz <{BEA.email}>\nTo: Acme Support <{told.out.reply_to}>\n"
        f"Subject: Re: {told.subject}\nMessage-ID: <answer@acme.example>\nIn-Reply-To: <{key}>\n"
        f"Content-Type: text/{client.type}; charset=utf-8\n\n"
    )
    written = head + client.write(own, told)
    return read(written, {"to": [told.out.reply_to or ""]})


def answered(client: Client, own: str, story: str, language: str) -> tuple[list[str], bool]:
    """What people outside got of it, and whether its author was asked instead."""
    told = notice(story, language)
    world, before = told.world, len(told.world.outbox)
    message = mail(client, own, told)
    world.answer(BEA, told.out, message.text, full_text=message.full_text)
    new = world.outbox[before:]
    out = [o.text for o in new if o.say.to.address == ADA.address and o.say.body]
    asked = [
        o
        for o in new
        if o.say.to.address == BEA.email
        and o.say.kind in (NoticeKind.HELD_ANSWER, NoticeKind.COMMAND_ERROR)
    ]
    return out, bool(asked)


@pytest.mark.parametrize("client", TOP, ids=by_name)
def test_words_above_the_notice_are_read_without_it(client, wording):
    every = list(wording.values())
    some = every[TOP.index(client) % 3 :: 3]  # all kinds in all languages with some client each
    assert {mail(client, OWN, told).text for told in some} == {OWN}


@pytest.mark.parametrize("client", TOP[:: len(TOP) // 40], ids=by_name)
@pytest.mark.parametrize("story", PUBLIC)
def test_they_go_to_the_requester_alone(client, story):
    assert answered(client, OWN, story, "en") == ([OWN], False)


@pytest.mark.parametrize("client", TOP, ids=by_name)
def test_commands_count_above_the_notice(client, wording):
    told = wording["new ticket", "en"]
    text = mail(client, f"#resolve\n#priority low\n\n{OWN}", told).text
    assert [line for line in text.split("\n") if line.strip()] == [
        "#resolve",
        "#priority low",
        *[line for line in OWN.split("\n") if line.strip()],
    ]


@pytest.mark.parametrize("client", ELSEWHERE, ids=by_name)
@pytest.mark.parametrize("story", PUBLIC)
@pytest.mark.parametrize("language", LANGUAGES)
def test_wherever_else_they_stand_nothing_of_the_inside_goes_out(client, story, language):
    out, asked = answered(client, OWN, story, language)
    assert out in ([], [OWN])
    assert asked is (not out)


@pytest.mark.parametrize("client", [*TOP[:: len(TOP) // 40], *ELSEWHERE], ids=by_name)
@pytest.mark.parametrize("story", INTERNAL)
def test_an_answer_to_the_inside_stays_inside(client, story):
    assert answered(client, OWN, story, "en")[0] == []


@pytest.mark.parametrize("client", [*TOP[:: len(TOP) // 40], *ELSEWHERE], ids=by_name)
@pytest.mark.parametrize("story", INTERNAL)
def test_made_public_it_is_the_agents_words_or_is_held(client, story):
    out, asked = answered(client, f"#reply\n{OWN}", story, "en")
    if client in ELSEWHERE:
        assert out in ([], [OWN])
    else:
        assert (out, asked) == ([OWN], False)


def test_secrets_stand_in_the_notices(wording):
    """Else the tests above would prove nothing."""
    everything = "\n".join(told.plain + told.html for told in wording.values())
    assert [secret for secret in SECRETS if secret not in everything] == []
