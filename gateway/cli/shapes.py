"""The shapes that scripts read: the same names in every `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gateway.cli import service
from gateway.cli.terminal import instant
from gateway.core.expressions import TRUTH, Vocabulary
from gateway.core.model import NO_PROOF, Author, Party, Proof, StoredFile, Ticket, Verdict
from gateway.core.policy import Agent, Policy
from gateway.core.rules import Hit, Rule
from gateway.core.waiting import next_turn

if TYPE_CHECKING:
    from gateway.store.entries import Delivery, EntryRow
    from gateway.store.entry_rows import Revision
    from gateway.store.inbox import InboxRow
    from gateway.store.ledger import LedgerRow
    from gateway.store.outbox import OutboxRow
    from gateway.store.wanted import WantedRow

Shape = dict[str, Any]

# The first of these that any message of an entry has is the fate of the entry.
_FATES = ("failed", "bounced", "unknown", "sending", "queued", "sent", "cancelled")


def party(who: Party) -> Shape:
    """Somebody outside."""
    return {"name": who.name or None, "address": who.address or None}


def author(who: Author) -> Shape:
    """Who made an entry."""
    return {"name": who.name or None, "address": who.address or None, "role": who.role.value}


def agent(who: Agent) -> Shape:
    """An agent, as the config has them."""
    return {
        "name": who.name,
        "address": who.email,
        "tier": who.tier,
        "queues": list(who.queues),
        "skills": list(who.skills),
        "lead": who.lead,
        "accounts": dict(who.accounts),
        "notify": list(who.notify),
        "language": who.language,
    }


def assignee(email: str | None, policy: Policy) -> Shape | None:
    """Who has a ticket; without a name where the config does not know them any more."""
    if email is None:
        return None
    known = policy.agents_by_email.get(email)
    return {"name": known.name if known else None, "address": email}


def ticket(it: Ticket, policy: Policy, now: datetime) -> Shape:
    """A ticket as it stands now."""
    return {
        "number": it.number,
        "subject": it.subject,
        "state": it.state.value,
        "priority": it.priority.value,
        "queue": it.queue,
        "tier": it.tier,
        "assignee": assignee(it.assignee, policy),
        "tags": list(it.tags),
        "language": it.language,
        "channel": it.channel,
        "requester": party(it.requester),
        "participants": [party(p) for p in it.participants],
        "rating": it.rating,
        "previous": it.previous,
        "merged_into": it.merged_into,
        "created_at": instant(it.created_at),
        "updated_at": instant(it.updated_at),
        "resolved_at": instant(it.resolved_at),
        "closed_at": instant(it.closed_at),
        "promise": promise(it, policy, now),
        "waiting": waiting(it, policy),
        "sla": service.sla(it, policy, now),
    }


def waiting(it: Ticket, policy: Policy) -> Shape | None:
    """How a ticket waits for its requester, and what comes next: a reminder, or it is resolved."""
    if it.waiting is None:
        return None
    turn = next_turn(it.waiting, policy.patience_for(it), policy.hours_for(it))
    return {
        "since": instant(it.waiting.since),
        "reminded": it.waiting.reminded,
        "next_at": instant(turn.due_at) if turn else None,
        "resolves": turn.resolves if turn else None,
    }


def promise(it: Ticket, policy: Policy, now: datetime) -> Shape | None:
    """The last promise of an answer on a ticket."""
    made = it.promise
    if made is None:
        return None
    return {
        "by": assignee(made.by, policy),
        "due_at": instant(made.due_at),
        "made_at": instant(made.made_at),
        "kept_at": instant(made.kept_at),
        "late": made.due_at < (made.kept_at or now),
    }


def ticket_with_history(
    it: Ticket,
    entries: Sequence[EntryRow],
    ledger: Sequence[LedgerRow],
    policy: Policy,
    now: datetime,
) -> Shape:
    """A ticket with the ledgers of its deadlines and its entries, oldest first."""
    return ticket(it, policy, now) | {
        "deadlines": service.ledgers(ledger),
        "entries": [entry(row) for row in entries],
    }


def entry(row: EntryRow) -> Shape:
    """One entry of a ticket's history."""
    said = row.body
    return {
        "id": row.id,
        "at": instant(row.at),
        "kind": row.kind.value,
        "visibility": row.visibility.value,
        "direction": row.direction.value if row.direction else None,
        "channel": row.channel,
        "author": author(row.author),
        "text": said.text if said else None,
        "full_text": (said.full_text or said.text) if said else None,
        "html": said.html if said else None,
        "attachments": [attachment(file) for file in row.files],
        "files": [wanted_file(one) for one in row.wanted],
        "because": row.because,
        "change": change(row.change),
        "delivery": delivery(row),
        "message_id": row.message_id,
        "proof": None if row.proof == NO_PROOF else proof(row.proof),
        "held": row.held,
        "erased_at": instant(row.erased_at),
        "edited_at": instant(row.edited_at),
        "deleted_at": instant(row.deleted_at),
        "revisions": [revision(one) for one in row.revisions],
    }


