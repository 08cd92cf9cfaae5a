"""At the end of a shift, whoever comes on hears what those who go leave open."""

from __future__ import annotations

from gateway.core.agenda import list_of
from gateway.core.audience import as_party
from gateway.core.changes import Decision, NoticeKind, Reach, Say, Skip
from gateway.core.deciding.digests import list_facts
from gateway.core.deciding.draft import Desk
from gateway.core.events import HandoverDue
from gateway.core.handover import handed_over
from gateway.core.model import Ticket
from gateway.core.notices import place_of
from gateway.core.policy import Agent, Policy
from gateway.core.reasons import Reason, Why
from gateway.core.situation import Situation


def decide_handover(event: HandoverDue, situation: Situation, desk: Desk) -> Decision:
    """One notice for each who takes over; nothing where there is nothing to say.

    An answer to it is lines about tickets, as one to a digest is.
    """
    policy = desk.policy
    handed = handed_over(policy, situation.left, event.ended, situation.away)
    says = tuple(_say(taker, them, event, policy) for taker, them in handed.items())
    if not says:
        nothing = Skip(what="handover", because=Reason.of(Why.NOTHING_TO_HAND_OVER))
        return Decision(ticket=None, changes=(nothing,))
    return Decision(ticket=None, changes=says)


def _say(
    taker: Agent, them: tuple[tuple[Ticket, Agent], ...], event: HandoverDue, policy: Policy
) -> Say:
    tickets = list_of((ticket for ticket, _ in them), event.at)
    leaving = dict.fromkeys(goer.name for _, goer in them)
    return Say(
        kind=NoticeKind.HANDOVER,
        to=as_party(taker),
        reach=Reach.SHIFT,
        because=Reason.of(Why.SHIFT_ENDED),
        language=taker.language or policy.language,
        facts=place_of(policy, taker)
        | {"mine": list_facts(tickets, policy), "leaving": tuple(leaving)},
    )
