from __future__ import annotations

from dataclasses import replace

from gateway.channels.email.authenticating.evaluating import Authenticator
from gateway.core.ports import Accepted, Incoming, Intake


class CheckingIntake:
    """Looks at the signatures of mail that was fetched from a mailbox before it is accepted.

    See `core.ports.Intake`. Who handed the mail to the mailbox is not known, so nothing else can
    be looked at.
    """

    def __init__(self, intake: Intake, authenticator: Authenticator) -> None:
        self._intake = intake
        self._authenticator = authenticator

    async def accept(self, incoming: Incoming) -> Accepted:
        facts = await self._authenticator.of_fetched(incoming.raw)
        if facts is not None:
            incoming = replace(incoming, envelope={**incoming.envelope, "auth": facts})
        return await self._intake.accept(incoming)
