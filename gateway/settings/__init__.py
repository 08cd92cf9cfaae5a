"""What the operator decides: typed, documented, and checked as a whole when it is read."""
