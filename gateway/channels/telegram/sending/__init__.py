"""From what is to be said to messages of Telegram, each in the chat or topic it belongs to."""
