"""Who outside the desk a message went to as well."""

from __future__ import annotations

from gateway.core.deciding.draft import Desk, is_the_desks
from gateway.core.model import Message, Party


def addressed(message: Message, desk: Desk, *, taken: tuple[str, ...]) -> tuple[Party, ...]:
    """The people outside whom a message was also sent to: they take part from now on."""
    if message.proof.forged or message.automatic is not None:
        return ()
    left = {
        p.address: p
        for p in (*message.to, *message.cc)
        if p.address and p.address not in taken and not _inside(p.address, desk)
    }
    return tuple(left.values())[: desk.policy.most_participants]


def _inside(address: str, desk: Desk) -> bool:
    return address in desk.policy.agents_by_email or is_the_desks(desk, address)


def leaked_to(message: Message, desk: Desk) -> bool:
    """Whether an agent's mail also went to people outside, who now know its reply address."""
    return any(p.address and not _inside(p.address, desk) for p in (*message.to, *message.cc))
