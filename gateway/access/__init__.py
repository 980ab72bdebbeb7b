"""Who may come in: keys, tokens, roles, and what each may do."""
