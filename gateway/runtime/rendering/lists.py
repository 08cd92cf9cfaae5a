"""What notices list: tickets with what is due, and entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.core.targets import Target
from gateway.runtime.rendering import times
from gateway.runtime.rendering.phrases import Phrases
from gateway.runtime.rendering.scene import Scene, changed, joined, translated
from gateway.runtime.rendering.text import one_line

_MOST_LISTED = 50


def agenda(scene: Scene) -> dict[str, Any]:
    """One's own tickets, as they are due."""
    return {"mine": _ticket_list(scene, "mine")}


def handover(scene: Scene) -> dict[str, Any]:
    """One's own tickets, and what goes to others."""
    return {"leaving": joined(scene.facts.get("leaving") or ()), **agenda(scene)}


def digest(scene: Scene) -> dict[str, Any]:
    """How the desk stands."""
    loads = (f"{one_line(a['name'], 60)} {a['open']}" for a in scene.facts.get("loads") or ())
    lists = {name: _ticket_list(scene, name) for name in ("late", "today", "unassigned", "mine")}
    return lists | {
        "open": scene.facts.get("open") or 0,
        "loads": one_line(", ".join(loads), 2_000),
    }


def summary(scene: Scene) -> dict[str, Any]:
    """What was too much at once, a line for each ticket."""
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
    name = translated(phrases, "said", kind)
    return name if times == 1 else f"{name} ×{times}"


def _ticket_list(scene: Scene, name: str) -> dict[str, Any]:
    given = scene.facts.get(name) or {"tickets": (), "count": 0}
    lines = tuple(_agenda_line(scene, one) for one in given["tickets"])
    return {"tickets": lines, "count": given["count"], "left_out": given["count"] - len(lines)}


def _agenda_line(scene: Scene, line: Mapping[str, Any]) -> dict[str, Any]:
    due = line["due_at"]
    return _ticket_line(scene.phrases, line) | {
        "assignee": one_line(line["assignee"], 80),
        "target": translated(scene.phrases, "target", line["target"]),
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


def status(scene: Scene) -> dict[str, Any]:
    """The newest entries of a ticket."""
    history = tuple(scene.facts.get("history") or ())
    return {
        "history": tuple(_entry(scene, e) for e in history[-_MOST_LISTED:]),
        "left_out": max(0, len(history) - _MOST_LISTED),
    }


def _entry(scene: Scene, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "when": times.brief(entry["at"], scene.now, scene.zone, scene.phrases),
        "kind": translated(scene.phrases, "kind", entry["kind"]),
        "internal": entry["visibility"] == "internal",
        "author": one_line(entry["author"], 80),
        "text": one_line(entry["text"], 200) or _change(scene, entry.get("change")),
    }


def _change(scene: Scene, change: Mapping[str, Any] | None) -> str:
    """What changed, and to what: ``Priority: high``."""
    if not change:
        return ""
    return changed(scene.phrases, change["what"], _shown(scene, change["new"]))


def _shown(scene: Scene, value: Any) -> str:
    """A fact of a ticket as the history holds it: words, somebody, a promise, or several."""
    if isinstance(value, Mapping):
        due = value.get("due")
        if due is not None:
            moment = datetime.fromisoformat(due)
            return times.brief(moment, scene.now, scene.zone, scene.phrases)
        return str(value.get("name") or value.get("address") or "")
    if isinstance(value, list | tuple):
        return ", ".join(_shown(scene, one) for one in value)
    return "" if value is None else str(value)


def mine(scene: Scene) -> dict[str, Any]:
    """An agent's tickets."""
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
        "state": translated(phrases, "state", ticket["state"]),
        "priority": translated(phrases, "priority", ticket["priority"]),
        "queue": one_line(ticket["queue"], 80),
    }
