"""What the desk says, in Slack's form, and how it gets there."""
