"""The desk's pages: health, metrics, and letting a held mail through. Off unless configured."""
