"""An agent opens a ticket for somebody: forwarding, ``#for``, a call; and hears of it first."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.changes import NoticeKind, Refuse
from gateway.core.contacts import Contact, Contacts
from gateway.core.events import TicketAsked
from gateway.core.model import EntryKind, Forwarded, Party, Priority, State, Visibility
from gateway.core.policy import Caps
from tests.core.kit import (
    ADA,
    BEA,
    CARLA,
    EVE,
    FORGED,
    NOW,
    PASSED,
    World,
    desk,
    says,
    signed,
    ticket,
)

STANDING = signed(AddressKind.STANDING, 0, BEA.email)
ORIGINAL = Forwarded(
    author=ADA, subject="Fire", text="It burns", full_text="It burns", key="mail:x"
)
OPENED = (BEA.email, "opened", "public")
CONFIRMED = (ADA.address, "confirmation", "requester")
TOLD = (CARLA.email, "new_ticket", "public")


def standing(w, text, agent=BEA, **changes) -> Any:
    address = signed(AddressKind.STANDING, 0, agent.email)
    return w.mail(agent, text, **{"recipients": (address,)} | changes)


def test_a_forwarded_mail_becomes_its_authors_ticket():
    w = World()
    forwarded = Forwarded(
        author=ADA, subject="Fire", text="It burns", comment="#urgent\nShe is a VIP", key="mail:x"
    )
    decision = standing(w, "ignored", forwarded=forwarded)
    made = w.tickets[7]
    assert (made.requester, made.subject, made.priority) == (ADA, "Fire", Priority.URGENT)
    assert made.root == "mail:x"
    message, note = w.history(7, EntryKind.MESSAGE, EntryKind.NOTE)
    assert (message.fact.text, message.because) == ("It burns", "forwarded by Bea Ruiz")
    assert (note.fact.text, note.fact.visibility) == ("She is a VIP", Visibility.INTERNAL)
    assert says(decision) == [OPENED, CONFIRMED, TOLD]


def test_the_agent_hears_before_the_requester_does():
    w = World()
    standing(w, "#for ada@example.org phone\nIt burns")
    kinds = [o.say.kind for o in w.outbox]
    assert kinds.index(NoticeKind.OPENED) < kinds.index(NoticeKind.CONFIRMATION)


def test_an_answer_to_the_forwarded_mail_finds_the_ticket():
    w = World()
    standing(w, "", forwarded=ORIGINAL)
    w.mail(ADA, "And now the curtains", refers_to=("mail:x",))
    assert len(w.history(7, EntryKind.MESSAGE)) == 2


def test_the_answer_to_opened_goes_to_the_requester():
    w = World()
    standing(w, "", forwarded=ORIGINAL)
    w.answer(BEA, w.last(BEA, NoticeKind.OPENED), "I am on my way.")
    assert w.last(ADA).text == "I am on my way."


@pytest.mark.parametrize(
    ("text", "requester", "channel"),
    [
        ("#for joe@example.org\nHe called", Party(address="joe@example.org"), "email"),
        ("#for joe@example.org phone\nHe called", Party(address="joe@example.org"), "phone"),
        ("#requester joe@example.org\nHe called", Party(address="joe@example.org"), "email"),
        ("My own mouse died", Party(address=BEA.email, name=BEA.name), "email"),
    ],
)
def test_for_names_the_requester(text, requester, channel):
    w = World()
    standing(w, text, subject="Call")
    made = w.tickets[7]
    assert (made.requester, made.channel, made.subject) == (requester, channel, "Call")
    assert w.history(7)[0].fact.visibility is Visibility.PUBLIC


def test_for_overrules_the_author_of_what_is_forwarded():
    w = World()
    forwarded = Forwarded(author=ADA, text="It burns", comment="#for bob@example.org")
    standing(w, "", forwarded=forwarded)
    assert w.tickets[7].requester.address == "bob@example.org"
    same = Forwarded(author=ADA, text="It burns", comment="#for ada@example.org")
    standing(w, "", forwarded=same)
    assert w.tickets[8].requester == ADA


@pytest.mark.parametrize("author", [Party(address=""), Party(address="support@acme.example")])
def test_a_forward_of_nobodys_mail_is_the_agents_own(author):
    w = World()
    decision = standing(w, "", forwarded=Forwarded(author=author, text="words"))
    assert w.tickets[7].requester.address == BEA.email
    assert says(decision) == [OPENED, TOLD]


def test_commands_are_done_on_the_new_ticket():
    w = World()
    decision = standing(
        w, "#for ada@example.org\n#queue network\n#assign eve\n#tag vpn\n#pending 2d\nIt burns"
    )
    made = w.tickets[7]
    assert (made.queue, made.assignee, made.tags) == ("network", EVE.email, ("vpn",))
    assert made.state is State.PENDING
    assert says(decision) == [(EVE.email, "assigned", "public"), OPENED, CONFIRMED]


def test_who_is_given_the_new_ticket_hears_of_it_once():
    w = World()
    decision = standing(w, "#for ada@example.org\n#assign carla\nIt burns")
    assert says(decision) == [(CARLA.email, "assigned", "public"), OPENED, CONFIRMED]


def test_a_queue_that_gets_the_new_ticket_hears_of_it_once():
    w = World()
    decision = standing(w, "#for ada@example.org\n#queue network\nIt burns", CARLA)
    told = [s for s in says(decision) if s[0] == BEA.email]
    assert told == [(BEA.email, "new_ticket", "public")]


@pytest.mark.parametrize(
    ("agent", "recipients", "queue"),
    [
        (BEA, (), "support"),
        (EVE, (), "network"),
        (BEA, ("network@acme.example",), "network"),
        (EVE, ("help@acme.example",), "support"),
    ],
)
def test_the_queue_is_the_one_written_to_else_the_agents(agent, recipients, queue):
    w = World()
    address = signed(AddressKind.STANDING, 0, agent.email)
    standing(w, "#for ada@example.org\nIt burns", agent, recipients=(address, *recipients))
    assert w.tickets[7].queue == queue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#fro ada@example.org\nIt burns", "a command; #help lists them"),
        ("#for ada\nIt burns", "a mail address"),
        ("#for support@acme.example\nIt burns", "the desk's own"),
        ("#for ada@example.org\n#assign zoe\nIt burns", "one agent of"),
        ("#merge 12\nIt burns", "a ticket that there is: this one is new"),
        ("#move 31 to 12\nIt burns", "an entry of a ticket that there is"),
        ("#send\nIt burns", "an answer that is held for you"),
        ("#resolve", "a ticket's own reply address, or words to open one with"),
        ("#status", "a ticket's own reply address"),
    ],
)
def test_with_a_fault_no_ticket_is_opened_and_the_words_come_back(text, expected):
    w = World()
    decision = standing(w, text)
    assert w.tickets == {}
    assert says(decision) == [(BEA.email, "command_error", "standing")]
    said = w.last(BEA).say
    assert expected in said.facts["faults"][0]["expected"]
    assert said.facts["text"] == text
    assert [r.code for r in w.dropped] == ["command_wrong"]


def test_the_answer_to_that_error_opens_the_ticket():
    w = World()
    standing(w, "#fro ada@example.org\nIt burns")
    w.answer(BEA, w.last(BEA), "#for ada@example.org\nIt burns")
    assert w.tickets[7].requester.address == ADA.address


@pytest.mark.parametrize("text", ["#mine", "#help", "#away until friday", "#back\n#help"])
def test_what_is_only_asked_needs_no_ticket(text):
    w = World()
    w.tickets[7] = ticket(7, assignee=BEA.email)
    standing(w, text)
    assert (list(w.tickets), w.entries) == ([7], {})


def test_a_reply_address_is_no_need_with_dmarc_and_a_command():
    w = World()
    w.mail(BEA, "#for ada@example.org\nIt burns", proof=PASSED)
    assert w.tickets[7].requester.address == ADA.address


@pytest.mark.parametrize("how", [{}, {"proof": FORGED, "recipients": (STANDING,)}])
def test_without_proof_nothing_is_opened(how):
    w = World()
    w.mail(BEA, "#for ada@example.org\nIt burns", **how)
    assert (w.tickets, len(w.held)) == ({}, 1)


def test_caps_hold_for_confirmations_of_forwarded_mail_too():
    w = World(desk=desk(caps=Caps(per_recipient=0)))
    assert CONFIRMED not in says(standing(w, "", forwarded=ORIGINAL))


KNOWN = Contacts(
    [Contact(match=ADA.address, language="it"), Contact(match=BEA.email, language="de")]
)
SPANISH = replace(ORIGINAL, language="es")


@pytest.mark.parametrize(
    ("forwarded", "text", "contacts", "language"),
    [
        (SPANISH, "", Contacts(), "es"),
        (SPANISH, "", KNOWN, "it"),
        (replace(ORIGINAL, language="xx"), "", Contacts(), "fr"),
        (ORIGINAL, "", Contacts(), "fr"),
        (None, "#for ada@example.org\nIt burns", Contacts(), "fr"),
        (None, "#for ada@example.org\nIt burns", KNOWN, "it"),
    ],
)
def test_the_language_is_the_requesters_and_not_the_agents(forwarded, text, contacts, language):
    """The agent's mail is in French; what they forward says which language its author writes."""
    w = World(desk=desk(contacts=contacts))
    standing(w, text, forwarded=forwarded, language="fr")
    assert w.tickets[7].language == language
    (told,) = (o.say for o in w.outbox if o.say.kind is NoticeKind.CONFIRMATION)
    assert told.language == language


