"""Who speaks: From proves nothing; every combination of address, DMARC and what the desk asks."""

from typing import Any

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.model import Automatic, Proof, Remark, RemarkKind, Role, Verdict, Visibility
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates
from gateway.core.policy import AgentProof
from gateway.core.speakers import identify
from tests.core.kit import (
    ADA,
    BEA,
    BOB,
    CARLA,
    FORGED,
    MALLORY,
    NOW,
    book,
    message,
    policy,
    signed,
    ticket,
)

P = AddressKind.PUBLIC
KEYS = {"mail:out": (7, 31)}
TOKENS: dict[str, tuple[str, dict[str, Any]]] = {
    "own": (signed(P, 7, BEA.email), {}),
    "other": (signed(P, 7, CARLA.email), {}),
    "none": ("support@acme.example", {}),
    "expired": (signed(P, 7, BEA.email, age=31), {}),
    "revoked": (signed(P, 7, BEA.email), {"generation": 1}),
    "leaked": (signed(P, 7, BEA.email), {"leaked": (BEA.email,)}),
}
PASS, FAIL, NONE, UNKNOWN = Verdict


def speaker(token, dmarc, proof=AgentProof.AUTO, released=None, to_us=True, **changes) -> Any:
    address, fields = TOKENS[token]
    made = message(
        BEA,
        recipients=(address,),
        refers_to=("mail:out",),
        proof=Proof(dmarc=dmarc),
        **changes,
    )
    rules = policy(agent_proof=proof)
    found = Candidates(tickets={7: ticket(7, **fields)}, keys=KEYS)
    where = place(made, clues_of(made, book()), found, book(), rules, NOW)
    return identify(made, where, rules, NOW, released_by=released, to_us=to_us)


def outcome(said) -> Any:
    return said.held.code if said.held else said.role.value


AUTO = {
    # token: pass, fail, none, unknown
    "own": ("agent", "forged", "agent", "agent"),
    "other": ("agent", "forged", "no_proof", "no_proof"),
    "none": ("agent", "forged", "no_proof", "no_proof"),
    "expired": ("agent", "forged", "address_expired", "address_expired"),
    "revoked": ("agent", "forged", "address_revoked", "address_revoked"),
    "leaked": ("agent", "forged", "address_revoked", "address_revoked"),
}
BOTH = {
    "own": ("agent", "forged", "needs_both", "needs_both"),
    "other": ("needs_both", "forged", "needs_both", "needs_both"),
    "none": ("needs_both", "forged", "needs_both", "needs_both"),
    "expired": ("address_expired", "forged", "address_expired", "address_expired"),
    "revoked": ("address_revoked", "forged", "address_revoked", "address_revoked"),
    "leaked": ("address_revoked", "forged", "address_revoked", "address_revoked"),
}
ROWS = [
    (proof, token, dmarc, expected)
    for proof, table in ((AgentProof.AUTO, AUTO), (AgentProof.BOTH, BOTH))
    for token, row in table.items()
    for dmarc, expected in zip(Verdict, row, strict=True)
]


@pytest.mark.parametrize(("proof", "token", "dmarc", "expected"), ROWS)
def test_an_agent_on_a_ticket(proof, token, dmarc, expected):
    assert outcome(speaker(token, dmarc, proof)) == expected


@pytest.mark.parametrize(("proof", "token", "dmarc", "_expected"), ROWS)
def test_what_was_released_is_the_agents(proof, token, dmarc, _expected):
    assert outcome(speaker(token, dmarc, proof, released="Carla Neri")) == "agent"


@pytest.mark.parametrize("token", TOKENS)
def test_nothing_but_an_address_of_their_own_says_where_words_go(token):
    reach = speaker(token, PASS).reach
    assert reach is (Visibility.PUBLIC if token in ("own", "expired") else None)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("dmarc", Verdict)
def test_what_is_held_is_neither_an_agents_nor_a_participants(token, dmarc):
    said = speaker(token, dmarc)
    if said.held:
        assert (said.agent, said.role) == (None, Role.STRANGER)
        assert said.claimed == BEA


@pytest.mark.parametrize("kind", Automatic)
@pytest.mark.parametrize("token", TOKENS)
def test_a_machine_never_acts_as_an_agent(kind, token):
    assert speaker(token, PASS, automatic=kind).agent is None


AUTHORS = (Remark(kind=RemarkKind.AUTHORS, about="mallory@example.net"),)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("proof", AgentProof)
def test_who_is_named_beside_others_is_never_proven_by_it(token, proof):
    """No server judges such mail, so that an address which got out was proof enough."""
    assert outcome(speaker(token, UNKNOWN, proof, remarks=AUTHORS)) == "several_authors"


