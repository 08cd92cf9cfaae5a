"""Stands in for people's mail clients, so that a desk can be tried out on one machine."""
