"""What becomes of the mail of machines that may open tickets."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.changes import Alter, Append, Claim, Count, Drop, Open, Say, StartDeadline
from gateway.core.deciding import decide
from gateway.core.events import DeadlineCame, MessageArrived
from gateway.core.model import Automatic, Party, Source, State, Visibility
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.policy import Bulk, SourceLimit
from gateway.core.situation import Situation
from gateway.core.targets import Target
from tests.core.kit import ADA, BEA, HOUR, MINUTE, NOW, book, desk, message, of_type, ticket

NAGIOS = Party(address="alerts@acme.example", name="Nagios")
KEY = "source:0123"
SOURCE = Source(name="nagios", key=KEY)
OVER = replace(SOURCE, resolves=True)
MINE = ticket(7, requester=NAGIOS, assignee=BEA.email)


def decided(
    source: Source = SOURCE, *, at: Any = MINE, repeats: int = 0, most: int = 3, **more: Any
) -> Any:
    house = desk(
        sources=(SourceLimit(name="nagios", most_per_hour=most),), **more.pop("policy", {})
    )
    made = message(more.pop("author", NAGIOS), source=source, **more)
    found = Candidates(tickets={7: at}, keys={KEY: (7, None)}) if at else Candidates()
    where = place(made, clues_of(made, book()), found, book(), house.policy, NOW)
    situation = Situation(ticket=where.ticket, repeats=repeats)
    return decide(MessageArrived(message=made, at=NOW + 5 * MINUTE), situation, house, where)


def said(decision: Any) -> list[tuple[str, str]]:
    return [(s.kind.value, s.to.address) for s in of_type(decision, Say)]


def reasons(decision: Any) -> list[str]:
    return [d.because.code for d in of_type(decision, Drop)]


@pytest.mark.parametrize("kind", [None, Automatic.BULK, Automatic.AUTO_REPLY, Automatic.REPORT])
def test_the_first_one_opens_a_ticket_whatever_the_mail_calls_itself(kind):
    decision = decided(at=None, automatic=kind, policy={"bulk": Bulk.DROP})
    (opened,) = of_type(decision, Open)
    assert opened.requester == NAGIOS
    assert Claim(keys=(KEY,)) in of_type(decision, Claim)
    assert "confirmation" not in [kind for kind, _ in said(decision)]
    assert of_type(decision, Append)[0].visibility is Visibility.PUBLIC


@pytest.mark.parametrize(
    ("repeats", "told", "entries"),
    [
        (0, [("reply", BEA.email)], 1),
        (2, [("reply", BEA.email)], 1),
        (3, [("note", BEA.email)], 2),
        (4, [], 0),
    ],
)
def test_repeats_are_told_as_often_as_the_operator_says(repeats, told, entries):
    decision = decided(repeats=repeats)
    assert said(decision) == told
    assert len(of_type(decision, Append)) == entries
    assert reasons(decision) == (["source_repeats"] if repeats == 4 else [])
    assert Count(scope="source", key=KEY) in decision.counts
    counted = Count(scope="counted", key="7") in decision.counts
    assert counted is (repeats == 4)


def test_what_a_machine_says_again_stays_inside_and_what_a_person_says_does_not():
    (again,) = of_type(decided(), Append)
    assert again.visibility is Visibility.INTERNAL
    form = replace(SOURCE, person=ADA)
    (words,) = of_type(decided(form, at=replace(MINE, requester=ADA), author=ADA), Append)
    assert words.visibility is Visibility.PUBLIC


def test_no_limit_is_no_limit():
    assert said(decided(repeats=10_000, most=0)) == [("reply", BEA.email)]


def test_the_sum_is_told_when_the_hour_is_over():
    (deadline,) = of_type(decided(repeats=3), StartDeadline)
    assert (deadline.target, deadline.due_at) == (Target.REPEATS, NOW + HOUR)


@pytest.mark.parametrize(("counted", "told"), [(0, []), (41, [("note", BEA.email)])])
def test_the_deadline_tells_what_was_only_counted(counted, told):
    event = DeadlineCame(ticket=7, target=Target.REPEATS, due_at=NOW, at=NOW)
    decision = decide(event, Situation(ticket=MINE, repeats=counted), desk())
    assert said(decision) == told


@pytest.mark.parametrize("state", [State.NEW, State.OPEN, State.PENDING, State.ON_HOLD])
def test_a_repeat_changes_nothing_and_a_recovery_resolves(state):
    at = replace(MINE, state=state)
    assert of_type(decided(at=at), Alter) == []
    moves = [(a.field, a.new) for a in of_type(decided(OVER, at=at), Alter)]
    assert moves == [("state", State.RESOLVED)]


@pytest.mark.parametrize(
    "at", [None, *(replace(MINE, state=s) for s in (State.RESOLVED, State.CLOSED))]
)
def test_a_recovery_with_nothing_open_is_dropped_with_a_reason(at):
    assert reasons(decided(OVER, at=at)) == ["source_over_alone"]


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
def test_what_comes_back_takes_the_key_over(state):
    decision = decided(at=replace(MINE, state=state))
    assert of_type(decision, Open)
    assert Claim(keys=(KEY,), taken_from=7) in of_type(decision, Claim)


def test_what_flaps_opens_its_ticket_again():
    decision = decided(at=replace(MINE, state=State.RESOLVED), repeats=4)
    assert of_type(decision, Open) == []
    assert [(a.field, a.new) for a in of_type(decision, Alter)] == [("state", State.OPEN)]
    assert said(decision) == []


def test_a_closed_ticket_stays_closed_however_it_flaps():
    decision = decided(at=replace(MINE, state=State.CLOSED), repeats=4)
    assert of_type(decision, Open)
    assert said(decision) == []


def test_a_recovery_is_told_quietly_while_it_flaps():
    assert said(decided(OVER, repeats=4)) == []
    assert said(decided(OVER, repeats=2)) == [("reply", BEA.email)]


def test_what_nothing_folds_opens_a_ticket_each():
    plain = Source(name="nagios")
    assert of_type(decided(plain, at=None), Open)
    flood = decided(plain, at=None, repeats=9)
    assert of_type(flood, Open)
    assert said(flood) == []


def test_a_person_named_by_a_form_is_confirmed_without_their_words():
    made = decided(Source(name="nagios", person=ADA), at=None, author=ADA, automatic=Automatic.BULK)
    (confirmation,) = [s for s in of_type(made, Say) if s.kind == "confirmation"]
    assert confirmation.to.address == ADA.address
    assert confirmation.facts["subject"] == ""
