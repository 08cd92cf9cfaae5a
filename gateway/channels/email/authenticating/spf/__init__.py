"""Sender Policy Framework (RFC 7208): may this address send mail for that domain?"""

from gateway.channels.email.authenticating.spf.checking import SpfResult, check_host
from gateway.channels.email.authenticating.spf.terms import SpfSyntaxError, parse, records_among

__all__ = ["SpfResult", "SpfSyntaxError", "check_host", "parse", "records_among"]
