"""Mail in by SMTP and LMTP."""

from gateway.channels.email.listening.options import ListenOptions
from gateway.channels.email.listening.server import MailListener
from gateway.channels.email.listening.tls import server_context

__all__ = ["ListenOptions", "MailListener", "server_context"]
