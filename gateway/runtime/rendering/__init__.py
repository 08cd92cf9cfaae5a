"""From a notice to its words: templates, what they may use, and the reader's language."""
