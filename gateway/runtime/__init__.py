"""The shell around the desk: takes from the inbox, asks the core, applies, commits, sends.

Knows ports, never a concrete channel.
"""
