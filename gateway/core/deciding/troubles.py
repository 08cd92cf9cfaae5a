"""A part of the desk needs a person: those who lead are told."""

from __future__ import annotations

from gateway.core.audience import as_party, for_troubles
from gateway.core.changes import Decision, NoticeKind, Reach, Say, Skip
from gateway.core.deciding.draft import Desk
from gateway.core.events import TroubleReported
from gateway.core.reasons import Reason, Why


def decide_trouble(event: TroubleReported, desk: Desk) -> Decision:
    """Tell it; an answer to it would reach nobody."""
    because = Reason.of(Why.NEEDS_NOBODY if event.over else Why.NEEDS_A_PERSON, key=event.key)
    told = for_troubles(desk.policy)
    if not told:
        nobody = Skip(what="trouble", because=Reason.of(Why.NOBODY_TO_TELL))
        return Decision(ticket=None, changes=(nobody,))
    says = tuple(
        Say(
            kind=NoticeKind.TROUBLE,
            to=as_party(agent),
            reach=Reach.NOBODY,
            because=because,
            language=agent.language or desk.policy.language,
            facts={"key": event.key, "words": event.words, "over": event.over},
        )
        for agent in told
    )
    return Decision(ticket=None, changes=says)
