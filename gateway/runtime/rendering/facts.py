"""From a notice to be said to what its template may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering import times, variables
from gateway.runtime.rendering.chat import card, happened, heard, link_code, overview, said, welcome
from gateway.runtime.rendering.lists import agenda, digest, handover, mine, status, summary
from gateway.runtime.rendering.scene import (
    Scene,
    joined,
    line,
    subject_of,
    translated,
    who,
    whose,
)
from gateway.runtime.rendering.text import one_line
from gateway.runtime.rendering.wrong import (
    came_back,
    command_error,
    held_answer,
    held_unproven,
    shift_done,
    trouble,
    undelivered,
)

_ANSWERS = re.compile(
    r"\s*(?:re|r|rv|rif|réf?|rép|res|aw|sv|antw)\s?(?:\[\d+\])?\s?:", re.IGNORECASE
)
_TAKEN_DOWN = ("called", "forwarded")


def values_of(scene: Scene) -> dict[str, Any]:
    """The template's variables by name; empty values where a fact is missing."""
    values = dict(variables.EMPTY[scene.say.kind])
    values |= _common(scene)
    if not scene.outside:
        values |= _ticket(scene)
    own = _OWN.get(scene.say.kind)
    if own is not None:
        values |= own(scene)
    return values


def _common(scene: Scene) -> dict[str, Any]:
    subject = subject_of(scene)
    return {
        "desk": one_line(scene.facts.get("desk") or scene.desk),
        "name": one_line(scene.say.to.shown),
        "number": scene.number,
        "chat": scene.say.to.channel != "email",
        "subject": subject,
        "reply_subject": subject if _ANSWERS.match(subject) else f"Re: {subject}",
    }


def _ticket(scene: Scene) -> dict[str, Any]:
    facts, phrases = scene.facts, scene.phrases
    created = facts.get("created_at")
    return {
        "agent_subject": _agent_subject(scene),
        "requester": line(scene, "requester"),
        "requester_address": line(scene, "requester_address"),
        "who": who(scene, scene.facts, "requester"),
        "others": joined(facts.get("others") or ()),
        "state": translated(phrases, "state", facts.get("state")),
        "priority": translated(phrases, "priority", facts.get("priority")),
        "urgent": facts.get("priority") == "urgent",
        "queue": line(scene, "queue"),
        "tier": facts.get("tier") or 0,
        "assignee": line(scene, "assignee"),
        "tags": joined(facts.get("tags") or ()),
        "since": times.moment(created, scene.now, scene.zone, phrases) if created else "",
        "files": joined(scene.files),
        "because": scene.say.because.code,
        "standing_address": line(scene, "standing_address"),
    }


def _agent_subject(scene: Scene) -> str:
    """The same for all that is said about a ticket, so that it is one thread."""
    subject = subject_of(scene) or scene.phrases.get("word.no_subject")
    tag = f"[#{scene.number}]"
    return subject if not scene.number or tag in subject else f"{tag} {subject}"


def _author(scene: Scene) -> dict[str, Any]:
    return {
        "author": line(scene, "author"),
        "author_address": line(scene, "author_address"),
        "author_who": who(scene, scene.facts, "author"),
    }


def _words_of_somebody(scene: Scene) -> dict[str, Any]:
    came_along = scene.facts.get("joined") or ()
    return {
        **_author(scene),
        "kin": scene.facts.get("kin") or 0,
        "joined": tuple(whose(scene, one) for one in came_along),
    }


def _only_author(scene: Scene) -> dict[str, Any]:
    return {"author": line(scene, "author")}


def _confirmation(scene: Scene) -> dict[str, Any]:
    return {"previous": scene.facts.get("previous") or 0, **_expected_by(scene)}


def _expected_by(scene: Scene) -> dict[str, Any]:
    due = scene.facts.get("expected_at")
    return {
        "expected": times.at_place(due, scene.now, scene.zone, scene.phrases) if due else "",
    }


def _answer(scene: Scene) -> dict[str, Any]:
    author = line(scene, "author")
    text = scene.words.text if scene.words else ""
    asks = bool(scene.facts.get("asks"))
    return {"author": author, "signed": is_signed(text, author), "asks": asks, **_closes(scene)}


