"""How mail clients in many languages quote: tables, each row as one client writes it."""
