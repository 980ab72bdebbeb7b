"""What survey does: one verb, one file, one transaction."""