def _closes(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("closes_at")
    return {"closes": times.moment(at, scene.now, scene.zone, scene.phrases) if at else ""}


def _waiting(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("gives_up_at")
    shown = times.at_place(at, scene.now, scene.zone, scene.phrases) if at else ""
    return {"author": line(scene, "author"), "gives_up": shown}


def _resolved(scene: Scene) -> dict[str, Any]:
    return {"unanswered": bool(scene.facts.get("unanswered")), **_closes(scene)}


def is_signed(text: str, author: str) -> bool:
    """Whether one of the last lines of a text is its author's name or first name."""
    wanted = author.casefold()
    names = {wanted, *wanted.split()[:1]}
    lines = [line for line in text[-400:].splitlines() if line.strip()]
    ends = [line.strip(" \t-–—_*,.;").casefold() for line in lines[-4:]]
    return not wanted or any(end in names or end.startswith(wanted) for end in ends)


def _new_ticket(scene: Scene) -> dict[str, Any]:
    reason = scene.say.because
    taken_by = dict(reason.facts).get("agent", "") if reason.code in _TAKEN_DOWN else ""
    return {"author": line(scene, "author"), "taken_by": one_line(taken_by)}


def _woke(scene: Scene) -> dict[str, Any]:
    return {"waited": translated(scene.phrases, "state", scene.facts.get("waited"))}


def _escalated(scene: Scene) -> dict[str, Any]:
    tried = tuple(one_line(t) for t in scene.facts.get("tried") or ())
    why = line(scene, "why") or _by_the_clock(scene)
    return {"author": line(scene, "author"), "why": why, "tried": tried}


def _by_the_clock(scene: Scene) -> str:
    """Why the clock escalated, in the reader's language; nothing where it did not."""
    due = _due(scene)
    form = "was_due" if scene.facts.get("late") else "is_due"
    return scene.phrases.get(f"target.{form}", **due) if due["target"] else ""


def _due(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("due_at")
    return {
        "target": translated(scene.phrases, "target", scene.facts.get("target")),
        "due": times.moment(at, scene.now, scene.zone, scene.phrases) if at else "",
    }


def _overdue(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("due_at")
    return _due(scene) | {"due_ago": times.ago(at, scene.now, scene.phrases) if at else ""}


def _passed_on(scene: Scene) -> dict[str, Any]:
    tried = tuple(one_line(t) for t in scene.facts.get("tried") or ())
    return {"to": line(scene, "to"), "tried": tried}


def _done(scene: Scene) -> dict[str, Any]:
    return {"done": line(scene, "done")}


_OWN: Mapping[NoticeKind, Callable[[Scene], dict[str, Any]]] = {
    NoticeKind.CONFIRMATION: _confirmation,
    NoticeKind.ANSWER: _answer,
    NoticeKind.LATE_FILE: lambda scene: _only_author(scene) | {"file": line(scene, "file")},
    NoticeKind.WAITING: _waiting,
    NoticeKind.RESOLVED: _resolved,
    NoticeKind.STILL_OPEN: _expected_by,
    NoticeKind.CARD: card,
    NoticeKind.SAID: said,
    NoticeKind.HAPPENED: happened,
    NoticeKind.WELCOME: welcome,
    NoticeKind.OVERVIEW: overview,
    NoticeKind.HEARD: heard,
    NoticeKind.LINK_CODE: link_code,
    NoticeKind.NEW_TICKET: _new_ticket,
    NoticeKind.REPLY: _words_of_somebody,
    NoticeKind.EDITED: lambda scene: _author(scene) | {"deleted": bool(scene.facts.get("deleted"))},
    NoticeKind.STRANGER: _words_of_somebody,
    NoticeKind.COPY: _only_author,
    NoticeKind.NOTE: _only_author,
    NoticeKind.ASSIGNED: _only_author,
    NoticeKind.WOKE: _woke,
    NoticeKind.REMINDER: _due,
    NoticeKind.OVERDUE: _overdue,
    NoticeKind.SUMMARY: summary,
    NoticeKind.ESCALATED: _escalated,
    NoticeKind.PASSED_ON: _passed_on,
    NoticeKind.COMMAND_ERROR: command_error,
    NoticeKind.HELD_UNPROVEN: held_unproven,
    NoticeKind.HELD_ANSWER: held_answer,
    NoticeKind.UNDELIVERED: undelivered,
    NoticeKind.CAME_BACK: came_back,
    NoticeKind.TROUBLE: trouble,
    NoticeKind.SHIFT_DONE: shift_done,
    NoticeKind.DIGEST: digest,
    NoticeKind.AGENDA: agenda,
    NoticeKind.HANDOVER: handover,
    NoticeKind.DONE: _done,
    NoticeKind.STATUS: status,
    NoticeKind.MINE: mine,
}
