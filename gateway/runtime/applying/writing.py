"""Writes what a decision collected: entries, then thread keys, then the outbox."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core import changes as c
from gateway.core import documents
from gateway.core.frozen import replace
from gateway.core.model import Body, Direction, EntryKind, Visibility
from gateway.runtime.addressees import tally_keys
from gateway.runtime.applying.work import Work
from gateway.runtime.gathering import is_fingerprint
from gateway.runtime.outgoing import About, about_existing, compose, mail_key
from gateway.runtime.outgoing.rooms import needed
from gateway.runtime.rendering.variables import TO_CUSTOMERS
from gateway.store import entries, kept, keys, outbox, people, wanted
from gateway.store.entries import NewEntry
from gateway.store.errors import ConflictError
from gateway.store.kept import NewKept
from gateway.store.outbox import NewOutbox

# Answers have entries of their own; what rooms are shown stands on the ticket already.
_SHOWN = frozenset({c.NoticeKind.CARD, c.NoticeKind.SAID, c.NoticeKind.HAPPENED})
_WITHOUT_NOTICE = _SHOWN | {c.NoticeKind.ANSWER}
_REPLIES = {c.Reach.PUBLIC: Visibility.PUBLIC, c.Reach.INTERNAL: Visibility.INTERNAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composed:
    """Something to be said, with the row that it becomes."""

    say: c.Say
    row: NewOutbox

    @property
    def text(self) -> str:
        """All of its words."""
        return documents.from_json(self.row.message["document"]).text


def write(work: Work) -> None:
    """All of it, in the order in which the rows need each other."""
    composed = [_compose(work, say) for say in work.says if work.heard or say.wait]
    if work.ticket is not None:
        if work.heard:
            _note_notices(work, composed)
        _note_kept(work)
    _write_entries(work)
    _write_keys(work, composed)
    _write_outbox(work, composed)
    _count_capped(work)
    _write_kept(work)


def _compose(work: Work, say: c.Say) -> _Composed:
    row = compose(say, work.ticket, _about(work, say), work.desk, work.renderer, work.clock)
    return _Composed(say=say, row=row)


def _about(work: Work, say: c.Say) -> About:
    if say.about is None:
        return About()
    if isinstance(say.about, int):
        if say.about not in work.existing:
            work.existing[say.about] = about_existing(work.conn, say.about)
        existing = work.existing[say.about]
        return replace(existing, files=say.files) if say.files else existing
    claimed = (k for cl in work.claims if cl.ref == say.about for k in cl.keys)
    own = next((k for k in claimed if not is_fingerprint(k)), None)
    key = own if say.kind is not c.NoticeKind.ANSWER else _last_key(work)
    return replace(work.abouts[say.about], key=key)


def _last_key(work: Work) -> str | None:
    """The key of the newest message that came in: what a public answer answers."""
    last = entries.last_words(work.conn, work.needs_ticket().number)
    own = keys.of_entry(work.conn, last.id) if last else ()
    return next((k for k in own if not is_fingerprint(k)), None)


def _note_notices(work: Work, composed: list[_Composed]) -> None:
    """The history says who was told what; answers have entries of their own.

    What went to people outside stands there with its words; of notices to agents, which repeat what
    others wrote, one entry for each kind says whom they went to.
    """
    by_kind: dict[c.NoticeKind, list[_Composed]] = {}
    for one in composed:
        if one.say.kind not in _WITHOUT_NOTICE or one.say.mentions:
            by_kind.setdefault(one.say.kind, []).append(one)
    for kind, them in by_kind.items():
        work.pending.append((_notice_ref(kind), _notice(work, kind, them)))


def _notice_ref(kind: c.NoticeKind) -> str:
    return f"notice:{kind.value}"


def _notice(work: Work, kind: c.NoticeKind, them: list[_Composed]) -> NewEntry:
    outward = kind in TO_CUSTOMERS
    names = ", ".join(_names(one.say) for one in them)
    text = them[0].text if outward else f"Told {names}: {kind.value.replace('_', ' ')}"
    because = them[0].say.because
    return NewEntry(
        ticket=work.needs_ticket().number,
        at=work.now,
        kind=EntryKind.NOTICE,
        visibility=Visibility.PUBLIC if outward else Visibility.INTERNAL,
        direction=Direction.OUT,
        author=work.desk_author(),
        because=str(because),
        because_code=because.code,
        reply_visibility=_REPLIES.get(them[0].say.reach),
        body=Body(text=text),
        inbox=work.inbox,
    )


def _note_kept(work: Work) -> None:
    """The history says, too, what was kept for whose summary."""
    by_kind: dict[c.NoticeKind, list[c.Keep]] = {}
    for keep in work.keeps:
        by_kind.setdefault(keep.say.kind, []).append(keep)
    for kind, them in by_kind.items():
        names = ", ".join(keep.say.to.shown for keep in them)
        because = them[0].because
        new = NewEntry(
            ticket=work.needs_ticket().number,
            at=work.now,
            kind=EntryKind.NOTICE,
            visibility=Visibility.INTERNAL,
            direction=Direction.OUT,
            author=work.desk_author(),
            because=str(because),
            because_code=because.code,
            body=Body(text=f"Kept for a summary to {names}: {kind.value.replace('_', ' ')}"),
            inbox=work.inbox,
        )
        work.pending.append((f"kept:{kind.value}", new))


def _names(say: c.Say) -> str:
    """Who hears something: in a room of agents, whoever is called there."""
    return ", ".join(one.shown for one in say.mentions) if say.in_room else say.to.shown


def _write_entries(work: Work) -> None:
    if not work.pending:
        return
    ids = entries.append(work.conn, [new for _, new in work.pending])
    for (ref, new), number in zip(work.pending, ids, strict=True):
        if ref:  # what has none is referred to by nothing, and least of all by keys without one
            work.ids[ref] = number
        if ref in work.wanted:
            _want(work, number, work.wanted[ref])
        if work.first_entry is None and new.kind in (EntryKind.MESSAGE, EntryKind.NOTE):
            work.first_entry = number


def _want(work: Work, entry: int, said: c.Append) -> None:
    """Have the files of an entry fetched, or what another one still waits for go over to it."""
    if said.wanted_by is None:
        wanted.want(work.conn, entry, said.channel, said.wanted, work.clock)
    elif wanted.hand_over(work.conn, said.wanted_by, entry) < len(said.wanted):
        raise ConflictError("a file of a held answer came while it was sent")


def _write_keys(work: Work, composed: list[_Composed]) -> None:
    """What was not known when we looked must be free: else somebody was faster."""
    for claim in work.claims:
        if claim.taken_from is not None:
            _take_over(work, claim, claim.taken_from)
    arrived = [
        keys.Wanted(work.ids.get(claim.ref) if claim.ref else None, new)
        for claim in work.claims
        if (new := [k for k in claim.keys if k not in work.known_keys])
    ]
    wanted = arrived + _sent(work, composed)
    if wanted:
        there = keys.claim_all(work.conn, work.needs_ticket().number, wanted)
        if any(is_fingerprint(key) for key in there):
            raise ConflictError("another process wrote the same message meanwhile")
    for claim in work.claims:
        _own_arrived(work, claim)


def _take_over(work: Work, claim: c.Claim, before: int) -> None:
    number = work.needs_ticket().number
    for key in claim.keys:
        if not keys.take_over(work.conn, key, before, number):
            raise ConflictError("another process took the same thing over meanwhile")


def _own_arrived(work: Work, claim: c.Claim) -> None:
    """A key that answers had claimed before its message came is that message's now."""
    entry = work.ids.get(claim.ref)
    if entry is None or not claim.came:
        return
    for key in work.known_keys.intersection(claim.keys):
        keys.arrived(work.conn, work.needs_ticket().number, entry, key)


