"""Raw mail to facts: what the network carried becomes a ``core.model.Message``.

Nothing here raises on bad input. The message is cut up by our own linear scanner over the
octets (``headers``, ``parts``), so that no input costs more than its size.
"""

from gateway.channels.email.reading.keys import key_of, lane_of
from gateway.channels.email.reading.mail import read_mail
from gateway.channels.email.reading.options import AuthServer, ReadOptions

__all__ = ["AuthServer", "ReadOptions", "key_of", "lane_of", "read_mail"]
