"""What requesters, participants and strangers say."""

from gateway.core.deciding.incoming.entry import append_message, claim, tell_words
from gateway.core.deciding.incoming.known_ticket import add_words, note_judgement
from gateway.core.deciding.incoming.new_ticket import (
    NO_SUBJECT,
    announce,
    language_of,
    open_ticket,
    spoken_with,
)
from gateway.core.deciding.incoming.outsiders import leaked_to

__all__ = [
    "NO_SUBJECT",
    "add_words",
    "announce",
    "append_message",
    "claim",
    "language_of",
    "leaked_to",
    "note_judgement",
    "open_ticket",
    "spoken_with",
    "tell_words",
]
