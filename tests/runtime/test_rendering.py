from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.changes import NoticeKind, Reach, Say
from gateway.core.commands import GRAMMAR
from gateway.core.deciding import decide
from gateway.core.documents import Document
from gateway.core.events import AgentActed
from gateway.core.model import (
    Author,
    Body,
    EntryFact,
    EntryKind,
    Party,
    Remark,
    RemarkKind,
    Role,
    Ticket,
    Visibility,
)
from gateway.core.notices import ticket_facts
from gateway.core.policy import LANGUAGES
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.runtime.rendering.phrases import FILE, names_in, read
from gateway.runtime.rendering.renderer import Renderer
from gateway.runtime.rendering.shelf import SHIPPED
from tests.runtime.test_rendering_samples import (
    BEA,
    DESK,
    NOW,
    POLICY,
    TICKET,
    VARIANTS,
    answered,
    confirmed,
    to_bea,
)

RENDERER = Renderer(None, "Acme Support", "Europe/Madrid")
WORDS = Body(text="It burns.\nPlease help.")


def rendered(say: Say, *, number: int | None = 7, words: Body | None = WORDS) -> Document:
    return RENDERER.render(say, number=number, words=words, now=NOW)


def kinds(document: Document) -> list[str]:
    return [b.kind for b in document.blocks]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "variant"), [(k, n) for k, them in VARIANTS.items() for n in range(len(them))]
)
@pytest.mark.parametrize("reach", [Reach.PUBLIC, Reach.INTERNAL, Reach.STANDING, Reach.NOBODY])
def test_everything_is_said_in_every_language(kind, variant, reach, language):
    say = to_bea(kind, variant, reach=reach, language=language)
    for number, words in ((7, WORDS), (None, None)):
        document = rendered(say, number=number, words=words)
        assert document.subject
        assert document.text.strip()
        assert not re.search(r"\{[\w{%]|%\w+%|\bNone\b", document.text)
        first = document.blocks[0]
        assert (first.kind == "mark") is (reach is not Reach.NOBODY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_customers_read_has_no_mark_and_no_facts(language):
    for say in (confirmed(), confirmed(repeat=False), answered("Switch it off.")):
        document = rendered(replace(say, language=language), words=say.body or WORDS)
        assert set(kinds(document)) <= {"text", "words"}
        assert "support" not in document.text.replace("Acme Support", "").lower()


def test_a_confirmation_is_short_and_in_the_same_thread():
    document = rendered(confirmed())
    assert document.subject == "Re: Printer on fire"
    assert document.text == (
        "Hello,\n\nWe have received your request #7, and somebody will answer it.\n\n"
        "If you want to add something, just reply to this mail.\n\nAcme Support"
    )


def test_a_confirmation_to_somebody_unknown_repeats_nothing_of_theirs():
    ticket = replace(TICKET, subject="Buy pills", requester=Party(address="x@y.example", name="Pi"))
    document = rendered(confirmed(repeat=False, ticket=ticket), words=Body(text="Cheap pills"))
    assert document.subject == "We have received your message [#7]"
    assert "pills" not in document.text
    assert "Pi" not in document.text


def test_a_follow_up_says_what_it_continues():
    document = rendered(confirmed(ticket=replace(TICKET, previous=5)))
    assert "your request #7 and continues #5" in document.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "by Monday 1 June, 09:05 (Madrid time)."),
        ("es", "el lunes 1 de junio, 09:05 (hora de Madrid)."),
        ("it", "entro lunedì 1º giugno, 09:05 (ora di Madrid)."),
        ("fr", "au plus tard le lundi 1er juin à 9 h 05 (heure locale\u00a0: Madrid)."),
        ("de", "spätestens am Montag, 1. Juni, 09:05 Uhr (Ortszeit Madrid) eine Antwort."),
        ("pt", "até segunda-feira, 1 de junho, 9h05 (hora de Madrid)."),
    ],
)
def test_dates_and_times_are_as_the_language_has_them(language: str, said: str):
    due = datetime(2026, 6, 1, 7, 5, tzinfo=UTC)
    say = confirmed()
    say = replace(say, language=language, facts={**say.facts, "expected_at": due})
    assert said in rendered(say).text


