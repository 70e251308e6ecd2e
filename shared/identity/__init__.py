"""Who acts: accounts, sessions, tokens and roles, in a database of their own."""
