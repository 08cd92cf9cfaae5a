"""Mail that is signed or encrypted, by S/MIME (RFC 8551) or OpenPGP (RFC 3156, RFC 9580)."""
