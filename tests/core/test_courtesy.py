"""When a confirmation goes out, and what it may say."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import NoticeKind, Say, Skip
from gateway.core.contacts import Contact, Contacts
from gateway.core.courtesy import capped
from gateway.core.deciding import decide
from gateway.core.events import MessageArrived
from gateway.core.model import Automatic, Proof, Verdict
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.policy import LANGUAGES, Caps
from gateway.core.situation import Sender, Situation, Tallies
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    FORGED,
    NOW,
    PASSED,
    World,
    book,
    desk,
    message,
    of_type,
    to_outside,
)


def decided(  # the empty values are frozen
    made,
    *,
    tallies=Tallies(),  # noqa: B008
    sender=Sender(),  # noqa: B008
    caps=Caps(),  # noqa: B008
    contacts=Contacts(),  # noqa: B008
    **event,
) -> Any:
    house = desk(caps=caps, contacts=contacts)
    where = place(made, clues_of(made, book()), Candidates(), book(), house.policy, NOW)
    situation = Situation(tallies=tallies, sender=sender)
    return decide(MessageArrived(message=made, at=NOW, **event), situation, house, where)


def confirmations(decision) -> Any:
    return [s for s in of_type(decision, Say) if s.kind is NoticeKind.CONFIRMATION]


@pytest.mark.parametrize(
    ("made", "event", "left_out"),
    [
        (message(), {}, None),
        (message(proof=PASSED), {}, None),
        (message(BEA), {}, None),
        (message(), {"old": True}, "old_mail"),
        (message(), {"live": False}, "quiet"),
        (message(proof=FORGED), {}, "unproven_sender"),
        (message(proof=Proof(spf=Verdict.FAIL)), {}, "unproven_sender"),
        (message(proof=Proof(spf=Verdict.FAIL, dmarc=Verdict.PASS)), {}, "unproven_sender"),
        (message(automatic=Automatic.BULK), {}, "not_to_machines"),
        (message(wants_silence=True), {}, "wants_silence"),
        (message(replace(ADA, address="")), {}, "not_to_machines"),
        (message(replace(ADA, address="help@acme.example")), {}, "not_to_machines"),
    ],
)
def test_whether_there_is_a_confirmation(made, event, left_out):
    decision = decided(made, **event)
    skipped = {s.because.code for s in of_type(decision, Skip) if s.what == "confirmation"}
    assert skipped == ({left_out} if left_out else set())
    assert len(confirmations(decision)) == (0 if left_out else 1)


@pytest.mark.parametrize(
    ("tallies", "words"),
    [
        (Tallies(recipient=4, domain=9, overall=19), None),
        (Tallies(recipient=5), "no confirmation: more than 5 an hour for one address"),
        (Tallies(domain=10), "no confirmation: more than 10 an hour for one domain"),
        (Tallies(overall=20), "no confirmation: more than 20 an hour for the desk"),
    ],
)
def test_caps(tallies, words):
    caps = Caps(per_recipient=5, per_domain=10, overall=20)
    found = capped(tallies, caps)
    assert (str(found) if found else None) == words
    assert bool(confirmations(decided(message(), tallies=tallies, caps=caps))) is (words is None)


def test_it_goes_to_the_author_alone():
    decision = decided(message(cc=(BOB,), proof=PASSED))
    assert [s.to for s in to_outside(of_type(decision, Say))] == [ADA]
    assert (confirmations(decision)[0].shown_to, confirmations(decision)[0].shown_cc) == (
        (ADA,),
        (),
    )


SPAM = replace(ADA, name="Cheap pills")


def test_to_somebody_unknown_it_repeats_nothing_of_theirs():
    made = message(SPAM, subject="Buy pills", text="pills pills", cc=(replace(BOB, name="pills"),))
    said = confirmations(decided(made))[0]
    assert "pills" not in repr((said.to, said.facts, said.body, said.shown_to)).lower()


@pytest.mark.parametrize(
    ("proof", "sender"), [(PASSED, Sender()), (Proof(), Sender(verified=True))]
)
def test_to_somebody_known_it_repeats_the_subject(proof, sender):
    said = confirmations(decided(message(proof=proof), sender=sender))[0]
    assert said.facts["subject"] == "Printer on fire"
    assert said.facts["requester"] == "Ada Byron"
    assert said.body is None


def test_what_we_send_by_ourselves_is_called_automatic_and_counted():
    said = confirmations(decided(message()))[0]
    assert said.automatic
    assert said.capped


def test_an_answer_to_our_mail_makes_its_author_known():
    world = World()
    world.mail(ADA, "It burns")
    world.answer(ADA, world.last(ADA), "Still burning")
    assert ADA.address in world.verified
    world.mail(ADA, "Another thing", subject="Mouse")
    assert world.last(ADA).say.facts["subject"] == "Mouse"


@pytest.mark.parametrize("revoked", [True, False])
@pytest.mark.parametrize("proof", [Proof(), Proof(spf=Verdict.FAIL), FORGED])
def test_an_answer_makes_nobody_known_by_a_dead_address_or_without_spf(revoked, proof):
    world = World()
    world.mail(ADA, "It burns", own_key="mail:a")
    out = world.last(ADA)
    if revoked:
        world.act(BEA, 7, "revoke")
    world.answer(ADA, out, "Still burning", proof=proof)
    assert (ADA.address in world.verified) is (proof == Proof() and not revoked)


@pytest.mark.parametrize("sender", [{"language": "es"}, {"language": None}, {"language": "xx"}])
def test_the_language_is_the_messages_then_the_one_of_before_then_ours(sender):
    before = Sender(language="it")
    said = confirmations(decided(message(**sender), sender=before))[0]
    assert said.language == ("es" if sender["language"] == "es" else "it")
    assert confirmations(decided(message(**sender)))[0].language in ("es", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_requester_is_answered_in_each_language_that_the_desk_speaks(language: str):
    assert confirmations(decided(message(language=language)))[0].language == language


@pytest.mark.parametrize(
    ("contact", "mail", "before", "said"),
    [
        ("fr", "de", "pt", "fr"),
        ("", "de", "pt", "de"),
        ("", None, "pt", "pt"),
        ("", None, None, "en"),
        ("xx", "yy", "zz", "en"),
        ("xx", "yy", "pt", "pt"),
    ],
)
def test_the_contact_counts_before_the_mail_and_that_before_the_one_of_before(
    contact: str, mail: str | None, before: str | None, said: str
):
    contacts = Contacts([Contact(match=ADA.address, language=contact)])
    given = decided(message(language=mail), sender=Sender(language=before), contacts=contacts)
    assert confirmations(given)[0].language == said
