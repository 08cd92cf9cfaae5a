from __future__ import annotations

_MISTAKES = ("500", "501", "502", "503", "555")


class Refusal(Exception):
    """A command is answered with this reply (RFC 5321, section 4.2; RFC 2034) and has no effect."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply

    @property
    def is_mistake(self) -> bool:
        """The peer does not speak the protocol; too many of these end the session."""
        return self.reply.startswith(_MISTAKES)


def syntax_error(expected: str) -> Refusal:
    """An argument that cannot be read; ``expected`` is the form it should have."""
    return Refusal(f"501 5.5.4 syntax: {expected}")


def wrong_order(expected: str) -> Refusal:
    """A command at the wrong moment; ``expected`` says what should come instead."""
    return Refusal(f"503 5.5.1 {expected}")


def not_offered(command: str) -> Refusal:
    """A command of the standard that this server does not offer."""
    return Refusal(f"502 5.5.1 {command} is not offered here")
