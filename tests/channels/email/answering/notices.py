"""Real notices of a small desk: decided by the core, rendered, built into mail as it goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy

from gateway.channels.email.sending.building import to_bytes
from gateway.core import documents
from gateway.core.changes import NoticeKind
from gateway.core.deciding import Desk
from gateway.core.model import EntryFact
from gateway.core.ports import Outbound
from gateway.runtime.outgoing import About, compose
from gateway.runtime.rendering.renderer import Renderer
from gateway.runtime.scrubbing import scrub_outbound
from tests.core.kit import (
    ADA,
    AGENTS,
    BEA,
    CARLA,
    Outgoing,
    World,
    book,
)
from tests.core.kit import (
    policy as desk_policy,
)

REQUEST = (
    "The printer on the third floor burns again, and it smells.\n\n"
    "Here is what it says on its little display, word for word as I see it now:\n"
    "  PC LOAD LETTER\n\nCould somebody come?\n\nAda Byron"
)
NOTE = "Between us: she set it on fire herself, twice already this year, so check the cameras."
SECRETS = ("Between us", "check the cameras", "Open a ticket", "##", "take, #assign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as an agent got it: its words in both forms, and where its answer goes."""

    kind: NoticeKind
    out: Outgoing
    world: World
    subject: str
    sender: str
    plain: str
    html: str


def _speaking(language: str) -> World:
    agents = tuple(replace(a, language=language) for a in AGENTS)
    return World(desk=Desk(policy=desk_policy(agents=agents), book=book()))


def _new_ticket(w: World) -> None:
    w.mail(ADA, REQUEST, subject="Printer on fire")


def _reply(w: World) -> None:
    _new_ticket(w)
    w.act(BEA, 7, "#take")
    w.answer(ADA, w.last(ADA), "It still burns, and now the curtain does, too.")


def _copy(w: World) -> None:
    _new_ticket(w)
    w.act(BEA, 7, "#watch")
    w.act(CARLA, 7, text="Please leave the building.")


def _note(w: World) -> None:
    _new_ticket(w)
    w.act(BEA, 7, "#watch")
    w.act(CARLA, 7, "#note", text=NOTE)


def _woke(w: World) -> None:
    _note(w)
    w.act(BEA, 7, "#take", "#pending 1d")
    w.wait(timedelta(days=1, minutes=1))


def _held(w: World) -> None:
    _new_ticket(w)
    told = w.last(BEA, NoticeKind.NEW_TICKET)
    w.act(CARLA, 7, text="It is the cable, please look at the plug in the wall.")
    w.answer(BEA, told, "Please buy a new printer.")


def _reply_after_note(w: World) -> None:
    _note(w)
    w.answer(ADA, w.last(ADA), "It still burns, and now the curtain does, too.")


STORIES: dict[str, tuple[Callable[[World], None], NoticeKind]] = {
    "new ticket": (_new_ticket, NoticeKind.NEW_TICKET),
    "reply": (_reply, NoticeKind.REPLY),
    "copy": (_copy, NoticeKind.COPY),
    "held answer": (_held, NoticeKind.HELD_ANSWER),
    "reply, a note before it": (_reply_after_note, NoticeKind.REPLY),
    "note": (_note, NoticeKind.NOTE),
    "woke": (_woke, NoticeKind.WOKE),
}
PUBLIC = tuple(STORIES)[:5]
INTERNAL = tuple(STORIES)[5:]


def notice(story: str, language: str = "en") -> Notice:
    """The last notice of that kind that Bea got, in a world where it just came."""
    world = _speaking(language)
    tell, kind = STORIES[story]
    tell(world)
    out = world.last(BEA, kind)
    mail = message_from_bytes(_built(world, out), policy=policy.default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    page = html.get_content()
    return Notice(
        kind=kind,
        out=out,
        world=world,
        subject=str(mail["Subject"]),
        sender=str(mail["From"]),
        plain=plain.get_content().rstrip("\n"),
        html=page[page.index(">", page.index("<body")) + 1 : page.index("</body>")].strip(),
    )


class _WithHistory:
    """Renders as the desk does: with what was said before, notes too."""

    def __init__(self, world: World) -> None:
        self._inner = Renderer(None, "Acme Support", "Europe/Madrid")
        facts: list[EntryFact] = [e.fact for e in world.history(7)]
        self._earlier = tuple(reversed(facts))

    def render(self, say, **given):
        return self._inner.render(say, earlier=self._earlier, **given)

    def phrase(self, language: str, name: str) -> str:
        return self._inner.phrase(language, name)


def _built(world: World, out: Outgoing) -> bytes:
    entry = world.entries[out.entry] if out.entry else None
    about = About(entry=out.entry, body=entry.body if entry else None)
    ticket = world.tickets[out.ticket] if out.ticket else None
    row = compose(out.say, ticket, about, world.desk, _WithHistory(world), world.now)
    stored = row.message
    outbound = Outbound(
        id=out.id,
        ticket=out.ticket,
        channel="email",
        to=row.to,
        sender=replace(row.to, **stored["sender"]),
        document=documents.from_json(stored["document"]),
        message_id=row.message_id,
        created_at=row.created_at,
        reply_to=out.reply_to,
        language=stored["language"],
        mark=stored["mark"],
    )
    clean = scrub_outbound(outbound, world.desk.book.looks_ours, "support@acme.example")
    return to_bytes(clean, domain="acme.example")
