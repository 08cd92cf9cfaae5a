from __future__ import annotations

from typing import Protocol

from pydantic import SecretStr


class Credentials(Protocol):
    """What a mailbox is opened with."""

    @property
    def doubt(self) -> str:
        """Why it may not work for much longer, in words; empty if it will."""
        ...

    def secret(self) -> str:
        """The password or the access token of the moment; blocks while one is fetched.

        Raises `LoginError` where there is none to be had, `LostError` where there is none now.
        """
        ...


class Password:
    """A password, as the config gives it."""

    doubt = ""

    def __init__(self, password: SecretStr) -> None:
        self._password = password

    def secret(self) -> str:
        """See `Credentials`."""
        return self._password.get_secret_value()
