"""Where a message belongs: the address, then references, then the subject, else a new ticket."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.model import Automatic, State
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates, Placement
from gateway.core.revoking import address_generation, without_address
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    DAY,
    FORGED,
    MALLORY,
    NOW,
    PASSED,
    book,
    message,
    policy,
    signed,
    ticket,
)

R, P, S, B = (AddressKind[name] for name in ("REQUESTER", "PUBLIC", "STANDING", "BOUNCE"))
ADAS = signed(R, 7, ADA.address)
BEAS = signed(P, 7, BEA.email)
SEVEN, EIGHT, NINE = ticket(7), ticket(8), ticket(9)


def placed(made, *tickets, keys=None, originals=None, now=NOW) -> Placement:
    found = Candidates(
        tickets={t.number: t for t in tickets} or {7: SEVEN, 8: EIGHT, 9: NINE},
        keys=keys or {},
        originals=originals or {},
    )
    return place(made, clues_of(made, book()), found, book(), policy(), now)


def told(where: Placement) -> Any:
    number = where.ticket.number if where.ticket else None
    return number, where.matched_by, where.because.code


KEYS = {"mail:a": (8, 31), "mail:b": (9, 32), "mail:c": (9, None)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # each rule by itself
        ({}, (None, None, "nothing_matched")),
        ({"recipients": (ADAS,)}, (7, "token", "reply_address")),
        ({"recipients": (BEAS,)}, (7, "references", "reply_address_of_other")),
        ({"refers_to": ("mail:a",)}, (8, "references", "reference")),
        ({"own_key": "mail:c"}, (9, "references", "answered_earlier")),
        ({"subject": "Re: [#7] fire"}, (7, "subject", "subject_tag")),
        # the order
        (
            {"recipients": (ADAS,), "refers_to": ("mail:a",), "subject": "[#9]"},
            (7, "token", "reply_address"),
        ),
        ({"refers_to": ("mail:a",), "subject": "[#9]"}, (8, "references", "reference")),
        ({"refers_to": ("mail:b", "mail:a")}, (9, "references", "reference")),
        ({"refers_to": ("mail:x", "mail:a")}, (8, "references", "reference")),
        ({"own_key": "mail:c", "subject": "[#7]"}, (9, "references", "answered_earlier")),
        # what is not enough
        ({"refers_to": ("mail:x",)}, (None, None, "nothing_matched")),
        ({"own_key": "mail:a"}, (None, None, "nothing_matched")),  # same id, other content
        ({"subject": "[#77]"}, (None, None, "nothing_matched")),
        ({"subject": "[#0]"}, (None, None, "nothing_matched")),
        ({"subject": "#7 ticket 7"}, (None, None, "nothing_matched")),
        ({"subject": "[#7]", "author": MALLORY}, (None, None, "nothing_matched")),
        ({"subject": "[#7]", "proof": FORGED}, (None, None, "nothing_matched")),
        ({"recipients": (signed(R, 99, ADA.address),)}, (None, None, "nothing_matched")),
        ({"recipients": (signed(B, 7, ADA.address),)}, (None, None, "nothing_matched")),
        ({"recipients": (signed(S, 0, BEA.email),)}, (None, None, "nothing_matched")),
        # a stranger's mail is placed all the same
        ({"author": MALLORY, "refers_to": ("mail:a",)}, (8, "references", "reference")),
        (
            {"author": MALLORY, "recipients": (ADAS,)},
            (7, "references", "reply_address_of_other"),
        ),
    ],
)
def test_where_it_belongs_and_why(changes, expected):
    author = changes.pop("author", ADA)
    assert told(placed(message(author, **changes), keys=KEYS)) == expected


def test_an_agent_with_dmarc_may_use_the_subject_tag():
    assert told(placed(message(BEA, subject="[#7]", proof=PASSED)))[0] == 7
    assert told(placed(message(BEA, subject="[#7]")))[0] is None


def test_the_address_made_for_the_author_counts_before_that_of_somebody_else():
    bobs = signed(R, 8, BOB.address)
    where = placed(message(ADA, recipients=("support@acme.example", bobs, ADAS)))
    assert told(where) == (7, "token", "reply_address")
    assert where.own_address


def test_a_signed_address_tells_which_entry_is_answered():
    keys = {"mail:a": (7, 31), "mail:b": (8, 32)}
    made = message(ADA, recipients=(ADAS,), refers_to=("mail:b", "mail:a"))
    assert placed(made, keys=keys).answered == 31


@pytest.mark.parametrize("author", [ADA, MALLORY])
def test_a_revoked_address_places_nothing(author):
    where = placed(message(author, recipients=(ADAS,)), ticket(7, generation=1))
    assert told(where) == (None, None, "nothing_matched")


def test_a_revoked_address_with_a_reference_is_a_reference():
    made = message(ADA, recipients=(ADAS,), refers_to=("mail:a",))
    where = placed(made, ticket(7, generation=1), keys={"mail:a": (7, 31)})
    assert told(where) == (7, "references", "reference")
    assert where.dead


def test_an_address_that_got_out_still_places_but_is_dead():
    where = placed(message(BEA, recipients=(BEAS,)), ticket(7, leaked=(BEA.email,)))
    assert told(where) == (7, "token", "reply_address")
    assert where.dead
    fresh = signed(P, 7, BEA.email, of=ticket(7, leaked=(BEA.email,)))
    assert not placed(message(BEA, recipients=(fresh,)), ticket(7, leaked=(BEA.email,))).dead


def test_the_leak_of_one_agent_does_not_touch_another():
    leaky = ticket(7, leaked=("carla@acme.example",))
    assert address_generation(leaky, BEA.email) == 0
    assert not placed(message(BEA, recipients=(BEAS,)), leaky).dead


def test_an_address_of_a_ticket_that_is_gone_is_dead():
    assert placed(message(BEA, recipients=(signed(P, 99, BEA.email),))).dead


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": (ADAS,)},
        {"refers_to": ("mail:7",)},
        {"subject": "[#7]"},
    ],
)
def test_what_belongs_to_a_merged_ticket_goes_where_it_lives_on(changes):
    merged = ticket(7, state=State.CLOSED, merged_into=12)
    found = Candidates(tickets={7: ticket(12)}, originals={7: merged}, keys={"mail:7": (7, 31)})
    made = message(ADA, **changes)
    where = place(made, clues_of(made, book()), found, book(), policy(), NOW)
    assert where.ticket is not None
    assert where.ticket.number == 12


def test_a_revoked_address_of_a_merged_ticket_stays_dead():
    merged = ticket(7, state=State.CLOSED, merged_into=12, generation=1)
    found = Candidates(tickets={7: ticket(12)}, originals={7: merged})
    made = message(BEA, recipients=(BEAS,))
    where = place(made, clues_of(made, book()), found, book(), policy(), NOW)
    assert where.dead
    assert where.ticket is None


LONG_CLOSED = ticket(7, state=State.CLOSED, closed_at=NOW - 15 * DAY)


@pytest.mark.parametrize(
    ("closed_for", "expected"),
    [(14 * DAY, 7), (14 * DAY + DAY / 24, None), (DAY, 7)],
)
def test_closed_too_long_is_longer_than_reopen_within(closed_for, expected):
    closed = ticket(7, state=State.CLOSED, closed_at=NOW - closed_for)
    assert told(placed(message(ADA, recipients=(ADAS,)), closed))[0] == expected


def test_a_follow_up_points_back():
    where = placed(message(ADA, recipients=(ADAS,)), LONG_CLOSED)
    assert where.ticket is None
    assert where.previous == LONG_CLOSED
    assert str(where.because) == "ticket 7 has been closed longer than 14 days: a new one"


@pytest.mark.parametrize(
    "made",
    [
        message(MALLORY, recipients=(ADAS,)),
        message(ADA, recipients=(ADAS,), proof=FORGED),
    ],
)
def test_a_stranger_or_forger_gets_a_new_ticket_that_points_nowhere(made):
    where = placed(made, LONG_CLOSED)
    assert (where.ticket, where.previous) == (None, None)


@pytest.mark.parametrize("kind", [Automatic.AUTO_REPLY, Automatic.BOUNCE, Automatic.REPORT])
def test_machines_open_no_follow_up(kind):
    made = message(ADA, recipients=(ADAS,), automatic=kind)
    assert told(placed(made, LONG_CLOSED))[0] == 7


def test_agents_stay_on_the_closed_ticket_unless_they_asked_for_help():
    assert told(placed(message(BEA, recipients=(BEAS,)), LONG_CLOSED))[0] == 7
    asked = replace(LONG_CLOSED, requester=message(BEA).author)
    own = signed(R, 7, BEA.email)
    assert placed(message(BEA, recipients=(own,)), asked).previous == asked


def test_the_standing_address_asks_for_a_new_ticket_whatever_it_refers_to():
    made = message(BEA, recipients=(signed(S, 0, BEA.email),), refers_to=("mail:a",))
    where = placed(made, keys=KEYS)
    assert told(where) == (None, None, "standing_address")
    assert where.own_address


def test_the_standing_address_of_somebody_else_is_no_sign_at_all():
    made = message(ADA, recipients=(signed(S, 0, BEA.email),), refers_to=("mail:a",))
    assert told(placed(made, keys=KEYS)) == (8, "references", "reference")


def test_a_ticket_goes_before_the_standing_address():
    made = message(BEA, recipients=(signed(S, 0, BEA.email), BEAS))
    assert told(placed(made)) == (7, "token", "reply_address")


def test_an_address_that_got_out_stays_dead_however_often_others_did():
    """The counter in the address has four bits: the seventeenth was as good as the first."""
    stolen = signed(P, 7, BEA.email)
    of = ticket(7)
    for _ in range(40):
        of = without_address(of, BEA.email)
        assert placed(message(BEA, recipients=(stolen,)), of).dead
        fresh = signed(P, 7, BEA.email, of=of)
        assert not placed(message(BEA, recipients=(fresh,)), of).dead


def test_what_came_goes_before_what_others_referred_to_as_well():
    made = message(ADA, refers_to=("mail:c", "mail:a"))
    assert told(placed(made, keys=KEYS)) == (8, "references", "reference")
