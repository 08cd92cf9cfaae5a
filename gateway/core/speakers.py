"""Who speaks? A From line proves nothing; this says what a message's author may do.

In a chat the network says who they are. An agent by mail needs From and proof: the signed address
made for them, or a DMARC pass of a server that we trust. What claims to be an agent without proof
is held: it becomes neither an agent's nor a stranger's mail. An agent who merely asks for help is
a requester, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.addresses import AGENT_KINDS, AddressKind
from gateway.core.chat import Spoken, Where
from gateway.core.commands import parse
from gateway.core.conversations import common_place
from gateway.core.model import Message, Party, RemarkKind, Role, Ticket, Visibility
from gateway.core.placement import Placement
from gateway.core.policy import Agent, AgentProof, Policy
from gateway.core.reasons import Reason, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """What the author of a message is here.

    ``agent`` is set for an agent with proof who acts as one. ``held`` says why the message must
    wait instead. ``claimed`` is the agent whom the From line names, whatever the proof.
    ``reach`` is the visibility that an agent's reply address was signed for, if one was used.
    """

    role: Role
    agent: Agent | None = None
    claimed: Agent | None = None
    held: Reason | None = None
    reach: Visibility | None = None
    standing: bool = False


_REACH = {
    AddressKind.PUBLIC: Visibility.PUBLIC,
    AddressKind.INTERNAL: Visibility.INTERNAL,
    # They asked for help on a ticket that was merged: what they say by its address is for us.
    AddressKind.REQUESTER: Visibility.INTERNAL,
}


def identify(
    message: Message,
    placement: Placement,
    policy: Policy,
    now: datetime,
    *,
    released_by: str | None = None,
    accounts: tuple[Party, ...] = (),
    to_us: bool = True,
) -> Speaker:
    """Say what the author of a message is, given where it belongs.

    ``accounts`` are who else they are known to be; ``to_us`` is whether it was written to the desk.
    """
    claimed, role = policy.agent_of(message.author), role_in(message, placement.ticket, accounts)
    if claimed is None:
        return Speaker(role=role)
    if message.chat is not None:
        return _in_chat(message, message.chat, placement, policy, claimed, role)
    if message.automatic is not None:  # a list, a newsletter: never an agent's deed
        return Speaker(role=role, claimed=claimed)
    if _asks_for_help(message, placement, claimed, role):
        return Speaker(role=Role.REQUESTER, claimed=claimed)
    held = None if released_by else _doubt(message, placement, policy, claimed, now, to_us=to_us)
    if held is not None:
        return Speaker(role=Role.STRANGER, claimed=claimed, held=held)
    own = placement.signed if placement.own_address and not placement.dead else None
    return Speaker(
        role=Role.AGENT,
        agent=claimed,
        claimed=claimed,
        reach=_REACH.get(own.kind) if own else None,
        standing=bool(own and own.kind is AddressKind.STANDING),
    )


def _in_chat(
    message: Message,
    chat: Spoken,
    placement: Placement,
    policy: Policy,
    claimed: Agent,
    role: Role,
) -> Speaker:
    """The network itself names the author, so a configured account needs no more proof.

    In the agents' room they are agents, and their words go where the operator says; elsewhere
    they may ask for help themselves. What they say among people, everybody there reads.
    """
    room = chat.where is Where.DESK
    if not room and _asks_in_chat(message, chat, placement, claimed, role):
        return Speaker(role=Role.REQUESTER, claimed=claimed)
    reach = policy.room_words if room else None
    if chat.where is Where.COMMON:
        reach = Visibility.PUBLIC
    return Speaker(role=Role.AGENT, agent=claimed, claimed=claimed, reach=reach)


def _asks_in_chat(
    message: Message, chat: Spoken, placement: Placement, claimed: Agent, role: Role
) -> bool:
    """As by mail: their own request, or plain words that belong to no ticket."""
    ticket = placement.ticket
    if ticket is not None:
        return Role.REQUESTER in (role, ticket.role_of(claimed.email))
    parsed = parse(message.text)
    return chat.ticket is None and not parsed.commands and not parsed.faults


def role_in(message: Message, ticket: Ticket | None, accounts: tuple[Party, ...]) -> Role:
    """What an author is, agents apart.

    Who writes where among people a ticket is talked about takes part there: they read it all.
    """
    if ticket is None:
        return Role.REQUESTER
    if message.proof.forged:
        return Role.STRANGER
    role = ticket.role_of(message.author, *accounts)
    there = ticket.place and common_place(message) == ticket.place
    return Role.PARTICIPANT if there and role is Role.STRANGER else role


def _signed_for_agents(placement: Placement) -> bool:
    return placement.signed is not None and placement.signed.kind in AGENT_KINDS


def _asks_for_help(message: Message, placement: Placement, claimed: Agent, role: Role) -> bool:
    """Plain mail of an agent, or their words on a ticket that they themselves asked for.

    Somebody who only says that they are the agent gets no further by it than anybody else.
    """
    if placement.own_address and _signed_for_agents(placement):
        return False
    if placement.ticket is not None:
        theirs = Role.REQUESTER in (role, placement.ticket.role_of(claimed.email))
        return theirs and not message.proof.forged
    parsed = parse(message.text)
    return not parsed.commands and not parsed.faults and not message.proof.forged


def _doubt(
    message: Message,
    placement: Placement,
    policy: Policy,
    claimed: Agent,
    now: datetime,
    *,
    to_us: bool,
) -> Reason | None:
    """Why an agent's mail must be held, or None for one that is proven.

    A signature proves whose words it covers, and not that they are meant for us: whoever got a
    mail of the agent's can send it on with an id of a ticket added to it (RFC 6376, section 8.6).
    """
    if message.proof.forged:
        return Reason.of(Why.FORGED, agent=claimed.email)
    if has_several_authors(message):
        return Reason.of(Why.SEVERAL_AUTHORS, agent=claimed.email)
    by_address, dead = _address_counts(placement, policy, claimed, now)
    by_dmarc = message.proof.verified
    if policy.agent_proof is AgentProof.BOTH and not (by_address and by_dmarc):
        return dead or Reason.of(Why.NEEDS_BOTH, agent=claimed.email)
    if by_dmarc and not by_address and not to_us and placement.ticket is not None:
        return Reason.of(Why.NOT_TO_US, agent=claimed.email)
    if by_address or by_dmarc:
        return None
    return dead or Reason.of(Why.NO_PROOF, agent=claimed.email)


def has_several_authors(message: Message) -> bool:
    """Whether From leaves open who wrote: then nothing in it proves whose words they are.

    No server judges such mail by DMARC (RFC 7489, section 6.6.1), so that an address which got
    out would be proof enough.
    """
    return any(remark.kind is RemarkKind.AUTHORS for remark in message.remarks)


def _address_counts(
    placement: Placement, policy: Policy, claimed: Agent, now: datetime
) -> tuple[bool, Reason | None]:
    """Whether the agent's own signed address is good, and if not, why."""
    signed = placement.signed
    if signed is None or not placement.own_address or signed.kind not in AGENT_KINDS:
        return False, None
    if signed.kind is AddressKind.STANDING:
        return True, None
    life = policy.reply_address_life
    if signed.age(now) > life:
        return False, Reason.of(Why.ADDRESS_EXPIRED, agent=claimed.email, days=life.days)
    if placement.dead:
        return False, Reason.of(Why.ADDRESS_REVOKED, ticket=signed.number)
    return True, None
