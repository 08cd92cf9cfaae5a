"""What is known of agents and of those who write."""

from __future__ import annotations

import secrets

from gateway.core import changes as c
from gateway.core.codes import LENGTH, LETTERS, digest_of, shown
from gateway.core.frozen import replace
from gateway.core.model import Party
from gateway.core.situation import PendingCode
from gateway.runtime.applying.work import Handlers, Work
from gateway.store import linking, people, rotation
from gateway.store.errors import ConflictError


def _away(work: Work, change: c.Away) -> None:
    people.set_away(work.conn, change.agent, change.until, back=change.back)


def _given(work: Work, change: c.Given) -> None:
    """Of two processes that give at once the second decides again, and gives to the next one."""
    if not rotation.give(work.conn, change.queue, change.before, change.agent):
        raise ConflictError(f"a ticket of {change.queue} was given by somebody else meanwhile")


def _verify(work: Work, change: c.Verify) -> None:
    people.verify(work.conn, Party(address=change.address), work.now)


def _link(work: Work, change: c.Link) -> None:
    linking.link(work.conn, change.one, change.other, work.now)


def _attempt(work: Work, change: c.Attempt) -> None:
    if not linking.attempt(work.conn, change.account, change.tries, over=change.over):
        raise ConflictError("a code was tried by somebody else meanwhile")


def _challenge(work: Work, change: c.Challenge) -> None:
    """A fresh code for an account; what goes out by mail is the only place where it stands."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    sent = PendingCode(
        address=change.say.to.address,
        place=change.place,
        digest=digest_of(code, change.account, change.place),
        until=change.until,
    )
    linking.challenge(work.conn, change.account, sent)
    work.says.append(replace(change.say, facts={**change.say.facts, "code": shown(code)}))


HANDLERS: Handlers = {
    c.Away: _away,
    c.Given: _given,
    c.Verify: _verify,
    c.Link: _link,
    c.Challenge: _challenge,
    c.Attempt: _attempt,
}