# --- by hand


def asked(**changes) -> Any:
    fields = {
        "requester": ADA,
        "subject": "Fire",
        "text": "It burns",
        "at": NOW,
        "agent": BEA.email,
    }
    return TicketAsked(**fields | changes)  # type: ignore[arg-type]


def test_a_call_becomes_a_ticket():
    w = World()
    decision = w.meet(asked())
    assert (w.tickets[7].requester, w.tickets[7].channel) == (ADA, "phone")
    assert w.history(7)[0].because == "Ada Byron, taken down by Bea Ruiz"
    assert says(decision) == [OPENED, CONFIRMED, TOLD]


def test_nobody_in_particular_may_have_taken_it():
    w = World()
    decision = w.meet(asked(agent=None, subject=""))
    assert says(decision) == [CONFIRMED, (BEA.email, "new_ticket", "public"), TOLD]
    assert w.tickets[7].subject == "(no subject)"
    assert w.history(7)[0].because == "Ada Byron, taken down by Acme Support"


def test_who_calls_is_written_to_in_the_language_of_their_contact():
    w = World(desk=desk(contacts=KNOWN))
    w.meet(asked())
    assert w.tickets[7].language == "it"


def test_a_requester_without_mail_gets_none():
    w = World()
    w.meet(asked(requester=Party(address="+34 555 123", name="Ada")))
    assert says(w.decisions[-1]) == [OPENED, TOLD]


def test_the_queue_of_a_call_is_the_agents_first():
    w = World()
    w.meet(asked(agent=EVE.email))
    assert w.tickets[7].queue == "network"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"agent": "zoe@acme.example"}, "there is no agent zoe@acme.example"),
        (
            {"requester": Party(address="help@acme.example")},
            "help@acme.example is an address of the desk: expected a requester's",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(changes, line):
    w = World()
    decision = w.meet(asked(**changes))
    assert decision.changes == (Refuse(lines=(line,)),)
