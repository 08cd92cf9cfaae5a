"""What goes out: from a notice to a row of the outbox, and from there to what a channel sends."""

from gateway.runtime.outgoing.about import About, about_existing, mail_key
from gateway.runtime.outgoing.composing import Renders, compose
from gateway.runtime.outgoing.reading_back import outbound_of

__all__ = ["About", "Renders", "about_existing", "compose", "mail_key", "outbound_of"]