def revision(of: Revision) -> Shape:
    """What an entry said before it was changed."""
    return {"at": instant(of.at), "text": None if of.erased_at else of.text}


def proof(of: Proof) -> Shape:
    """What is known of a sender."""
    return {"spf": of.spf.value, "dkim": of.dkim.value, "dmarc": of.dmarc.value}


_PROOF_WORDS = {
    Verdict.PASS: "{method} passed",
    Verdict.FAIL: "{method} failed",
    Verdict.NONE: "{method} says nothing",
}


def proof_words(of: Proof, address: str) -> str:
    """The same in words, such as "DMARC passed for acme.example"; empty if there are none.

    Where DMARC has decided, the rest adds nothing but a failure of SPF.
    """
    domain = address.rpartition("@")[2]
    if not domain:
        return ""
    said = [_PROOF_WORDS[of.dmarc].format(method="DMARC")] if of.dmarc in _PROOF_WORDS else []
    decided = of.dmarc in (Verdict.PASS, Verdict.FAIL)
    for method, verdict in (("SPF", of.spf), ("DKIM", of.dkim)):
        if verdict in _PROOF_WORDS and (not decided or (method, verdict) == ("SPF", Verdict.FAIL)):
            said.append(_PROOF_WORDS[verdict].format(method=method))
    return f"{', '.join(said)} for {domain}" if said else ""


def attachment(file: StoredFile) -> Shape:
    """A file of an entry, without its octets; ``size`` in octets."""
    return {"name": file.name, "type": file.type, "size": file.size, "inline": file.inline}


def wanted_file(one: WantedRow) -> Shape:
    """A file that had to be fetched from a chat; ``problem`` says why it is not here."""
    return {"name": one.name, "state": one.state.value, "problem": one.problem}


def change(what: Mapping[str, Any] | None) -> Shape | None:
    """What an entry changed."""
    return {key: what.get(key) for key in ("what", "old", "new")} if what else None


def delivery(row: EntryRow) -> Shape | None:
    """How an entry that goes out fares: its least lucky message; answers before copies."""
    goes_out = row.kind.value == "notice" or (row.direction and row.direction.value == "out")
    if not goes_out or not row.delivery:
        return None
    answers = [one for one in row.delivery if one.kind == "answer"]
    worst = min(answers or row.delivery, key=_fate)
    state = "queued" if worst.state == "sending" else worst.state
    return {"state": state, "attempts": worst.attempts, "error": worst.error}


def _fate(one: Delivery) -> int:
    return _FATES.index(one.state)


def hit(it: Hit) -> Shape:
    """What came of one rule for a message."""
    return {
        "name": it.rule.name,
        "matched": it.matched,
        "because": it.because,
        "did": list(it.did),
    }


def rule(it: Rule, words: Vocabulary) -> Shape:
    """A rule, with what was checked of its condition when the config was read."""
    return {
        "name": it.name,
        "on": it.on.value,
        "when": it.when.source,
        "checks": [
            *(f"{name} is {words.types[name]}" for name in sorted(it.when.names)),
            *(f'"{pattern}" is a regular expression' for pattern in it.when.patterns),
            f"the condition gives {TRUTH}",
        ],
        "sets": {
            "priority": it.priority.value if it.priority else None,
            "queue": it.queue or None,
            "tags": list(it.tags),
            "tier": it.tier or None,
            "assign": it.assign or None,
            "sla": it.sla or None,
            "impact": it.impact.value if it.impact else None,
            "urgency": it.urgency.value if it.urgency else None,
        },
        "stop": it.stop,
    }


def inbox_row(row: InboxRow) -> Shape:
    """Something that came in, with its fate."""
    return {
        "id": row.id,
        "state": row.state.value,
        "channel": row.channel,
        "external_id": row.external_id,
        "received_at": instant(row.received_at),
        "handled_at": instant(row.handled_at),
        "due_at": instant(row.due_at),
        "attempts": row.attempts,
        "live": row.live,
        "reason": row.reason,
        "error": row.error,
        "ticket": row.ticket,
        "entry": row.entry,
        "released_by": row.released_by,
    }


def outbox_row(row: OutboxRow) -> Shape:
    """Something that goes out, with its fate."""
    return {
        "id": row.id,
        "state": row.state.value,
        "channel": row.channel,
        "kind": row.kind,
        "to": party(row.to),
        "ticket": row.ticket,
        "entry": row.entry,
        "message_id": row.message_id,
        "attempts": row.attempts,
        "created_at": instant(row.created_at),
        "due_at": instant(row.due_at),
        "sent_at": instant(row.sent_at),
        "error": row.error,
    }