@pytest.mark.parametrize(
    ("language", "one", "more"),
    [
        ("en", "and 1 other.", "and 2 others."),
        ("es", "y a 1 persona más.", "y a 2 personas más."),
        ("it", "e a un'altra persona.", "e ad altre 2 persone."),
        ("fr", "et à 1 autre personne.", "et à 2 autres personnes."),
        ("de", "und 1 weitere Person.", "und 2 weitere Personen."),
        ("pt", "e mais 1 pessoa.", "e mais 2 pessoas."),
    ],
)
def test_one_is_not_said_as_many_are(language: str, one: str, more: str):
    for others, said in ((("Carl",), one), (("Carl", "Dora"), more)):
        say = to_bea(NoticeKind.REPLY, language=language, others=others)
        assert said in rendered(say).blocks[0].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_entry_that_is_left_out_is_not_said_as_many(language: str):
    history = VARIANTS[NoticeKind.STATUS][0]["history"]
    texts = {
        n: rendered(
            to_bea(NoticeKind.STATUS, language=language, history=history[:1] * (50 + n))
        ).text
        for n in (1, 2)
    }
    assert "2" in texts[2]
    assert texts[2].replace("2", "1") != texts[1].replace("2", "1")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Printer", "Re: Printer"),
        ("Re: Printer", "Re: Printer"),
        ("RE:Printer", "RE:Printer"),
        ("R: Stampante", "R: Stampante"),
        ("AW: Drucker", "AW: Drucker"),
        ("RE : Imprimante", "RE : Imprimante"),
        ("Réf : Imprimante", "Réf : Imprimante"),
        ("RES: Impressora", "RES: Impressora"),
        ("Recall: all of it", "Re: Recall: all of it"),
        ("(no subject)", "Re: (no subject)"),
    ],
)
def test_an_answer_has_one_re(subject, expected):
    say = answered("Done.", replace(TICKET, subject=subject))
    assert rendered(say, words=say.body).subject == expected


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Switch it off.", False),
        ("Switch it off.\n\nBea", True),
        ("Switch it off.\n\n-- \nBea Ruiz\nAcme", True),
        ("Switch it off.\nBest, bea ruiz", False),
        ("Beatrice will come.", False),
    ],
)
def test_an_answer_is_signed_once(text, signed):
    say = answered(text)
    document = rendered(say, words=say.body)
    assert document.blocks[0].text == text
    assert [b.text for b in document.blocks[1:]] == ([] if signed else ["Bea Ruiz\nAcme Support"])


def test_a_new_ticket_reads_from_the_top():
    say = to_bea(NoticeKind.NEW_TICKET)
    document = RENDERER.render(say, number=7, words=WORDS, files=("smoke.png",), now=NOW)
    assert document.subject == "[#7] Printer on fire"
    assert document.text == (
        "##- Your reply goes to Ada Byron <ada@example.org>. Write it above this line. -##\n\n"
        "New request from Ada Byron <ada@example.org>:\n\n"
        "It burns.\nPlease help.\n\n"
        "Files: smoke.png\n\n"
        "State: open\nPriority: normal\nQueue: support\nAssignee: nobody yet\n"
        "Since: Monday 5 January, 10:00\n\n"
        "First lines of a reply that do something: #take, #assign NAME, #note, #resolve, #help"
    )
    assert kinds(document) == ["mark", "text", "words", "text", "facts", "text"]


def test_a_mistyped_command_is_explained():
    assert rendered(to_bea(NoticeKind.COMMAND_ERROR)).text == (
        "##- Your reply goes to Ada Byron <ada@example.org>. Write it above this line. -##\n\n"
        "Nothing was sent and nothing was changed.\n\n"
        "This line was not understood: #reslove\n"
        "Expected: a command; #help lists them\n"
        "Did you mean #resolve?\n\n"
        "Expected: some words above the quoted text, or a command\n\n"
        "To try again, reply to this mail with the corrected lines at the top. "
        "Your text was kept as a note that only the team sees.\n\n"
        "This is what you wrote, to copy:\n\n"
        "#reslove\nDone."
    )


def test_an_overtaken_answer_is_explained():
    document = rendered(to_bea(NoticeKind.HELD_ANSWER), words=Body(text="not these words"))
    assert document.text == (
        "##- Your reply goes to Ada Byron <ada@example.org>. Write it above this line. -##\n\n"
        "Your answer was NOT sent yet: Carla Poe wrote 4 minutes ago, "
        "after the message that you answered:\n\n"
        "> It is off now.\n\n"
        "To send yours all the same, reply with #send on the first line. "
        "Or just write a new answer.\n\n"
        "Your answer:\n\nPlease switch it off."
    )


def test_a_reason_is_said_in_the_readers_language():
    because = Reason.of(Why.MARK_SURVIVED, what="the words of a note")
    say = to_bea(NoticeKind.HELD_ANSWER, 1, because=because, language="es")
    assert "queda algo interno: el texto de una nota" in rendered(say).text