@pytest.mark.parametrize(
    ("token", "dmarc", "expected"),
    [
        ("none", PASS, "not_to_us"),
        ("other", PASS, "not_to_us"),
        ("expired", PASS, "not_to_us"),
        ("own", PASS, "agent"),
        ("own", NONE, "agent"),
        ("none", NONE, "no_proof"),
        ("none", FAIL, "forged"),
    ],
)
def test_a_signature_alone_does_not_prove_that_it_was_meant_for_us(token, dmarc, expected):
    """Whoever got an agent's mail can send it on, with an id of a ticket added to it."""
    assert outcome(speaker(token, dmarc, to_us=False)) == expected


def alone(made, found=None, rules=None) -> Any:
    rules = rules or policy()
    found = found or Candidates()
    where = place(made, clues_of(made, book()), found, book(), rules, NOW)
    return identify(made, where, rules, NOW)


@pytest.mark.parametrize("dmarc", [PASS, NONE, UNKNOWN])
def test_plain_mail_of_an_agent_asks_for_help(dmarc):
    said = alone(message(BEA, text="My mouse died.", proof=Proof(dmarc=dmarc)))
    assert (said.role, said.agent, said.held) == (Role.REQUESTER, None, None)


def test_forged_mail_of_an_agent_asks_for_nothing():
    assert outcome(alone(message(BEA, proof=FORGED))) == "forged"


@pytest.mark.parametrize("text", ["#for ada@example.org", "#resolv", "\n\n#take\nwords"])
def test_with_commands_an_agent_needs_proof(text):
    assert outcome(alone(message(BEA, text=text))) == "no_proof"
    assert outcome(alone(message(BEA, text=text, proof=Proof(dmarc=PASS)))) == "agent"


def test_a_standing_address_proves_and_never_expires():
    address = signed(AddressKind.STANDING, 0, BEA.email, age=3_000)
    said = alone(message(BEA, recipients=(address,)))
    assert (said.agent, said.standing) == (BEA, True)


@pytest.mark.parametrize("fields", [{"generation": 1}, {"leaked": (BEA.email,)}])
def test_a_dead_address_without_a_reference_proves_nothing(fields):
    address = signed(P, 7, BEA.email)
    found = Candidates(tickets={7: ticket(7, **fields)})
    made = message(BEA, recipients=(address,), text="#close")
    assert outcome(alone(made, found)) == "address_revoked"


def test_the_address_of_a_ticket_that_is_gone_proves_nothing():
    made = message(BEA, recipients=(signed(P, 99, BEA.email),))
    assert outcome(alone(made)) == "address_revoked"


@pytest.mark.parametrize("text", ["thanks", "#note secret", "#close"])
def test_on_a_ticket_that_they_asked_for_an_agent_is_its_requester(text):
    asked = ticket(7, requester=message(BEA).author)
    own = signed(AddressKind.REQUESTER, 7, BEA.email)
    made = message(BEA, text=text, recipients=(own,), proof=Proof(dmarc=PASS))
    said = alone(made, Candidates(tickets={7: asked}))
    assert (said.role, said.agent) == (Role.REQUESTER, None)


def test_forged_words_on_a_ticket_that_an_agent_asked_for_are_held():
    asked = ticket(7, requester=message(BEA).author)
    own = signed(AddressKind.REQUESTER, 7, BEA.email)
    made = message(BEA, recipients=(own,), proof=FORGED)
    assert outcome(alone(made, Candidates(tickets={7: asked}))) == "forged"


@pytest.mark.parametrize(
    ("author", "proof", "role"),
    [
        (ADA, Proof(), Role.REQUESTER),
        (BOB, Proof(), Role.PARTICIPANT),
        (MALLORY, Proof(dmarc=PASS), Role.STRANGER),
        (ADA, FORGED, Role.STRANGER),
        (BOB, FORGED, Role.STRANGER),
    ],
)
def test_people_on_a_ticket(author, proof, role):
    found = Candidates(tickets={7: ticket(7, participants=(BOB,))}, keys=KEYS)
    assert alone(message(author, refers_to=("mail:out",), proof=proof), found).role is role


def test_somebody_elses_address_makes_nobody_take_part():
    address = signed(AddressKind.REQUESTER, 7, ADA.address)
    found = Candidates(tickets={7: ticket(7)})
    assert alone(message(MALLORY, recipients=(address,)), found).role is Role.STRANGER


def test_whoever_opens_a_ticket_is_its_requester():
    assert alone(message(MALLORY)).role is Role.REQUESTER
    assert alone(message(MALLORY, proof=FORGED)).role is Role.REQUESTER


def test_who_left_the_config_is_an_agent_no_more_whatever_the_address():
    """Their reply address still says where words belong; it gives no right."""
    mail = message(BEA, text="#close", recipients=(signed(P, 7, BEA.email),), refers_to=("mail:7",))
    found = Candidates(tickets={7: ticket(7)}, keys={"mail:7": (7, 31)})
    without = policy(agents=tuple(a for a in policy().agents if a.email != BEA.email))
    where = place(mail, clues_of(mail, book()), found, book(), without, NOW)
    said = identify(mail, where, without, NOW)
    assert (said.role, said.agent, said.held) == (Role.STRANGER, None, None)
