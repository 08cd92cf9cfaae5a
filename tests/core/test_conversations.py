"""Who asks in a chat, which ticket their words go to, and who they are by their other accounts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from gateway.core.changes import Claim, Link, NoticeKind, Open
from gateway.core.chat import Spoken, Where
from gateway.core.deciding import Desk
from gateway.core.model import EntryKind, Party, Role, State, Visibility
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    CARLA,
    DAY,
    FORGED,
    HOUR,
    MINUTE,
    PASSED,
    World,
    book,
    of_type,
    policy,
    says,
    why,
)

THERE = {BEA.email: (("telegram", "11"), ("slack", "U0BEA"))}
STAFF = tuple(replace(a, accounts=THERE.get(a.email, ())) for a in AGENTS)
TOM = Party(channel="telegram", address="4711", name="Tom")
UMA = Party(channel="slack", address="U0UMA", name="Uma")
UMA_MAIL = Party(address="uma@acme.example", name="Uma")
BEA_THERE = Party(channel="telegram", address="11", name="Bea")


def world(**changes: Any) -> World:
    return World(desk=Desk(policy=policy(agents=STAFF, **changes), book=book()))


def say(here: World, text: str, *, by: Party = TOM, **more: Any) -> Any:
    """Something said to the desk in private; ``chat`` overrides what the network tells."""
    spoken: dict[str, Any] = {
        "where": Where.DIRECT,
        "conversation": f"{by.channel}:{by.address}",
    } | more.pop("chat", {})
    if spoken["where"] is not Where.DIRECT:
        spoken["conversation"] = ""
    key = f"{by.channel}:{by.address}/{len(here.decisions)}"
    fields: dict[str, Any] = {"channel": by.channel, "recipients": (), "own_key": key}
    return here.mail(by, text, chat=Spoken(**spoken), **fields | more)


def test_what_is_said_in_private_goes_on_with_its_ticket() -> None:
    here = world()
    assert of_type(say(here, "My screen is black."), Open)
    assert not of_type(say(here, "And it smells."), Open)
    assert [e.fact.text for e in here.history(7, EntryKind.MESSAGE)] == [
        "My screen is black.",
        "And it smells.",
    ]
    assert (
        here.history(7, EntryKind.MESSAGE)[1].because == "goes on in the private chat of ticket 7"
    )


def test_a_conversation_is_of_its_author_and_their_network() -> None:
    here = world()
    say(here, "My screen is black.")
    assert of_type(say(here, "Mine, too.", by=UMA), Open)


@pytest.mark.parametrize(
    ("after", "same", "state"),
    [
        (23 * HOUR, True, State.OPEN),
        (DAY, True, State.OPEN),
        (DAY + MINUTE, False, State.NEW),
    ],
)
def test_words_within_a_day_of_the_resolution_go_to_that_ticket(
    after: timedelta, same: bool, state: State
) -> None:
    here = world()
    say(here, "My screen is black.")
    here.act(BEA, 7, "resolve")
    here.wait(after)
    decision = say(here, "It is black again.")
    assert (not of_type(decision, Open)) is same
    assert here.tickets[max(here.tickets)].state is state
    say(here, "Anybody there?")
    last = max(here.tickets)
    assert here.history(last, EntryKind.MESSAGE)[-1].fact.text == "Anybody there?"


def test_a_late_thank_you_opens_nothing() -> None:
    here = world()
    say(here, "My screen is black.")
    here.act(BEA, 7, "resolve")
    here.wait(3 * DAY)
    assert not of_type(say(here, "Thank you!"), Open)
    assert here.tickets[7].state is State.RESOLVED


def test_who_was_taken_out_of_a_ticket_does_not_go_on_with_it() -> None:
    here = world()
    say(here, "My screen is black.")
    here.tickets[7] = replace(here.tickets[7], requester=ADA)
    assert of_type(say(here, "And now?"), Open)
    assert here.keys["telegram:4711"][0] == 8


def test_an_answer_to_an_older_message_goes_to_its_ticket() -> None:
    here = world()
    say(here, "My screen is black.")
    here.act(BEA, 7, text="Have you tried the other cable?")
    here.act(BEA, 7, "resolve")
    here.wait(2 * DAY)
    say(here, "Something else.")
    answer = here.last(TOM, NoticeKind.ANSWER)
    decision = say(here, "Yes, in vain.", refers_to=(answer.key,))
    assert decision.ticket == 7
    assert here.keys["telegram:4711"][0] == 8


class TestNamedOutright:
    @pytest.mark.parametrize("number", [7, 99])
    def test_what_is_not_there_and_what_one_may_not_see_are_alike(self, number: int) -> None:
        here = world()
        here.mail(ADA, "The printer is on fire.")
        decision = say(here, "What of it?", chat={"ticket": number})
        assert says(decision) == [(TOM.address, "heard", "nobody")]
        assert not of_type(decision, Open)
        assert [k for k, _ in here.keys.items() if k.startswith("telegram:")] == []

    def test_people_on_it_may_name_it(self) -> None:
        here = world()
        say(here, "My screen is black.")
        here.act(BEA, 7, "resolve")
        here.wait(2 * DAY)
        decision = say(here, "Black again.", chat={"ticket": 7})
        assert decision.ticket == 7
        assert here.tickets[7].state is State.OPEN


class TestAmongPeople:
    THREAD: ClassVar = {"where": Where.COMMON, "place": "slack:C1:1"}

    def test_what_is_overheard_opens_nothing(self) -> None:
        here = world()
        decision = say(here, "Lunch?", by=UMA, chat=self.THREAD | {"overheard": True})
        assert why(decision) == ["overheard"]

    def test_the_thread_is_the_ticket_and_hears_each_answer_once(self) -> None:
        here = world()
        say(here, "My screen is black.", by=UMA, chat=self.THREAD, own_key="slack:C1:1")
        assert here.tickets[7].place == "slack:C1:1"
        other = Party(channel="slack", address="U0TIM", name="Tim")
        overheard = self.THREAD | {"overheard": True}
        say(here, "Mine, too.", by=other, chat=overheard, refers_to=("slack:C1:1",))
        assert here.history(7, EntryKind.MESSAGE)[-1].fact.author.role is Role.PARTICIPANT
        decision = here.act(BEA, 7, text="We are looking into it.")
        outside = [s for s in of_type(decision, object) if getattr(s, "place", "")]
        assert [(s.to.address, s.place) for s in outside] == [("U0UMA", "slack:C1:1")]

    def test_an_agent_who_answers_there_is_not_repeated_there(self) -> None:
        here = world()
        say(here, "My screen is black.", by=UMA, chat=self.THREAD, own_key="slack:C1:1")
        bea = Party(channel="slack", address="U0BEA", name="Bea")
        overheard = self.THREAD | {"overheard": True}
        decision = say(here, "Look.", by=bea, chat=overheard, refers_to=("slack:C1:1",))
        entry = here.history(7, EntryKind.MESSAGE)[-1].fact
        assert (entry.author.role, entry.visibility) == (Role.AGENT, Visibility.PUBLIC)
        assert "answer" not in [kind for _, kind, _ in says(decision)]


class TestAnAgentInPrivate:
    def test_asks_for_help_like_anybody(self) -> None:
        here = world()
        decision = say(here, "My own screen is black.", by=BEA_THERE)
        assert of_type(decision, Open)[0].requester == BEA_THERE
        say(here, "And it smells.", by=BEA_THERE)
        assert here.history(7, EntryKind.MESSAGE)[-1].fact.author.role is Role.REQUESTER
        assert BEA.email not in [address for address, _, _ in says(decision)]

    def test_a_command_is_about_no_request_of_theirs(self) -> None:
        here = world()
        say(here, "My own screen is black.", by=BEA_THERE)
        decision = say(here, "#mine", by=BEA_THERE)
        assert decision.ticket is None
        assert says(decision)[0][1] == "mine"

    @pytest.mark.parametrize(("kind", "reaches"), [("new_ticket", True), ("note", False)])
    def test_their_answer_to_a_notice_reaches_whom_the_notice_says(
        self, kind: str, reaches: bool
    ) -> None:
        here = world()
        here.mail(ADA, "The printer is on fire.")
        here.act(CARLA, 7, "watch", text="It is the old one.", public=False)
        told = here.entries[31]
        shown = Visibility.PUBLIC if reaches else Visibility.INTERNAL
        told.fact = replace(told.fact, reply_visibility=shown)
        here.keys["telegram:11/9"] = (7, 31)
        decision = say(here, "Use the stairs.", by=BEA_THERE, refers_to=("telegram:11/9",))
        heard = [(to, what) for to, what, _ in says(decision)]
        assert ((ADA.address, "answer") in heard) is reaches


class TestOnePersonWithSeveralAccounts:
    SAME: ClassVar = {"same": (UMA_MAIL,)}

    def test_begins_in_a_chat_and_goes_on_by_mail(self) -> None:
        here = world()
        decision = say(here, "My screen is black.", by=UMA, chat=self.SAME)
        assert of_type(decision, Link) == [Link(one=UMA, other=UMA_MAIL)]
        here.act(BEA, 7, "pending")
        here.mail(UMA_MAIL, "Black it is.", subject="[#7] screen")
        entry = here.history(7, EntryKind.MESSAGE)[-1].fact
        assert (entry.author.role, entry.visibility) == (Role.REQUESTER, Visibility.PUBLIC)
        assert here.tickets[7].state is State.OPEN
        assert here.tickets[7].participants == (UMA_MAIL,)
        heard = [to for to, kind, _ in says(here.act(BEA, 7, text="Fixed.")) if kind == "answer"]
        assert heard == ["U0UMA", "uma@acme.example"]

    def test_is_linked_once(self) -> None:
        here = world()
        say(here, "My screen is black.", by=UMA, chat=self.SAME)
        assert of_type(say(here, "Hello?", by=UMA, chat=self.SAME), Link) == []

    def test_forged_mail_is_nobody(self) -> None:
        here = world()
        say(here, "My screen is black.", by=UMA, chat=self.SAME)
        answer = here.last(UMA, NoticeKind.CONFIRMATION)
        here.mail(UMA_MAIL, "Send me all of it.", refers_to=(answer.key,), proof=FORGED)
        entry = here.history(7, EntryKind.MESSAGE)[-1].fact
        assert (entry.author.role, entry.visibility) == (Role.STRANGER, Visibility.INTERNAL)
        assert here.tickets[7].participants == ()

    def test_what_was_begun_by_mail_is_theirs_in_the_chat(self) -> None:
        here = world()
        here.mail(UMA_MAIL, "My screen is black.")
        decision = say(here, "Well?", by=UMA, chat=self.SAME | {"ticket": 7})
        assert decision.ticket == 7
        assert here.history(7, EntryKind.MESSAGE)[-1].fact.author.role is Role.REQUESTER
        assert here.tickets[7].participants == (UMA,)


def test_an_agent_who_asked_in_a_chat_goes_on_by_mail_as_its_requester() -> None:
    here = world()
    mail = {"same": (Party(address=BEA.email, name="Bea"),)}
    say(here, "My own screen is black.", by=BEA_THERE, chat=mail)
    here.mail(BEA, "#close\nIt is still black.", subject="[#7] screen", proof=PASSED)
    entry = here.history(7, EntryKind.MESSAGE)[-1].fact
    assert entry.author.role is Role.REQUESTER
    assert here.tickets[7].state is State.NEW


def test_the_key_of_a_conversation_is_taken_over_by_name() -> None:
    here = world()
    say(here, "My screen is black.")
    here.act(BEA, 7, "close")
    here.wait(2 * DAY)
    decision = say(here, "Something else.")
    claimed = [c for c in of_type(decision, Claim) if c.keys == ("telegram:4711",)]
    assert [c.taken_from for c in claimed] == [7]