def _write_outbox(work: Work, composed: list[_Composed]) -> None:
    if not composed:
        return
    rows = [_row(work, one) for one in composed]
    outbox.enqueue_later(work.conn, [row for row in rows if needed(work.conn, row, work.opened)])


def _count_capped(work: Work) -> None:
    capped = [k for say in work.says if say.capped for k in tally_keys(say.to.address)]
    if capped:
        people.count(work.conn, capped, people.hour_of(work.now))


def _write_kept(work: Work) -> None:
    rows = [
        NewKept(
            agent=keep.say.to.address,
            sort=keep.sort,
            ticket=work.needs_ticket().number,
            kind=keep.say.kind.value,
            entry=work.ids.get(about) if isinstance(about := keep.say.about, str) else about,
            at=work.clock,
        )
        for keep in work.keeps
    ]
    if rows:
        kept.keep(work.conn, rows)


def _row(work: Work, one: _Composed) -> NewOutbox:
    about = one.say.about
    awaits = work.ids.get(about) if one.say.attach and about in work.wanted else None
    return replace(one.row, entry=_own_entry(work, one.say), awaits=awaits)


def _own_entry(work: Work, say: c.Say) -> int | None:
    """The entry that shows how a message fared: the answer itself, else the notice's."""
    if say.kind in (c.NoticeKind.ANSWER, c.NoticeKind.SAID):
        return work.ids.get(say.about) if isinstance(say.about, str) else say.about
    return work.ids.get(_notice_ref(say.kind))


def _sent(work: Work, composed: list[_Composed]) -> list[keys.Wanted]:
    """By what is sent, answers find the ticket, and the entry that it was sent for."""
    if work.ticket is None:
        return []
    by_entry: dict[int | None, list[str]] = {}
    mails = (one for one in composed if one.row.channel == "email")
    for one in mails:
        entry = _own_entry(work, one.say)
        by_entry.setdefault(entry, []).append(mail_key(one.row.message_id))
    return [keys.Wanted(entry, ours, sent=True) for entry, ours in by_entry.items()]
