"""Reads larger than a select by key."""
