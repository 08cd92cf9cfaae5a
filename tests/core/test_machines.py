"""Mail to the envelope sender of one of our messages comes from a machine."""

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.machines import judged
from gateway.core.model import Automatic
from tests.core.kit import ADA, BEA, book, message, signed


@pytest.mark.parametrize("author", [ADA, BEA])
def test_an_answer_to_the_envelope_sender_is_a_machines(author):
    made = message(author, recipients=(signed(AddressKind.BOUNCE, 5, ADA.address),))
    assert judged(made, book()).automatic is Automatic.AUTO_REPLY


@pytest.mark.parametrize("kind", [k for k in AddressKind if k is not AddressKind.BOUNCE])
def test_an_answer_to_any_other_address_of_ours_is_a_persons(kind):
    made = message(ADA, recipients=(signed(kind, 5, ADA.address),))
    assert judged(made, book()) is made


def test_what_the_reader_found_stays():
    made = message(
        ADA,
        recipients=(signed(AddressKind.BOUNCE, 5, ADA.address),),
        automatic=Automatic.BOUNCE,
    )
    assert judged(made, book()) is made
