"""How a message would be read and decided, storing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.addresses import AddressKind
from gateway.core.changes import Append, Decision, Open
from gateway.core.deciding import Desk, decide
from gateway.core.deciding.draft import is_written_to
from gateway.core.deciding.ruling import ruled
from gateway.core.events import MessageArrived
from gateway.core.explaining import describe
from gateway.core.machines import judged
from gateway.core.model import Automatic, Message, Party, Role, Ticket
from gateway.core.place import clues_of, place
from gateway.core.placement import Candidates, Placement
from gateway.core.rules import Hit
from gateway.core.situation import Situation
from gateway.core.speakers import identify
from gateway.runtime import gathering
from gateway.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What would be done with a message, and why."""

    message: Message
    placement: Placement
    decision: Decision
    role: Role
    would: tuple[str, ...]
    hits: tuple[Hit, ...] = ()

    @property
    def opened(self) -> Open | None:
        """The ticket that would be opened."""
        return next((c for c in self.decision.changes if isinstance(c, Open)), None)


def explain(message: Message, desk: Desk, database: Database | None, now: datetime) -> Explained:
    """Read, place and decide. Without a database every message is the first one ever."""
    message = judged(message, desk.book)
    event = MessageArrived(message=message, at=now)
    if database is None:
        placement, situation = _alone(message, desk, now)
    else:
        placement, situation = _looked_up(event, desk, database)
    decision = decide(event, situation, desk, placement)
    return Explained(
        message=message,
        placement=placement,
        decision=decision,
        role=_role(event, placement, situation, decision, desk),
        would=tuple(describe(decision, desk.policy.desk_name)),
        hits=ruled(decision.scene, told=True).hits if decision.scene else (),
    )


def _looked_up(
    event: MessageArrived, desk: Desk, database: Database
) -> tuple[Placement, Situation]:
    with database.rehearsal() as conn:
        found = gathering.gather(conn, event, desk)
    if found.placement is None:
        raise LookupError("a message was not placed")
    return found.placement, found.situation


def _alone(message: Message, desk: Desk, now: datetime) -> tuple[Placement, Situation]:
    """What the message itself proves: a signed address names its ticket."""
    clues = clues_of(message, desk.book)
    tickets = {
        s.number: _imagined(s.number, s.generation, message, desk, now)
        for s in clues.signed
        if s.kind in (AddressKind.REQUESTER, AddressKind.PUBLIC, AddressKind.INTERNAL)
    }
    placement = place(message, clues, Candidates(tickets=tickets), desk.book, desk.policy, now)
    return placement, Situation(ticket=placement.ticket)


def _imagined(number: int, generation: int, message: Message, desk: Desk, now: datetime) -> Ticket:
    """A ticket that must be there, since its address was signed; its requester is unknown."""
    known = message.author.address in desk.policy.agents_by_email
    return Ticket(
        number=number,
        subject=message.subject,
        requester=Party(address="") if known else message.author,
        queue=desk.policy.queue_of(message).name,
        created_at=now,
        updated_at=now,
        generation=generation >> 4,
        leaked=(message.author.address,) * (generation & 0x0F),
    )


def _role(
    event: MessageArrived,
    placement: Placement,
    situation: Situation,
    decision: Decision,
    desk: Desk,
) -> Role:
    """What the author of the mail is here; of a forward that is who forwards it."""
    if event.message.automatic is Automatic.OWN:
        return Role.DESK
    accounts = situation.sender.accounts
    speaker = identify(
        event.message,
        placement,
        desk.policy,
        event.at,
        accounts=accounts,
        to_us=is_written_to(desk, event),
    )
    agent, ticket = speaker.agent, placement.ticket
    if agent is not None and (ticket is None or desk.policy.may_see(agent, ticket.queue)):
        return Role.AGENT
    said = (c.author.role for c in decision.changes if isinstance(c, Append))
    return next((role for role in said if role is not Role.DESK), speaker.role)
