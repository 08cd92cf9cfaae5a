"""Delivery reports: those of RFC 3464, and those that mail servers make up themselves."""

from gateway.channels.email.reading.bounces.detect import bounce_in

__all__ = ["bounce_in"]
