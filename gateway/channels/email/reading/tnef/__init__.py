"""winmail.dat: what Outlook wraps up by itself (MS-OXTNEF), unwrapped in linear time.

Our own reader: the ready-made one copies the rest of the file at each attribute, so that a crafted
file of some megabytes keeps it busy for minutes.
"""

from gateway.channels.email.reading.tnef.unwrap import Unwrapped, unwrapped

__all__ = ["Unwrapped", "unwrapped"]
