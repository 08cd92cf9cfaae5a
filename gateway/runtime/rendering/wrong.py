"""What notices say of what went wrong, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.core.reasons import Why
from gateway.runtime.rendering import times
from gateway.runtime.rendering.phrases import Phrases
from gateway.runtime.rendering.scene import Scene, line, whose
from gateway.runtime.rendering.text import one_line


def _why(scene: Scene) -> str:
    """The reason in the reader's language, else as the core says it."""
    because = scene.say.because
    name = f"why.{because.code}"
    if not scene.phrases.has(name):
        return line(scene, "why")
    facts = {k: scene.phrases.translated("what", v) for k, v in because.facts}
    return one_line(scene.phrases.get(name, **facts))


def command_error(scene: Scene) -> dict[str, Any]:
    """Lines that were not understood."""
    return {
        "faults": tuple(_fault(scene.phrases, f) for f in scene.facts.get("faults") or ()),
        "text": bool(scene.facts.get("text")),
        "standing": bool(scene.facts.get("standing")),
        "by_chat": bool(scene.facts.get("chat")),
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


def held_unproven(scene: Scene) -> dict[str, Any]:
    """A mail in the reader's name that came without proof."""
    return {
        "inbox": scene.facts.get("inbox") or 0,
        "why": _why(scene),
        "link": line(scene, "link"),
    }


def _meant_for(scene: Scene) -> dict[str, Any]:
    ticket = scene.facts.get("meant_for")
    if not ticket:
        return {"number": 0, "who": "", "address": "", "here": False}
    return whose(scene, ticket) | {"here": bool(ticket.get("here"))}


def held_answer(scene: Scene) -> dict[str, Any]:
    """An answer that was not sent yet."""
    at = scene.facts.get("other_at")
    elsewhere = scene.say.because.code == Why.ELSEWHERE.name.lower()
    return {
        "elsewhere": bool(scene.facts.get("meant_for")),
        "meant_for": _meant_for(scene),
        "overtaken": bool(scene.facts.get("overtaken")),
        "why": "" if elsewhere else _why(scene),
        "other": line(scene, "other"),
        "other_at": times.moment(at, scene.now, scene.zone, scene.phrases) if at else "",
        "other_ago": times.ago(at, scene.now, scene.phrases) if at else "",
    }


def undelivered(scene: Scene) -> dict[str, Any]:
    """A message that did not arrive."""
    return {
        "to": line(scene, "to"),
        "error": line(scene, "error"),
        "maybe": bool(scene.facts.get("maybe")),
        "unproved": bool(scene.facts.get("unproved")),
        "instead": line(scene, "instead"),
    }


def came_back(scene: Scene) -> dict[str, Any]:
    """Somebody from whom mail came back before."""
    at = scene.facts.get("at")
    return {
        "to": line(scene, "to"),
        "error": line(scene, "error"),
        "came_back_at": times.moment(at, scene.now, scene.zone, scene.phrases) if at else "",
    }


def trouble(scene: Scene) -> dict[str, Any]:
    """A part of the desk that needs a person."""
    return {
        "key": line(scene, "key"),
        "words": line(scene, "words"),
        "over": bool(scene.facts.get("over")),
    }


def shift_done(scene: Scene) -> dict[str, Any]:
    """What became of the lines in answer to a digest."""
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
