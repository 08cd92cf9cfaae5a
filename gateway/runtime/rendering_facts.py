"""From a notice to be said to what its template may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.core.changes import NoticeKind, Say
from gateway.core.model import Body, EntryFact
from gateway.core.targets import Target
from gateway.runtime import rendering_times as times
from gateway.runtime import rendering_variables as variables
from gateway.runtime.rendering_phrases import Phrases
from gateway.runtime.rendering_text import one_line, person

_NO_SUBJECT = "(no subject)"  # as the core writes it
_ANSWERS = re.compile(
    r"\s*(?:re|r|rv|rif|réf?|rép|res|aw|sv|antw)\s?(?:\[\d+\])?\s?:", re.IGNORECASE
)
_MOST_LISTED = 50
_TAKEN_DOWN = ("called", "forwarded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that one notice is made of."""

    say: Say
    number: int
    words: Body | None
    earlier: tuple[EntryFact, ...]
    files: tuple[str, ...]
    now: datetime
    phrases: Phrases
    zone: ZoneInfo
    desk: str

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the core said."""
        return self.say.facts

    @property
    def outside(self) -> bool:
        """Whether it goes to somebody who is no agent."""
        return self.say.kind in variables.TO_CUSTOMERS


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


def _line(scene: Scene, name: str) -> str:
    return one_line(scene.facts.get(name) or "")


def subject_of(scene: Scene) -> str:
    """The subject, in the reader's language where there is none."""
    subject = _line(scene, "subject")
    return scene.phrases.get("word.no_subject") if subject == _NO_SUBJECT else subject


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
        "requester": _line(scene, "requester"),
        "requester_address": _line(scene, "requester_address"),
        "who": person(facts.get("requester") or "", facts.get("requester_address") or ""),
        "others": _joined(facts.get("others") or ()),
        "state": _translated(phrases, "state", facts.get("state")),
        "priority": _translated(phrases, "priority", facts.get("priority")),
        "urgent": facts.get("priority") == "urgent",
        "queue": _line(scene, "queue"),
        "tier": facts.get("tier") or 0,
        "assignee": _line(scene, "assignee"),
        "tags": _joined(facts.get("tags") or ()),
        "since": times.moment(created, scene.now, scene.zone, phrases) if created else "",
        "files": _joined(scene.files),
        "because": scene.say.because.code,
        "standing_address": _line(scene, "standing_address"),
    }


def _agent_subject(scene: Scene) -> str:
    """The same for all that is said about a ticket, so that it is one thread."""
    subject = subject_of(scene) or scene.phrases.get("word.no_subject")
    tag = f"[#{scene.number}]"
    return subject if not scene.number or tag in subject else f"{tag} {subject}"


def _joined(texts: Iterable[str]) -> str:
    return one_line(", ".join(one_line(t, 120) for t in texts), 1_000)


def _translated(phrases: Phrases, table: str, value: Any) -> str:
    name = f"{table}.{value}"
    return phrases.get(name) if phrases.has(name) else one_line(value or "")


def _why(scene: Scene) -> str:
    """The reason in the reader's language, else as the core says it."""
    because = scene.say.because
    name = f"why.{because.code}"
    if not scene.phrases.has(name):
        return _line(scene, "why")
    facts = {k: scene.phrases.translated("what", v) for k, v in because.facts}
    return one_line(scene.phrases.get(name, **facts))


def _author(scene: Scene) -> dict[str, Any]:
    name, address = scene.facts.get("author") or "", scene.facts.get("author_address") or ""
    return {
        "author": one_line(name),
        "author_address": one_line(address),
        "author_who": person(name, address),
    }


def _only_author(scene: Scene) -> dict[str, Any]:
    return {"author": _line(scene, "author")}


def _confirmation(scene: Scene) -> dict[str, Any]:
    return {"previous": scene.facts.get("previous") or 0, **_expected_by(scene)}


def _expected_by(scene: Scene) -> dict[str, Any]:
    due = scene.facts.get("expected_at")
    return {
        "expected": times.at_place(due, scene.now, scene.zone, scene.phrases) if due else "",
    }


def _answer(scene: Scene) -> dict[str, Any]:
    author = _line(scene, "author")
    text = scene.words.text if scene.words else ""
    asks = bool(scene.facts.get("asks"))
    return {"author": author, "signed": is_signed(text, author), "asks": asks, **_closes(scene)}


