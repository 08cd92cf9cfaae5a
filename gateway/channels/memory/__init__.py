"""A network within this process: the skeleton of a channel, for tests and demonstrations."""
