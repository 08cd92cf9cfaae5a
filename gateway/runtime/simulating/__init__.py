"""What a config would have done with the mail of a past time: sent nowhere, kept nowhere."""
