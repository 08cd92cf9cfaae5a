"""An agent's words become a public answer or a note, and those who should hear of it do."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.audience import for_copies
from gateway.core.changes import Append, NoticeKind, Reach
from gateway.core.chat import WantedFile
from gateway.core.deciding.draft import Draft, agent_author
from gateway.core.model import (
    NO_PROOF,
    Attachment,
    Body,
    Direction,
    EntryKind,
    Proof,
    StoredFile,
    Visibility,
)
from gateway.core.notices import to_people
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.scrubbing import scrub
from gateway.core.states import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an agent said, commands left out, with all that belongs to its entry.

    ``original`` is the text as they wrote it, commands included. ``said_in``: the common place
    where it was said. ``awaits_files``: files of it have to be fetched; ``wanted`` are those that
    an entry of before (``wanted_by``) has fetched until now.
    """

    body: Body
    original: str
    because: Reason
    attachments: tuple[Attachment, ...] = ()
    files: tuple[StoredFile, ...] = ()
    fingerprint: str | None = None
    message_id: str | None = None
    channel: str = "email"
    said_in: str = ""
    awaits_files: bool = False
    wanted: tuple[WantedFile, ...] = ()
    wanted_by: int | None = None
    proof: Proof = NO_PROOF

    @property
    def any(self) -> bool:
        """Whether anything was said at all."""
        return bool(self.body.text or self.attachments or self.files or self.awaits_files)


def publish(draft: Draft, agent: Agent, words: Words, *, takes: bool = True) -> str:
    """The public answer: to the people on the ticket, and as a copy to agents who watch.

    ``takes``: a ticket that nobody has becomes this agent's.
    """
    author = agent_author(agent, words.channel)
    clean = for_outside(draft, words.body.text)
    html = _html_for_outside(draft, words.body) if clean == words.body.text else None
    body = Body(text=clean, full_text=words.body.full_text, html=html)
    ref = _append(draft, agent, words, body, EntryKind.MESSAGE)
    if takes and draft.ticket.assignee is None:
        draft.alter("assignee", agent.email, Reason.of(Why.FIRST_ANSWER_TAKES), author)
    for notice in to_people(
        draft.policy,
        draft.ticket,
        agent,
        body,
        words.because,
        about=ref,
        files=words.files,
        said_in=words.said_in,
    ):
        draft.say(notice)
    _copies(draft, agent, NoticeKind.COPY, words.because, ref)
    draft.move_state(Cause.AGENT_ANSWERED, Reason.of(Why.FIRST_ANSWER_OPENS), author)
    return ref


def for_outside(draft: Draft, text: str) -> str:
    """Words as people outside may read them: no mark, no signed address, no agent's own."""
    desk = draft.desk
    plain = desk.policy.sender_address(draft.ticket.queue)
    return scrub(
        text,
        lambda a: a in desk.policy.agents_by_email or desk.book.looks_ours(a),
        plain,
        shortest=1,
    )


def _html_for_outside(draft: Draft, body: Body) -> str | None:
    """The formatted words, unless anything in them would have to be taken out."""
    html = body.html
    return html if html and for_outside(draft, html) == html else None


def write_note(draft: Draft, agent: Agent, words: Words) -> str:
    """A note: it stays inside the team, and its author hears of what follows."""
    ref = _append(draft, agent, words, words.body, EntryKind.NOTE)
    _copies(draft, agent, NoticeKind.NOTE, words.because, ref)
    if agent.email not in draft.ticket.watchers:
        watchers = (*draft.ticket.watchers, agent.email)
        draft.alter("watchers", watchers, words.because, agent_author(agent, words.channel))
    return ref


def _append(draft: Draft, agent: Agent, words: Words, body: Body, kind: EntryKind) -> str:
    public = kind is EntryKind.MESSAGE
    return draft.entry(
        Append(
            ref=draft.ref(),
            kind=kind,
            visibility=Visibility.PUBLIC if public else Visibility.INTERNAL,
            direction=Direction.OUT if public else None,
            channel=words.channel,
            author=agent_author(agent, words.channel),
            because=words.because,
            body=body,
            attachments=words.attachments,
            files=words.files,
            fingerprint=words.fingerprint,
            message_id=words.message_id,
            proof=words.proof,
            wanted=words.wanted,
            wanted_by=words.wanted_by,
        )
    )


def _copies(draft: Draft, agent: Agent, kind: NoticeKind, because: Reason, ref: str) -> None:
    reach = Reach.PUBLIC if kind is NoticeKind.COPY else Reach.INTERNAL
    for other in for_copies(draft.policy, draft.ticket, agent.email):
        draft.tell(
            other, kind, because, reach=reach, about=ref, attach=True, facts={"author": agent.name}
        )
