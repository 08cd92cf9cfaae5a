"""What only the desk sees of machines: answers to the envelope sender, and whose mail is whose."""

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.machines import judged
from gateway.core.model import Automatic, Party, Proof, Source
from tests.core.kit import ADA, BEA, FORGED, PASSED, book, message, signed

FORM = Party(address="www@acme.example", name="Web")


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


def test_a_form_speaks_for_a_person_whom_nothing_proves():
    made = judged(message(FORM, source=Source(name="form", person=ADA), proof=PASSED), book())
    assert (made.author, made.proof) == (ADA, Proof())
    assert made.source is not None


def test_a_form_that_fails_spf_is_not_made_better_by_its_person():
    refused = Proof(spf=FORGED.dmarc)
    made = judged(message(FORM, source=Source(name="form", person=ADA), proof=refused), book())
    assert made.proof.refused


@pytest.mark.parametrize(
    "more",
    [
        {"proof": FORGED},
        {"automatic": Automatic.OWN},
        {"automatic": Automatic.BOUNCE},
        *({"recipients": (signed(kind, 5, ADA.address),)} for kind in AddressKind),
    ],
    ids=str,
)
def test_what_is_no_sources_whatever_the_operator_wrote(more):
    made = judged(message(FORM, source=Source(name="form", person=ADA), **more), book())
    assert made.source is None
    assert made.author == FORM
