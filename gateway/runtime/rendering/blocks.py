"""The places of a template as blocks: people's words go in as they are, never through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.core.changes import NoticeKind, Reach
from gateway.core.documents import Block
from gateway.core.model import Body, EntryFact, Visibility
from gateway.runtime.rendering import times
from gateway.runtime.rendering.scene import Scene
from gateway.runtime.rendering.text import one_line, unmarked
from gateway.runtime.rendering.variables import TO_CUSTOMERS

MARKED = frozenset({Reach.PUBLIC, Reach.INTERNAL, Reach.STANDING, Reach.RELEASE, Reach.SHIFT})
_MOST_MARK = 300  # characters that readers look at
_MOST_EARLIER = 2_000  # characters of each earlier entry

Values = Mapping[str, Any]


def block_of(place: str, scene: Scene, values: Values) -> tuple[Block, ...]:
    """The blocks that stand at a place; none where there is nothing to show."""
    return tuple(b for b in _PLACES[place](scene, values) if b.text.strip() or b.html)


def mark(scene: Scene, values: Values) -> Block:
    """Where a reply goes. Readers cut a reply's history at this line, so its form is fixed."""
    sentence = unmarked(one_line(_where(scene, values), _MOST_MARK - 8))
    if scene.say.to.channel != "email":
        return Block(kind="text", text=_without_how(scene, sentence))
    return Block(kind="mark", text=f"##- {sentence} -##")


def is_marked(scene: Scene) -> bool:
    """Whether it says where a reply goes: in a room that follows from where one answers."""
    return scene.say.reach in MARKED and not (scene.say.in_room or scene.say.alone)


def _without_how(scene: Scene, sentence: str) -> str:
    """Nothing is quoted in a chat: where a reply has to be written in a mail is of no use there."""
    how = scene.phrases.get("mark.internal").rpartition(". ")[2]
    return sentence.removesuffix(how).rstrip()


def _where(scene: Scene, values: Values) -> str:
    phrases, reach = scene.phrases, scene.say.reach
    if reach is Reach.RELEASE:
        return phrases.get("mark.release")
    if reach is Reach.SHIFT:
        return phrases.get("mark.shift")
    if reach is Reach.STANDING or not scene.number:
        # Without a ticket, all that an answer can do is to open one.
        return phrases.get("mark.standing")
    if reach is Reach.INTERNAL:
        return phrases.get("mark.internal")
    who, others = values["who"], len(scene.facts.get("others") or ())
    if not values["requester_address"] and not others:
        return phrases.get("mark.unreachable", who=who)
    if others:
        return phrases.counted("mark.public_others", others, who=who)
    return phrases.get("mark.public", who=who)


def _mark(scene: Scene, values: Values) -> tuple[Block, ...]:
    if is_marked(scene):
        return (mark(scene, values),)
    if scene.outside or scene.say.in_room or scene.say.alone:
        return ()
    return (Block(kind="text", text=scene.phrases.get("mark.nobody")),)


def _words(scene: Scene, _values: Values) -> tuple[Block, ...]:
    body = _own_words(scene)
    remarks = _remarks(scene, body)
    if body is not None and (body.text.strip() or body.html):
        return (*remarks, Block(kind="words", text=body.text, html=_whole_html(body)))
    if scene.say.kind in TO_CUSTOMERS | {NoticeKind.COMMAND_ERROR, NoticeKind.EDITED}:
        return ()
    return (*remarks, Block(kind="text", text=scene.phrases.get("word.no_words")))


def _remarks(scene: Scene, body: Body | None) -> tuple[Block, ...]:
    """What an agent has to know of the message, above its words."""
    if scene.outside or body is None or not body.remarks:
        return ()
    said = (
        scene.phrases.get(f"remark.{remark.kind.value}", about=unmarked(one_line(remark.about)))
        for remark in body.remarks
    )
    return (Block(kind="text", text="\n".join(said)),)


def _own_words(scene: Scene) -> Body | None:
    """The words that this notice carries."""
    kind, facts = scene.say.kind, scene.facts
    if kind is NoticeKind.CONFIRMATION and not facts.get("subject"):
        return None  # nobody may have us send words of theirs to somebody else
    if kind is NoticeKind.COMMAND_ERROR:
        return Body(text=facts.get("text") or "")
    if kind is NoticeKind.HELD_ANSWER:
        return Body(text=facts.get("answer") or "")
    return scene.words or Body(text=facts.get("last_words") or "")


def _whole_html(body: Body) -> str | None:
    """The rich form, where it holds no more than the text: no history that was left out."""
    if not body.html or (body.full_text and body.full_text.strip() != body.text.strip()):
        return None
    return body.html


def _quote(scene: Scene, _values: Values) -> tuple[Block, ...]:
    return (Block(kind="quote", text=scene.facts.get("other_words") or ""),)


def _earlier(scene: Scene, _values: Values) -> tuple[Block, ...]:
    seen = [e for e in scene.earlier if e.text.strip() and _may_show(scene, e)]
    return tuple(_quoted(scene, entry) for entry in seen)


def _may_show(scene: Scene, entry: EntryFact) -> bool:
    return not scene.outside or entry.visibility is Visibility.PUBLIC


def _quoted(scene: Scene, entry: EntryFact) -> Block:
    author = one_line(entry.author.shown, 80)
    when = times.brief(entry.at, scene.now, scene.zone, scene.phrases)
    inside = entry.visibility is Visibility.INTERNAL
    note = f" ({scene.phrases.get('word.internal')})" if inside else ""
    text = entry.text
    cut = text if len(text) <= _MOST_EARLIER else f"{text[:_MOST_EARLIER].rstrip()} …"
    return Block(kind="quote", text=f"{author}, {when}{note}:\n{cut}")


def _facts(scene: Scene, values: Values) -> tuple[Block, ...]:
    if scene.outside or not scene.number or scene.facts.get("hidden"):
        return ()
    shown = {name: values[name] for name in _shown_on(scene.say.kind)}
    shown["assignee"] = shown["assignee"] or scene.phrases.get("word.nobody")
    shown["tier"] = shown["tier"] if shown["tier"] > 1 else ""
    lines = [
        f"{scene.phrases.get(f'label.{name}')}: {unmarked(str(value))}"
        for name, value in shown.items()
        if value
    ]
    return (Block(kind="facts", text="\n".join(lines)),)


def _shown_on(kind: NoticeKind) -> tuple[str, ...]:
    """A card stands for the whole ticket, so it says what is due, too."""
    return (*_SHOWN, "due", "merged_into") if kind is NoticeKind.CARD else _SHOWN


_SHOWN = (
    "state",
    "priority",
    "queue",
    "tier",
    "assignee",
    "since",
    "tags",
    "others",
    "standing_address",
)


def _list(scene: Scene, _values: Values) -> tuple[Block, ...]:
    """The commands, each with what it does."""
    lines = []
    for command in scene.facts.get("commands") or ():
        usage = one_line(command["usage"], 80)
        name = f"help.{usage.lstrip('#').split(' ', maxsplit=1)[0]}"
        known = scene.phrases.has(name)
        does = scene.phrases.get(name) if known else one_line(command["does"])
        lines.append(f"{usage}: {does}")
    return (Block(kind="facts", text="\n".join(lines)),)


_PLACES: Mapping[str, Callable[[Scene, Values], tuple[Block, ...]]] = {
    "mark": _mark,
    "words": _words,
    "quote": _quote,
    "earlier": _earlier,
    "facts": _facts,
    "list": _list,
}
