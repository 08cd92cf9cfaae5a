"""Whether mail to somebody arrives: what a failure says of an address, and who is warned."""

from __future__ import annotations

import re

from gateway.core.changes import Change, Decision, NoticeKind, Reach, Reachable, Say
from gateway.core.events import MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Bounce
from gateway.core.notices import to_agent
from gateway.core.policy import Agent, Policy
from gateway.core.situation import CameBack, Situation

# Enhanced status codes (RFC 3463) of what is wrong with the address itself: there is no such
# mailbox, domain or host, or it is closed. A full mailbox, a refused text or a blocked sender
# says nothing about the next mail.
_ITS_FAULT = re.compile(r"5\.(?:1\.(?!7$|8$)\d{1,3}|2\.1|4\.(?:1|4|310|312)|0\.0|5\.0)")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def of_the_address(bounce: Bounce, address: str) -> bool:
    """Whether a delivery report says that the address it was sent to is bad for good."""
    if bounce.temporary:
        return False
    said = {r.address.lower(): r.status for r in bounce.recipients}
    status = said.get(address.lower(), next(iter(said.values()), None))
    return status is None or _ITS_FAULT.fullmatch(status) is not None


def said_of_the_address(error: str) -> bool:
    """The same of a server's refusal; one without a status code says nothing of the address."""
    found = _STATUS.search(error)
    return found is not None and _ITS_FAULT.fullmatch(found[1]) is not None


def with_reachability(
    decision: Decision, event: object, situation: Situation, policy: Policy
) -> Decision:
    """The decision, and what follows from what is known of addresses that mail came back from.

    Who writes again can be reached again, as far as we know. An agent who has something sent to
    an address whose mail came back hears of it.
    """
    changes = (*_back_again(event, situation), *_warnings(decision, situation, policy))
    return replace(decision, changes=(*decision.changes, *changes)) if changes else decision


def _back_again(event: object, situation: Situation) -> tuple[Change, ...]:
    if not isinstance(event, MessageArrived) or not situation.sender.came_back:
        return ()
    message = event.message
    if message.automatic is not None or message.proof.refused:
        return ()
    return (Reachable(to=message.author),)


def _warnings(decision: Decision, situation: Situation, policy: Policy) -> tuple[Change, ...]:
    says = [c for c in decision.changes if isinstance(c, Say)]
    warned = {}
    for say in says:
        before = situation.came_back.get(say.to.address)
        agent = _whose(say, says, policy)
        if before is not None and agent is not None:
            warned[say.to.address, agent.email] = _warning(say, before, agent, situation, policy)
    return tuple(warned.values())


def _whose(say: Say, says: list[Say], policy: Policy) -> Agent | None:
    """The agent by whose doing something goes out to people outside."""
    if say.kind is NoticeKind.ANSWER:
        return policy.agents_by_email.get(say.answer_of or "")
    if say.kind is not NoticeKind.CONFIRMATION:
        return None
    opener = next((s.to.address for s in says if s.kind is NoticeKind.OPENED), "")
    return policy.agents_by_email.get(opener)


def _warning(say: Say, before: CameBack, agent: Agent, situation: Situation, policy: Policy) -> Say:
    facts = {"to": say.to.address, "error": before.why, "at": before.at}
    if situation.ticket is not None:
        return to_agent(
            policy,
            situation.ticket,
            agent,
            NoticeKind.CAME_BACK,
            say.because,
            reach=Reach.INTERNAL,
            facts=facts,
        )
    return Say(
        kind=NoticeKind.CAME_BACK,
        to=replace(say.to, address=agent.email, name=agent.name),
        reach=Reach.INTERNAL,
        because=say.because,
        language=agent.language or policy.language,
        facts={"subject": say.facts.get("subject", ""), **facts},
    )
