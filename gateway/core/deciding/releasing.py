"""An agent answers the desk's question whether a held mail is theirs."""

from __future__ import annotations

from gateway.core.addresses import AddressKind
from gateway.core.changes import Decision, Drop, Hold, Reconsider, Release
from gateway.core.commands import parse
from gateway.core.deciding.draft import Desk
from gateway.core.events import MessageArrived
from gateway.core.moments import in_words
from gateway.core.placement import Placement
from gateway.core.policy import Agent, AgentProof, Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation
from gateway.core.speakers import has_several_authors


def decide_release(
    event: MessageArrived, placement: Placement, situation: Situation, desk: Desk
) -> Decision | None:
    """What becomes of it; None for a message that is no such answer.

    The address it is written to was told to the agent alone, which is their proof. A reply without
    ``#send`` lets nothing through: it may say "that was not me".
    """
    signed = placement.signed
    if signed is None or signed.kind is not AddressKind.RELEASE or not placement.own_address:
        return None
    agent = desk.policy.agents_by_email.get(event.message.author.address)
    if agent is None:
        return None
    return _answered(event, agent, situation, desk.policy)


def _answered(
    event: MessageArrived, agent: Agent, situation: Situation, policy: Policy
) -> Decision:
    held, doubt = situation.held_mail, _doubt(event, agent, policy)
    if doubt is not None:
        return Decision(ticket=None, changes=(Hold(because=doubt),))
    if held is None:
        return Decision(ticket=None, changes=(Drop(because=Reason.of(Why.RELEASED_BEFORE)),))
    if event.at - held.asked_at > policy.release_within:
        limit = in_words(policy.release_within)
        late = Reason.of(Why.RELEASE_TOO_LATE, agent=agent.email, limit=limit)
        return Decision(ticket=None, changes=(Reconsider(inbox=held.inbox, because=late),))
    if not parse(event.message.text).has("send"):
        unsaid = Reason.of(Why.RELEASE_UNSAID, agent=agent.email)
        return Decision(ticket=None, changes=(Reconsider(inbox=held.inbox, because=unsaid),))
    because = Reason.of(Why.RELEASED, agent=agent.email)
    return Decision(
        ticket=None, changes=(Release(inbox=held.inbox, by=agent.email, because=because),)
    )


def _doubt(event: MessageArrived, agent: Agent, policy: Policy) -> Reason | None:
    proof = event.message.proof
    if event.released_by:
        return None
    if proof.forged:
        return Reason.of(Why.FORGED, agent=agent.email)
    if has_several_authors(event.message):
        return Reason.of(Why.SEVERAL_AUTHORS, agent=agent.email)
    if policy.agent_proof is AgentProof.BOTH and not proof.verified:
        return Reason.of(Why.NEEDS_BOTH, agent=agent.email)
    return None
