"""What can be wrong with a mailbox, in words for an operator; never with a secret in them."""

from __future__ import annotations


class MailboxError(Exception):
    """A mailbox cannot be used. ``key`` is the key of its table to look at."""

    key = "host"


class LostError(MailboxError):
    """The connection failed, or said what nobody understands: connect again."""


class RefusedError(MailboxError):
    """The server answered NO or BAD to a command; the connection still stands."""


class LoginError(MailboxError):
    """The server does not let us in."""

    def __init__(self, message: str, key: str = "password") -> None:
        super().__init__(message)
        self.key = key


class NoFolderError(MailboxError):
    """The folder cannot be opened."""

    key = "folder"
