"""What notices say in chats alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.runtime.rendering import times
from gateway.runtime.rendering.scene import Scene, changed, joined, line, translated
from gateway.runtime.rendering.text import one_line


def card(scene: Scene) -> dict[str, Any]:
    """A ticket as chats show it at the top of its thread."""
    due = "; ".join(_due_line(scene, one) for one in scene.facts.get("due") or ())
    return {
        "due": due,
        "hidden": bool(scene.facts.get("hidden")),
        "merged_into": scene.facts.get("merged_into") or 0,
    }


def _due_line(scene: Scene, one: Mapping[str, Any]) -> str:
    target = translated(scene.phrases, "target", one["target"])
    return f"{target}: {times.brief(one['due_at'], scene.now, scene.zone, scene.phrases)}"


def said(scene: Scene) -> dict[str, Any]:
    """What somebody said, as chats show it."""
    facts = scene.facts
    return {
        "author": line(scene, "author"),
        "by": translated(scene.phrases, "by", facts.get("by")),
        "internal": bool(facts.get("internal")),
        "answer": bool(facts.get("answer")),
        "people": joined(facts.get("people") or ()),
        "stranger": facts.get("role") == "stranger",
        "of_desk": facts.get("role") == "desk",
    }


def happened(scene: Scene) -> dict[str, Any]:
    """What changed on a ticket, as chats show it."""
    facts = scene.facts
    by_author: dict[str, list[str]] = {}
    for one in facts.get("changed") or ():
        author = one_line(one["author"], 80)
        by_author.setdefault(author, []).append(changed(scene.phrases, one["what"], one["new"]))
    waits = facts.get("waits")
    return {
        "changed": tuple({"author": a, "changes": ", ".join(c)} for a, c in by_author.items()),
        "sent_to": joined(facts.get("sent_to") or ()),
        "waits": int(waits.total_seconds()) if waits else 0,
        "taken_back": bool(facts.get("taken_back")),
    }


def welcome(scene: Scene) -> dict[str, Any]:
    """The first words to somebody."""
    return {"can_link": bool(scene.facts.get("can_link"))}


def overview(scene: Scene) -> dict[str, Any]:
    """Somebody's own requests."""
    tickets = tuple(_own_ticket(scene, one) for one in scene.facts.get("tickets") or ())
    return {"requests": tickets, "left_out": scene.facts.get("left_out") or 0}


def _own_ticket(scene: Scene, one: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket in the words of those who asked for it."""
    due = one.get("expected_at")
    return {
        "number": one["number"],
        "subject": one_line(one["subject"], 80),
        "state": translated(scene.phrases, "status", one["state"]),
        "expected": times.at_place(due, scene.now, scene.zone, scene.phrases) if due else "",
    }


def heard(scene: Scene) -> dict[str, Any]:
    """A short answer to a button or a command."""
    shown = {name: scene.facts.get(name) or "" for name in ("number", "address", "minutes")}
    shown["number"] = shown["number"] or scene.number
    return {"said": scene.phrases.get(f"heard.{scene.facts['what']}", **shown)}


def link_code(scene: Scene) -> dict[str, Any]:
    """A code that says that two identities are one person."""
    network = translated(scene.phrases, "by", scene.facts.get("network"))
    shown = {name: line(scene, name) for name in ("who", "code")}
    return shown | {"network": network, "minutes": scene.facts.get("minutes") or 0}
