"""The desk's messages to itself, as they stand in the inbox: JSON with its version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from gateway.core.bursts import Sort
from gateway.core.events import (
    AgentActed,
    DeadlineCame,
    DeliveryFailed,
    DigestDue,
    FileSettled,
    HandoverDue,
    SummaryDue,
    TicketAsked,
    TroubleReported,
)
from gateway.core.model import Party
from gateway.core.ports import Incoming, Trouble
from gateway.core.targets import Target

CHANNEL = "desk"
OwnEvent = (
    AgentActed
    | TicketAsked
    | DeadlineCame
    | DeliveryFailed
    | TroubleReported
    | DigestDue
    | HandoverDue
    | SummaryDue
    | FileSettled
)


def of_trouble(trouble: Trouble, at: datetime) -> Incoming:
    """A trouble as a row for the inbox: of one key there is one a day, and one that it is over."""
    about = hashlib.sha256(f"{trouble.channel}\0{trouble.key}".encode()).hexdigest()[:20]
    event = TroubleReported(
        channel=trouble.channel, key=trouble.key, words=trouble.words, over=trouble.over, at=at
    )
    return incoming(event, f"trouble:{about}:{at:%Y-%m-%d}:{'over' if trouble.over else 'on'}")


def of_digest(day: date, at: datetime) -> Incoming:
    """A day's digest as a row for the inbox; there is one for each day."""
    return incoming(DigestDue(day=day, at=at), f"digest:{day.isoformat()}")


def of_summary(agent: str, sort: Sort, first: int, at: datetime) -> Incoming:
    """A summary as a row for the inbox; there is one that begins with ``first``."""
    return incoming(SummaryDue(agent=agent, sort=sort, at=at), f"summary:{first}")


def of_handover(ended: datetime, at: datetime) -> Incoming:
    """The end of a shift as a row for the inbox; there is one for each such moment."""
    moment = ended.astimezone(UTC).isoformat()
    return incoming(HandoverDue(ended=ended, at=at), f"handover:{moment}")


def incoming(event: OwnEvent, external_id: str) -> Incoming:
    """An event as a row for the inbox; the same external id twice happens once."""
    raw = json.dumps(_dump(event), ensure_ascii=False, separators=(",", ":")).encode()
    ticket = getattr(event, "ticket", None)
    return Incoming(
        channel=CHANNEL,
        external_id=external_id,
        raw=raw,
        received_at=event.at,
        lane=f"desk:{ticket}" if ticket else "",
    )


def event_of(raw: bytes, at: datetime) -> OwnEvent:
    """The event of a row. Raises ValueError where it is of a version or kind not known."""
    stored = json.loads(raw)
    loader = _LOADERS.get(stored.get("event"))
    if stored.get("v") != 1 or loader is None:
        raise ValueError(f"unknown event {stored.get('event')!r}, version {stored.get('v')!r}")
    return loader(stored, at)


def _dump(event: OwnEvent) -> dict[str, Any]:
    match event:
        case AgentActed():
            return {
                "v": 1,
                "event": "agent_acted",
                "agent": event.agent,
                "ticket": event.ticket,
                "commands": list(event.commands),
                "text": event.text,
                "public": event.public,
                "via": event.via,
            }
        case TicketAsked():
            return {
                "v": 1,
                "event": "ticket_asked",
                "requester": _party(event.requester),
                "subject": event.subject,
                "text": event.text,
                "channel": event.channel,
                "agent": event.agent,
            }
        case DeadlineCame():
            return {
                "v": 1,
                "event": "deadline_came",
                "ticket": event.ticket,
                "target": event.target.value,
                "due_at": event.due_at.isoformat(),
            }
        case DeliveryFailed():
            return {
                "v": 1,
                "event": "delivery_failed",
                "outbox": event.outbox_id,
                "ticket": event.ticket,
                "to": _party(event.to),
                "kind": event.kind,
                "error": event.error,
                "maybe": event.maybe,
                "unreachable": event.unreachable,
                "entry": event.entry,
            }
        case TroubleReported():
            return {
                "v": 1,
                "event": "trouble_reported",
                "channel": event.channel,
                "key": event.key,
                "words": event.words,
                "over": event.over,
            }
        case _:
            return _dump_rare(event)


