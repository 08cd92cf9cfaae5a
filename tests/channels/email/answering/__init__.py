"""Agents who answer our own notices, each with the mail client they like."""
