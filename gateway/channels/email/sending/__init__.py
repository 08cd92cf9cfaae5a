"""Mail out: a message that the core wants said becomes RFC 5322 octets, and those go out.

``building`` makes the octets, ``smtp`` and ``maildir`` are the two ways out.
"""