@pytest.mark.parametrize(
    ("reach", "others", "address", "expected"),
    [
        (Reach.PUBLIC, (), "ada@example.org", "goes to Ada <ada@example.org>."),
        (Reach.PUBLIC, ("C",), "ada@example.org", "goes to Ada <ada@example.org> and 1 other."),
        (Reach.PUBLIC, ("C", "D"), "ada@example.org", "and 2 others."),
        (Reach.PUBLIC, (), "", "stays on the ticket: there is no address of Ada."),
        (Reach.INTERNAL, ("C",), "ada@example.org", "stays inside the team."),
        (Reach.STANDING, (), "ada@example.org", "opens a new ticket."),
    ],
)
def test_the_mark_says_where_a_reply_goes(reach, others, address, expected):
    facts = {"requester": "Ada", "requester_address": address, "others": others}
    first = rendered(to_bea(NoticeKind.OPENED, reach=reach, **facts)).blocks[0]
    assert re.fullmatch(r"##- Your reply .* -##", first.text)
    assert expected in first.text


def test_who_writes_from_a_chat_is_named_with_the_network_and_not_by_a_number():
    ada = Party(address="4711", name="Ada Byron", channel="telegram")
    facts = ticket_facts(POLICY, replace(TICKET, requester=ada))
    said = rendered(to_bea(NoticeKind.NEW_TICKET, **facts))

    assert "Your reply goes to Ada Byron (Telegram)." in said.text
    assert "4711" not in said.text


def test_without_a_ticket_a_reply_can_only_open_one():
    document = rendered(to_bea(NoticeKind.MINE, reach=Reach.INTERNAL, subject=""), number=None)
    assert (
        document.blocks[0].text
        == "##- Your reply opens a new ticket. Write it above this line. -##"
    )
    assert document.subject == "Your open tickets"


def test_what_nobody_reads_says_so_instead_of_a_mark():
    document = rendered(to_bea(NoticeKind.TROUBLE, reach=Reach.NOBODY))
    assert "mark" not in kinds(document)
    assert document.text.endswith("Replies to this message are not read.")


def test_a_held_mail_says_how_it_is_let_through():
    plain = rendered(to_bea(NoticeKind.HELD_UNPROVEN, reach=Reach.RELEASE))
    assert plain.blocks[0].kind == "mark"
    assert "answer this mail with #send as its first line" in plain.text
    assert "https://" not in plain.text
    link = "https://desk.example/release/31.abc"
    linked = rendered(to_bea(NoticeKind.HELD_UNPROVEN, reach=Reach.RELEASE, link=link))
    assert f"let it through within 15 minutes: {link}\n" in linked.text


def test_the_subject_is_tagged_once():
    say = to_bea(NoticeKind.HELD_UNPROVEN, subject="Re: [#7] Printer")
    assert rendered(say).subject == "Re: [#7] Printer"


def test_rich_text_is_shown_only_where_it_holds_no_more_than_the_words():
    whole = Body(text="It burns.", full_text="It burns.\n", html="<b>It burns.</b>")
    cut = Body(text="It burns.", full_text="It burns.\n> old", html="<b>It burns.</b><p>old</p>")
    say = to_bea(NoticeKind.REPLY)
    assert [b.html for b in rendered(say, words=whole).blocks if b.kind == "words"] == [whole.html]
    assert [b.html for b in rendered(say, words=cut).blocks if b.kind == "words"] == [None]


ENCRYPTED = Remark(kind=RemarkKind.ENCRYPTED, about="S/MIME")


def test_an_agent_is_told_above_the_words_what_there_is_to_know_of_a_mail():
    words = Body(text="", remarks=(ENCRYPTED, Remark(kind=RemarkKind.PROGRAM, about="a.exe")))
    text = rendered(to_bea(NoticeKind.REPLY), words=words).text
    assert "This mail is encrypted (S/MIME): the desk cannot read it." in text
    assert "Careful: a.exe is a program. Opening it runs it." in text
    assert text.index("encrypted") < text.index("(There are no words in it.)")


