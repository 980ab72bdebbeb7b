"""Every SQL statement of the knowledge service, by what it speaks of."""
