"""DomainKeys Identified Mail (RFC 6376, RFC 8301, RFC 8463): which domains vouch for a mail?

The cryptography, and what is hashed of the headers, is dkimpy's. It is never given more than has
been measured before: some of its patterns take time that grows with the square of their input.
"""