@pytest.mark.parametrize("kind", RemarkKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_remark_is_said_in_every_language(kind: RemarkKind, language: str):
    say = replace(to_bea(NoticeKind.REPLY), language=language)
    words = Body(text="x", remarks=(Remark(kind=kind, about="a {b}%words%"),))
    bare = rendered(say, words=Body(text="x")).text
    text = rendered(say, words=words).text
    assert len(text) > len(bare) + 30
    assert kind is RemarkKind.UNSCANNED or "a {b}%words%" in text


def test_people_outside_are_told_no_remarks():
    words = Body(text="It burns.", remarks=(ENCRYPTED,))
    assert "S/MIME" not in rendered(confirmed(), words=words).text


def entry(text: str, visibility: Visibility) -> EntryFact:
    author = Author(name="Carl", address="carl@example.org", role=Role.PARTICIPANT)
    at = NOW - timedelta(days=400)
    return EntryFact(
        id=1,
        ticket=7,
        kind=EntryKind.NOTE,
        visibility=visibility,
        at=at,
        author=author,
        text=text,
    )


def test_earlier_words_are_quoted_with_their_date():
    earlier = (entry("Was it on?", Visibility.INTERNAL),)
    say = to_bea(NoticeKind.REPLY)
    document = RENDERER.render(say, number=7, words=WORDS, earlier=earlier, now=NOW)
    quotes = [b.text for b in document.blocks if b.kind == "quote"]
    assert quotes == ["Carl, 1 Dec 2024, 10:04 (internal):\nWas it on?"]


def test_the_standing_address_is_among_the_facts():
    say = to_bea(NoticeKind.REPLY, standing_address="support+0.abc@acme.example")
    facts = next(b for b in rendered(say).blocks if b.kind == "facts")
    assert facts.text.endswith("Open a ticket: support+0.abc@acme.example")


def test_an_unknown_language_is_answered_in_english_and_a_regional_one_in_its_own():
    say = confirmed()
    assert rendered(replace(say, language="xx")).text.startswith("Hello")
    assert rendered(replace(say, language="es-MX")).text.startswith("Hola")
    assert rendered(replace(say, language="../../etc")).text.startswith("Hello")


def test_long_lists_are_cut_and_say_so():
    assert "(10 earlier entries are left out.)" in rendered(to_bea(NoticeKind.STATUS)).text
    assert "And 10 more." in rendered(to_bea(NoticeKind.MINE)).text


def test_what_the_core_really_says_can_be_rendered():
    """Notices of decisions, not of samples: command names and facts fit the templates."""
    last = EntryFact(
        id=3,
        ticket=7,
        kind=EntryKind.MESSAGE,
        visibility=Visibility.PUBLIC,
        at=NOW,
        author=Author(name="Ada", address="ada@example.org", role=Role.REQUESTER),
        text="It burns.",
    )
    situation = Situation(
        ticket=TICKET, last_words=last, history=(last, last), mine=(TICKET,), entries={3: last}
    )
    commands = ("help", "mine", "status", "assign Carla", "escalate too hot")
    event = AgentActed(agent=BEA.email, ticket=7, at=NOW, commands=commands, text="Soon.")
    said = [c for c in decide(event, situation, DESK).changes if isinstance(c, Say)]
    expected = {"help", "mine", "status", "assigned", "escalated", "answer"}
    assert {s.kind.value for s in said} >= expected
    for say in said:
        assert say.facts.keys() >= {"subject", "requester", "created_at"}
        for language in LANGUAGES:
            assert rendered(replace(say, language=language)).text


def test_there_are_templates_of_the_languages_that_the_desk_speaks():
    assert {folder.name for folder in SHIPPED.iterdir() if folder.is_dir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_files_and_places(language):
    def shape(folder: Path) -> dict[str, list[str]]:
        found = {}
        for path in folder.glob("*.txt"):
            text = path.read_text("utf-8")
            found[path.stem] = sorted(re.findall(r"%\w+%|\{\{[^}\"]+\}\}|\{%.*?%\}", text))
        return found

    assert shape(SHIPPED / language) == shape(SHIPPED / "en")
    assert set(shape(SHIPPED / "en")) == {k.value for k in NoticeKind}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_phrases_with_the_same_names(language):
    english, other = read(SHIPPED / "en" / FILE), read(SHIPPED / language / FILE)
    assert english.keys() <= other.keys()
    for name, value in english.items():
        if name == "time.clock":
            continue
        assert names_in(other[name]) == names_in(value), name
    tables = {name.partition(".")[0] for name in other.keys() - english.keys()}
    assert tables == {"why", "what", "expected", "help"}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_command_and_every_usual_fault_is_translated(language):
    phrases = read(SHIPPED / language / FILE)
    assert {n[5:] for n in phrases if n.startswith("help.")} == {g.name for g in GRAMMAR}
    wrong = [g.check(args) for g in GRAMMAR for args in ((), ("x", "y", "z")) if g.check(args)]
    assert {f"expected.{w}" for w in wrong} <= phrases.keys()
    for name, value in phrases.items():
        table, _, code = name.partition(".")
        if table == "why":
            assert names_in(value) == names_in(Why[code.upper()].value)


def test_a_ticket_without_an_assignee_or_subject_is_no_hole_in_the_text():
    ticket = Ticket(
        number=7,
        subject="(no subject)",
        requester=Party(address="ada@example.org"),
        queue="support",
        created_at=NOW,
        updated_at=NOW,
    )
    from gateway.core.notices import to_agent

    agent = replace(BEA, language="it")
    say = to_agent(
        POLICY, ticket, agent, NoticeKind.OPENED, Reason.of(Why.BY_SHELL, agent="Bea Ruiz")
    )
    document = rendered(say, words=None)
    assert document.subject == "[#7] (senza oggetto)"
    assert "Aperto il #7 a nome di ada@example.org:" in document.text
    assert "(Non c'è testo.)" in document.text
