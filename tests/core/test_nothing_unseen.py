"""What somebody wrote is seen, and by somebody: defects that were found from outside."""

from dataclasses import replace

import pytest

from gateway.core.changes import Append, Say
from gateway.core.model import EntryKind, Party
from tests.core.kit import ADA, BEA, BOB, CARLA, DAN, World, desk, of_type, says


@pytest.mark.parametrize("text", ["", "  \n"])
def test_words_that_all_look_like_history_are_shown_all_the_same(text: str):
    world = World()
    whole = "##- Your reply goes to you. -##\nMy printer burns."
    decision = world.mail(ADA, text, full_text=whole)
    (entry,) = [e for e in of_type(decision, Append) if e.kind is EntryKind.MESSAGE]
    assert entry.body is not None
    assert entry.body.text == whole


def test_where_something_is_new_the_history_stays_out():
    decision = World().mail(ADA, "It burns.", full_text="It burns.\n> before")
    (entry,) = [e for e in of_type(decision, Append) if e.kind is EntryKind.MESSAGE]
    assert entry.body is not None
    assert entry.body.text == "It burns."


def test_a_ticket_in_the_name_of_the_only_agent_of_its_tier_is_heard_of_by_others():
    world = World()
    world.desk = desk(agents=(BEA, replace(DAN, queues=("support",))))
    decision = world.mail(Party(address=BEA.email, name=BEA.name), "I need help")
    assert (DAN.email, "new_ticket", "public") in says(decision)


def test_whom_for_names_gets_the_words_and_nobody_before():
    world = World()
    world.mail(ADA, "It burns", own_key="mail:a")
    notice = world.last(BEA)
    decision = world.answer(BEA, notice, f"#for {BOB.address}\nPull the plug.")
    answered = [s.to.address for s in of_type(decision, Say) if s.kind.value == "answer"]
    assert answered == [BOB.address]
    assert CARLA.email not in answered
