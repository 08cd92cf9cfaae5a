"""The nouns of the desk. All frozen; all times are aware datetimes in UTC."""

from gateway.core.model.entries import Body, Direction, EntryFact, EntryKind, Visibility
from gateway.core.model.files import Attachment, StoredFile
from gateway.core.model.messages import (
    Automatic,
    Bounce,
    FailedRecipient,
    Forwarded,
    Message,
    Remark,
    RemarkKind,
    Source,
)
from gateway.core.model.people import NO_PROOF, Author, Party, Proof, Role, Verdict, called
from gateway.core.model.tickets import Priority, State, Ticket

__all__ = [
    "NO_PROOF",
    "Attachment",
    "Author",
    "Automatic",
    "Body",
    "Bounce",
    "Direction",
    "EntryFact",
    "EntryKind",
    "FailedRecipient",
    "Forwarded",
    "Message",
    "Party",
    "Priority",
    "Proof",
    "Remark",
    "RemarkKind",
    "Role",
    "Source",
    "State",
    "StoredFile",
    "Ticket",
    "Verdict",
    "Visibility",
    "called",
]
