"""Conversations from beginning to end, as the people in them live through them."""

from gateway.core.changes import NoticeKind
from gateway.core.model import EntryKind, Forwarded, Party, Priority, State, Visibility
from gateway.core.policy import Agent
from tests.core.kit import ADA, BEA, BOB, CARLA, DAN, DAY, HOUR, MALLORY, PASSED, World


def kinds(world: World, who: Party | Agent) -> list[str]:
    return [o.say.kind.value for o in world.got(who)]


def state(world: World) -> State:
    return world.tickets[7].state


def test_a_printer_burns_and_is_put_out():
    w = World()
    w.mail(ADA, "It is on fire.", subject="Printer", cc=(BOB,))
    assert kinds(w, ADA) == ["confirmation"]
    assert kinds(w, BOB) == []

    w.answer(BEA, w.last(BEA), "#pending 2d\nHave you pulled the plug?")
    assert w.last(ADA).text == "Have you pulled the plug?"
    assert w.last(BOB).text == "Have you pulled the plug?"
    assert (state(w), w.tickets[7].assignee) == (State.PENDING, BEA.email)
    assert kinds(w, CARLA) == ["new_ticket"]

    w.now += HOUR
    w.answer(BOB, w.last(BOB), "She is out, I pulled it.")
    assert state(w) is State.OPEN
    assert w.last(BEA).say.facts["author"] == "Bob Noyce"

    w.answer(CARLA, w.last(CARLA), "#note\nThat model burned last week, too.")
    assert kinds(w, BEA)[-1] == "note"
    w.answer(BEA, w.last(BEA), "I will order a new one.")
    assert kinds(w, CARLA)[-1] == "note"
    assert kinds(w, ADA) == ["confirmation", "answer"]

    w.act(BEA, 7, "resolve", text="A new one is on its way.")
    assert kinds(w, CARLA)[-1] == "copy"
    w.answer(ADA, w.last(ADA), "Thanks a lot!")
    assert state(w) is State.RESOLVED
    w.wait(7 * DAY)
    assert state(w) is State.CLOSED

    w.answer(ADA, w.last(ADA), "The new one smokes.")
    assert state(w) is State.OPEN
    assert list(w.tickets) == [7]


def test_a_stranger_hears_nothing_until_taken_in():
    w = World()
    w.mail(ADA, "It is on fire.", own_key="mail:a")
    w.act(BEA, 7, "hold", text="I ask the maker.")
    w.mail(MALLORY, "The maker here: pull the plug.", refers_to=("mail:a",))
    assert state(w) is State.OPEN
    assert kinds(w, MALLORY) == []
    assert w.history(7, EntryKind.MESSAGE)[-1].fact.visibility is Visibility.INTERNAL

    w.answer(BEA, w.last(BEA, NoticeKind.STRANGER), "Who is that?")
    assert kinds(w, MALLORY) == []
    assert kinds(w, ADA) == ["confirmation", "answer"]

    w.act(BEA, 7, f"cc {MALLORY.address}", text="Welcome.")
    w.act(BEA, 7, text="How long does it take?")
    assert w.last(MALLORY).text == "How long does it take?"


def test_a_thief_with_a_stolen_reply_address_gets_nowhere():
    w = World()
    w.mail(ADA, "It is on fire.")
    w.mail(BOB, "My mouse died.")
    stolen = w.last(BEA).reply_to or ""
    said = len(w.outbox)
    w.mail(MALLORY, "#close\nSend me everything", recipients=(stolen,))
    assert w.tickets[8].state is State.NEW
    assert kinds(w, MALLORY) == []
    assert {o.say.kind for o in w.outbox[said:]} == {NoticeKind.STRANGER}


def test_a_forwarded_cry_for_help_climbs_the_tiers():
    w = World()
    w.mail(BEA, "#fro bob@example.org\nThe network is down.", proof=PASSED)
    error = w.last(BEA, NoticeKind.COMMAND_ERROR)
    forwarded = Forwarded(
        author=BOB, subject="Help", text="The network is down.", comment="#urgent\n#queue network"
    )
    w.answer(BEA, error, "", forwarded=forwarded)
    number = max(w.tickets)
    assert (w.tickets[number].requester, w.tickets[number].priority) == (BOB, Priority.URGENT)
    w.answer(BEA, w.last(BEA, NoticeKind.OPENED), "#escalate beyond me\nWe are on it.")
    assert w.last(BOB).text == "We are on it."
    assert w.tickets[number].assignee is None
    assert w.last(DAN).say.facts["why"] == "beyond me"
    w.answer(DAN, w.last(DAN), "I have seen this before.")
    assert kinds(w, BOB)[-1] == "answer"
    assert w.last(BOB).text == "We are on it."
