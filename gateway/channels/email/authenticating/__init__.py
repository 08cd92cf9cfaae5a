"""Who really sent a mail: SPF, DKIM and DMARC, evaluated by ourselves (RFC 7208, 6376, 7489).

The verdicts are taken when a mail is accepted, for they need the DNS and the peer; reading takes
them from the envelope. ARC (RFC 8617) is not looked at: it only says what others believed.
"""

from gateway.channels.email.authenticating.evaluating import Authenticator
from gateway.channels.email.authenticating.intake import CheckingIntake
from gateway.channels.email.authenticating.options import AuthOptions

__all__ = ["AuthOptions", "Authenticator", "CheckingIntake"]
