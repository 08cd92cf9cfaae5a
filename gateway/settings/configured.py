"""What a config makes of the core: the policy, and the desk's addresses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gateway.core.addresses import AddressBook
from gateway.core.policy import Policy
from gateway.settings.load import Loaded
from gateway.settings.policy import address_book, policy_of
from gateway.settings.secret import desk_secret


@dataclass(frozen=True)
class Configured:
    """A desk as its config describes it. The daemon and the commands stand on it."""

    loaded: Loaded

    @cached_property
    def policy(self) -> Policy:
        """What the operator decided."""
        return policy_of(self.loaded.settings, self.loaded.sections)

    @cached_property
    def book(self) -> AddressBook:
        """The desk's own addresses. Makes the secret if there is none yet."""
        return address_book(self.loaded.settings, desk_secret(self.loaded))
