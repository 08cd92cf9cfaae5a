"""Mail fetched from mailboxes (IMAP, RFC 3501 and RFC 9051), each in a thread of its own.

`Mailboxes` runs them; `checks` tries them out for `gateway check`.
"""
