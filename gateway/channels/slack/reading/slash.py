"""The slash command: ``/ticket status``, ``/ticket 7 priority high``, ``/ticket no printer``."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.slack.keys import Place
from gateway.channels.slack.reading.context import NAME, Context
from gateway.channels.slack.reading.fields import Table, words
from gateway.channels.slack.reading.mrkdwn import plain
from gateway.core.chat import Ask, Request, Spoken, Where
from gateway.core.commands import number_of
from gateway.core.model import Message

# What an agent says of no ticket; other words that are no request begin a new one.
_OF_NO_TICKET = frozenset(("mine", "away", "back", "for", "requester"))
_ASKED = frozenset(
    {Ask.HELP, Ask.STATUS, Ask.CLOSE, Ask.SOLVED, Ask.NOT_SOLVED, Ask.RATE, Ask.LINK, Ask.CODE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slash:
    """What was typed behind the command: one of a form's beginning, a request, or a line."""

    form: bool = False
    prefill: str = ""
    request: Request | None = None
    ticket: int | None = None
    line: str = ""


def slash_of(text: str) -> Slash:
    """What it asks for. ``7 priority high`` is ``#priority high`` on ticket 7."""
    typed = " ".join(plain(text).split())
    first, _, rest = typed.partition(" ")
    request = Request.of(typed.lower() if typed.isascii() and not rest else typed)
    if request is None and first.lower() in _ASKED:
        request = Request.of(f"{first.lower()} {rest}")
    if request is not None and request.ask in _ASKED:
        return Slash(request=request)
    if number := number_of(first):
        return Slash(ticket=number, line="#" + (rest.lstrip("#") or "status"))
    if first.lstrip("#").lower() in _OF_NO_TICKET:
        return Slash(line="#" + typed.lstrip("#"))
    begin = rest if first.lower() == "new" else typed
    return Slash(form=True, prefill=begin[:150])


def read_slash(payload: Table, context: Context) -> Message:
    """The command as a message; one that only opened a form has nothing to say."""
    who, channel = words(payload, "user_id"), words(payload, "channel_id")
    slash = slash_of(words(payload, "text"))
    where = Where.DESK if context.where(channel) is Where.DESK else Where.DIRECT
    return Message(
        channel=NAME,
        author=context.party(who),
        fingerprint=context.fingerprint("slash", context.external_id),
        text=slash.line,
        full_text=slash.line,
        language=context.language(who),
        ignored="slash command that opens a form" if slash.form else "",
        chat=Spoken(
            where=where,
            conversation=context.direct if where is Where.DIRECT else "",
            place=Place(channel).key if channel else "",
            shown_to_author_alone=True,
            ticket=slash.ticket,
            request=slash.request,
            pressed=True,
            same=context.same(who),
        ),
    )
