"""Taking updates in: by polling or by posts of Telegram, each acknowledged after the commit."""
