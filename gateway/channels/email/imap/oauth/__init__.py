"""OAuth2 for mailboxes (RFC 6749): tokens are asked for once by a person, then kept fresh."""