def _dump_rare(event: DigestDue | HandoverDue | FileSettled | SummaryDue) -> dict[str, Any]:
    match event:
        case DigestDue():
            return {"v": 1, "event": "digest_due", "day": event.day.isoformat()}
        case HandoverDue():
            return {"v": 1, "event": "handover_due", "ended": event.ended.isoformat()}
        case FileSettled():
            return {
                "v": 1,
                "event": "file_settled",
                "ticket": event.ticket,
                "entry": event.entry,
                "name": event.name,
                "problem": event.problem,
                "tried_again": event.tried_again,
                "left_behind": event.left_behind,
                "infected": event.infected,
                "to": _party(event.to) if event.to else None,
                "file": event.file,
            }
        case SummaryDue():
            return {
                "v": 1,
                "event": "summary_due",
                "agent": event.agent,
                "sort": event.sort.value,
            }


def _party(party: Party) -> dict[str, str]:
    return {"address": party.address, "name": party.name, "channel": party.channel}


def _acted(stored: dict[str, Any], at: datetime) -> AgentActed:
    return AgentActed(
        agent=stored["agent"],
        ticket=stored["ticket"],
        commands=tuple(stored["commands"]),
        text=stored["text"],
        public=stored["public"],
        via=stored.get("via", "cli"),
        at=at,
    )


def _asked(stored: dict[str, Any], at: datetime) -> TicketAsked:
    return TicketAsked(
        requester=Party(**stored["requester"]),
        subject=stored["subject"],
        text=stored["text"],
        channel=stored["channel"],
        agent=stored["agent"],
        at=at,
    )


def _came(stored: dict[str, Any], at: datetime) -> DeadlineCame:
    return DeadlineCame(
        ticket=stored["ticket"],
        target=Target(stored["target"]),
        due_at=datetime.fromisoformat(stored["due_at"]),
        at=at,
    )


def _failed(stored: dict[str, Any], at: datetime) -> DeliveryFailed:
    return DeliveryFailed(
        outbox_id=stored["outbox"],
        ticket=stored["ticket"],
        to=Party(**stored["to"]),
        kind=stored["kind"],
        error=stored["error"],
        maybe=stored["maybe"],
        unreachable=stored.get("unreachable", False),
        entry=stored["entry"],
        at=at,
    )


def _trouble(stored: dict[str, Any], at: datetime) -> TroubleReported:
    return TroubleReported(
        channel=stored["channel"],
        key=stored["key"],
        words=stored["words"],
        over=stored["over"],
        at=at,
    )


def _digest(stored: dict[str, Any], at: datetime) -> DigestDue:
    return DigestDue(day=date.fromisoformat(stored["day"]), at=at)


def _handover(stored: dict[str, Any], at: datetime) -> HandoverDue:
    return HandoverDue(ended=datetime.fromisoformat(stored["ended"]), at=at)


def _file(stored: dict[str, Any], at: datetime) -> FileSettled:
    return FileSettled(
        ticket=stored["ticket"],
        entry=stored["entry"],
        name=stored["name"],
        problem=stored["problem"],
        tried_again=stored["tried_again"],
        left_behind=stored.get("left_behind", False),
        infected=stored.get("infected", False),
        to=Party(**stored["to"]) if stored.get("to") else None,
        file=stored.get("file", 0),
        at=at,
    )


def _summary(stored: dict[str, Any], at: datetime) -> SummaryDue:
    return SummaryDue(agent=stored["agent"], sort=Sort(stored["sort"]), at=at)


_LOADERS: dict[str, Callable[[dict[str, Any], datetime], OwnEvent]] = {
    "agent_acted": _acted,
    "ticket_asked": _asked,
    "deadline_came": _came,
    "delivery_failed": _failed,
    "trouble_reported": _trouble,
    "digest_due": _digest,
    "handover_due": _handover,
    "summary_due": _summary,
    "file_settled": _file,
}
