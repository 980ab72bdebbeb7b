"""Reads that are larger than a select by key."""
