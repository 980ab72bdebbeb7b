"""What routing does: one verb, one file."""