def _closes(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("closes_at")
    return {"closes": times.moment(at, scene.now, scene.zone, scene.phrases) if at else ""}


def _waiting(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("gives_up_at")
    shown = times.at_place(at, scene.now, scene.zone, scene.phrases) if at else ""
    return {"author": _line(scene, "author"), "gives_up": shown}


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
    return {"author": _line(scene, "author"), "taken_by": one_line(taken_by)}


def _woke(scene: Scene) -> dict[str, Any]:
    return {"waited": _translated(scene.phrases, "state", scene.facts.get("waited"))}


def _escalated(scene: Scene) -> dict[str, Any]:
    tried = tuple(one_line(t) for t in scene.facts.get("tried") or ())
    why = _line(scene, "why") or _by_the_clock(scene)
    return {"author": _line(scene, "author"), "why": why, "tried": tried}


def _by_the_clock(scene: Scene) -> str:
    """Why the clock escalated, in the reader's language; nothing where it did not."""
    due = _due(scene)
    form = "was_due" if scene.facts.get("late") else "is_due"
    return scene.phrases.get(f"target.{form}", **due) if due["target"] else ""


def _due(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("due_at")
    return {
        "target": _translated(scene.phrases, "target", scene.facts.get("target")),
        "due": times.moment(at, scene.now, scene.zone, scene.phrases) if at else "",
    }


def _overdue(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("due_at")
    return _due(scene) | {"due_ago": times.ago(at, scene.now, scene.phrases) if at else ""}


def _passed_on(scene: Scene) -> dict[str, Any]:
    tried = tuple(one_line(t) for t in scene.facts.get("tried") or ())
    return {"to": _line(scene, "to"), "tried": tried}


def _command_error(scene: Scene) -> dict[str, Any]:
    return {
        "faults": tuple(_fault(scene.phrases, f) for f in scene.facts.get("faults") or ()),
        "text": bool(scene.facts.get("text")),
        "standing": bool(scene.facts.get("standing")),
        "chat": bool(scene.facts.get("chat")),
    }


def _fault(phrases: Phrases, fault: Mapping[str, str]) -> dict[str, str]:
    repeats = fault["expected"].startswith(fault["meant"])
    return {
        "line": one_line(fault["line"], 200),
        "expected": one_line(_expected(phrases, fault["expected"])),
        "meant": "" if repeats else one_line(fault["meant"], 200),
    }


def _expected(phrases: Phrases, said: str) -> str:
    """What is expected, translated; a usage may stand before it, or names behind it."""
    if phrases.has(f"expected.{said}"):
        return phrases.get(f"expected.{said}")
    first, colon, rest = said.partition(": ")
    known = phrases.translated("expected", first), phrases.translated("expected", rest)
    return f"{known[0]}{colon}{known[1]}"


def _held_unproven(scene: Scene) -> dict[str, Any]:
    return {
        "inbox": scene.facts.get("inbox") or 0,
        "why": _why(scene),
        "link": _line(scene, "link"),
    }


def _held_answer(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("other_at")
    return {
        "overtaken": bool(scene.facts.get("overtaken")),
        "why": _why(scene),
        "other": _line(scene, "other"),
        "other_at": times.moment(at, scene.now, scene.zone, scene.phrases) if at else "",
        "other_ago": times.ago(at, scene.now, scene.phrases) if at else "",
    }


def _undelivered(scene: Scene) -> dict[str, Any]:
    return {
        "to": _line(scene, "to"),
        "error": _line(scene, "error"),
        "maybe": bool(scene.facts.get("maybe")),
        "instead": _line(scene, "instead"),
    }


def _came_back(scene: Scene) -> dict[str, Any]:
    at = scene.facts.get("at")
    return {
        "to": _line(scene, "to"),
        "error": _line(scene, "error"),
        "came_back_at": times.moment(at, scene.now, scene.zone, scene.phrases) if at else "",
    }


def _trouble(scene: Scene) -> dict[str, Any]:
    return {
        "key": _line(scene, "key"),
        "words": _line(scene, "words"),
        "over": bool(scene.facts.get("over")),
    }


def _shift_done(scene: Scene) -> dict[str, Any]:
    done = tuple(
        {"number": d["number"], "line": one_line(d["line"], 200), "changed": d["changed"]}
        for d in scene.facts.get("done") or ()
    )
    wrong = tuple(
        {
            "line": one_line(w["line"], 200),
            "expected": one_line(_expected(scene.phrases, w["expected"])),
        }
        for w in scene.facts.get("wrong") or ()
    )
    return {"done": done, "wrong": wrong}


def _agenda(scene: Scene) -> dict[str, Any]:
    return {"mine": _ticket_list(scene, "mine")}


def _handover(scene: Scene) -> dict[str, Any]:
    return {"leaving": _joined(scene.facts.get("leaving") or ()), **_agenda(scene)}


def _digest(scene: Scene) -> dict[str, Any]:
    loads = (f"{one_line(a['name'], 60)} {a['open']}" for a in scene.facts.get("loads") or ())
    lists = {name: _ticket_list(scene, name) for name in ("late", "today", "unassigned", "mine")}
    return lists | {
        "open": scene.facts.get("open") or 0,
        "loads": one_line(", ".join(loads), 2_000),
    }


def _summary(scene: Scene) -> dict[str, Any]:
    told = tuple(_told_line(scene, one) for one in scene.facts.get("told") or ())
    return {"told": told, "count": scene.facts.get("count") or 0}


def _told_line(scene: Scene, line: Mapping[str, Any]) -> dict[str, Any]:
    kinds = (_counted(scene.phrases, kind, times) for kind, times in line["kinds"])
    return _agenda_line(scene, line) | {
        "what": ", ".join(kinds),
        "author": one_line(line["author"], 80),
        "words": one_line(line["words"], 200),
    }


def _counted(phrases: Phrases, kind: str, times: int) -> str:
    """``reply``, or ``reply ×3``: that needs no plural in any language."""
    name = _translated(phrases, "said", kind)
    return name if times == 1 else f"{name} ×{times}"


def _ticket_list(scene: Scene, name: str) -> dict[str, Any]:
    given = scene.facts.get(name) or {"tickets": (), "count": 0}
    lines = tuple(_agenda_line(scene, one) for one in given["tickets"])
    return {"tickets": lines, "count": given["count"], "left_out": given["count"] - len(lines)}


def _agenda_line(scene: Scene, line: Mapping[str, Any]) -> dict[str, Any]:
    due = line["due_at"]
    return _ticket_line(scene.phrases, line) | {
        "assignee": one_line(line["assignee"], 80),
        "target": _translated(scene.phrases, "target", line["target"]),
        "due": _due_or_promised(scene, due, line),
        "late": line["late"],
    }


def _due_or_promised(scene: Scene, due: datetime | None, line: Mapping[str, Any]) -> str:
    """When it is due; and by when an answer was promised, where something else is due before."""
    if due is None:
        return ""
    shown = times.brief(due, scene.now, scene.zone, scene.phrases)
    promised = line.get("promised_at")
    if promised is None or line["target"] == Target.PROMISE:
        return shown
    until = times.brief(promised, scene.now, scene.zone, scene.phrases)
    return f"{shown} ({scene.phrases.get('target.promise')}: {until})"


def _done(scene: Scene) -> dict[str, Any]:
    return {"done": _line(scene, "done")}


def _status(scene: Scene) -> dict[str, Any]:
    history = tuple(scene.facts.get("history") or ())
    return {
        "history": tuple(_entry(scene, e) for e in history[-_MOST_LISTED:]),
        "left_out": max(0, len(history) - _MOST_LISTED),
    }


def _entry(scene: Scene, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "when": times.brief(entry["at"], scene.now, scene.zone, scene.phrases),
        "kind": _translated(scene.phrases, "kind", entry["kind"]),
        "internal": entry["visibility"] == "internal",
        "author": one_line(entry["author"], 80),
        "text": one_line(entry["text"], 200),
    }


def _mine(scene: Scene) -> dict[str, Any]:
    tickets = tuple(scene.facts.get("tickets") or ())
    return {
        "tickets": tuple(_ticket_line(scene.phrases, t) for t in tickets[:_MOST_LISTED]),
        "left_out": max(0, len(tickets) - _MOST_LISTED),
    }


def _ticket_line(phrases: Phrases, ticket: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": ticket["number"],
        "subject": one_line(ticket["subject"], 120),
        "requester": one_line(ticket["requester"], 80),
        "state": _translated(phrases, "state", ticket["state"]),
        "priority": _translated(phrases, "priority", ticket["priority"]),
        "queue": one_line(ticket["queue"], 80),
    }


def _card(scene: Scene) -> dict[str, Any]:
    due = "; ".join(_due_line(scene, one) for one in scene.facts.get("due") or ())
    return {
        "due": due,
        "hidden": bool(scene.facts.get("hidden")),
        "merged_into": scene.facts.get("merged_into") or 0,
    }


def _due_line(scene: Scene, one: Mapping[str, Any]) -> str:
    target = _translated(scene.phrases, "target", one["target"])
    return f"{target}: {times.brief(one['due_at'], scene.now, scene.zone, scene.phrases)}"


def _said(scene: Scene) -> dict[str, Any]:
    facts = scene.facts
    return {
        "author": _line(scene, "author"),
        "by": _translated(scene.phrases, "by", facts.get("by")),
        "internal": bool(facts.get("internal")),
        "answer": bool(facts.get("answer")),
        "people": _joined(facts.get("people") or ()),
        "stranger": facts.get("role") == "stranger",
        "of_desk": facts.get("role") == "desk",
    }


def _happened(scene: Scene) -> dict[str, Any]:
    facts = scene.facts
    by_author: dict[str, list[str]] = {}
    for one in facts.get("changed") or ():
        author = one_line(one["author"], 80)
        by_author.setdefault(author, []).append(_changed(scene.phrases, one))
    waits = facts.get("waits")
    return {
        "changed": tuple({"author": a, "changes": ", ".join(c)} for a, c in by_author.items()),
        "sent_to": _joined(facts.get("sent_to") or ()),
        "waits": int(waits.total_seconds()) if waits else 0,
        "taken_back": bool(facts.get("taken_back")),
    }


def _changed(phrases: Phrases, one: Mapping[str, Any]) -> str:
    """One fact of a ticket as it is now: ``State: open``."""
    what, new = one["what"], one["new"]
    label = phrases.get(f"label.{what}") if phrases.has(f"label.{what}") else what
    nothing = phrases.get("word.nobody") if what == "assignee" else "–"
    return f"{label}: {one_line(_translated(phrases, what, new), 200) or nothing}"


def _welcome(scene: Scene) -> dict[str, Any]:
    return {"can_link": bool(scene.facts.get("can_link"))}


def _overview(scene: Scene) -> dict[str, Any]:
    tickets = tuple(_own_ticket(scene, one) for one in scene.facts.get("tickets") or ())
    return {"requests": tickets, "left_out": scene.facts.get("left_out") or 0}


def _own_ticket(scene: Scene, one: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket in the words of those who asked for it."""
    due = one.get("expected_at")
    return {
        "number": one["number"],
        "subject": one_line(one["subject"], 80),
        "state": _translated(scene.phrases, "status", one["state"]),
        "expected": times.at_place(due, scene.now, scene.zone, scene.phrases) if due else "",
    }


def _heard(scene: Scene) -> dict[str, Any]:
    shown = {name: scene.facts.get(name) or "" for name in ("number", "address", "minutes")}
    shown["number"] = shown["number"] or scene.number
    return {"said": scene.phrases.get(f"heard.{scene.facts['what']}", **shown)}


def _link_code(scene: Scene) -> dict[str, Any]:
    network = _translated(scene.phrases, "by", scene.facts.get("network"))
    shown = {name: _line(scene, name) for name in ("who", "code")}
    return shown | {"network": network, "minutes": scene.facts.get("minutes") or 0}


_OWN: Mapping[NoticeKind, Callable[[Scene], dict[str, Any]]] = {
    NoticeKind.CONFIRMATION: _confirmation,
    NoticeKind.ANSWER: _answer,
    NoticeKind.WAITING: _waiting,
    NoticeKind.RESOLVED: _resolved,
    NoticeKind.STILL_OPEN: _expected_by,
    NoticeKind.CARD: _card,
    NoticeKind.SAID: _said,
    NoticeKind.HAPPENED: _happened,
    NoticeKind.WELCOME: _welcome,
    NoticeKind.OVERVIEW: _overview,
    NoticeKind.HEARD: _heard,
    NoticeKind.LINK_CODE: _link_code,
    NoticeKind.NEW_TICKET: _new_ticket,
    NoticeKind.REPLY: _author,
    NoticeKind.EDITED: lambda scene: _author(scene) | {"deleted": bool(scene.facts.get("deleted"))},
    NoticeKind.STRANGER: _author,
    NoticeKind.COPY: _only_author,
    NoticeKind.NOTE: _only_author,
    NoticeKind.ASSIGNED: _only_author,
    NoticeKind.WOKE: _woke,
    NoticeKind.REMINDER: _due,
    NoticeKind.OVERDUE: _overdue,
    NoticeKind.SUMMARY: _summary,
    NoticeKind.ESCALATED: _escalated,
    NoticeKind.PASSED_ON: _passed_on,
    NoticeKind.COMMAND_ERROR: _command_error,
    NoticeKind.HELD_UNPROVEN: _held_unproven,
    NoticeKind.HELD_ANSWER: _held_answer,
    NoticeKind.UNDELIVERED: _undelivered,
    NoticeKind.CAME_BACK: _came_back,
    NoticeKind.TROUBLE: _trouble,
    NoticeKind.SHIFT_DONE: _shift_done,
    NoticeKind.DIGEST: _digest,
    NoticeKind.AGENDA: _agenda,
    NoticeKind.HANDOVER: _handover,
    NoticeKind.DONE: _done,
    NoticeKind.STATUS: _status,
    NoticeKind.MINE: _mine,
}
