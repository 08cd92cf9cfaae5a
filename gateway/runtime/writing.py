"""Writes what a decision collected: entries, then thread keys, then the outbox."""

from __future__ import annotations

from dataclasses import replace

from gateway.core import changes as c
from gateway.core.model import Body, Direction, EntryKind, Visibility
from gateway.runtime.gathering import tally_keys
from gateway.runtime.outgoing import About, about_existing, compose, mail_key
from gateway.runtime.work import Work
from gateway.store import entries, keys, outbox, people
from gateway.store.entries import NewEntry
from gateway.store.outbox import NewOutbox

_TO_PEOPLE = frozenset({c.NoticeKind.CONFIRMATION, c.NoticeKind.ANSWER})


def write(work: Work) -> None:
    """All of it, in the order in which the rows need each other."""
    _note_notices(work)
    _write_entries(work)
    _write_keys(work)
    _write_outbox(work)


def _note_notices(work: Work) -> None:
    """One entry for each kind of notice says who was told; answers have entries of their own."""
    if work.ticket is None:
        return
    kinds = dict.fromkeys(s.kind for s in work.says if s.kind is not c.NoticeKind.ANSWER)
    for kind in kinds:
        work.pending.append((_notice_ref(kind), _notice(work, kind)))


def _notice_ref(kind: c.NoticeKind) -> str:
    return f"notice:{kind.value}"


def _notice(work: Work, kind: c.NoticeKind) -> NewEntry:
    them = [say for say in work.says if say.kind is kind]
    return NewEntry(
        ticket=work.needs_ticket().number,
        at=work.now,
        kind=EntryKind.NOTICE,
        visibility=Visibility.PUBLIC if kind in _TO_PEOPLE else Visibility.INTERNAL,
        direction=Direction.OUT,
        author=work.desk_author(),
        because=str(them[0].because),
        because_code=them[0].because.code,
        body=Body(text=f"{kind.value} to {', '.join(s.to.shown for s in them)}"),
        inbox=work.inbox,
    )


def _write_entries(work: Work) -> None:
    if not work.pending:
        return
    ids = entries.append(work.conn, [new for _, new in work.pending])
    for (ref, new), number in zip(work.pending, ids, strict=True):
        work.ids[ref] = number
        if work.first_entry is None and new.kind in (EntryKind.MESSAGE, EntryKind.NOTE):
            work.first_entry = number


def _write_keys(work: Work) -> None:
    """What was not known when we looked must be free: else somebody was faster."""
    for claim in work.claims:
        fresh = [k for k in claim.keys if k not in work.known_keys]
        if fresh:
            entry = work.ids.get(claim.ref) if claim.ref else None
            keys.claim(work.conn, work.needs_ticket().number, entry, fresh)


def _write_outbox(work: Work) -> None:
    if not work.says:
        return
    made = [_compose(work, say) for say in work.says]
    outbox.enqueue_many(work.conn, [new for new, _ in made])
    if work.ticket is not None:
        _claim_sent(work, made)
    capped = [k for say in work.says if say.capped for k in tally_keys(say.to.address)]
    if capped:
        people.count(work.conn, capped, people.hour_of(work.now))


def _compose(work: Work, say: c.Say) -> tuple[NewOutbox, int | None]:
    """The row for the outbox, and the entry that an answer to it answers."""
    about = _about(work, say)
    new = compose(say, work.ticket, about, work.desk, work.renderer, work.now)
    own = say.about if say.kind is c.NoticeKind.ANSWER else _notice_ref(say.kind)
    entry = work.ids.get(own) if isinstance(own, str) else None
    return replace(new, entry=entry), about.entry


def _about(work: Work, say: c.Say) -> About:
    if say.about is None:
        return About()
    if isinstance(say.about, int):
        if say.about not in work.existing:
            work.existing[say.about] = about_existing(work.conn, say.about)
        return work.existing[say.about]
    known = work.abouts[say.about]
    own = next((k for cl in work.claims if cl.ref == say.about for k in cl.keys), None)
    key = own if say.kind is not c.NoticeKind.ANSWER else _last_key(work)
    return replace(known, entry=work.ids[say.about], key=key)


def _last_key(work: Work) -> str | None:
    """The key of the newest message that came in: what a public answer answers."""
    last = entries.last_words(work.conn, work.needs_ticket().number)
    own = keys.of_entry(work.conn, last.id) if last else ()
    return own[0] if own else None


def _claim_sent(work: Work, made: list[tuple[NewOutbox, int | None]]) -> None:
    """Answers to what is sent find the ticket, and the entry that it was about."""
    by_entry: dict[int | None, list[str]] = {}
    for new, entry in made:
        by_entry.setdefault(entry, []).append(mail_key(new.message_id))
    for entry, ours in by_entry.items():
        keys.claim(work.conn, work.needs_ticket().number, entry, ours, sent=True)
